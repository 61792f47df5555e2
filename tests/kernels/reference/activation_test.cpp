// mdl: tests of the reference activations.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/activation.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference;

namespace {

auto activated(const Activation& activation, std::vector<float> x) -> std::vector<float> {
    reference::activation(activation, static_cast<std::int64_t>(x.size()), x.data(), x.data());
    return x;
}

const std::vector<float> points{-4, -3, -1, -0.5f, 0, 0.5f, 1, 3, 4, 7};

}  // namespace

TEST_CASE("the piecewise linear activations give the numbers worked by hand") {
    using enum ActivationKind;
    using List = std::vector<float>;
    CHECK(activated({none}, points) == points);
    CHECK(activated({relu}, points) == List{0, 0, 0, 0, 0, 0.5f, 1, 3, 4, 7});
    CHECK(activated({clip, 0, 6}, points) == List{0, 0, 0, 0, 0, 0.5f, 1, 3, 4, 6});
    CHECK(activated({clip, -1, 1}, points) == List{-1, -1, -1, -0.5f, 0, 0.5f, 1, 1, 1, 1});
    CHECK(activated({leaky_relu, 0.25f}, points) == List{-1, -0.75f, -0.25f, -0.125f, 0, 0.5f, 1, 3, 4, 7});
    CHECK(activated({hard_sigmoid, 0.25f, 0.5f}, points) == List{0, 0, 0.25f, 0.375f, 0.5f, 0.625f, 0.75f, 1, 1, 1});
    CHECK(activated({hard_swish}, {-4, -3, -1.5f, 0, 1.5f, 3, 6}) == List{0, 0, -0.375f, 0, 1.125f, 3, 6});
}

TEST_CASE("the smooth activations give their known values") {
    using enum ActivationKind;
    using List = std::vector<float>;
    // Values to 9 digits; float keeps 7 to 8.
    CHECK(largest_difference(activated({sigmoid}, {-2, 0, 1}), List{0.119202922f, 0.5f, 0.731058579f}) < 1e-7);
    CHECK(largest_difference(activated({tanh}, {-1, 0, 0.5f}), List{-0.761594156f, 0, 0.462117157f}) < 1e-7);
    CHECK(largest_difference(activated({elu, 1}, {-1, 0, 2}), List{-0.632120559f, 0, 2}) < 1e-7);
    CHECK(largest_difference(activated({elu, 0.5f}, {-1, 0, 2}), List{-0.316060279f, 0, 2}) < 1e-7);
    CHECK(largest_difference(activated({silu}, {-1, 0, 1}), List{-0.268941421f, 0, 0.731058579f}) < 1e-7);
    CHECK(largest_difference(activated({exp}, {-1, 0, 1}), List{0.367879441f, 1, 2.718281828f}) < 3e-7);
}

