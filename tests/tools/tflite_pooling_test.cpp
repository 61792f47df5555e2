// mdl: pooling and normalisations of TensorFlow Lite: padding counts for nothing, channels stand last.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>

#include <doctest/doctest.h>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::test::is_near;
using mdl::tool::test::Map;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using tflite::Padding;
using Op = tflite::BuiltinOperator;

namespace {

/// `reduce` of the pixels under each window, those outside of the map left out.
auto pooled(const Map& x, Padding padding, int kernel, int stride, const std::function<float(const Values&)>& reduce) -> Values {
    const auto out = [&](int size) { return padding == Padding::SAME ? (size + stride - 1) / stride : (size - kernel) / stride + 1; };
    const auto before = [&](int size) { return padding == Padding::SAME ? std::max((out(size) - 1) * stride + kernel - size, 0) / 2 : 0; };
    Values result;
    for (int y = 0; y < out(x.rows); ++y)
        for (int z = 0; z < out(x.columns); ++z)
            for (int c = 0; c < x.channels; ++c) {
                Values seen;
                for (int ky = 0; ky < kernel; ++ky)
                    for (int kx = 0; kx < kernel; ++kx) {
                        const int iy = y * stride - before(x.rows) + ky, ix = z * stride - before(x.columns) + kx;
                        if (iy >= 0 && iy < x.rows && ix >= 0 && ix < x.columns) seen.push_back(x.at(iy, ix, c));
                    }
                result.push_back(reduce(seen));
            }
    return result;
}

auto mean(const Values& values, bool squares = false) -> float {
    float sum = 0;
    for (const float v : values) sum += squares ? v * v : v;
    return sum / static_cast<float>(values.size());
}

auto built(Op code, const Map& x, Padding padding, int kernel, int stride) -> Values {
    TfliteBuilder model;
    const int input = model.input("x", x.dims());
    return model.run(model.node(code, {input}, tflite::CreatePool2DOptions(model.fbb, padding, stride, stride, kernel, kernel)), x.values);
}

}  // namespace

TEST_CASE("pools leave the padding out, at odd and even sizes") {
    for (const int rows : {5, 6})
        for (const Padding padding : {Padding::SAME, Padding::VALID})
            for (const int kernel : {2, 3})
                for (const int stride : {1, 2}) {
                    const int columns = 13 - rows;
                    INFO(rows << "x" << columns << " kernel " << kernel << " stride " << stride << " padding "
                              << static_cast<int>(padding));
                    const Map x(rows, columns, 3);
                    CHECK(is_near(built(Op::AVERAGE_POOL_2D, x, padding, kernel, stride),
                                  pooled(x, padding, kernel, stride, [](const Values& v) { return mean(v); })));
                    CHECK(built(Op::MAX_POOL_2D, x, padding, kernel, stride) ==
                          pooled(x, padding, kernel, stride, [](const Values& v) { return *std::max_element(v.begin(), v.end()); }));
                    CHECK(is_near(built(Op::L2_POOL_2D, x, padding, kernel, stride),
                                  pooled(x, padding, kernel, stride, [](const Values& v) { return std::sqrt(mean(v, true)); })));
                }
}

TEST_CASE("a local response normalisation sums over 2 * radius + 1 channels") {
    const Map x(2, 3, 5);
    TfliteBuilder model;
    const int y = model.node(Op::LOCAL_RESPONSE_NORMALIZATION, {model.input("x", x.dims())},
                             tflite::CreateLocalResponseNormalizationOptions(model.fbb, 1, 2.0f, 0.5f, 0.75f));
    Map expected = x;
    for (int r = 0; r < 2; ++r)
        for (int z = 0; z < 3; ++z)
            for (int c = 0; c < 5; ++c) {
                float sum = 0;
                for (int k = std::max(0, c - 1); k <= std::min(4, c + 1); ++k) sum += x.at(r, z, k) * x.at(r, z, k);
                expected.at(r, z, c) = x.at(r, z, c) / std::pow(2.0f + 0.5f * sum, 0.75f);
            }
    CHECK(is_near(model.run(y, x.values), expected.values));
}

TEST_CASE("an L2 normalisation divides by the length along the last axis, and by no less than 1e-6") {
    TfliteBuilder map, vectors;
    const Map x(1, 3, 2, {3, 4, 0, 0, -5, 12});
    CHECK(
        is_near(map.run(map.node(Op::L2_NORMALIZATION, {map.input("x", x.dims())}), x.values), {0.6f, 0.8f, 0, 0, -5.0f / 13, 12.0f / 13}));
    CHECK(is_near(vectors.run(vectors.node(Op::L2_NORMALIZATION, {vectors.input("x", {2, 2})}), {3, 4, 8, 6}), {0.6f, 0.8f, 0.8f, 0.6f}));
}
