// mdl: what moves a tensor's elements moves them as in TensorFlow's sequence of axes, though maps lie in planes.
// SPDX-License-Identifier: MIT
#include <functional>
#include <numeric>

#include <doctest/doctest.h>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::test::is_near;
using mdl::tool::test::Map;
using mdl::tool::test::Numbers;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using Op = tflite::BuiltinOperator;

namespace {

auto counted(int count) -> Values {
    Values values(static_cast<std::size_t>(count));
    std::iota(values.begin(), values.end(), 0.0f);
    return values;
}

/// [2, 3, 2] of 0, 1, 2, ...
auto counted_map() -> Map { return {2, 3, 2, counted(12)}; }

/// What an operator makes of 0, 1, 2, ... in a map of the given shape.
auto moved(const Numbers& dims, const std::function<int(TfliteBuilder&, int)>& make) -> Values {
    TfliteBuilder model;
    int count = 1;
    for (const int dim : dims) count *= dim;
    const int x = model.input("x", dims);
    return model.run(make(model, x), counted(count));
}

auto transposes(mdl::tool::Network network) -> int {
    int count = 0;
    for (const auto& layer : network.layers) count += layer.operation.op == mdl::Op::transpose ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("a reshape reads a map in rows, whatever comes before and after") {
    const auto x = counted_map();
    const Numbers dims = x.dims();
    CHECK(moved(dims, [](auto& m, int i) { return m.node(Op::RESHAPE, {m.node(Op::RELU, {i}), m.integers({1, -1})}); }) == x.values);
    CHECK(moved(dims, [](auto& m, int i) { return m.node(Op::RESHAPE, {m.node(Op::RELU, {i}), m.integers({1, 3, 2, 2})}); }) == x.values);
    CHECK(moved(dims, [](auto& m, int i) {
              const auto shape = m.fbb.CreateVector(Numbers{3, 4});
              return m.node(Op::RESHAPE, {i}, tflite::CreateReshapeOptions(m.fbb, shape));
          }) == x.values);
    // There and back again, then as a map.
    CHECK(moved(dims, [](auto& m, int i) {
              const int flat = m.node(Op::RESHAPE, {m.node(Op::RELU, {i}), m.integers({12})});
              return m.node(Op::AVERAGE_POOL_2D, {m.node(Op::RESHAPE, {flat, m.integers({1, 2, 3, 2})})},
                            tflite::CreatePool2DOptions(m.fbb, tflite::Padding::VALID, 1, 1, 3, 2));
          }) == Values{5, 6});
}

TEST_CASE("a reshape of a map of one pixel or one channel, and of the network's vector, moves nothing") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 4, 4, 3});
    const int mean =
        model.node(Op::MEAN, {model.node(Op::RELU, {x}), model.integers({1, 2})}, tflite::CreateReducerOptions(model.fbb, true));
    const int squeezed = model.node(Op::SQUEEZE, {mean});
    model.output(model.node(Op::RELU, {model.node(Op::RESHAPE, {squeezed, model.integers({1, 3})})}));
    CHECK(transposes(model.import()) == 0);
}

TEST_CASE("SQUEEZE and EXPAND_DIMS change the shape alone") {
    CHECK(moved({1, 1, 3, 2}, [](auto& m, int i) { return m.node(Op::SQUEEZE, {i}); }) == counted(6));
    TfliteBuilder model;
    const int x = model.input("x", {2, 3});
    model.output(model.node(Op::EXPAND_DIMS, {x, model.integer(-1)}));
    model.output(model.node(Op::EXPAND_DIMS, {x, model.integer(0)}));
    const auto axes = model.fbb.CreateVector(Numbers{0});
    const int added = model.node(Op::EXPAND_DIMS, {x, model.integer(0)});
    model.output(model.node(Op::SQUEEZE, {added}, tflite::CreateSqueezeOptions(model.fbb, axes)));
    const auto network = model.import();
    CHECK(network.shape(network.outputs[0].layer) == mdl::Shape{2, 3, 1});
    CHECK(network.shape(network.outputs[1].layer) == mdl::Shape{1, 2, 3});
    CHECK(network.shape(network.outputs[2].layer) == mdl::Shape{2, 3});
}

