// mdl: tests of the vector functions against double precision, and of the choice of tiles.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <mdl/simd/math.hpp>
#include <mdl/simd/tile.hpp>

using namespace mdl;

namespace {

template <class F>
auto first_lane(F f, float x) -> float {
    float lanes[simd::lanes];
    simd::store(lanes, f(simd::broadcast(x)));
    return lanes[0];
}

const auto vector_exp = [](simd::Vector x) { return simd::exp(x); };
const auto vector_log = [](simd::Vector x) { return simd::log(x); };
const auto vector_tanh = [](simd::Vector x) { return simd::tanh(x); };
const auto vector_sigmoid = [](simd::Vector x) { return simd::sigmoid(x); };
const auto vector_softplus = [](simd::Vector x) { return simd::softplus(x); };
const auto vector_erf = [](simd::Vector x) { return simd::erf(x); };

/// Largest relative error over [from, to], in units of a float's 2^-23.
template <class F, class Exact>
auto error(F f, Exact exact, float from, float to) -> double {
    double largest = 0;
    for (int i = 0; i <= 20000; ++i) {
        const float x = from + (to - from) * static_cast<float>(i) / 20000.0f;
        const double truth = exact(static_cast<double>(x));
        if (std::fabs(truth) < 1e-37) continue;
        largest = std::fmax(largest, std::fabs(static_cast<double>(first_lane(f, x)) / truth - 1) * 8388608.0);
    }
    return largest;
}

}  // namespace

TEST_CASE("the vector functions are within a few units in the last place") {
    CHECK(error(vector_exp, [](double x) { return std::exp(x); }, -87.0f, 88.0f) < 2.5);
    CHECK(error(vector_exp, [](double x) { return std::exp(x); }, -1.0f, 1.0f) < 2.5);
    CHECK(error(vector_tanh, [](double x) { return std::tanh(x); }, -12.0f, 12.0f) < 4);
    CHECK(error(vector_tanh, [](double x) { return std::tanh(x); }, -0.01f, 0.01f) < 4);
    CHECK(error(vector_sigmoid, [](double x) { return 1 / (1 + std::exp(-x)); }, -80.0f, 40.0f) < 4);
    CHECK(error(vector_log, [](double x) { return std::log(x); }, 1.5f, 1e33f) < 4);
    CHECK(error(vector_log, [](double x) { return std::log(x); }, 1e-30f, 0.6f) < 4);
    CHECK(error(vector_log, [](double x) { return std::log(x); }, 0.6f, 1.6f) < 8);
}

TEST_CASE("softplus and erf are within their bounds, and as precise near zero as far from it") {
    CHECK(error(vector_softplus, [](double x) { return std::log1p(std::exp(x)); }, -80.0f, 80.0f) < 8);
    const auto erf = [](double x) { return std::erf(x); };
    CHECK(error(vector_erf, erf, 0.4f, 5.0f) < 10);
    CHECK(error(vector_erf, erf, -0.4f, 0.4f) < 10);
    CHECK(first_lane(vector_erf, -7.0f) == -1.0f);
}

TEST_CASE("the vector functions are finite for any number, and a NaN stays one") {
    const float infinity = std::numeric_limits<float>::infinity();
    for (const float x : {infinity, -infinity, 3e38f, -3e38f, 0.0f, -0.0f, 1e-45f}) {
        CHECK(std::isfinite(first_lane(vector_exp, x)));
        CHECK(std::isfinite(first_lane(vector_tanh, x)));
        CHECK(std::isfinite(first_lane(vector_sigmoid, x)));
        CHECK(std::isfinite(first_lane(vector_log, x)));
        CHECK(std::isfinite(first_lane(vector_erf, x)));
    }
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(first_lane(vector_exp, nan)));
    CHECK(std::isnan(first_lane(vector_tanh, nan)));
    CHECK(std::isnan(first_lane(vector_sigmoid, nan)));
    CHECK(std::isnan(first_lane(vector_log, nan)));
    CHECK(std::isnan(first_lane(vector_erf, nan)));
    CHECK(std::isnan(first_lane(vector_softplus, nan)));
    CHECK(first_lane(vector_tanh, infinity) == 1.0f);
    CHECK(first_lane(vector_sigmoid, infinity) == 1.0f);
}

