// mdl: small Caffe nets made in tests: text, weights, and what the converted network answers.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "caffe/translate.hpp"
#include "failure.hpp"
#include "onnx/importer.hpp"
#include "onnx/tensor.hpp"
#include "tools/evaluate.hpp"

namespace mdl::tool::test {

class CaffeBuilder {
public:
    explicit CaffeBuilder(std::string text) : text_(std::move(text)) {}

    /// Layer "it" from the blob "data" of a shape to the blob "out".
    static auto single(const std::string& type, const Dims& shape, const std::string& param = {}) -> CaffeBuilder {
        return CaffeBuilder(input("data", shape) + "layer { name: 'it' type: '" + type + "' bottom: 'data' top: 'out' " + param + " }");
    }
    static auto input(const std::string& name, const Dims& shape) -> std::string {
        std::string dims;
        for (const auto dim : shape) dims += " dim: " + std::to_string(dim);
        return "layer { name: '" + name + "' type: 'Input' top: '" + name + "' input_param { shape {" + dims + " } } }\n";
    }

    auto add(const std::string& text) -> CaffeBuilder& {
        text_ += text + "\n";
        return *this;
    }
    auto weights(const std::string& layer, const Dims& dims, const Values& values) -> CaffeBuilder& {
        auto& blob = *place(layer).add_blobs();
        for (const auto dim : dims) blob.mutable_shape()->add_dim(dim);
        for (const auto value : values) blob.add_data(value);
        return *this;
    }
    auto shape(const std::string& name, const std::vector<int>& dims) -> CaffeBuilder& {
        options.shapes[name] = dims;
        return *this;
    }

    auto translated() const -> TranslatedNet {
        std::optional<CaffeNet> file;
        if (file_.layer_size() + file_.layers_size() > 0) file = parse_caffemodel(file_.SerializeAsString());
        return translate_caffe(parse_prototxt(text_), std::move(file), options);
    }
    auto network() const -> Network {
        ImportOptions import;
        import.shapes = options.shapes;
        return import_onnx(check_onnx(translated().model, {}), import);
    }
    auto answers(const std::vector<Values>& inputs) const -> std::vector<Values> { return evaluate(network(), inputs); }
    auto answer(const Values& input) const -> Values { return answers({input})[0]; }
    auto out_shape() const -> Shape {
        const Network made = network();
        return made.shape(made.outputs[0].layer);
    }
    auto output_names() const -> std::vector<std::string> {
        std::vector<std::string> names;
        for (const auto& output : network().outputs) names.push_back(output.name);
        return names;
    }
    /// The message with which the net is refused, or "".
    auto refusal() const -> std::string {
        try {
            static_cast<void>(network());
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }

    CaffeOptions options{};

private:
    auto place(const std::string& layer) -> caffe::LayerParameter& {
        for (auto& known : *file_.mutable_layer())
            if (known.name() == layer) return known;
        auto& added = *file_.add_layer();
        added.set_name(layer);
        return added;
    }

    std::string text_;
    caffe::NetParameter file_{};
};

/// 0, 1, 2, ...
inline auto counted(std::size_t count, float first = 0, float step = 1) -> Values {
    Values values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(first + step * static_cast<float>(i));
    return values;
}

inline auto is_close(const Values& a, const Values& b, float tolerance = 1e-6f) -> bool {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= tolerance * std::max(1.0f, std::abs(b[i])))) return false;
    return true;
}

}  // namespace mdl::tool::test
