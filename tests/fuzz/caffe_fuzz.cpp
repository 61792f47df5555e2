// mdl: fuzz target of the reader of Caffe nets; scripts/fuzz.sh builds and runs it.
// SPDX-License-Identifier: MIT
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "caffe/translate.hpp"
#include "fuzz/target.hpp"
#include "onnx/importer.hpp"

namespace {

/// Between the prototxt and the caffemodel of an input.
constexpr std::string_view seam = "\n--weights--\n";

using namespace std::string_view_literals;  // the last one holds zeros

/// Nets to begin with: the grammar, and numbers of layers that have weights.
constexpr std::array<std::string_view, 4> seeds{
    "layer { name: 'd' type: 'Input' top: 'd' input_param { shape { dim: 1 dim: 2 dim: 6 dim: 6 } } }\n"
    "layer { name: 'c' type: 'Convolution' bottom: 'd' top: 'c' convolution_param { num_output: 4 kernel_size: 3 pad: 1 stride: 2 group: 2 "
    "dilation: 1 } }\n"
    "layer { name: 'b' type: 'BatchNorm' bottom: 'c' top: 'c' batch_norm_param { eps: 1e-5 } }\n"
    "layer { name: 's' type: 'Scale' bottom: 'c' top: 'c' scale_param { bias_term: true } }\n"
    "layer { name: 'r' type: 'ReLU' bottom: 'c' top: 'c' }\n"
    "layer { name: 'p' type: 'Pooling' bottom: 'c' top: 'p' pooling_param { pool: AVE kernel_size: 2 stride: 2 pad: 1 } }\n"
    "layer { name: 'i' type: 'InnerProduct' bottom: 'p' top: 'i' inner_product_param { num_output: 3 axis: 1 } }\n"
    "layer { name: 'x' type: 'Softmax' bottom: 'i' top: 'x' softmax_param { axis: 1 } }\n",
    "input: 'd' input_dim: 1 input_dim: 4 input_dim: 4 input_dim: 4\n"
    "layers { name: 'e' type: ELTWISE bottom: 'd' bottom: 'd' top: 'e' eltwise_param { operation: SUM coeff: 1 coeff: -1 } }\n"
    "layers { name: 's' type: SLICE bottom: 'e' top: 'a' top: 'b' slice_param { axis: 1 slice_point: 1 } }\n"
    "layers { name: 'l' type: LRN bottom: 'a' top: 'l' lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL } }\n"
    "layers { name: 'm' type: MVN bottom: 'b' top: 'm' }\n"
    "layers { name: 'k' type: CONCAT bottom: 'l' bottom: 'm' top: 'k' concat_param { concat_dim: 1 } }\n"
    "layers { name: 'u' type: DECONVOLUTION bottom: 'k' top: 'u' convolution_param { num_output: 4 kernel_size: 4 stride: 2 pad: 1 "
    "bias_term: false weight_filler { type: 'bilinear' } } }\n",
    "layer { name: 'd' type: 'Input' top: 'd' input_param { shape { dim: 1 dim: 6 dim: 3 dim: 5 } } }\n"
    "layer { name: 'h' type: 'ShuffleChannel' bottom: 'd' top: 'h' shuffle_channel_param { group: 3 } }\n"
    "layer { name: 'q' type: 'PriorBox' bottom: 'h' bottom: 'd' top: 'q' prior_box_param { min_size: 2 max_size: 4 aspect_ratio: 2 "
    "variance: 0.1 } }\n"
    "layer { name: 't' type: 'Permute' bottom: 'h' top: 't' permute_param { order: 0 order: 2 order: 3 order: 1 } }\n"
    "layer { name: 'f' type: 'Flatten' bottom: 't' top: 'f' flatten_param { axis: 1 end_axis: -1 } }\n"
    "layer { name: 'w' type: 'Reshape' bottom: 'f' top: 'w' reshape_param { shape { dim: 0 dim: -1 dim: 3 } axis: 0 num_axes: -1 } }\n"
    "layer { name: 'g' type: 'ArgMax' bottom: 'w' top: 'g' argmax_param { axis: 2 } }\n"
    "layer { name: 'v' type: 'Reduction' bottom: 'w' top: 'v' reduction_param { operation: MEAN axis: 1 coeff: 2 } }\n"
    "layer { name: 'y' type: 'Tile' bottom: 'w' top: 'y' tile_param { axis: 1 tiles: 2 } }\n"
    "layer { name: 'z' type: 'Crop' bottom: 'd' bottom: 'h' top: 'z' crop_param { axis: 2 offset: 0 } }\n"
    "layer { name: 'n' type: 'Normalize' bottom: 'z' top: 'n' norm_param { across_spatial: false channel_shared: false } }\n"
    "layer { name: 'o' type: 'Interp' bottom: 'n' top: 'o' interp_param { zoom_factor: 2 } }\n",
    "layer { name: 'd' type: 'Input' top: 'd' input_param { shape { dim: 1 dim: 1 } } }\n"
    "layer { name: 'p' type: 'PReLU' bottom: 'd' top: 'p' }\n"
    "layer { name: 'w' type: 'Power' bottom: 'p' top: 'p' power_param { power: 2 scale: 3 shift: 1 } include { phase: TEST stage: 'a' } }\n"
    "layer { name: 'e' type: 'Exp' bottom: 'p' top: 'e' exp_param { base: 2 } }\n"
    "layer { name: 'c' type: 'Clip' bottom: 'e' top: 'c' clip_param { min: 0 max: 6 } }\n"
    "layer { name: 'x' type: 'Accuracy' bottom: 'c' bottom: 'd' top: 'x' }\n"
    "\n--weights--\n\xa2\x06\x0d\x0a\x01p:\x08*\x04\x00\x00\x80?:\x00"sv};

void convert(mdl::tool::CaffeNet net, std::optional<mdl::tool::CaffeNet> weights) {
    mdl::tool::CaffeOptions options;
    options.most_random = 1 << 18;  // a text of a hundred bytes may ask for gigabytes otherwise, as it may of a user
    auto result = mdl::tool::translate_caffe(std::move(net), std::move(weights), options);
    static_cast<void>(mdl::tool::import_onnx(mdl::tool::check_onnx(std::move(result.model), {})));
}

}  // namespace

