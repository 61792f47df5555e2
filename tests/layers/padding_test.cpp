// mdl: tests of padding layers.
// SPDX-License-Identifier: MIT
#include <mdl/layers/padding.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("zero padding goes to top, left, bottom and right of every channel") {
    static_assert(infer<ZeroPad<1, 2, 3, 4>>({{1, 5, 8, 9}}).is({1, 5, 12, 15}));
    CHECK(infer<ZeroPad<1, 2, 3, 4>>({{1, 5, 8, 9}}).weight_count == 0);
    constexpr Operation op = ZeroPad<1, 2, 3, 4>::description.operation;
    CHECK(op.dims == Shape{0, 0, 1, 2});
    CHECK(op.dims_end == Shape{0, 0, 3, 4});
    CHECK(op.alpha == 0);
}

TEST_CASE("a tensor is padded before and after each axis with a value") {
    static_assert(infer<PadTensor<Before<0, 1, 0>, After<0, 2, 3>, Value<0.5>>>({{1, 2, 3}}).is({1, 5, 6}));
    CHECK(PadTensor<Before<0, 1>, After<0, 2>, Value<0.5>>::description.operation.alpha == 0.5f);
    CHECK(infer<PadTensor<Before<0, 0>, After<0, 0>>>({{1, 2}}).is({1, 2}));
}

TEST_CASE("every wrong padding is named, with the shapes that show it") {
    CHECK(infer<ZeroPad<1, 1, 1, 1>>({{1, 5}}).shows(Problem::wrong_rank, {1, 5}, {0, 0, 1, 1}));
    CHECK(infer<PadTensor<Before<0, 1>>>({{1, 5}}).problem == Problem::wrong_rank);
    CHECK(infer<ZeroPad<1, 0, -1, 0>>({{1, 5, 8, 8}}).shows(Problem::negative_padding, {0, 0, 1, 0}, {0, 0, -1, 0}));
    static_assert(infer<ZeroPad<most, 0, most, 0>>({{1, 5, 8, 8}}).problem == Problem::too_large);
    CHECK(infer<PadTensor<Before<65535, 65535>, After<0, 0>>>({{1, 1}}).shows(Problem::too_large, {65536, 65536}));
}

TEST_CASE("a reflection shows at most what lies behind the mirror, a wrapped padding the whole axis, an edge any width") {
    CHECK(infer<ReflectPad<3, 4, 3, 4>>({{1, 2, 4, 5}}).is({1, 2, 10, 13}));
    CHECK(infer<ReflectPad<4, 0, 0, 0>>({{1, 2, 4, 5}}).problem == Problem::reflection_too_wide);
    CHECK(infer<ReflectPad<0, 0, 0, 5>>({{1, 2, 4, 5}}).problem == Problem::reflection_too_wide);
    CHECK(infer<EdgePad<9, 9, 9, 9>>({{1, 2, 4, 5}}).is({1, 2, 22, 23}));
    CHECK(infer<PadTensor<Before<3>, After<2>, Wrap>>({{3}}).is({8}));
    CHECK(infer<PadTensor<Before<4>, After<0>, Wrap>>({{3}}).problem == Problem::reflection_too_wide);
}
