// mdl: tests of dense, pooling, normalisation, elementwise and layout kernels over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <array>
#include <utility>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/across_lrn.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/layout.hpp>
#include <mdl/kernels/blocks/pool.hpp>
#include <mdl/kernels/blocks/softmax.hpp>
#include <mdl/kernels/blocks/channel_gather.hpp>
#include <mdl/kernels/blocks/vector_operators.hpp>
#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/normalization.hpp>
#include <mdl/kernels/reference/pool.hpp>
#include <mdl/kernels/reference/rearrange.hpp>
#include <mdl/kernels/reference/softmax.hpp>

using namespace mdl;
using namespace mdl::test;

TEST_CASE("a dense layer equals the reference for every width of its last panel") {
    const int c = simd::lanes;
    for (const int in : {1, 3, 8, 67})
        for (const int out : {1, 10, c, 2 * c + 1, 5 * c - 1, 8 * c, 15 * c + 3}) {
            Operation op;
            op.op = Op::dense;
            op.out_channels = out;
            const Shape in_shape{1, in}, out_shape{1, out};
            const Geometry g = geometry_of(op, in_shape, out_shape);
            const Floats x = numbers(in, 3), w = numbers(Shape{out, in}, 4), bias = numbers(out, 5), residual = numbers(out, 6);
            Floats packed(kernels::dense_packed_floats(g)), expected(static_cast<std::size_t>(out)), output = residual;
            kernels::dense_pack(g, w.data(), nullptr, bias.data(), packed.data());
            kernels::reference::dense(op, in_shape, out_shape, x.data(), w.data(), bias.data(), expected.data());
            const kernels::Buffers buffers{.input = x.data(), .residual = output.data(), .output = output.data(), .weights = packed.data()};
            kernels::dense(g, kernels::epilogue_args({}, relu), buffers, three_workers);
            CHECK(largest_difference(output, finished(expected, {}, residual, Binary::add, relu)) == 0.0);
        }
}

TEST_CASE("pooling equals the reference for every window, rounding and rule of counting") {
    for (Window window : windows)
        for (const bool ceil : {false, true})
            for (const bool count_padding : {false, true})
                for (const Pooling pooling : {Pooling::max, Pooling::average}) {
                    window.ceil = ceil, window.count_padding = count_padding;
                    Operation op;
                    op.op = Op::pool;
                    op.pooling = pooling;
                    op.window = window;
                    const Shape in{1, 19, 12, 11}, out = windowed(window, in, 19);
                    const Geometry g = geometry_of(op, in, out);
                    const Floats x = numbers(in, 3), input = blocked(in, x);
                    Floats output = blocked_room(out), expected = room(out);
                    kernels::reference::pool(op, in, out, x.data(), expected.data());
                    const kernels::Buffers buffers{.input = input.data(), .output = output.data()};
                    if (pooling == Pooling::max)
                        kernels::pool<Pooling::max>(g, {}, buffers, one_worker);
                    else
                        kernels::pool<Pooling::average>(g, {}, buffers, one_worker);
                    // Division by multiplication with the reciprocal: one unit in the last place of numbers up to 2.
                    CHECK(largest_difference(unblocked(out, output), expected) <= (pooling == Pooling::max ? 0.0 : 2.5e-7));
                }
}

namespace {
template <int K, int S, int P>
void check_pool_tiles() {
    for (const int size : {K, 3, 4, 5, 7, 8, 13, 14, 15, 29})
        for (int border = 0; border < 9; ++border)
            for (const bool count_padding : {false, true})
                for (const Pooling pooling : {Pooling::max, Pooling::average}) {
                    Window window;
                    window.kernel_h = window.kernel_w = K, window.stride_h = window.stride_w = S, window.count_padding = count_padding;
                    window.pad_top = window.pad_left = border % 3, window.pad_bottom = window.pad_right = border / 3;  // 2: wider than tiles take
                    if (size < K || border % 3 >= K || border / 3 >= K) continue;
                    Operation op;
                    op.op = Op::pool;
                    op.pooling = pooling;
                    op.window = window;
                    const Shape in{1, 11, size, size + 2}, out = windowed(window, in, 11);
                    const Geometry g = geometry_of(op, in, out);
                    CAPTURE(size);
                    CAPTURE(border);
                    const Floats x = numbers(in, 3), input = blocked(in, x);
                    Floats output = blocked_room(out), expected = room(out);
                    kernels::reference::pool(op, in, out, x.data(), expected.data());
                    const kernels::Buffers buffers{.input = input.data(), .output = output.data()};
                    const auto args = kernels::epilogue_args(Activation{ActivationKind::clip, -0.5f, 0.6f});
                    for (float& value : expected) value = std::fmin(std::fmax(value, -0.5f), 0.6f);
                    if (pooling == Pooling::max)
                        kernels::pool<Pooling::max, K, S, P>(g, args, buffers, one_worker);
                    else
                        kernels::pool<Pooling::average, K, S, P>(g, args, buffers, one_worker);
                    CHECK(largest_difference(unblocked(out, output), expected) <= (pooling == Pooling::max ? 0.0 : 2.5e-7));
                }
}
}  // namespace

