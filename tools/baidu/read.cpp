// mdl: from Mobile Deep Learning's two files to a Caffe net.
// SPDX-License-Identifier: MIT
#include "baidu/read.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <google/protobuf/util/json_util.h>

#include "baidu.pb.h"
#include "failure.hpp"
#include "onnx/tensor.hpp"
#include "read_file.hpp"

namespace mdl::tool {

namespace {

static_assert(std::endian::native == std::endian::little, "mdl: data.min.bin is little-endian");

/// The text without the number behind its last blank, which signs it.
auto unsigned_text(std::string_view text) -> std::string_view {
    const auto end = text.find_last_not_of(" \t\r\n");
    if (end == std::string_view::npos || text[end] != '=') return text;
    const auto blank = text.rfind(' ', end);
    if (blank == std::string_view::npos) return text;
    const std::string_view json = text.substr(0, blank);
    std::uint32_t sum = 37;
    for (std::size_t i = 0; i < json.size(); i += 10)
        sum = (sum * 54059u) ^ (static_cast<std::uint32_t>(static_cast<signed char>(json[i])) * 76963u);
    if (text.substr(blank + 1, end - blank - 1) != std::to_string(sum)) fail(Exit::bad_input, "the signature at its end is not that of the text; the file is damaged");
    return json;
}

auto parse_description(std::string_view text) -> baidu::Model {
    baidu::Model model;
    const std::string_view json = unsigned_text(text);
    const auto status = google::protobuf::util::JsonStringToMessage({json.data(), json.size()}, &model);
    if (!status.ok()) {
        std::string why = status.message().ToString();
        if (const auto end = why.find('\n'); end != std::string::npos) why.resize(end);
        fail(Exit::bad_input, "is no description that mdl understands: ", why);
    }
    if (model.meta().model_version() != 1) fail(Exit::bad_input, "is of version ", model.meta().model_version(), " of the format; mdl reads 1");
    return model;
}

/// A tensor of data.min.bin: value = byte * step + least.
struct Stored {
    float least = 0, step = 0;
    std::string_view bytes{};
    bool taken = false;
};

/// Takes numbers and texts from the front of a file.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : rest_(bytes) {}
    auto take(std::size_t count) -> std::string_view {
        if (count > rest_.size()) fail(Exit::bad_input, "ends within its tensors; the file is cut");
        const auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    template <class T>
    auto number() -> T {
        T value;
        std::memcpy(&value, take(sizeof value).data(), sizeof value);
        return value;
    }
    auto left() const -> std::size_t { return rest_.size(); }

private:
    std::string_view rest_;
};

auto parse_weights(std::string_view file) -> std::map<std::string, Stored> {
    Bytes bytes(file);
    const auto size = bytes.number<std::int32_t>(), version = bytes.number<std::int32_t>(), count = bytes.number<std::int32_t>();
    if (version != 1) fail(Exit::bad_input, "is of version ", version, " of the format; mdl reads 1");
    if (size < 0 || static_cast<std::size_t>(size) != file.size()) fail(Exit::bad_input, "has ", file.size(), " bytes and says that it has ", size, "; the file is damaged");
    constexpr std::size_t name_bytes = 30, head = sizeof(std::int32_t) + 2 * sizeof(float) + name_bytes;
    if (count < 0 || static_cast<std::size_t>(count) > bytes.left() / head) fail(Exit::bad_input, "says that it has ", count, " tensors, more than it has room for; the file is damaged");
    std::vector<std::pair<std::int32_t, Stored>> tensors(static_cast<std::size_t>(count));
    for (auto& [elements, tensor] : tensors) elements = bytes.number<std::int32_t>();
    for (auto& [elements, tensor] : tensors) {
        tensor.least = bytes.number<float>();
        tensor.step = (bytes.number<float>() - tensor.least) / 255;
    }
    std::map<std::string, Stored> named;
    Bytes names(bytes.take(tensors.size() * name_bytes));
    for (auto& [elements, tensor] : tensors) {
        const auto padded = names.take(name_bytes);
        const std::string name(padded.substr(0, padded.find('\0')));
        if (elements < 0 || !std::isfinite(tensor.least) || !std::isfinite(tensor.step)) fail(Exit::bad_input, "has an impossible size or range of '", name, "'; the file is damaged");
        tensor.bytes = bytes.take(static_cast<std::size_t>(elements));
        if (!named.emplace(name, tensor).second) fail(Exit::bad_input, "has two tensors named '", name, "'; the file is damaged");
    }
    if (bytes.left() > 0) fail(Exit::bad_input, "has ", bytes.left(), " bytes behind its tensors; the file is damaged");
    return named;
}

auto shape_of(const baidu::Model& model, const std::string& tensor) -> Dims {
    const auto found = model.matrix().find(tensor);
    if (found == model.matrix().end()) fail(Exit::bad_input, "has no shape for '", tensor, "' in \"matrix\"");
    Dims dims;
    const auto add = [&](const google::protobuf::Value& value) {
        const double size = value.number_value();
        if (!value.has_number_value() || size != std::floor(size) || size < 1 || size > 0x7fffffff) fail(Exit::bad_input, "has an impossible shape for '", tensor, "' in \"matrix\"");
        dims.push_back(static_cast<std::int64_t>(size));
    };
    if (found->second.has_list_value())
        for (const auto& value : found->second.list_value().values()) add(value);
    else add(found->second);
    return dims;
}

class Translation {
public:
    Translation(const baidu::Model& model, std::string_view weights) : model_(model) {
        try {
            weights_ = parse_weights(weights);
        } catch (const Failure& failure) {
            fail(failure.exit(), "the file of weights ", failure.what());
        }
    }