TEST_CASE("the further activations give their known values") {
    using enum ActivationKind;
    using List = std::vector<float>;
    CHECK(activated({abs}, {-2, 0, 3}) == List{2, 0, 3});
    CHECK(activated({negate}, {-2, 3}) == List{2, -3});
    CHECK(activated({sqrt}, {0, 2.25f}) == List{0, 1.5f});
    CHECK(activated({reciprocal}, {-2, 4}) == List{-0.5f, 0.25f});
    CHECK(activated({floor}, {-1.5f, 1.5f}) == List{-2, 1});
    CHECK(activated({ceil}, {-1.5f, 1.5f}) == List{-1, 2});
    CHECK(activated({round}, {-2.5f, -1.5f, -0.3f, 0.5f, 1.5f, 2.7f}) == List{-2, -2, 0, 0, 2, 3});
    CHECK(activated({sign}, {-4, 0, 0.1f}) == List{-1, 0, 1});
    CHECK(activated({thresholded_relu, 1}, {0.5f, 1, 1.5f}) == List{0, 0, 1.5f});
    CHECK(activated({shrink, 1, 0.5f}, {-2, -1, 0.5f, 3}) == List{-1.5f, 0, 0, 2.5f});
    CHECK(activated({power, 3}, {-2, 0.5f}) == List{-8, 0.125f});
    CHECK(activated({is_inf, 1, 0}, {INFINITY, -INFINITY, 1}) == List{1, 0, 0});
    CHECK(activated({is_inf, 0, 1}, {INFINITY, -INFINITY, 1}) == List{0, 1, 0});
    CHECK(activated({is_nan}, {NAN, INFINITY, 1}) == List{1, 0, 0});
    CHECK(largest_difference(activated({log}, {1, 2.718281828f, 0.5f}), List{0, 1, -0.693147181f}) < 2e-7);
    CHECK(largest_difference(activated({erf}, {-1, 0, 0.5f}), List{-0.842700793f, 0, 0.520499878f}) < 1e-7);
    CHECK(largest_difference(activated({softplus}, {-2, 0, 3}), List{0.126928011f, 0.693147181f, 3.048587352f}) < 3e-7);
    CHECK(activated({softsign}, {-1, 0, 3}) == List{-0.5f, 0, 0.75f});
    CHECK(largest_difference(activated({gelu}, {-1, 0, 2}), List{-0.158655254f, 0, 1.954499736f}) < 2e-7);
    CHECK(largest_difference(activated({gelu_tanh}, {-1, 0, 2}), List{-0.158808009f, 0, 1.954597694f}) < 2e-7);
    CHECK(largest_difference(activated({mish}, {-1, 0, 2}), List{-0.303401461f, 0, 1.943958965f}) < 2e-7);
    CHECK(largest_difference(activated({selu, 1.6732632f, 1.0507010f}, {-1, 0, 2}), List{-1.111330737f, 0, 2.101402f}) < 3e-7);
    CHECK(largest_difference(activated({celu, 2}, {-1, 0, 2}), List{-0.786938681f, 0, 2}) < 1e-7);
    CHECK(largest_difference(activated({atanh}, {0.5f}), List{0.549306144f}) < 1e-7);
}

TEST_CASE("an activation whose kind is a constant is the one whose kind is a number") {
    const auto x = test::numbers(37, 3);
    std::vector<float> y(x.size());
    reference::activation<ActivationKind::selu>(1.5f, 1.25f, 37, x.data(), y.data());
    CHECK(y == activated({ActivationKind::selu, 1.5f, 1.25f}, x));
}

TEST_CASE("the smooth activations keep their identities") {
    using enum ActivationKind;
    const auto s = activated({sigmoid}, points), t = activated({tanh}, points), silu_of = activated({silu}, points);
    for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(std::fabs(s[i] + activated({sigmoid}, {-points[i]})[0] - 1) < 2e-7f);
        CHECK(std::fabs(t[i] - (2 * activated({sigmoid}, {2 * points[i]})[0] - 1)) < 2e-7f);
        CHECK(std::fabs(silu_of[i] - points[i] * s[i]) < 5e-7f);
    }
}

TEST_CASE("no activation leaves the finite numbers at the ends of float") {
    using enum ActivationKind;
    for (const auto kind : {relu, elu, sigmoid, tanh, hard_sigmoid, hard_swish, silu, softplus, softsign, gelu, gelu_tanh, mish, selu, celu})
        for (const float value : activated({kind, 1, 0.5f}, {-3e38f, -1000, -90, 90, 1000})) CHECK(std::isfinite(value));
    CHECK(activated({sigmoid}, {-1000, 1000}) == std::vector<float>{0, 1});
    CHECK(activated({tanh}, {-1000, 1000}) == std::vector<float>{-1, 1});
}

TEST_CASE("parametric relu has one slope a channel") {
    const std::vector<float> x{-1, 2, -3, 4, -5, -6}, slope{0.5f, 2, 0};
    std::vector<float> y(6);
    reference::prelu({1, 3, 1, 2}, x.data(), slope.data(), y.data());
    CHECK(y == std::vector<float>{-0.5f, 2, -6, 4, 0, 0});
    reference::prelu({2, 3}, x.data(), slope.data(), y.data());
    CHECK(y == std::vector<float>{-0.5f, 2, 0, 4, -10, 0});
}

TEST_CASE("parametric relu with equal slopes is leaky relu") {
    const auto x = test::numbers(2 * 3 * 5, 1);
    const std::vector<float> slope(3, 0.125f);
    std::vector<float> y(x.size());
    reference::prelu({2, 3, 5}, x.data(), slope.data(), y.data());
    CHECK(y == activated({ActivationKind::leaky_relu, 0.125f}, x));
}