TEST_CASE("pooling by tiles equals the reference at every width and border") {
    check_pool_tiles<2, 1, 4>();
    check_pool_tiles<2, 2, 7>();
    check_pool_tiles<3, 1, 7>();
    check_pool_tiles<3, 2, 4>();
    check_pool_tiles<3, 2, 7>();
}

TEST_CASE("global pooling equals the reference and takes a prologue") {
    const Shape in{1, 21, 7, 5}, out{1, 21, 1, 1};
    Operation op;
    op.op = Op::global_pool;
    const Geometry g = geometry_of(op, in, out);
    const Floats x = numbers(in, 3), input = blocked(in, x), scale = numbers(21, 4), shift = numbers(21, 5), a = padded(scale), b = padded(shift);
    Floats before = x;
    for (std::size_t i = 0; i < before.size(); ++i) before[i] = std::fmax(before[i] * scale[i / 35] + shift[i / 35], 0.0f);
    for (const bool prologue : {false, true})
        for (const Pooling pooling : {Pooling::max, Pooling::average}) {
            op.pooling = pooling;
            Floats output = blocked_room(out), expected = room(out);
            kernels::reference::global_pool(op, in, out, prologue ? before.data() : x.data(), expected.data());
            kernels::Buffers buffers{.input = input.data(), .output = output.data()};
            if (prologue) buffers.prologue_scale = a.data(), buffers.prologue_shift = b.data();
            const auto args = kernels::epilogue_args({}, {}, relu);
            if (pooling == Pooling::max)
                kernels::global_pool<Pooling::max>(g, args, buffers, one_worker);
            else
                kernels::global_pool<Pooling::average>(g, args, buffers, one_worker);
            CHECK(largest_difference(unblocked(out, output), expected) <= 3e-7);
        }
}

TEST_CASE("conversions between rows and blocks keep every number and clear the padding") {
    for (const int channels : {1, 8, 19, 32})
        for (const int width : {1, 5, 13}) {
            const Shape shape{1, channels, 3, width};
            const int pixels = 3 * width;
            const Floats x = numbers(shape, 3);
            Floats blocks(static_cast<std::size_t>(kernels::padded_channels(channels) * pixels), -1.0f), rows = room(shape);
            kernels::to_blocks(channels, pixels, x.data(), blocks.data(), three_workers);
            CHECK(unblocked(shape, blocks) == x);
            double kept = 0, all = 0;
            for (const float v : x) kept += static_cast<double>(std::fabs(v));
            for (const float v : blocks) all += static_cast<double>(std::fabs(v));
            CHECK(kept == all);
            const Floats input = blocked(shape, x);
            kernels::to_rows(channels, pixels, input.data(), rows.data(), three_workers);
            CHECK(rows == x);
        }
}

TEST_CASE("softmax and its logarithm equal the reference over odd row lengths, even for large scores") {
    for (const int count : {1, 3, 8, 17, 1000}) {
        const Shape shape{3, count};
        Floats x = numbers(shape, 3);
        for (float& v : x) v *= 40;
        Floats y = x, expected = room(shape);
        kernels::softmax_rows(3, count, y.data(), y.data(), three_workers);
        kernels::reference::softmax(1, shape, x.data(), expected.data());
        CHECK(largest_difference(y, expected) < 5e-7);
        kernels::softmax_rows<true>(3, count, x.data(), y.data(), one_worker);
        kernels::reference::log_softmax(1, shape, x.data(), expected.data());
        CHECK(largest_difference(y, expected) < 2e-5);  // scores to 160: a unit in the last place is 1.5e-5
    }
    const Floats far{10000, 10001, 10002, 10003}, truth{-3.4401896f, -2.4401896f, -1.4401897f, -0.44018972f};
    Floats y(4);
    kernels::softmax_rows<true>(1, 4, far.data(), y.data(), one_worker);
    CHECK(largest_difference(y, truth) < 5e-7);  // the differences are exact, however large the scores
}

TEST_CASE("response normalisation across channels ignores the padding lanes") {
    for (const int channels : {1, 7, 19, 32})
        for (const float beta : {0.5f, 0.75f, 1.0f}) {
            Operation op;
            op.op = Op::lrn;
            op.size = 5, op.alpha = 0.3f, op.beta = beta, op.k = 1;
            const Shape shape{1, channels, 3, 5};
            const Floats x = numbers(shape, 3), input = blocked(shape, x);
            Floats output = blocked_room(shape), expected = room(shape);
            Scratch scratch(kernels::across_lrn_scratch_bytes(channels));
            kernels::across_lrn(op, channels, 15, input.data(), output.data(), scratch.data());
            kernels::reference::lrn(op, shape, x.data(), expected.data());
            CHECK(largest_difference(unblocked(shape, output), expected) < 1e-6);
        }
}

