// mdl: tests of padding over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/pad.hpp>
#include <mdl/kernels/reference/rearrange.hpp>

using namespace mdl;
using namespace mdl::test;

TEST_CASE("padding equals the reference for every filling and border") {
    struct Border {
        int top, left, bottom, right;
    };
    for (const Fill fill : {Fill::constant, Fill::edge, Fill::reflect, Fill::wrap})
        for (const Border& border : {Border{1, 2, 3, 0}, {0, 0, 0, 4}, {2, 0, 0, 0}, {4, 4, 4, 4}})
            for (const int channels : {1, 8, 21}) {
                CAPTURE(static_cast<int>(fill));
                CAPTURE(border.top);
                CAPTURE(border.left);
                Operation op;
                op.op = Op::pad;
                op.fill = fill;
                op.alpha = 0.5f;
                op.dims = Shape{0, 0, border.top, border.left};
                op.dims_end = Shape{0, 0, border.bottom, border.right};
                REQUIRE(kernels::pad_takes(op));
                const Shape in{1, channels, 5, 7}, out{1, channels, 5 + border.top + border.bottom, 7 + border.left + border.right};
                const Floats x = numbers(in, 3), input = blocked(in, x);
                Floats output = blocked_room(out), expected = room(out);
                kernels::pad(op, in, out, input.data(), output.data(), three_workers);
                kernels::reference::pad(op, in, out, x.data(), expected.data());
                CHECK(unblocked(out, output) == expected);
            }
}

TEST_CASE("padding of batch or channels is not for channel blocks") {
    Operation op;
    op.dims = op.dims_end = Shape{0, 1, 0, 0};
    CHECK_FALSE(kernels::pad_takes(op));
}

#else
TEST_CASE("the portable build does not pad channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