/// The prototxt by itself, with the caffemodel behind the seam, and all of it as a caffemodel that holds its own net.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t at = all.find(seam);
    const std::string_view text = all.substr(0, at);
    fuzz::expect_sentence([&] { convert(mdl::tool::parse_prototxt(text), std::nullopt); });
    if (at != std::string_view::npos)
        fuzz::expect_sentence([&] { convert(mdl::tool::parse_prototxt(text), mdl::tool::parse_caffemodel(all.substr(at + seam.size()))); });
    fuzz::expect_sentence([&] { convert(mdl::tool::parse_caffemodel(all), std::nullopt); });
    // The same net as Caffe would save it.
    fuzz::expect_sentence([&] {
        const std::string saved = mdl::tool::parse_prototxt(text).proto.SerializeAsString();
        convert(mdl::tool::parse_caffemodel(saved), std::nullopt);
    });
    return 0;
}

/// Begins with whole nets, and now and then exchanges a word for another of theirs: a fuzzer of bytes hardly finds a layer's name.
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) -> std::size_t {
    const std::string_view whole = seeds[seed % seeds.size()];
    if (size < 16) return fuzz::begin_with(whole, data, size, max_size);
    if (seed % 3 != 0) return LLVMFuzzerMutate(data, size, max_size);
    // One line of a net in place of one of the input's.
    std::string text(reinterpret_cast<const char*>(data), size);
    const auto line = [](std::string_view from, std::size_t near) {
        const std::size_t middle = near % (from.size() + 1),
                          begin = from.rfind('\n', middle) == std::string_view::npos ? 0 : from.rfind('\n', middle) + 1;
        const std::size_t end = from.find('\n', begin);
        return std::pair(begin, (end == std::string_view::npos ? from.size() : end) - begin);
    };
    const auto [from, from_size] = line(whole, seed / 7);
    const auto [to, to_size] = line(text, seed / 11);
    text.replace(to, seed % 2 == 0 ? to_size : 0, std::string(whole.substr(from, from_size)) + "\n");
    if (text.size() > max_size) text.resize(max_size);
    std::memcpy(data, text.data(), text.size());
    return text.size();
}
