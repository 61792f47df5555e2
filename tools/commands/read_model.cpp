// mdl: from a file's extension to its reader.
// SPDX-License-Identifier: MIT
#include "commands/read_model.hpp"

#include <cstdint>
#include <iostream>
#include <utility>

#include "baidu/read.hpp"
#include "caffe/read.hpp"
#include "failure.hpp"
#include "tflite/model.hpp"

namespace mdl::tool {

namespace {

void tell_size(const std::filesystem::path& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error && size > std::uintmax_t{50} << 20) std::cerr << "reading " << (size >> 20) << " MB ...\n";
}

auto take(TranslatedNet net, const std::filesystem::path& folder) -> OnnxModel {
    for (const auto& note : net.notes) std::cerr << "note: " << note << '\n';
    return check_onnx(std::move(net.model), folder);
}

}  // namespace

auto read_model(const std::filesystem::path& path, const std::filesystem::path& weights,
                std::map<std::string, std::vector<int>>& shapes) -> OnnxModel {
    const auto extension = path.extension();
    CaffeOptions options;
    options.shapes = shapes;
    if (extension == ".json") return take(translate_caffe(read_baidu(path, weights), std::nullopt, options), path.parent_path());
    if (extension == ".prototxt" || extension == ".caffemodel") {
        const CaffeFiles files = find_caffe_files(path, weights);
        tell_size(files.caffemodel);
        return take(read_caffe(files, options), path.parent_path());
    }
    if (!weights.empty()) fail(Exit::usage, "--weights is for Caffe nets (.prototxt) and MDL's of 2017 (.json); '", path.string(), "' holds its weights itself");
    tell_size(path);
    if (extension == ".tflite") {
        auto model = read_tflite(path, std::exchange(shapes, {}));
        for (const auto& note : model.notes) std::cerr << "note: " << note << '\n';
        return std::move(model.onnx);
    }
    return read_onnx(path);
}

}  // namespace mdl::tool
