// mdl: benchmarks of the kernels that weigh nothing or one number a channel: maps, normalisation, softmax, conversions.
// SPDX-License-Identifier: MIT
#include <array>
#include <string>

#include <mdl/graph/names.hpp>
#include <mdl/kernels/blocks/across_lrn.hpp>
#include <mdl/kernels/blocks/channel_gather.hpp>
#include <mdl/kernels/blocks/group_norm.hpp>
#include <mdl/kernels/blocks/layout.hpp>
#include <mdl/kernels/blocks/pad.hpp>
#include <mdl/kernels/blocks/resize.hpp>
#include <mdl/kernels/blocks/softmax.hpp>
#include <mdl/kernels/blocks/vector_operators.hpp>
#include <mdl/kernels/parallel.hpp>

#include "measure.hpp"

namespace mdl::benchmarks {
namespace {

using engine::Kernel;

/// A feature map of channel blocks.
struct Map {
    int channels, size;

    auto pixels() const -> int { return size * size; }
    auto floats() const -> std::int64_t { return std::int64_t{kernels::padded_channels(channels)} * pixels(); }
    auto vectors() const -> std::int64_t { return floats() / simd::lanes; }
    /// Bytes of that many maps.
    auto bytes(int maps) const -> std::int64_t { return std::int64_t{4} * maps * channels * pixels(); }
    auto name() const -> std::string { return std::to_string(channels) + "x" + std::to_string(size) + "x" + std::to_string(size); }
};

template <ActivationKind Kind>
void add_activation(const Map& map, float a, float b) {
    add(Kernel::activation, std::string(graph::name_of(Kind)) + "/" + map.name(), [=](benchmark::State& state) {
        Memory x = numbers(map.floats()), y = room(map.floats());
        const kernels::EpilogueArgs args = kernels::epilogue_args({Kind, a, b});
        measure(state, {0, map.bytes(2)}, [&] {
            kernels::map_activation<kernels::Epilogue<kernels::epilogue_kind(Kind)>>(map.vectors(), args, x.floats(), y.floats());
        });
    });
}

void add_activations(const Map& map) {
    add_activation<ActivationKind::relu>(map, 0, 0);
    add_activation<ActivationKind::leaky_relu>(map, 0.1f, 0);
    add_activation<ActivationKind::elu>(map, 1, 0);
    add_activation<ActivationKind::sigmoid>(map, 0, 0);
    add_activation<ActivationKind::tanh>(map, 0, 0);
    add_activation<ActivationKind::hard_sigmoid>(map, 0.2f, 0.5f);
    add_activation<ActivationKind::hard_swish>(map, 0, 0);
    add_activation<ActivationKind::silu>(map, 0, 0);
    add_activation<ActivationKind::exp>(map, 0, 0);
}

/// Two maps, or a map and one number a channel; relu behind.
void add_binaries(const char* network, const Map& map) {
    static constexpr kernels::EpilogueArgs args = kernels::epilogue_args({ActivationKind::relu, 0, 0});
    const std::string name = std::string(network) + "/" + map.name();
    add(Kernel::binary, name, [=](benchmark::State& state) {
        Memory x = numbers(map.floats(), 1), z = numbers(map.floats(), 2), y = room(map.floats());
        measure(state, {0, map.bytes(3)},
                [&] { kernels::map_binary<Binary::add, kernels::Epilogue<>>(map.vectors(), args, x.floats(), z.floats(), y.floats()); });
    });
    const int blocks = kernels::blocks_of(map.channels);
    add(Kernel::binary_channel, name, [=](benchmark::State& state) {
        Memory x = numbers(map.floats(), 1), gate = numbers(kernels::padded_channels(map.channels), 2), y = room(map.floats());
        measure(state, {0, map.bytes(2)}, [&] {
            kernels::map_channel_binary<Binary::multiply, false, kernels::Epilogue<>>(blocks, map.pixels(), args, x.floats(), gate.floats(),
                                                                                      y.floats());
        });
    });
    add(Kernel::affine, name, [=](benchmark::State& state) {
        Memory x = numbers(map.floats(), 1), scale = numbers(kernels::padded_channels(map.channels), 2), y = room(map.floats());
        measure(state, {0, map.bytes(2)}, [&] {
            kernels::map_affine<kernels::Epilogue<>>(blocks, map.pixels(), args, scale.floats(), scale.floats(), nullptr, x.floats(),
                                                     y.floats());
        });
    });
}

void add_lrn(const char* network, const Map& map) {
    add(Kernel::lrn, std::string(network) + "/" + map.name(), [=](benchmark::State& state) {
        Operation op;
        op.op = Op::lrn;
        op.size = 5, op.alpha = 1e-4f, op.beta = 0.75f, op.k = 1;
        Memory x = numbers(map.floats()), y = room(map.floats()), scratch(kernels::across_lrn_scratch_bytes(map.channels));
        measure(state, {0, map.bytes(2)},
                [&] { kernels::across_lrn(op, map.channels, map.pixels(), x.floats(), y.floats(), scratch.bytes()); });
    });
}

template <Interpolation How>
void add_resize(const char* network, const Map& map, int factor) {
    const Map result{map.channels, factor * map.size};
    const char* const how = How == Interpolation::nearest ? "/nearest/" : How == Interpolation::linear ? "/linear/" : "/cubic/";
    add(Kernel::resize, network + std::string(how) + map.name() + "/" + result.name(), [=](benchmark::State& state) {
        Operation op;
        op.op = Op::resize;
        op.k = -0.75f;
        op.resampling.interpolation = How;
        const Shape in{1, map.channels, map.size, map.size}, out{1, map.channels, result.size, result.size};
        Memory x = numbers(map.floats()), y = room(result.floats()), scratch(kernels::resize_scratch_bytes(op, in, out, 1));
        measure(state, {0, map.bytes(1) + result.bytes(1)},
                [&] { kernels::resize<kernels::resize_taps(How)>(op, in, out, x.floats(), y.floats(), scratch.bytes(), Serial{}); });
    });
}

void add_pad(const char* network, const Map& map, int border) {
    add(Kernel::pad, std::string(network) + "/" + map.name(), [=](benchmark::State& state) {
        Operation op;
        op.fill = Fill::reflect;
        op.dims = op.dims_end = Shape{0, 0, border, border};
        const Map result{map.channels, map.size + 2 * border};
        const Shape in{1, map.channels, map.size, map.size}, out{1, map.channels, result.size, result.size};
        Memory x = numbers(map.floats()), y = room(result.floats());
        measure(state, {0, map.bytes(1) + result.bytes(1)}, [&] { kernels::pad(op, in, out, x.floats(), y.floats(), Serial{}); });
    });
}

void add_group_norm(const char* network, const Map& map, int groups) {
    add(Kernel::group_norm, std::string(network) + "/" + map.name(), [=](benchmark::State& state) {
        Memory x = numbers(map.floats(), 1), gamma = numbers(map.channels, 2), y = room(map.floats()),
               scratch(kernels::group_norm_scratch_bytes(map.channels));
        kernels::Buffers buffers;
        buffers.input = x.floats(), buffers.output = y.floats(), buffers.scratch = scratch.bytes();
        measure(state, {0, map.bytes(2)}, [&] {
            kernels::group_norm(map.channels, groups, map.pixels(), 1e-5f, kernels::epilogue_args({ActivationKind::relu, 0, 0}),
                                gamma.floats(), gamma.floats(), buffers, Serial{});
        });
    });
}

void add_softmax(int rows, int count) {
    add(Kernel::softmax, std::to_string(rows) + "x" + std::to_string(count), [=](benchmark::State& state) {
        Memory x = numbers(std::int64_t{rows} * count), y = room(std::int64_t{rows} * count);
        measure(state, {0, std::int64_t{8} * rows * count}, [&] { kernels::softmax_rows(rows, count, x.floats(), y.floats(), Serial{}); });
    });
}

/// Channels [begin, begin + count) of a shuffle by two groups of the concatenation of two maps.
void add_gather(const char* network, const Map& half, int groups, int begin, int count) {
    const std::string what = groups > 1 ? "shuffle" : count < 2 * half.channels ? "slice" : "concat";
    add(Kernel::channel_gather, std::string(network) + "/" + what + "/" + half.name(), [=](benchmark::State& state) {
        Memory a = numbers(half.floats(), 1), b = numbers(half.floats(), 2);
        const Map result{count, half.size};
        Memory y = room(result.floats());
        const std::array parts{kernels::ChannelPart{a.floats(), half.channels}, kernels::ChannelPart{b.floats(), half.channels}};
        measure(state, {0, result.bytes(2)}, [&] { kernels::channel_gather(parts, groups, begin, count, half.pixels(), y.floats()); });
    });
}

void add_conversions(const Map& map) {
    add(Kernel::to_blocks, map.name(), [=](benchmark::State& state) {
        Memory x = numbers(map.floats()), y = room(map.floats());
        measure(state, {0, map.bytes(2)}, [&] { kernels::to_blocks(map.channels, map.pixels(), x.floats(), y.floats(), Serial{}); });
    });
    add(Kernel::to_rows, map.name(), [=](benchmark::State& state) {
        Memory x = numbers(map.floats()), y = room(map.floats());
        measure(state, {0, map.bytes(2)}, [&] { kernels::to_rows(map.channels, map.pixels(), x.floats(), y.floats(), Serial{}); });
    });
}

}  // namespace

void add_maps() {
    add_activations({672, 14});
    add_binaries("ResNet-50", {256, 56});
    add_binaries("MobileNetV3", {672, 14});
    add_lrn("AlexNet", {96, 55});
    add_lrn("GoogLeNet", {192, 56});
    add_resize<Interpolation::nearest>("DBNet", {96, 80}, 2);
    add_resize<Interpolation::linear>("DeepLab", {64, 28}, 2);
    add_resize<Interpolation::linear>("DeepLab", {21, 56}, 4);
    add_resize<Interpolation::cubic>("super-resolution", {3, 120}, 2);
    add_pad("style transfer", {64, 32}, 1);
    add_group_norm("style transfer", {64, 32}, 64);
    add_group_norm("ResNet-50", {256, 56}, 32);
    add_softmax(1, 1000);
    add_softmax(197, 197);
    add_gather("ShuffleNetV2", {58, 28}, 2, 0, 116);
    add_gather("ShuffleNetV2", {116, 14}, 2, 0, 232);
    add_gather("ShuffleNetV2", {116, 14}, 1, 116, 116);
    add_gather("odd", {20, 28}, 1, 0, 40);
    add_conversions({256, 28});
}

}  // namespace mdl::benchmarks
