// mdl: runs a network of ncnn's benchmark/models a number of times, for instructions.sh: ncnn's half, in float32 on one thread.
// SPDX-License-Identifier: MIT
//
// usage: ncnn_instructions PARAM RUNS
#include <datareader.h>
#include <net.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

/// Weights of zero, as ncnn's own benchmark takes them.
struct Zeros : ncnn::DataReader {
    auto scan(const char*, void*) const -> int override { return 0; }
    auto read(void* to, std::size_t size) const -> std::size_t override { return std::memset(to, 0, size), size; }
};

}  // namespace

auto main(int argc, char** argv) -> int {
    if (argc != 3) return std::fprintf(stderr, "usage: ncnn_instructions PARAM RUNS\n"), 2;
    ncnn::Net net;
    net.opt.num_threads = 1;
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = false;
    if (net.load_param(argv[1]) != 0 || net.load_model(Zeros()) != 0) return std::fprintf(stderr, "ncnn cannot load %s\n", argv[1]), 1;
    const bool squeezenet = std::strstr(argv[1], "squeezenet") != nullptr;
    const int size = squeezenet ? 227 : 224;
    ncnn::Mat pixels(size, size, 3);
    pixels.fill(0.0f);
    for (int i = std::atoi(argv[2]); i > 0; --i) {
        ncnn::Extractor extractor = net.create_extractor();
        ncnn::Mat output;
        if (extractor.input("data", pixels) != 0 || extractor.extract("output", output) != 0) return std::fprintf(stderr, "ncnn cannot run\n"), 1;
    }
}