TEST_CASE("a transposition permutes TensorFlow's axes, and one to ONNX's sequence costs nothing") {
    const auto x = counted_map();
    for (const Numbers& order : {Numbers{0, 3, 1, 2}, Numbers{0, 2, 1, 3}, Numbers{0, 3, 2, 1}, Numbers{0, 1, 3, 2}, Numbers{1, 0, 2, 3}}) {
        const int sizes[4] = {1, 2, 3, 2};
        Values expected;
        int at[4];
        for (int a = 0; a < sizes[order[0]]; ++a)
            for (int b = 0; b < sizes[order[1]]; ++b)
                for (int c = 0; c < sizes[order[2]]; ++c)
                    for (int d = 0; d < sizes[order[3]]; ++d) {
                        at[order[0]] = a, at[order[1]] = b, at[order[2]] = c, at[order[3]] = d;
                        expected.push_back(x.at(at[1], at[2], at[3]));
                    }
        CHECK(moved(x.dims(), [&](auto& m, int i) {
                  return m.node(Op::TRANSPOSE, {m.node(Op::RELU, {i}), m.integers(order)});
              }) == expected);
    }
    // From ONNX's sequence into TensorFlow's for a convolution and back: what a model from PyTorch does at each of them.
    TfliteBuilder model;
    const int input = model.input("x", {1, 2, 4, 4});
    const int rows = model.node(Op::TRANSPOSE, {input, model.integers({0, 2, 3, 1})});
    const int c = model.node(Op::CONV_2D, {rows, model.floats({2, 1, 1, 2}, {1, 2, 3, 4})},
                             tflite::CreateConv2DOptions(model.fbb, tflite::Padding::SAME, 1, 1));
    model.output(model.node(Op::TRANSPOSE, {c, model.integers({0, 3, 1, 2})}));
    CHECK(transposes(model.import()) == 0);
}

TEST_CASE("concatenation joins along any axis of maps and of vectors") {
    const auto x = counted_map();
    for (const int axis : {1, 2, 3, -1}) {
        TfliteBuilder model;
        const int i = model.input("x", x.dims());
        const int doubled = model.node(Op::MUL, {i, model.floats({}, {10})});
        const int y = model.node(Op::CONCATENATION, {i, doubled}, tflite::CreateConcatenationOptions(model.fbb, axis));
        Values expected;
        const auto both = [&](int r, int z, int c, float factor) { expected.push_back(factor * x.at(r, z, c)); };
        for (int r = 0; r < (axis == 1 ? 4 : 2); ++r)
            for (int z = 0; z < (axis == 2 ? 6 : 3); ++z)
                for (int c = 0; c < (axis == 3 || axis == -1 ? 4 : 2); ++c)
                    both(r % 2, z % 3, c % 2, r > 1 || z > 2 || c > 1 ? 10.0f : 1.0f);
        CHECK(model.run(y, x.values) == expected);
    }
    CHECK(moved({1, 3}, [](auto& m, int i) {
              return m.node(Op::CONCATENATION, {i, m.floats({1, 2}, {7, 8})}, tflite::CreateConcatenationOptions(m.fbb, 1));
          }) == Values{0, 1, 2, 7, 8});
}

TEST_CASE("a split gives each part an output") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 2, 2, 4});
    const int a = model.tensor("a"), b = model.tensor("b"), c = model.tensor("c"), d = model.tensor("d");
    model.op(Op::SPLIT, {model.integer(3), x}, {a, b}, tflite::CreateSplitOptions(model.fbb, 2));
    model.op(Op::SPLIT_V, {x, model.integers({1, -1}), model.integer(-1)}, {c, d});
    for (const int t : {a, b, c, d}) model.output(t);
    const auto outputs = model.run(std::vector<Values>{counted(16)});
    CHECK(outputs[0] == Values{0, 1, 4, 5, 8, 9, 12, 13});
    CHECK(outputs[1] == Values{2, 3, 6, 7, 10, 11, 14, 15});
    CHECK(outputs[2] == Values{0, 4, 8, 12});
    CHECK(outputs[3] == Values{1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15});
}

