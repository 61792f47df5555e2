// mdl: Caffe's normalisations, activations and rearrangements mean what Caffe computes.
// SPDX-License-Identifier: MIT
#include <cmath>

#include <doctest/doctest.h>

#include "tools/caffe_builder.hpp"

using namespace mdl::tool::test;
using mdl::Shape;
using mdl::tool::Dims;

namespace {

auto single(const std::string& type, const Dims& shape, const std::string& param = {}) -> CaffeBuilder {
    return CaffeBuilder::single(type, shape, param);
}

/// A layer that reads two inputs.
auto pair(const std::string& type, const Dims& a, const Dims& b, const std::string& param = {}) -> CaffeBuilder {
    return CaffeBuilder(CaffeBuilder::input("a", a) + CaffeBuilder::input("b", b) + "layer { name: 'it' type: '" + type +
                        "' bottom: 'a' bottom: 'b' top: 'out' " + param + " }");
}

}  // namespace

TEST_CASE("a batch norm divides its stored sums by their number, and 0 stands for none") {
    auto net = single("BatchNorm", {1, 2, 1, 2}, "batch_norm_param { eps: 0 }");
    net.weights("it", {2}, {2, 4}).weights("it", {2}, {8, 32}).weights("it", {1}, {2});
    CHECK(is_close(net.answer({1, 3, 2, 6}), {0, 1, 0, 1}));
    auto empty = single("BatchNorm", {1, 1, 1, 1}, "batch_norm_param { eps: 0.25 }");
    empty.weights("it", {1}, {5}).weights("it", {1}, {7}).weights("it", {1}, {0});
    CHECK(is_close(empty.answer({3}), {6}));
}

TEST_CASE("a scale covers the axes that it says, one after another") {
    auto channels = single("Scale", {1, 2, 1, 2}, "scale_param { bias_term: true }");
    channels.weights("it", {2}, {2, 3}).weights("it", {2}, {10, 20});
    CHECK(channels.answer({1, 2, 3, 4}) == Values{12, 14, 29, 32});
    auto whole = single("Scale", {1, 2, 1, 2}, "scale_param { axis: 1 num_axes: -1 }");
    whole.weights("it", {2, 1, 2}, {1, 2, 3, 4});
    CHECK(whole.answer({1, 1, 1, 1}) == Values{1, 2, 3, 4});
    auto one = single("Scale", {1, 2}, "scale_param { num_axes: 0 }");
    one.weights("it", {}, {5});
    CHECK(one.answer({1, 2}) == Values{5, 10});
    CHECK(pair("Scale", {1, 2, 1, 2}, {1, 2}, "scale_param { axis: 0 }").answers({{1, 2, 3, 4}, {10, 100}})[0] == Values{10, 20, 300, 400});
    auto biased = pair("Scale", {1, 2}, {2}, "scale_param { axis: 1 bias_term: true }");
    biased.weights("it", {2}, {1, 1});
    CHECK(biased.answers({{1, 2}, {10, 100}})[0] == Values{11, 201});
}

TEST_CASE("a bias is added along its axes") {
    auto net = single("Bias", {1, 2, 1, 2});
    net.weights("it", {2}, {10, 20});
    CHECK(net.answer({1, 2, 3, 4}) == Values{11, 12, 23, 24});
    CHECK(pair("Bias", {1, 2, 2}, {2}, "bias_param { axis: 2 }").answers({{1, 2, 3, 4}, {10, 20}})[0] == Values{11, 22, 13, 24});
}

TEST_CASE("local response normalisation divides alpha by the number of neighbours") {
    const auto across = single("LRN", {1, 3, 1, 1}, "lrn_param { local_size: 3 alpha: 3 beta: 1 k: 2 }");
    CHECK(is_close(across.answer({1, 2, 3}), {1.0f / (2 + 5), 2.0f / (2 + 14), 3.0f / (2 + 13)}));
    // Within a channel 1 is added whatever k says, and what lies in the padding counts as 0.
    const auto within = single("LRN", {1, 1, 1, 2}, "lrn_param { local_size: 3 alpha: 9 beta: 1 k: 5 norm_region: WITHIN_CHANNEL }");
    CHECK(is_close(within.answer({1, 2}), {1.0f / 6, 2.0f / 6}));
}