TEST_CASE("multiply-add and sums of partial vectors are exact") {
    float x[2 * simd::lanes], y[simd::lanes];
    for (int i = 0; i < 2 * simd::lanes; ++i) x[i] = static_cast<float>(i + 1);
    simd::store(y, simd::fma(simd::load(x), simd::load(x), simd::load(x)));
    for (int i = 0; i < simd::lanes; ++i) CHECK(y[i] == x[i] * x[i] + x[i]);
    for (int n = 0; n <= simd::lanes; ++n) CHECK(simd::sum(simd::load_partial(x, n)) == static_cast<float>(n * (n + 1) / 2));
    CHECK(simd::largest(simd::load(x)) == static_cast<float>(simd::lanes));
    std::uint8_t bytes[simd::lanes];
    for (int i = 0; i < simd::lanes; ++i) bytes[i] = static_cast<std::uint8_t>(255 - i);
    simd::store(y, simd::load_bytes(bytes));
    for (int i = 0; i < simd::lanes; ++i) CHECK(y[i] == static_cast<float>(255 - i));
}

template <int Blocks, simd::TileSet Tiles>
void check_tiles() {
    for (int count = 1; count < 300; ++count) {
        int rest = count;
        simd::TileSet used = 0;
        while (rest > 0) {
            const int height = simd::next_tile<Blocks, Tiles>(rest);
            REQUIRE(height >= 1);
            CHECK((height == 1 || (Tiles & simd::tile_bit(height, Blocks)) != 0));
            used |= simd::tile_bit(height, Blocks);
            rest -= height;
        }
        CHECK(rest == 0);
        CHECK(used == simd::detail::tiles_of<Blocks, Tiles>(count));
    }
}

TEST_CASE("tiles cover every count of pixels, with tiles of their set only") {
    constexpr simd::TileSet fast = simd::every_tile(), small = simd::every_tile(true);
    check_tiles<1, fast>();
    check_tiles<2, fast>();
    check_tiles<3, fast>();
    check_tiles<1, small>();
    check_tiles<2, small>();
    check_tiles<3, small>();
    check_tiles<2, 0>();
    check_tiles<2, simd::tile_bit(simd::max_tile_pixels, 2)>();
}

TEST_CASE("of all ways to cover some pixels the one is taken that waits least for the multiply-adds") {
    if (simd::max_tile_pixels != 6) return;  // the figures are those of SSE and AVX
    const auto heights = [](int rest) {
        std::vector<int> all;
        for (; rest > 0; rest -= all.back()) all.push_back(simd::next_tile<2, simd::every_tile()>(rest));
        std::sort(all.begin(), all.end(), std::greater<>());
        return all;
    };
    CHECK(heights(49) == std::vector{6, 6, 6, 6, 5, 5, 5, 5, 5});
    CHECK(heights(12) == std::vector{6, 6});
    CHECK(heights(8) == std::vector{4, 4});
    CHECK(heights(196).size() == 33);
}

TEST_CASE("the tiles of a strip are those that its blocks take, by the way that its pixels take") {
    CHECK(simd::tiles_of<false>(1, 1) == simd::tile_bit(1, 1));
    CHECK(simd::tiles_of<false>(2, 1) == simd::tile_bit(1, 2));
    CHECK(simd::tiles_of<false>(3, 1) == simd::tile_bit(1, 3));
    CHECK(simd::tiles_of<false>(5, 1) == (simd::tile_bit(1, 2) | simd::tile_bit(1, 3)));
    CHECK(simd::tiles_of<false>(64, 100 * simd::max_tile_pixels) == simd::tile_bit(simd::max_tile_pixels, 2));
    CHECK(simd::tiles_of<false>(8, 0) == 0);
}

TEST_CASE("tiles cover every count of channel blocks, and one alone stands only where there is one") {
    for (int count = 1; count < 40; ++count) {
        int rest = count;
        while (rest > 0) {
            const int blocks = simd::next_tile_blocks(rest);
            REQUIRE(blocks >= 1);
            CHECK(blocks <= simd::widest_tile_blocks);
            CHECK((blocks > 1 || count == 1));
            rest -= blocks;
        }
        CHECK(rest == 0);
    }
}

#else
TEST_CASE("the portable build has no vectors") { CHECK(MDL_SIMD == 0); }
#endif