TEST_CASE("a gate of one number a channel multiplies a feature map from either side") {
    const Shape shape{1, 19, 3, 5}, gate_shape{1, 19, 1, 1};
    const Floats x = numbers(shape, 3), gate = numbers(gate_shape, 4), input = blocked(shape, x), gates = blocked(gate_shape, gate);
    Floats output = blocked_room(shape), expected = room(shape);
    kernels::map_channel_binary<Binary::subtract, true, kernels::Epilogue<>>(kernels::blocks_of(19), 15, {}, input.data(), gates.data(), output.data());
    kernels::reference::binary(Binary::subtract, gate_shape, shape, shape, gate.data(), x.data(), expected.data());
    CHECK(unblocked(shape, output) == expected);
    kernels::map_channel_binary<Binary::multiply, false, kernels::Epilogue<>>(kernels::blocks_of(19), 15, {}, input.data(), gates.data(), output.data());
    kernels::reference::binary(Binary::multiply, shape, gate_shape, shape, x.data(), gate.data(), expected.data());
    CHECK(unblocked(shape, output) == expected);
}

TEST_CASE("a channel affine map keeps to its channels") {
    const Shape shape{1, 18, 3, 5};
    const Floats x = numbers(shape, 3), scale = numbers(18, 4), shift = numbers(18, 5), input = blocked(shape, x), a = padded(scale), b = padded(shift);
    Floats output = blocked_room(shape), expected = room(shape);
    kernels::map_affine<kernels::Epilogue<>>(kernels::blocks_of(18), 15, kernels::epilogue_args(relu), a.data(), b.data(), nullptr, input.data(), output.data());
    kernels::reference::scale(shape, x.data(), scale.data(), shift.data(), expected.data());
    CHECK(largest_difference(unblocked(shape, output), finished(expected, relu)) == 0.0);
}

TEST_CASE("gathered channels are those of the concatenation, shuffled and cut") {
    for (const auto& test : {std::pair{std::array{29, 29, 2}, 2}, {std::array{16, 8, 24}, 1}, {std::array{1, 7, 10}, 3}, {std::array{58, 1, 1}, 12}, {std::array{5, 40, 15}, 60}}) {
        const auto& sizes = test.first;
        const int groups = test.second;
        const int total = sizes[0] + sizes[1] + sizes[2];
        const Shape shapes[] = {{1, sizes[0], 3, 5}, {1, sizes[1], 3, 5}, {1, sizes[2], 3, 5}};
        const Floats x[] = {numbers(shapes[0], 3), numbers(shapes[1], 4), numbers(shapes[2], 5)};
        const Floats blocks[] = {blocked(shapes[0], x[0]), blocked(shapes[1], x[1]), blocked(shapes[2], x[2])};
        const float* const rows[] = {x[0].data(), x[1].data(), x[2].data()};
        const Shape whole{1, total, 3, 5};
        Floats joined = room(whole), shuffled = room(whole);
        kernels::reference::concat(1, shapes, rows, whole, joined.data());
        kernels::reference::channel_shuffle(groups, whole, joined.data(), shuffled.data());
        for (const auto& range : {std::pair{0, total}, {8, total - 8}, {3, 1}, {total / 2, total / 2}}) {
            const int begin = range.first, count = range.second;
            CAPTURE(groups);
            CAPTURE(begin);
            const Floats expected(shuffled.begin() + begin * 15, shuffled.begin() + (begin + count) * 15);
            const Shape out{1, count, 3, 5};
            Floats output = blocked_room(out);
            const kernels::ChannelPart parts[] = {{blocks[0].data(), sizes[0]}, {blocks[1].data(), sizes[1]}, {blocks[2].data(), sizes[2]}};
            kernels::channel_gather(parts, groups, begin, count, 15, output.data());
            CHECK(unblocked(out, output) == expected);
            Floats plain = room(out);
            Operation op;
            op.groups = groups, op.begin = begin;
            kernels::reference::channel_gather(op, shapes, rows, out, plain.data());
            CHECK(plain == expected);
        }
    }
}

TEST_CASE("channels are gathered from anywhere behind one place") {
    constexpr int c = simd::lanes;
    const Shape first{1, 2 * c + 3, 3, 5}, second{1, c + 1, 3, 5};
    const Floats x = numbers(first, 3), y = numbers(second, 4);
    Floats base = blocked(first, x);
    const std::size_t behind = base.size();
    const Floats more = blocked(second, y);
    base.insert(base.end(), more.begin(), more.end());
    for (const int count : {1, c, 2 * c + 1, 3 * c + 4})
        for (const int step : {1, 3, 7}) {
            CAPTURE(count);
            CAPTURE(step);
            const Shape out{1, count, 3, 5};
            Floats expected = room(out), output = blocked_room(out);
            std::vector<int> offsets;
            for (int j = 0; j < count; ++j) {
                const int number = j * step % (3 * c + 4);
                const bool is_second = number >= 2 * c + 3;
                const int channel = is_second ? number - (2 * c + 3) : number;
                offsets.push_back(static_cast<int>(is_second ? behind : 0) + channel / c * c * 15 + channel % c);
                const Floats& from = is_second ? y : x;
                std::copy_n(from.begin() + channel * 15, 15, expected.begin() + j * 15);
            }
            kernels::channel_gather_mapped(base.data(), offsets.data(), count, 15, output.data());
            CHECK(unblocked(out, output) == expected);
        }
}

#else
TEST_CASE("the portable build has no kernels over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