TEST_CASE("mean and variance are of each channel or of the whole image") {
    const auto each = single("MVN", {1, 2, 1, 2}, "mvn_param { eps: 0 }");
    CHECK(is_close(each.answer({1, 3, 10, 14}), {-1, 1, -1, 1}));
    const auto all = single("MVN", {1, 2, 1, 2}, "mvn_param { across_channels: true normalize_variance: false }");
    CHECK(is_close(all.answer({1, 3, 10, 14}), {-6, -4, 3, 7}));
    const auto eps = single("MVN", {1, 1, 1, 2}, "mvn_param { eps: 1 }");
    CHECK(is_close(eps.answer({1, 3}), {-0.5f, 0.5f}));
}

TEST_CASE("SSD's normalisation divides by the length over channels or over everything, then scales") {
    auto channels = single("Normalize", {1, 2, 1, 2}, "norm_param { across_spatial: false channel_shared: false }");
    channels.weights("it", {2}, {1, 10});
    CHECK(is_close(channels.answer({3, 0, 4, 2}), {0.6f, 0, 8, 10}));
    auto all = single("Normalize", {1, 1, 1, 2}, "norm_param { eps: 11 }");
    all.weights("it", {1}, {2});
    CHECK(is_close(all.answer({3, 4}), {1, 8.0f / 6}));
}

TEST_CASE("activations are Caffe's") {
    const auto map = [](const std::string& type, const std::string& param, float x) { return single(type, {1, 1}, param).answer({x})[0]; };
    CHECK(map("ReLU", "", -2) == 0);
    CHECK(map("ReLU", "relu_param { negative_slope: 0.5 }", -2) == -1);
    CHECK(map("ReLU6", "", 9) == 6);
    CHECK(map("Clip", "clip_param { min: -1 max: 2 }", -3) == -1);
    CHECK(map("AbsVal", "", -3) == 3);
    CHECK(map("ELU", "elu_param { alpha: 2 }", -1) == doctest::Approx(2 * (std::exp(-1.0) - 1)));
    CHECK(map("Sigmoid", "", 1) == doctest::Approx(1 / (1 + std::exp(-1.0))));
    CHECK(map("TanH", "", 1) == doctest::Approx(std::tanh(1.0)));
    CHECK(map("BNLL", "", -1) == doctest::Approx(std::log1p(std::exp(-1.0))));
    CHECK(map("Power", "power_param { power: 2 scale: 3 shift: 1 }", 2) == 49);
    CHECK(map("Power", "power_param { scale: 3 shift: 1 }", 2) == 7);
    CHECK(map("Exp", "exp_param { base: 2 scale: 3 shift: 1 }", 1) == doctest::Approx(16));
    CHECK(map("Exp", "", 1) == doctest::Approx(std::exp(1.0)));
    CHECK(map("Log", "log_param { base: 10 scale: 2 shift: 80 }", 10) == doctest::Approx(2));
    CHECK(map("Log", "", 2) == doctest::Approx(std::log(2.0)));
    CHECK(map("Swish", "swish_param { beta: 2 }", 1) == doctest::Approx(1 / (1 + std::exp(-2.0))));
    CHECK(map("Mish", "", 1) == doctest::Approx(std::tanh(std::log1p(std::exp(1.0)))));
    CHECK(map("Threshold", "threshold_param { threshold: 2 }", 2) == 0);
    CHECK(map("Threshold", "threshold_param { threshold: 2 }", 3) == 1);
}

TEST_CASE("PReLU has a slope for each channel, or one for all") {
    auto each = single("PReLU", {1, 2, 1, 2});
    each.weights("it", {2}, {0.5f, 2});
    CHECK(each.answer({-2, 1, -2, 1}) == Values{-1, 1, -4, 1});
    auto shared = single("PReLU", {1, 2}, "prelu_param { channel_shared: true }");
    shared.weights("it", {}, {0.5f});
    CHECK(shared.answer({-2, -4}) == Values{-1, -2});
}

TEST_CASE("softmax is over its axis, the second where none is named") {
    const float e = std::exp(1.0f);
    CHECK(is_close(single("Softmax", {1, 2, 1, 2}).answer({0, 0, 1, 0}), {1 / (1 + e), 0.5f, e / (1 + e), 0.5f}));
    CHECK(
        is_close(single("Softmax", {1, 2, 2}, "softmax_param { axis: -1 }").answer({0, 1, 0, 0}), {1 / (1 + e), e / (1 + e), 0.5f, 0.5f}));
}

