// mdl: the transpose of vectors.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <mdl/simd/transpose.hpp>

using namespace mdl;

TEST_CASE("transposed vectors are the columns of what they were") {
    constexpr int c = simd::lanes;
    simd::Vector v[c];
    alignas(simd::Vector) float row[c];
    for (int i = 0; i < c; ++i) {
        for (int j = 0; j < c; ++j) row[j] = static_cast<float>(100 * i + j);
        v[i] = simd::load(row);
    }
    simd::transpose(v);
    for (int i = 0; i < c; ++i) {
        simd::store(row, v[i]);
        for (int j = 0; j < c; ++j) CHECK(row[j] == static_cast<float>(100 * j + i));
    }
}

#else
TEST_CASE("the portable build has no vectors to transpose") { CHECK(MDL_SIMD == 0); }
#endif
