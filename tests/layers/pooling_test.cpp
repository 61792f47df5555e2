// mdl: tests of the pooling layers' shape rules.
// SPDX-License-Identifier: MIT
#include <mdl/layers/pooling.hpp>

#include <doctest/doctest.h>

#include <cmath>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

/// Whether the window that begins at `start` holds a sample of the input.
auto holds_input(int start, int kernel, int dilation, int in) -> bool {
    for (int k = 0; k < kernel; ++k)
        if (start + k * dilation >= 0 && start + k * dilation < in) return true;
    return false;
}

}  // namespace

TEST_CASE("pooling layers of known networks have the published shapes") {
    static_assert(infer<Pool<Max, Kernel<3>, Stride<2>, Pad<1>>>({{1, 64, 112, 112}}).is({1, 64, 56, 56}));  // ResNet
    CHECK(infer<Pool<Max, Kernel<3>, Stride<2>, Ceil>>({{1, 64, 112, 112}}).is({1, 64, 56, 56}));            // GoogLeNet
    CHECK(infer<Pool<Max, Kernel<3>, Stride<2>>>({{1, 64, 55, 55}}).is({1, 64, 27, 27}));                    // AlexNet
    CHECK(infer<Pool<Max, Kernel<3>, Stride<2>, Ceil>>({{1, 64, 111, 111}}).is({1, 64, 55, 55}));            // SqueezeNet 1.1
    CHECK(infer<Pool<Average, Kernel<2>, Stride<2>, CountPadding>>({{1, 6, 28, 28}}).weight_count == 0);
}

TEST_CASE("pooling keeps batch and channels, and its stride is 1 unless given") {
    CHECK(infer<Pool<Average, Kernel<2, 3>>>({{2, 5, 4, 4}}).is({2, 5, 3, 2}));
    CHECK(infer<Pool<Max, Kernel<3>, Same>>({{1, 5, 4, 4}}).is({1, 5, 4, 4}));
    CHECK(Pool<Average, Kernel<2>>::description.operation.pooling == Pooling::average);
    CHECK(Pool<Max, Kernel<2>>::description.operation.pooling == Pooling::max);
}

TEST_CASE("output sizes are PyTorch's, floor and ceil, and a window without input is refused, on a sweep") {
    int refused = 0, kept = 0;
    for (int in = 1; in <= 9; ++in)
        for (int kernel = 1; kernel <= 4; ++kernel)
            for (int stride = 1; stride <= 4; ++stride)
                for (int dilation = 1; dilation <= 3; ++dilation)
                    for (int begin = 0; begin <= 4; ++begin)
                        for (int end = 0; end <= 4; ++end)
                            for (const bool ceil : {false, true}) {
                                const int extent = dilation * (kernel - 1) + 1, room = in + begin + end - extent;
                                if (room < 0) continue;
                                const double steps = static_cast<double>(room) / stride + 1;
                                int out = static_cast<int>(ceil ? std::ceil(steps) : std::floor(steps));
                                // PyTorch: windows must start inside the input or the begin padding.
                                if (ceil && (out - 1) * stride >= in + begin) --out;
                                bool all_hold = begin < extent && end < extent;
                                for (int i = 0; i < out; ++i) all_hold = all_hold && holds_input(i * stride - begin, kernel, dilation, in);
                                Window w;
                                w.kernel_h = kernel, w.stride_h = stride, w.dilation_h = dilation;
                                w.pad_top = begin, w.pad_bottom = end, w.ceil = ceil;
                                const auto found = infer(layers::pool_description(Pooling::max, w), {{1, 2, in, 4}});
                                ++(all_hold ? kept : refused);
                                if (all_hold) CHECK(found.is({1, 2, out, 4}));
                                else CHECK(found.shows(Problem::padding_too_large, {begin, 0, end, 0}, {kernel, 1}));
                            }
    CHECK(kept > 1000);
    CHECK(refused > 1000);
}

TEST_CASE("global pooling leaves one pixel") {
    static_assert(infer<GlobalPool<Average>>({{1, 1024, 7, 7}}).is({1, 1024, 1, 1}));
    CHECK(infer<GlobalPool<Max>>({{2, 3, 1, 9}}).is({2, 3, 1, 1}));
    CHECK(GlobalPool<Average>::description.operation.pooling == Pooling::average);
    CHECK(infer<GlobalPool<Max>>({{1, 10}}).shows(Problem::wrong_rank, {1, 10}, {4}));
}

TEST_CASE("every wrong pooling layer is named, with the shapes that show it") {
    constexpr Shape x{1, 3, 8, 8};
    CHECK(infer<Pool<Max, Kernel<2>>>({{1, 10}}).shows(Problem::wrong_rank, {1, 10}, {4}));
    CHECK(infer<Pool<Max, Kernel<9>>>({x}).shows(Problem::kernel_larger_than_input, x, {9, 9}));
    CHECK(infer<Pool<Max, Kernel<2>, Pad<2>>>({x}).shows(Problem::padding_too_large, {2, 2, 2, 2}, {2, 2}));
    CHECK(infer<Pool<Max, Kernel<2>, Pad<0, 0, 0, 2>>>({x}).shows(Problem::padding_too_large, {0, 0, 0, 2}, {2, 2}));
    CHECK(infer<Pool<Max, Kernel<2>, Pad<-1>>>({x}).shows(Problem::negative_padding, x, {-1, -1, -1, -1}));
    CHECK(infer<Pool<Max, Kernel<2>, Stride<0, 1>>>({x}).shows(Problem::not_positive, x, {2, 2, 0, 1, 1, 1}));
    static_assert(infer<Pool<Max, Kernel<most>, Pad<most>>>({x}).problem == Problem::too_large);
}
