// mdl: one ONNX node while it is lowered: its inputs, attributes and what it makes.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "network.hpp"
#include "onnx/attributes.hpp"
#include "onnx/element_types.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool {

/// What a layer computes, and the element type that ONNX gives it.
struct Computed {
    int layer = -1, element = onnx::TensorProto::FLOAT;
};

/// What a name in an ONNX graph stands for.
using Value = std::variant<Tensor, Computed>;

class Call {
public:
    Call(Network& network, const onnx::NodeProto& node, std::vector<const Value*> inputs, int opset)
        : attributes(node), network_(network), node_(node), inputs_(std::move(inputs)), opset_(opset) {}

    Attributes attributes;

    auto opset() const -> int { return opset_; }
    auto node() const -> const onnx::NodeProto& { return node_; }
    /// The node's name, or its first output's.
    auto name() const -> std::string {
        return !node_.name().empty() ? node_.name() : node_.output_size() > 0 ? node_.output(0) : std::string();
    }
    auto network() -> Network& { return network_; }

    auto input_count() const -> int { return static_cast<int>(inputs_.size()); }
    auto has(int k) const -> bool { return k < input_count() && inputs_[static_cast<std::size_t>(k)] != nullptr; }
    auto is_constant(int k) const -> bool { return has(k) && std::holds_alternative<Tensor>(value(k)); }
    /// ONNX's element type of input k; of a constant float32 or int64.
    auto element(int k) const -> int;
    /// Is input k, constant or computed, a tensor of integers or truth values?
    auto is_integer(int k) const -> bool { return has(k) && !is_real(element(k)); }
    /// Input k as a constant; refuses the node where it is computed. `what` names it in the message.
    auto constant(int k, std::string_view what) const -> const Tensor&;
    auto constant_floats(int k, std::string_view what) const -> const Tensor&;
    auto constant_integers(int k, std::string_view what) const -> const std::vector<std::int64_t>&;
    /// Input k as one integer.
    auto constant_integer(int k, std::string_view what) const -> std::int64_t;
    /// A list that older opsets give as an attribute and newer ones as a constant input.
    auto list(const char* attribute, int k) -> std::optional<std::vector<std::int64_t>>;
    /// Input k as a layer; a constant becomes a Constant layer.
    auto layer(int k) -> int;
    /// The same, where a constant may hold integers or truth values, which become floats.
    auto number_layer(int k) -> int;
    auto shape(int k) -> Shape { return network_.shape(layer(k)); }

    /// Appends a layer; returns its number.
    auto add(const Operation& operation, std::vector<int> inputs, std::vector<Floats> weights = {}) -> int;
    auto add_constant(const Tensor& tensor, const Shape& shape) -> int;
    /// Says what the node's output k is.
    void result(int layer, int k = 0);
    auto results() const -> const std::map<int, Computed>& { return results_; }

    /// Stops with a message that names the operator and the node.
    [[noreturn]] void refuse(std::string_view why) const;
    /// Refuses integers that the network computes: the model cuts what is behind the point of each result.
    void require_reals(int k) const;
    /// Refuses unless the input has this rank.
    void require_rank(int k, int rank);

private:
    auto value(int k) const -> const Value& { return *inputs_[static_cast<std::size_t>(k)]; }

    Network& network_;
    const onnx::NodeProto& node_;
    std::vector<const Value*> inputs_;
    int opset_;
    std::map<int, Computed> results_{};
};

using Lowering = void (*)(Call&);
using LoweringTable = std::map<std::string_view, Lowering>;

// Each family adds its operators.
void add_convolutions(LoweringTable& table);
void add_dense(LoweringTable& table);
void add_pooling(LoweringTable& table);
void add_activations(LoweringTable& table);
void add_normalisation(LoweringTable& table);
void add_arithmetic(LoweringTable& table);
void add_rearrangements(LoweringTable& table);
void add_picks(LoweringTable& table);
void add_elements(LoweringTable& table);
void add_sampling(LoweringTable& table);
void add_recurrences(LoweringTable& table);
void add_spectra(LoweringTable& table);
void add_sums(LoweringTable& table);
void add_resizing(LoweringTable& table);
void add_parts(LoweringTable& table);

/// Every operator that is lowered, by ONNX name.
auto lowerings() -> const LoweringTable&;

/// Floats shared with nobody.
inline auto make_floats(std::vector<float> values) -> Floats {
    return std::make_shared<const std::vector<float>>(std::move(values));
}

/// A Shape from ONNX sizes; refuses more axes than mdl has.
auto to_shape(const Dims& dims) -> Shape;
auto to_dims(const Shape& shape) -> Dims;

/// Layers that several families add.
auto add_reshape(Call& call, int layer, const Shape& dims) -> int;
auto add_transpose(Call& call, int layer, const Shape& permutation) -> int;
auto add_binary(Call& call, Binary binary, std::vector<int> inputs) -> int;
auto add_concat(Call& call, int axis, std::vector<int> parts) -> int;
/// Elements [begin, end) of an axis; `end` -1 behind a negative step: down to the first.
auto add_slice(Call& call, int layer, int axis, std::int64_t begin, std::int64_t end, std::int64_t step = 1) -> int;
/// A constant of these numbers.
auto add_numbers(Call& call, const Shape& shape, std::vector<float> values) -> int;
auto add_activation(Call& call, int x, ActivationKind kind, float a = 0, float b = 0) -> int;
/// x times one number.
auto add_factor(Call& call, int x, float factor) -> int;

}  // namespace mdl::tool
