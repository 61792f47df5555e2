// mdl: tests of sums and maxima over lanes, and of short loads and stores.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <array>
#include <utility>
#include <vector>

#include <mdl/simd/partial.hpp>
#include <mdl/simd/reduce.hpp>

using namespace mdl;

namespace {

constexpr auto c = static_cast<std::size_t>(simd::lanes);
using Lanes = std::array<float, c>;

auto lanes_of(simd::Vector v) -> Lanes {
    Lanes all;
    simd::store(all.data(), v);
    return all;
}

/// Whole numbers, so that sums are exact in any order.
auto value(std::size_t vector, std::size_t lane) -> float { return static_cast<float>(vector * 100 + lane * lane) - 300.0f; }

template <int N>
void check_sums() {
    std::array<simd::Vector, static_cast<std::size_t>(N)> v;
    std::array<float, static_cast<std::size_t>(N)> expected{};
    for (std::size_t k = 0; k < v.size(); ++k) {
        Lanes all;
        for (std::size_t i = 0; i < c; ++i) all[i] = value(k, i), expected[k] += all[i];
        v[k] = simd::load(all.data());
    }
    const Lanes sums = lanes_of(simd::sum_each<N>(v.data()));
    for (std::size_t k = 0; k < v.size(); ++k) CHECK(sums[k] == expected[k]);
}

template <int N>
void check_partial() {
    // Exactly N floats, so that the address sanitizer sees one more.
    std::vector<float> from(static_cast<std::size_t>(N)), to(static_cast<std::size_t>(N), -1.0f);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = value(1, i);
    const simd::Vector v = simd::load_first<N>(from.data());
    const Lanes all = lanes_of(v);
    for (std::size_t i = 0; i < c; ++i) CHECK(all[i] == (i < from.size() ? from[i] : 0.0f));
    simd::store_first<N>(to.data(), v);
    CHECK(to == from);
    Lanes wide;
    wide.fill(7);
    simd::store_first<N>(wide.data(), simd::broadcast(3));
    for (std::size_t i = 0; i < c; ++i) CHECK(wide[i] == (i < from.size() ? 3.0f : 7.0f));
}

}  // namespace

TEST_CASE("sums of several vectors come out side by side, for every number of them") {
    []<int... N>(std::integer_sequence<int, N...>) { (check_sums<N + 1>(), ...); }(std::make_integer_sequence<int, simd::lanes>{});
}

TEST_CASE("short loads and stores touch exactly the lanes they name") {
    []<int... N>(std::integer_sequence<int, N...>) { (check_partial<N + 1>(), ...); }(std::make_integer_sequence<int, simd::lanes>{});
}

TEST_CASE("sum and maximum stand in every lane") {
    for (std::size_t most = 0; most < c; ++most) {
        Lanes all;
        float total = 0;
        for (std::size_t i = 0; i < c; ++i) all[i] = i == most ? 50.0f : value(0, i) / 4, total += all[i];
        for (const float x : lanes_of(simd::largest_everywhere(simd::load(all.data())))) CHECK(x == 50.0f);
        for (const float x : lanes_of(simd::sum_everywhere(simd::load(all.data())))) CHECK(x == total);
    }
}

#else
TEST_CASE("the portable build has no vectors") { CHECK(MDL_SIMD == 0); }
#endif