TEST_CASE("stacking and unstacking add and drop an axis") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 2, 3, 2});
    const int a = model.tensor("a"), b = model.tensor("b");
    model.op(Op::UNPACK, {x}, {a, b}, tflite::CreateUnpackOptions(model.fbb, 2, 3));
    model.output(a);
    model.output(b);
    model.output(model.node(Op::PACK, {b, a}, tflite::CreatePackOptions(model.fbb, 2, -1)));
    model.output(model.node(Op::PACK, {a, b}, tflite::CreatePackOptions(model.fbb, 2, 0)));
    const auto outputs = model.run(std::vector<Values>{counted(12)});
    CHECK(outputs[0] == Values{0, 2, 4, 6, 8, 10});
    CHECK(outputs[1] == Values{1, 3, 5, 7, 9, 11});
    CHECK(outputs[2] == Values{1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10});
    CHECK(outputs[3] == Values{0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11});
}

TEST_CASE("slices cut by begin and size, or by begin, end and stride with masks") {
    const Numbers dims{1, 2, 3, 2};
    const auto strided = [&](const Numbers& begin, const Numbers& end, const Numbers& stride, int begins, int ends, int ellipsis, int added,
                             int shrunk, bool offset = false) {
        return moved(dims, [&](auto& m, int i) {
            return m.node(Op::STRIDED_SLICE, {i, m.integers(begin), m.integers(end), m.integers(stride)},
                          tflite::CreateStridedSliceOptions(m.fbb, begins, ends, ellipsis, added, shrunk, offset));
        });
    };
    CHECK(moved(dims, [](auto& m, int i) {
              return m.node(Op::SLICE, {i, m.integers({0, 1, 0, 1}), m.integers({1, 1, -1, 1})});
          }) == Values{7, 9, 11});
    CHECK(strided({0, 0, 1, 0}, {1, 2, 3, 2}, {1, 1, 1, 1}, 0, 0, 0, 0, 0) == Values{2, 3, 4, 5, 8, 9, 10, 11});
    CHECK(strided({0, 0, -1, 0}, {0, 0, 0, 0}, {1, 1, -2, 1}, 0b1011, 0b1111, 0, 0, 0) == Values{4, 5, 0, 1, 10, 11, 6, 7});
    CHECK(strided({0, 1}, {1, 2}, {1, 1}, 0, 0, 0, 0, 0b10) == Values{6, 7, 8, 9, 10, 11});                    // x[0:1, 1]
    CHECK(strided({0, 1}, {0, 2}, {1, 1}, 0, 0, 0b1, 0, 0b10) == Values{1, 3, 5, 7, 9, 11});                   // x[..., 1]
    CHECK(strided({0, 0, 0}, {0, 0, 1}, {1, 1, 1}, 0b100, 0, 0b1, 0b10, 0) == Values{0, 2, 4, 6, 8, 10});      // x[..., new, 0:1]
    CHECK(strided({0, 0, 1}, {1, 2, 2}, {1, 1, 1}, 0, 0, 0, 0, 0, true) == Values{2, 3, 4, 5, 8, 9, 10, 11});  // ends count from begins
    CHECK(moved(dims, [](auto& m, int i) {
              return m.node(Op::REVERSE_V2, {i, m.integers({2})});
          }) == Values{4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7});
    // Nothing lies backwards from in front of the first element: x[:, -9::-1].
    TfliteBuilder nothing;
    nothing.output(nothing.node(Op::STRIDED_SLICE, {nothing.input("x", dims), nothing.integers({0, -9}), nothing.integers({0, 0}), nothing.integers({1, -1})},
                                tflite::CreateStridedSliceOptions(nothing.fbb, 1, 3)));
    CHECK(nothing.refusal().find("operator STRIDED_SLICE (tensor 'made 4') cuts an empty part out of axis 1 of a tensor of shape 1x2x3x2") != std::string::npos);
}

