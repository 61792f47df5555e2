// mdl: tests of the reference batch norm, scale and local response normalisation.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/normalization.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;

TEST_CASE("batch norm of two channels gives the numbers worked by hand") {
    const std::vector<float> x{1, 3, 10, 20}, gamma{2, 0.5f}, beta{1, -1}, mean{2, 10}, variance{3, 15};
    auto y = room({1, 2, 1, 2});
    reference::batch_norm({.op = Op::batch_norm, .epsilon = 1}, {1, 2, 1, 2}, x.data(), gamma.data(), beta.data(), mean.data(),
                          variance.data(), y.data());
    CHECK(y == std::vector<float>{0, 2, -1, 0.25f});
}

TEST_CASE("batch norm with a batch's own mean and variance has mean beta and deviation gamma") {
    const Shape shape{3, 2, 5, 3};
    const auto x = numbers(shape, 1);
    const std::vector<float> gamma{2, 3}, beta{-1, 4};
    std::vector<float> mean(2), variance(2);
    const auto moments = [&](const std::vector<float>& values, std::size_t c) {
        double sum = 0, squares = 0;
        for (std::size_t n = 0; n < 3; ++n)
            for (std::size_t i = 0; i < 15; ++i) {
                const double value = static_cast<double>(values[(n * 2 + c) * 15 + i]);
                sum += value / 45;
                squares += value * value / 45;
            }
        return std::vector<double>{sum, squares - sum * sum};
    };
    for (std::size_t c = 0; c < 2; ++c) {
        mean[c] = static_cast<float>(moments(x, c)[0]);
        variance[c] = static_cast<float>(moments(x, c)[1]);
    }
    auto y = room(shape);
    reference::batch_norm({.op = Op::batch_norm}, shape, x.data(), gamma.data(), beta.data(), mean.data(), variance.data(),
                          y.data());
    // Float mean and variance: relative 6e-8 of values below 10.
    for (std::size_t c = 0; c < 2; ++c) {
        CHECK(std::fabs(moments(y, c)[0] - static_cast<double>(beta[c])) < 1e-5);
        CHECK(std::fabs(std::sqrt(moments(y, c)[1]) - static_cast<double>(gamma[c])) < 1e-5);
    }
}

TEST_CASE("scale multiplies and shifts each channel, also of rank 2") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6}, weight{2, -1, 0}, bias{1, 0, 7};
    auto y = room({2, 3});
    reference::scale({2, 3}, x.data(), weight.data(), bias.data(), y.data());
    CHECK(y == std::vector<float>{3, -2, 7, 9, -5, 7});
    reference::scale({1, 3, 1, 2}, x.data(), weight.data(), nullptr, y.data());
    CHECK(y == std::vector<float>{2, 4, -3, -4, 0, 0});
}

TEST_CASE("batch norm equals scale with the folded factors") {
    const Shape shape{2, 5, 3, 3};
    const auto x = numbers(shape, 3), gamma = numbers(5, 4), beta = numbers(5, 5), mean = numbers(5, 6);
    const std::vector<float> variance{0.5f, 1, 2, 3, 0.25f};
    std::vector<float> weight(5), bias(5);
    for (std::size_t c = 0; c < 5; ++c) {
        weight[c] = gamma[c] / std::sqrt(variance[c] + 1e-3f);
        bias[c] = beta[c] - mean[c] * weight[c];
    }
    auto y = room(shape), expected = room(shape);
    reference::batch_norm({.op = Op::batch_norm, .epsilon = 1e-3f}, shape, x.data(), gamma.data(), beta.data(), mean.data(),
                          variance.data(), y.data());
    reference::scale(shape, x.data(), weight.data(), bias.data(), expected.data());
    CHECK(largest_difference(y, expected) < 5e-6);  // float factors, values below 16
}

TEST_CASE("local response normalisation across channels gives the numbers worked by hand") {
    // size 3, alpha 3, beta 1, k 1: y = x / (1 + sum of squares of itself and both neighbours).
    const std::vector<float> x{1, 2, 3, 4};
    auto y = room({1, 4, 1, 1});
    reference::lrn({.op = Op::lrn, .size = 3, .alpha = 3, .beta = 1, .k = 1}, {1, 4, 1, 1}, x.data(), y.data());
    CHECK(y == std::vector<float>{1.0f / 6, 2.0f / 15, 3.0f / 30, 4.0f / 26});
}

