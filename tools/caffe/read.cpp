// mdl: finding and reading the two files of a Caffe net.
// SPDX-License-Identifier: MIT
#include "caffe/read.hpp"

#include "failure.hpp"
#include "read_file.hpp"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;

/// The file's name in front of what is wrong with it.
template <class Function>
auto in_file(const fs::path& path, Function function) {
    try {
        return function();
    } catch (const Failure& failure) {
        fail(failure.exit(), path.string(), ": ", failure.what());
    }
}

auto parse(const fs::path& path, CaffeNet (*parser)(std::string_view), const char* what) -> CaffeNet {
    const std::string bytes = read_file(path, what);
    return in_file(path, [&] { return parser(bytes); });
}

auto beside(fs::path path, const char* extension) -> fs::path {
    std::error_code error;
    path.replace_extension(extension);
    return fs::exists(path, error) ? path : fs::path();
}

}  // namespace

auto find_caffe_files(const fs::path& named, const fs::path& weights) -> CaffeFiles {
    if (named.extension() == ".prototxt") return {named, weights.empty() ? beside(named, ".caffemodel") : weights};
    if (!weights.empty()) fail(Exit::usage, "--weights is for a prototxt; '", named.string(), "' holds weights itself");
    return {beside(named, ".prototxt"), named};
}

auto read_caffe(const CaffeFiles& files, const CaffeOptions& options) -> TranslatedNet {
    std::optional<CaffeNet> weights;
    if (!files.caffemodel.empty()) weights = parse(files.caffemodel, parse_caffemodel, "a caffemodel");
    if (!files.prototxt.empty()) {
        CaffeNet net = parse(files.prototxt, parse_prototxt, "a prototxt");
        auto result = in_file(files.prototxt, [&] { return translate_caffe(std::move(net), std::move(weights), options); });
        if (files.caffemodel.empty())
            result.notes.push_back(
                "no weights are given and there is no " + fs::path(files.prototxt).replace_extension(".caffemodel").string() +
                ": the weights are random numbers, good for times and sizes only; give trained ones by --weights FILE.caffemodel");
        return result;
    }
    return in_file(files.caffemodel, [&] {
        if (!has_input_shape(weights->proto) && options.shapes.empty())
            fail(Exit::bad_input, "the net in it does not say the shape of its input; put its prototxt beside it as ",
                 fs::path(files.caffemodel).replace_extension(".prototxt").filename().string(),
                 ", or give the shape, as in --shape data=1,3,224,224");
        return translate_caffe(std::move(*weights), std::nullopt, options);
    });
}

}  // namespace mdl::tool