TEST_CASE("padding adds zeros, a value, or the mirrored map, with or without its border") {
    const Numbers dims{1, 1, 3, 2};
    const auto padded = [&](Op code, const Numbers& pads, auto... more) {
        return moved(dims, [&](auto& m, int i) {
            Numbers inputs{i, m.integers(pads)};
            (inputs.push_back(m.floats({}, {more})), ...);
            return m.node(code, inputs);
        });
    };
    CHECK(padded(Op::PAD, {0, 0, 0, 0, 1, 0, 0, 1}) == Values{0, 0, 0, 0, 1, 0, 2, 3, 0, 4, 5, 0});
    CHECK(padded(Op::PADV2, {0, 0, 0, 1, 0, 0, 0, 0}, 9.0f) == Values{0, 1, 2, 3, 4, 5, 9, 9, 9, 9, 9, 9});
    const auto mirrored = [&](tflite::MirrorPadMode mode) {
        return moved(dims, [&](auto& m, int i) {
            return m.node(Op::MIRROR_PAD, {i, m.integers({0, 0, 0, 0, 2, 1, 0, 0})}, tflite::CreateMirrorPadOptions(m.fbb, mode));
        });
    };
    CHECK(mirrored(tflite::MirrorPadMode::REFLECT) == Values{4, 5, 2, 3, 0, 1, 2, 3, 4, 5, 2, 3});
    CHECK(mirrored(tflite::MirrorPadMode::SYMMETRIC) == Values{2, 3, 0, 1, 0, 1, 2, 3, 4, 5, 4, 5});
}

TEST_CASE("resizing takes pixels where TensorFlow takes them, in each of its three ways") {
    const auto nearest = [](int size, bool corners, bool centres) {
        return moved({1, 1, 3, 1}, [&](auto& m, int i) {
            return m.node(Op::RESIZE_NEAREST_NEIGHBOR, {i, m.integers({1, size})},
                          tflite::CreateResizeNearestNeighborOptions(m.fbb, corners, centres));
        });
    };
    const auto bilinear = [](int size, bool corners, bool centres) {
        return moved({1, 1, 3, 1}, [&](auto& m, int i) {
            return m.node(Op::RESIZE_BILINEAR, {i, m.integers({1, size})},
                          tflite::CreateResizeBilinearOptions(m.fbb, 0, 0, corners, centres));
        });
    };
    CHECK(nearest(6, false, false) == Values{0, 0, 1, 1, 2, 2});
    CHECK(nearest(5, false, true) == Values{0, 0, 1, 2, 2});  // floor(0.6 * (i + 1/2)) = floor(0.3, 0.9, 1.5, 2.1, 2.7)
    CHECK(nearest(5, true, false) == Values{0, 1, 1, 2, 2});  // i / 2, rounded up at the half
    CHECK(nearest(2, false, true) == Values{0, 2});           // floor(0.75, 2.25)
    CHECK(is_near(bilinear(6, false, false), {0, 0.5f, 1, 1.5f, 2, 2}));
    CHECK(is_near(bilinear(6, false, true), {0, 0.25f, 0.75f, 1.25f, 1.75f, 2}));
    CHECK(is_near(bilinear(5, true, false), {0, 0.5f, 1, 1.5f, 2}));
    CHECK(is_near(
        moved(
            {1, 2, 2, 2},
            [](auto& m, int i) {
                return m.node(Op::RESIZE_BILINEAR, {i, m.integers({1, 2})}, tflite::CreateResizeBilinearOptions(m.fbb, 0, 0, false, true));
            }),
        {2, 3, 4, 5}));
}

TEST_CASE("depth becomes space and space depth, block by block") {
    const auto deep =
        moved({1, 1, 2, 8}, [](auto& m, int i) { return m.node(Op::DEPTH_TO_SPACE, {i}, tflite::CreateDepthToSpaceOptions(m.fbb, 2)); });
    CHECK(deep == Values{0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15});
    const auto wide =
        moved({1, 2, 4, 2}, [](auto& m, int i) { return m.node(Op::SPACE_TO_DEPTH, {i}, tflite::CreateSpaceToDepthOptions(m.fbb, 2)); });
    CHECK(wide == Values{0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15});
}