    auto run() -> CaffeNet {
        std::set<std::string> made;
        for (const auto& layer : model_.layer()) {
            for (const auto& input : layer.input())
                if (made.insert(input).second) declare(input);
            translate(layer);
            made.insert(layer.output().begin(), layer.output().end());
        }
        return std::move(net_);
    }

private:
    void declare(const std::string& input) {
        net_.proto.add_input(input);
        auto& shape = *net_.proto.add_input_shape();
        for (const auto dim : shape_of(model_, input)) shape.add_dim(dim);
    }

    void translate(const baidu::Layer& from) {
        auto& layer = *net_.proto.add_layer();
        net_.unknown.emplace_back();
        layer.set_name(from.name());
        for (const auto& input : from.input()) layer.add_bottom(input);
        for (const auto& output : from.output()) layer.add_top(output);
        for (const auto& weight : from.weight()) add_blob(layer, weight);
        const auto& param = from.param();
        if (from.type() == "ConvolutionLayer") {
            layer.set_type("Convolution");
            auto& to = *layer.mutable_convolution_param();
            to.set_num_output(param.output_num());
            to.add_kernel_size(param.kernel_size());
            to.add_pad(param.pad());
            if (param.has_stride()) to.add_stride(param.stride());
            if (param.has_group()) to.set_group(param.group());
            to.set_bias_term(param.has_bias_term() ? param.bias_term() != 0 : from.weight_size() == 2);
        } else if (from.type() == "FCLayer") {
            layer.set_type("InnerProduct");
            layer.mutable_inner_product_param()->set_num_output(param.output_num());
            layer.mutable_inner_product_param()->set_bias_term(from.weight_size() == 2);
        } else if (from.type() == "PoolingLayer") {
            layer.set_type("Pooling");
            auto& to = *layer.mutable_pooling_param();
            if (param.type() != "max" && param.type() != "ave") fail(Exit::bad_input, "layer '", from.name(), "' pools by '", param.type(), "'; mdl knows max and ave");
            to.set_pool(param.type() == "max" ? caffe::PoolingParameter::MAX : caffe::PoolingParameter::AVE);
            if (param.has_kernel_size()) to.set_kernel_size(param.kernel_size());
            if (param.has_pad()) to.set_pad(param.pad());
            if (param.has_stride()) to.set_stride(param.stride());
            if (param.has_global_pooling()) to.set_global_pooling(param.global_pooling());
        } else if (from.type() == "LrnLayer") {
            layer.set_type("LRN");
            auto& to = *layer.mutable_lrn_param();
            if (param.has_local_size()) to.set_local_size(param.local_size());
            if (param.has_alpha()) to.set_alpha(param.alpha());
            if (param.has_beta()) to.set_beta(param.beta());
            if (param.has_k()) to.set_k(param.k());
        } else if (from.type() == "ScaleLayer") {
            layer.set_type("Scale");
            layer.mutable_scale_param()->set_bias_term(param.has_bias_term() ? param.bias_term() != 0 : from.weight_size() == 2);
        } else {
            static const std::map<std::string, const char*> plain{
                {"ReluLayer", "ReLU"}, {"ConcatLayer", "Concat"}, {"SplitLayer", "Split"}, {"SoftmaxLayer", "Softmax"}, {"BatchNormLayer", "BatchNorm"}};
            const auto found = plain.find(from.type());
            if (found == plain.end())
                fail(Exit::bad_input, "layer '", from.name(), "' is of the type '", from.type(), "', which mdl does not know in this format; convert the model that it was made from");
            layer.set_type(found->second);
        }
    }

    void add_blob(caffe::LayerParameter& layer, const std::string& name) {
        const auto found = weights_.find(name);
        if (found == weights_.end()) fail(Exit::bad_input, "layer '", layer.name(), "' has the weights '", name, "', which the file of weights lacks");
        auto& stored = found->second;
        // A small file must not become many large tensors.
        if (std::exchange(stored.taken, true)) fail(Exit::bad_input, "layer '", layer.name(), "' shares the weights '", name, "' with another; mdl reads weights of one layer each");
        auto& blob = *layer.add_blobs();
        std::int64_t count = 1;
        for (const auto dim : shape_of(model_, name)) {
            blob.mutable_shape()->add_dim(dim);
            if (count <= 0x7fffffff) count *= dim;
        }
        if (count != static_cast<std::int64_t>(stored.bytes.size()))
            fail(Exit::bad_input, "'", name, "' has ", stored.bytes.size(), " numbers in the file of weights, and another shape in \"matrix\"; are both files of one model?");
        blob.mutable_data()->Reserve(static_cast<int>(count));
        for (const char byte : stored.bytes) blob.add_data(static_cast<float>(static_cast<unsigned char>(byte)) * stored.step + stored.least);
    }

    const baidu::Model& model_;
    std::map<std::string, Stored> weights_{};
    CaffeNet net_{};
};

}  // namespace

auto parse_baidu(std::string_view description, std::string_view weights) -> CaffeNet {
    const baidu::Model model = parse_description(description);
    return Translation(model, weights).run();
}

auto read_baidu(const std::filesystem::path& description, const std::filesystem::path& weights) -> CaffeNet {
    const auto data = weights.empty() ? description.parent_path() / "data.min.bin" : weights;
    std::error_code error;
    if (weights.empty() && !std::filesystem::exists(data, error))
        fail(Exit::io, "there is no '", data.string(), "' beside '", description.string(), "'; put the weights there, or name them by --weights FILE");
    const std::string text = read_file(description, "a model.min.json"), bytes = read_file(data, "a data.min.bin");
    try {
        return parse_baidu(text, bytes);
    } catch (const Failure& failure) {
        fail(failure.exit(), description.string(), ": ", failure.what());
    }
}

}  // namespace mdl::tool
