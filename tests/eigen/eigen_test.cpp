// mdl: tests of tensor views as Eigen maps.
// SPDX-License-Identifier: MIT
#include <mdl/eigen.hpp>

#include <doctest/doctest.h>

#include <numeric>
#include <type_traits>
#include <vector>

using namespace mdl;

namespace {

auto counting(const Shape& shape) -> std::vector<float> {
    std::vector<float> values(static_cast<std::size_t>(shape.count()));
    std::iota(values.begin(), values.end(), 0.0f);
    return values;
}

}  // namespace

TEST_CASE("a matrix map has the view's rows and columns and shares its memory") {
    auto values = counting({3, 5});
    const TensorView<float> view{values.data(), {3, 5}};
    auto matrix = as_eigen(view);
    CHECK(matrix.rows() == 3);
    CHECK(matrix.cols() == 5);
    CHECK(matrix.data() == values.data());
    for (int r = 0; r < 3; ++r)
        for (int c = 0; c < 5; ++c) CHECK(matrix(r, c) == view.at(r, c));
    matrix(2, 4) = -1;
    CHECK(view.at(2, 4) == -1);
}

TEST_CASE("a channel's map is its plane, of any image of the batch") {
    auto values = counting({2, 3, 4, 5});
    const TensorView<float> view{values.data(), {2, 3, 4, 5}};
    for (int n = 0; n < 2; ++n)
        for (int channel = 0; channel < 3; ++channel) {
            const auto plane = as_eigen(view, channel, n);
            CHECK(plane.rows() == 4);
            CHECK(plane.cols() == 5);
            CHECK(plane(0, 0) == view.at(n, channel, 0, 0));
            CHECK(plane(3, 4) == view.at(n, channel, 3, 4));
        }
    as_eigen(view, 1) *= 2.0f;
    CHECK(values[19] == 19);
    CHECK(values[20] == 40);
    CHECK(values[39] == 78);
    CHECK(values[40] == 40);
}

TEST_CASE("other ranks keep the last axis as columns, and rank 1 is one row") {
    auto values = counting({2, 3, 4});
    const TensorView<float> view{values.data(), {2, 3, 4}};
    CHECK(as_eigen(view).rows() == 6);
    CHECK(as_eigen(view).cols() == 4);
    CHECK(as_eigen(view)(5, 1) == view.at(1, 2, 1));
    CHECK(as_eigen(TensorView<float>{values.data(), {7}}).rows() == 1);
    CHECK(as_eigen(TensorView<float>{values.data(), {7}}).cols() == 7);
    CHECK(as_eigen(TensorView<float>{values.data(), {}}).size() == 1);
}

TEST_CASE("a vector map holds all values in memory order") {
    auto values = counting({2, 3});
    auto vector = as_eigen_vector(TensorView<float>{values.data(), {2, 3}});
    CHECK(vector.size() == 6);
    CHECK(vector.sum() == 15);
    vector.setZero();
    CHECK(values[5] == 0);
}

TEST_CASE("a view that only reads gives a map that only reads") {
    const auto values = counting({2, 2});
    const auto matrix = as_eigen(TensorView<const float>{values.data(), {2, 2}});
    static_assert(std::is_same_v<decltype(matrix.data()), const float*>);
    CHECK((matrix * matrix)(1, 1) == 11);  // [0 1; 2 3] squared
}