TEST_CASE("GATHER picks by number along any axis, TILE and BROADCAST_TO repeat") {
    const Numbers dims{1, 2, 3, 2};
    const auto gathered = [&](int axis, const Numbers& picks) {
        return moved(dims, [&](auto& m, int i) {
            return m.node(Op::GATHER, {i, m.integers(picks)}, tflite::CreateGatherOptions(m.fbb, axis));
        });
    };
    CHECK(gathered(3, {1, 1, 0}) == Values{1, 1, 0, 3, 3, 2, 5, 5, 4, 7, 7, 6, 9, 9, 8, 11, 11, 10});
    CHECK(gathered(2, {2, 0}) == Values{4, 5, 0, 1, 10, 11, 6, 7});
    CHECK(moved(dims, [](auto& m, int i) {
              return m.node(Op::GATHER, {i, m.integer(1)}, tflite::CreateGatherOptions(m.fbb, 1));
          }) == Values{6, 7, 8, 9, 10, 11});
    CHECK(moved({1, 1, 2, 2}, [](auto& m, int i) {
              return m.node(Op::TILE, {i, m.integers({1, 2, 1, 2})});
          }) == Values{0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3});
    CHECK(moved({1, 1, 2, 2}, [](auto& m, int i) {
              return m.node(Op::BROADCAST_TO, {i, m.integers({1, 2, 2, 2})});
          }) == Values{0, 1, 2, 3, 0, 1, 2, 3});
    CHECK(moved({2}, [](auto& m, int i) { return m.node(Op::BROADCAST_TO, {i, m.integers({2, 2})}); }) == Values{0, 1, 0, 1});
}

TEST_CASE("arithmetic on shapes is done while converting") {
    // What Keras writes for Flatten when the batch is open: x.reshape(x.shape[0], -1).
    TfliteBuilder model;
    const int x = model.input("x", {1, 2, 3, 2}, tflite::TensorType::FLOAT32, {-1, 2, 3, 2});
    const int shape = model.node(Op::SHAPE, {x});
    const int batch = model.node(Op::STRIDED_SLICE, {shape, model.integers({0}), model.integers({1}), model.integers({1})},
                                 tflite::CreateStridedSliceOptions(model.fbb, 0, 0, 0, 0, 1));
    const int wanted = model.node(Op::PACK, {batch, model.integer(-1)}, tflite::CreatePackOptions(model.fbb, 2, 0));
    model.output(model.node(Op::RESHAPE, {x, wanted}));
    // Constants made of nothing but numbers.
    const int filled = model.node(Op::FILL, {shape, model.floats({}, {2})}), zeros = model.node(Op::ZEROS_LIKE, {x});
    const int range = model.node(Op::RANGE, {model.floats({}, {0}), model.floats({}, {2}), model.floats({}, {1})});
    model.output(model.node(Op::ADD, {model.node(Op::ADD, {filled, range}), model.node(Op::ADD, {x, zeros})}));
    const int rank = model.node(Op::RANK, {x});
    model.output(model.node(Op::MUL, {x, rank}));
    const auto outputs = model.run(std::vector<Values>{counted(12)});
    CHECK(outputs[0] == counted(12));
    for (std::size_t i = 0; i < 12; ++i) {
        CHECK(outputs[1][i] == static_cast<float>(i) + 2 + static_cast<float>(i % 2));
        CHECK(outputs[2][i] == 4 * static_cast<float>(i));
    }
}

TEST_CASE("the user's shape replaces the file's, in TensorFlow's sequence, and everything follows it") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 1, 1, 3}, tflite::TensorType::FLOAT32, {-1, -1, -1, 3});
    const int mean = model.node(
        Op::RELU, {model.node(Op::AVERAGE_POOL_2D, {x}, tflite::CreatePool2DOptions(model.fbb, tflite::Padding::SAME, 2, 2, 2, 2))});
    model.output(model.node(Op::RESHAPE, {mean, model.integers({1, -1})}));
    const auto network = model.import({{"x", {1, 6, 4, 3}}});
    CHECK(network.shape(0) == mdl::Shape{1, 3, 6, 4});
    CHECK(network.shape(network.outputs[0].layer) == mdl::Shape{1, 18});
}
