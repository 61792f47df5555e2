// mdl: tests of tensor views.
// SPDX-License-Identifier: MIT
#include <mdl/tensor/view.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace mdl;

TEST_CASE("a view finds elements in row-major order, when compiling as when running") {
    static constexpr int values[] = {1, 2, 3, 4, 5, 6};
    constexpr TensorView<const int> view{values, {2, 3}};
    static_assert(view.at(0, 0) == 1 && view.at(0, 2) == 3 && view.at(1, 0) == 4 && view.at(1, 2) == 6);
    CHECK(view.at(1, 1) == 5);
    CHECK(view.size() == 6);
    CHECK(view.span().back() == 6);
}

TEST_CASE("walking all indices of a feature map visits every element once, in order") {
    float values[2 * 3 * 4 * 5];
    const TensorView<float> view{values, {2, 3, 4, 5}};
    float next = 0;
    for (float& value : view.span()) value = next++;
    next = 0;
    for (int n = 0; n < 2; ++n)
        for (int c = 0; c < 3; ++c)
            for (int y = 0; y < 4; ++y)
                for (int x = 0; x < 5; ++x) CHECK(view.at(n, c, y, x) == next++);
    view.at(1, 2, 3, 4) = -1;
    CHECK(values[119] == -1);
}

TEST_CASE("a view of rank 0 holds one value") {
    double value = 4;
    const TensorView<double> view{&value, {}};
    CHECK(view.size() == 1);
    CHECK(view.at() == 4);
}

TEST_CASE("a writing view passes as a reading one, never the other way") {
    static_assert(std::is_convertible_v<TensorView<float>, TensorView<const float>>);
    static_assert(!std::is_convertible_v<TensorView<const float>, TensorView<float>>);
    float value = 2;
    const TensorView<const float> view = TensorView<float>{&value, {1, 1}};
    CHECK(view.at(0, 0) == 2);
}
