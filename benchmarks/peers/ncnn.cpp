// mdl: times one network on ncnn, in float32, and prints one JSON line: min_ms, median_ms, version, output.
// SPDX-License-Identifier: MIT
//
// usage: ncnn PARAM BIN THREADS RUNS OUTPUT [INPUT SHAPE]...
#include <net.h>

#include "timing.hpp"

namespace {

/// ncnn knows no batch: a shape of ONNX without its first axis.
auto mat_of(const peers::Input& input, std::uint32_t& state) -> ncnn::Mat {
    std::vector<int> shape = input.shape;
    if (shape.size() < 2 || shape.size() > 4 || shape[0] != 1)
        peers::fail("input " + input.name + " has no batch of one with one to three axes behind it");
    while (shape.size() < 4) shape.insert(shape.begin() + 1, 1);
    const std::size_t rank = input.shape.size();
    const int c = shape[1], h = shape[2], w = shape[3];
    const std::vector<float> values = peers::numbers(input.count(), state);
    ncnn::Mat mat = rank == 4 ? ncnn::Mat(w, h, c) : rank == 3 ? ncnn::Mat(w, h) : ncnn::Mat(w);
    const std::size_t plane = static_cast<std::size_t>(w) * static_cast<std::size_t>(h);
    for (int i = 0; i < c; ++i)  // each channel begins on a boundary of ncnn's own
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(plane) * i, plane, static_cast<float*>(mat.channel(i)));
    return mat;
}

/// The blob of that name, or the one of that number where the converter gave names of its own.
auto blob(const std::vector<const char*>& names, const std::string& wanted, std::size_t number) -> const char* {
    for (const char* name : names)
        if (wanted == name) return name;
    if (number >= names.size()) peers::fail("ncnn's network has no " + wanted);
    return names[number];
}

}  // namespace

auto main(int argc, char** argv) -> int {
    const peers::Arguments arguments(argc, argv, 2);
    ncnn::Net net;
    net.opt.num_threads = arguments.threads;
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = false;
    if (net.load_param(argv[1]) != 0 || net.load_model(argv[2]) != 0) peers::fail("ncnn cannot load the network");
    std::uint32_t state = 1;
    std::vector<ncnn::Mat> inputs;
    for (const peers::Input& input : arguments.inputs) inputs.push_back(mat_of(input, state));
    ncnn::Mat output;
    const char* const output_name = blob(net.output_names(), arguments.output, 0);
    const auto run = [&] {
        ncnn::Extractor extractor = net.create_extractor();
        for (std::size_t k = 0; k < inputs.size(); ++k)
            if (extractor.input(blob(net.input_names(), arguments.inputs[k].name, k), inputs[k]) != 0)
                peers::fail("ncnn does not take an input");
        for (const char* name : net.output_names()) {
            ncnn::Mat result;
            if (extractor.extract(name, result) != 0) peers::fail(std::string("ncnn cannot compute ") + name);
            if (name == output_name) output = result;
        }
    };
    const std::vector<double> times = peers::time_of(arguments.runs, run);
    std::vector<float> values;
    const std::size_t plane = static_cast<std::size_t>(output.w) * static_cast<std::size_t>(output.h) * static_cast<std::size_t>(output.d);
    for (int i = 0; i < output.c; ++i)
        values.insert(values.end(), static_cast<const float*>(output.channel(i)), static_cast<const float*>(output.channel(i)) + plane);
    peers::print(NCNN_VERSION_STRING, times, values);
}