TEST_CASE("eltwise sums with coefficients, multiplies, and takes the largest") {
    const auto combine = [](const std::string& param) { return pair("Eltwise", {1, 2}, {1, 2}, param).answers({{1, 2}, {5, -3}})[0]; };
    CHECK(combine("") == Values{6, -1});
    CHECK(combine("eltwise_param { coeff: 1 coeff: -1 }") == Values{-4, 5});
    CHECK(combine("eltwise_param { operation: PROD }") == Values{5, -6});
    CHECK(combine("eltwise_param { operation: MAX }") == Values{5, 2});
    CaffeBuilder three(
        CaffeBuilder::input("a", {1, 1}) + CaffeBuilder::input("b", {1, 1}) + CaffeBuilder::input("c", {1, 1}) +
        "layer { name: 'it' type: 'Eltwise' bottom: 'a' bottom: 'b' bottom: 'c' top: 'out' eltwise_param { coeff: 1 coeff: 2 coeff: 3 } }");
    CHECK(three.answers({{1}, {10}, {100}})[0] == Values{321});
}

TEST_CASE("Axpy scales each channel and adds") {
    CaffeBuilder net(CaffeBuilder::input("a", {1, 2}) + CaffeBuilder::input("x", {1, 2, 1, 2}) + CaffeBuilder::input("y", {1, 2, 1, 2}) +
                     "layer { name: 'it' type: 'Axpy' bottom: 'a' bottom: 'x' bottom: 'y' top: 'out' }");
    CHECK(net.answers({{2, 3}, {1, 2, 3, 4}, {10, 20, 30, 40}})[0] == Values{12, 24, 39, 52});
}

TEST_CASE("concat joins along its axis, by its old name too") {
    CHECK(pair("Concat", {1, 1, 2}, {1, 2, 2}).answers({{1, 2}, {3, 4, 5, 6}})[0] == Values{1, 2, 3, 4, 5, 6});
    const auto last = pair("Concat", {1, 2, 1}, {1, 2, 2}, "concat_param { axis: -1 }");
    CHECK(last.answers({{1, 2}, {3, 4, 5, 6}})[0] == Values{1, 3, 4, 2, 5, 6});
    CHECK(pair("Concat", {1, 2, 1}, {1, 2, 2}, "concat_param { concat_dim: 2 }").out_shape() == Shape{1, 2, 3});
}

TEST_CASE("slice cuts at its points, or in equal parts") {
    const std::string tops = "bottom: 'data' top: 'p' top: 'q' }";
    const auto cut = [&](const std::string& param) {
        return CaffeBuilder(CaffeBuilder::input("data", {1, 4}) + "layer { name: 'it' type: 'Slice' slice_param { " + param + " } " + tops)
            .answers({{1, 2, 3, 4}});
    };
    CHECK(cut("slice_point: 1") == std::vector<Values>{{1}, {2, 3, 4}});
    CHECK(cut("axis: 1") == std::vector<Values>{{1, 2}, {3, 4}});
    CHECK(cut("slice_dim: 1 slice_point: 3") == std::vector<Values>{{1, 2, 3}, {4}});
}

TEST_CASE("crop takes the second blob's sizes from its offsets on") {
    const auto all = pair("Crop", {1, 1, 3, 3}, {1, 1, 2, 2}, "crop_param { offset: 1 }");
    CHECK(all.answers({counted(9), Values(4)})[0] == Values{4, 5, 7, 8});
    const auto last = pair("Crop", {1, 1, 3, 3}, {1, 1, 9, 1}, "crop_param { axis: 3 offset: 2 }");
    CHECK(last.answers({counted(9), Values(9)})[0] == Values{2, 5, 8});
}

TEST_CASE("flatten and reshape replace a range of axes") {
    CHECK(single("Flatten", {1, 2, 3, 4}).out_shape() == Shape{1, 24});
    CHECK(single("Flatten", {1, 2, 3, 4}, "flatten_param { axis: 1 end_axis: 2 }").out_shape() == Shape{1, 6, 4});
    CHECK(single("Reshape", {1, 2, 3, 4}, "reshape_param { shape { dim: 0 dim: -1 dim: 2 } }").out_shape() == Shape{1, 12, 2});
    CHECK(single("Reshape", {1, 2, 3, 4}, "reshape_param { shape { dim: 6 } axis: 1 num_axes: 2 }").out_shape() == Shape{1, 6, 4});
    CHECK(single("Reshape", {1, 6}, "reshape_param { shape { dim: 1 dim: 1 } axis: -1 num_axes: 0 }").out_shape() == Shape{1, 6, 1, 1});
    CHECK(single("Reshape", {1, 6}, "reshape_param { shape { dim: 3 dim: 0 } axis: 1 num_axes: 0 }").refusal().find("does not have") !=
          std::string::npos);
}

