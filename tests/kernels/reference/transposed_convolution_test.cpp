// mdl: tests of the reference transposed convolution.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/transposed_convolution.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <mdl/kernels/reference/convolution.hpp>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;

TEST_CASE("every input adds a whole kernel") {
    const std::vector<float> x{1, 2}, w{1, 10, 100}, bias{1000};
    Operation op{.op = Op::transposed_convolution, .out_channels = 1};
    op.window.kernel_w = 3;
    std::vector<float> y(4);
    reference::transposed_convolution(op, {1, 1, 1, 2}, {1, 1, 1, 4}, x.data(), w.data(), bias.data(), y.data());
    CHECK(y == std::vector<float>{1001, 1012, 1120, 1200});
    op.window.stride_w = 2, op.window.pad_left = 1;
    reference::transposed_convolution(op, {1, 1, 1, 2}, {1, 1, 1, 4}, x.data(), w.data(), nullptr, y.data());
    CHECK(y == std::vector<float>{10, 102, 20, 200});
}

// <conv(x), z> = <x, transposed(z)>: the two are adjoint. All numbers and sums are exact.
TEST_CASE("a transposed convolution is the adjoint of the convolution with the same weights") {
    for (const int groups : {1, 2})
        for (const int stride : {1, 2, 3})
            for (const int dilation : {1, 2})
                for (const int pad : {0, 1}) {
                    Operation op{.op = Op::convolution, .out_channels = 6, .groups = groups};
                    Window& w = op.window;
                    w.kernel_h = 3, w.kernel_w = 2, w.stride_h = stride, w.stride_w = 1, w.dilation_h = dilation, w.dilation_w = 1;
                    w.pad_top = w.pad_bottom = pad, w.pad_left = w.pad_right = pad;
                    const Shape in{1, 4, 9, 7};
                    const Shape out{1, 6, window_output(9, w.extent_h(), stride, pad, pad, false), window_output(7, 2, 1, pad, pad, false)};
                    const auto x = numbers(in, 1), z = numbers(out, 2), weights = numbers(Shape{6, 4 / groups, 3, 2}, 3);
                    auto forward = room(out), back = room(in);
                    reference::convolution(op, in, out, x.data(), weights.data(), nullptr, forward.data());
                    Operation adjoint = op;
                    adjoint.out_channels = 4;
                    reference::transposed_convolution(adjoint, out, in, z.data(), weights.data(), nullptr, back.data());
                    double left = 0, right = 0;
                    for (std::size_t i = 0; i < z.size(); ++i) left += static_cast<double>(forward[i]) * static_cast<double>(z[i]);
                    for (std::size_t i = 0; i < x.size(); ++i) right += static_cast<double>(back[i]) * static_cast<double>(x[i]);
                    CHECK(left == right);
                }
}
