// mdl: one Caffe layer while it is translated: what it reads, its weights, and the ONNX nodes that do the same.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "caffe/weights.hpp"
#include "onnx/model_writer.hpp"

namespace mdl::tool {

/// A Caffe blob: the ONNX tensor that holds it, and its shape. Caffe's layers say what they do in terms of shapes, so the
/// translation follows them.
struct Blob {
    std::string tensor{};
    Dims dims{};

    auto rank() const -> int { return static_cast<int>(dims.size()); }
    auto dim(int axis) const -> std::int64_t { return dims[static_cast<std::size_t>(axis)]; }
    /// Product of the sizes of axes first to last-1.
    auto count(int first, int last) const -> std::int64_t;
};

class LayerCall {
public:
    LayerCall(const caffe::LayerParameter& given, std::vector<Blob> bottoms, ModelWriter& writer, CaffeWeights& weights)
        : layer(given),
          bottoms_(std::move(bottoms)),
          tops_(static_cast<std::size_t>(given.top_size())),
          writer_(writer),
          weights_(weights) {}

    const caffe::LayerParameter& layer;

    auto bottom_count() const -> int { return static_cast<int>(bottoms_.size()); }
    auto bottom(int k = 0) const -> const Blob& { return bottoms_[static_cast<std::size_t>(k)]; }
    auto top_count() const -> int { return layer.top_size(); }
    auto top(int k) const -> const Blob& { return tops_[static_cast<std::size_t>(k)]; }

    /// Refuses other numbers of blobs; `most` < 0: any number.
    void require(int bottoms, int most_bottoms, int tops = 1, int most_tops = 1) const;
    void require_rank(int k, int rank) const;
    /// A negative axis counts from the end. `open`: the place behind the last axis is one too.
    auto axis(std::int64_t given, int rank, bool open = false) const -> int;

    /// Refuses a layer that has stored weights, and another number of blobs than `count`.
    void require_blobs(int count) const;
    auto weights(int k, const Dims& dims, Filler filler) -> Numbers;
    auto has_stored_weights() const -> bool { return weights_.count(layer.name()) > 0; }

    auto node(const std::string& op, const std::vector<std::string>& inputs, int outputs = 1) -> NodeWriter {
        return writer_.node(op, name(), inputs, outputs);
    }
    auto constant(const Dims& dims, Numbers values) -> std::string { return writer_.floats(name(), dims, std::move(values)); }
    auto constant(float value) -> std::string;
    auto integers(const Dims& values) -> std::string { return writer_.integers(name(), values); }
    /// x (op) one number; x itself where that changes nothing.
    auto times(const std::string& x, float factor) -> std::string;
    auto plus(const std::string& x, float shift) -> std::string;
    auto reshaped(const std::string& x, const Dims& dims) -> std::string;

    /// Says what top k is.
    void result(const std::string& tensor, const Dims& dims, int k = 0);
    /// Stops with a sentence that begins with the layer.
    [[noreturn]] void refuse(const std::string& why) const;
    auto name() const -> std::string { return layer.name().empty() ? layer.type() : layer.name(); }

private:
    std::vector<Blob> bottoms_, tops_;
    ModelWriter& writer_;
    CaffeWeights& weights_;
};

/// "layer 'conv1' (Convolution)".
auto describe(const caffe::LayerParameter& layer) -> std::string;

using LayerFunction = void (*)(LayerCall&);
using LayerTable = std::map<std::string_view, LayerFunction>;

// Each family adds its layers.
namespace caffe_layers {
void add_convolutions(LayerTable& table);
void add_pooling(LayerTable& table);
void add_normalisation(LayerTable& table);
void add_activations(LayerTable& table);
void add_combinations(LayerTable& table);
void add_rearrangements(LayerTable& table);
void add_reductions(LayerTable& table);
void add_priors(LayerTable& table);
}  // namespace caffe_layers

/// Every layer that is translated, by Caffe's type.
auto translated_layers() -> const LayerTable&;
/// Layers that mdl knows and refuses, each with what to do instead.
auto refused_layers() -> const std::map<std::string_view, std::string_view>&;
/// Layers that only training needs, and layers that feed a net from files.
auto is_training_layer(std::string_view type) -> bool;
auto is_data_layer(std::string_view type) -> bool;
/// All of these.
auto untranslated_layers() -> std::set<std::string_view>;

}  // namespace mdl::tool