TEST_CASE("permute moves the axes that it names to the front") {
    CHECK(single("Permute", {1, 2, 1, 3}, "permute_param { order: 0 order: 2 order: 3 order: 1 }").answer({1, 2, 3, 4, 5, 6}) ==
          Values{1, 4, 2, 5, 3, 6});
    CHECK(single("Permute", {1, 2, 3}, "permute_param { order: 2 }").out_shape() == Shape{3, 1, 2});
}

TEST_CASE("tile, channel shuffle and upsampling repeat and reorder") {
    CHECK(single("Tile", {1, 1, 2}, "tile_param { axis: 1 tiles: 2 }").answer({1, 2}) == Values{1, 2, 1, 2});
    CHECK(single("ShuffleChannel", {1, 6, 1, 1}, "shuffle_channel_param { group: 2 }").answer(counted(6)) == Values{0, 3, 1, 4, 2, 5});
    CHECK(single("Upsample", {1, 1, 1, 2}, "upsample_param { scale: 2 }").answer({1, 2}) == Values{1, 1, 2, 2, 1, 1, 2, 2});
    const auto interp = single("Interp", {1, 1, 1, 3}, "interp_param { height: 1 width: 5 }");
    CHECK(is_close(interp.answer({0, 2, 6}), {0, 1, 2, 4, 6}));
    CHECK(single("Interp", {1, 1, 3, 5}, "interp_param { zoom_factor: 2 }").out_shape() == Shape{1, 1, 5, 9});
    CHECK(single("Interp", {1, 1, 5, 9}, "interp_param { shrink_factor: 2 height: 7 width: 7 }").out_shape() == Shape{1, 1, 3, 5});
}

TEST_CASE("reductions run over their axis and all behind it") {
    const auto reduce = [](const std::string& param) {
        return single("Reduction", {1, 2, 2}, "reduction_param { axis: 1 " + param + " }").answer({1, -2, 3, 4});
    };
    CHECK(reduce("") == Values{6});
    CHECK(reduce("operation: MEAN coeff: 2") == Values{3});
    CHECK(reduce("operation: ASUM") == Values{10});
    CHECK(reduce("operation: SUMSQ") == Values{30});
    CHECK(single("Reduction", {1, 2, 2}, "reduction_param { axis: 2 }").answer({1, -2, 3, 4}) == Values{-1, 7});
}

TEST_CASE("of equal largest numbers the last one's position counts") {
    CHECK(single("ArgMax", {1, 4}).answer({1, 3, 3, 2}) == Values{2});
    CHECK(single("ArgMax", {1, 2, 1, 2}).out_shape() == Shape{1, 1, 1, 1});
    const auto axis = single("ArgMax", {1, 2, 2}, "argmax_param { axis: 1 }");
    CHECK(axis.answer({1, 5, 2, 4}) == Values{1, 0});
    CHECK(single("ArgMax", {1, 2, 2}, "argmax_param { axis: 1 out_max_val: true }").answer({1, 5, 2, 4}) == Values{2, 5});
}

TEST_CASE("prior boxes come from shapes alone, and are an output like others") {
    const std::string param =
        "prior_box_param { min_size: 2 max_size: 8 aspect_ratio: 4 clip: true variance: 0.1 variance: 0.1 variance: 0.2 variance: 0.2 }";
    CaffeBuilder net(CaffeBuilder::input("data", {1, 1, 10, 10}) +
                     "layer { name: 'map' type: 'Pooling' bottom: 'data' top: 'map' pooling_param { pool: AVE kernel_size: 10 } }"
                     "layer { name: 'r' type: 'ReLU' bottom: 'map' top: 'r' } layer { name: 'it' type: 'PriorBox' bottom: 'map' bottom: "
                     "'data' top: 'out' " +
                     param + " }");
    const auto answers = net.answers({Values(100, 1)});
    REQUIRE(answers.size() == 2);
    CHECK(answers[0] == Values{1});
    REQUIRE(answers[1].size() == 32);
    const Values boxes{0.4f, 0.4f, 0.6f, 0.6f, 0.3f, 0.3f, 0.7f, 0.7f, 0.3f, 0.45f, 0.7f, 0.55f, 0.45f, 0.3f, 0.55f, 0.7f};
    CHECK(is_close(Values(answers[1].begin(), answers[1].begin() + 16), boxes));
    CHECK(is_close(Values(answers[1].begin() + 16, answers[1].begin() + 20), {0.1f, 0.1f, 0.2f, 0.2f}));
}