TEST_CASE("an even size reaches one channel further up than down, as in ONNX") {
    const std::vector<float> x{1, 2, 3, 4};
    auto y = room({1, 4, 1, 1});
    reference::lrn({.op = Op::lrn, .size = 2, .alpha = 2, .beta = 1, .k = 1}, {1, 4, 1, 1}, x.data(), y.data());
    CHECK(y == std::vector<float>{1.0f / 6, 2.0f / 14, 3.0f / 26, 4.0f / 17});
}

TEST_CASE("local response normalisation across channels treats every pixel alone") {
    const Shape map{1, 7, 3, 5}, pixel{1, 7, 1, 1};
    const Operation op{.op = Op::lrn, .size = 5, .alpha = 0.1f, .beta = 0.75f, .k = 2};
    const auto x = numbers(map, 7);
    auto y = room(map);
    reference::lrn(op, map, x.data(), y.data());
    for (std::size_t p = 0; p < 15; ++p) {
        std::vector<float> column(7), normalised(7), from_map(7);
        for (std::size_t c = 0; c < 7; ++c) {
            column[c] = x[c * 15 + p];
            from_map[c] = y[c * 15 + p];
        }
        reference::lrn(op, pixel, column.data(), normalised.data());
        CHECK(normalised == from_map);
    }
}

TEST_CASE("local response normalisation within a channel divides by the whole window's area, border or not") {
    // size 3, alpha 9, beta 1: y = x / (1 + sum of squares in the 3x3 window), zeros outside.
    const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9};
    auto y = room({1, 1, 3, 3});
    const Operation op{.op = Op::lrn, .within_channel = true, .size = 3, .alpha = 9, .beta = 1, .k = 1};
    reference::lrn(op, {1, 1, 3, 3}, x.data(), y.data());
    CHECK(y[0] == 1.0f / 47);   // 1 + 1+4+16+25
    CHECK(y[4] == 5.0f / 286);  // 1 + 285
    CHECK(y[5] == 6.0f / 220);  // 1 + 4+9+25+36+64+81
    // Other channels play no part.
    std::vector<float> two = x;
    for (const float value : x) two.push_back(value * 100);
    auto y_two = room({1, 2, 3, 3});
    reference::lrn(op, {1, 2, 3, 3}, two.data(), y_two.data());
    CHECK(std::vector<float>(y_two.begin(), y_two.begin() + 9) == y);
}

TEST_CASE("layer and group norm leave mean 0 and variance 1 where they normalise, then gamma and beta") {
    const std::vector<float> x{1, 3, 5, 7}, one{1, 1, 1, 1}, zero{0, 0, 0, 0}, gamma{2, 1, 1, 1}, beta{0, 0, 0, 10};
    std::vector<float> y(4);
    reference::layer_norm({.op = Op::layer_norm, .axis = 1}, {2, 2}, x.data(), one.data(), nullptr, y.data());
    CHECK(largest_difference(y, {-1, 1, -1, 1}) < 1e-6);
    reference::layer_norm({.op = Op::layer_norm, .axis = 0}, {2, 2}, x.data(), gamma.data(), beta.data(), y.data());
    CHECK(largest_difference(y, {-2.6832816f, -0.4472136f, 0.4472136f, 11.3416408f}) < 1e-6);
    reference::group_norm({.op = Op::group_norm, .groups = 2}, {1, 4, 1, 1}, x.data(), one.data(), zero.data(), y.data());
    CHECK(largest_difference(y, {-1, 1, -1, 1}) < 1e-6);
    reference::group_norm({.op = Op::group_norm, .groups = 2, .epsilon = 3}, {1, 2, 1, 2}, x.data(), gamma.data(), beta.data() + 2, y.data());
    CHECK(largest_difference(y, {-1, 1, 9.5f, 10.5f}) < 1e-6);
}
