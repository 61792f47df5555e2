// mdl: an ONNX graph that computes in integers while it becomes one that computes in reals: the current node, and what is known of the tensors.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "onnx/model.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool {

/// real = scale * (stored - zero).
struct Quantisation {
    float scale = 1;
    std::int64_t zero = 0;
    auto operator==(const Quantisation&) const -> bool = default;
};

class QuantisedGraph {
public:
    explicit QuantisedGraph(OnnxModel& model);

    /// Takes the nodes out of the graph, for `action` to put their likes in: by `emit` and its kind, or by `keep`.
    template <class Action>
    void rewrite(Action action) {
        google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
        nodes.Swap(graph_.mutable_node());
        for (auto& node : nodes) {
            node_ = &node;
            action(node);
        }
    }
    /// What the user should know of inputs, outputs and rounding.
    auto notes() -> std::vector<std::string>;

    // The current node.
    [[noreturn]] void refuse(const std::string& why) const;
    auto has(int k) const -> bool { return k >= 0 && k < node_->input_size() && !node_->input(k).empty(); }
    auto input(int k) const -> const std::string&;
    auto input_count() const -> int { return node_->input_size(); }
    auto output(int k = 0) const -> std::string { return k < node_->output_size() ? node_->output(k) : std::string(); }
    auto integer(const char* attribute) const -> std::int64_t;
    auto is_constant(int k) const -> bool { return constants_.contains(input(k)); }
    /// ONNX's element type of a constant; of none, that of a zero point which is left out.
    auto type_of(int k) const -> int;
    /// Scale and zero point at inputs k and k + 1, one for all elements.
    auto quantisation(int k) const -> Quantisation;
    auto zero_point(int k) const -> std::int64_t;

    /// The reals of input k, with its scale and zero point behind it; of a constant, one a slice along `axis`.
    auto real(int k, int axis = 0) -> std::string;
    /// The same for a constant whose scale is the tensor `scale`, and its zero point input `zero` where the node has that.
    auto real_constant(int k, const std::string& scale, int zero, int axis) -> std::string;
    /// The reals of input k, which the network computes, or takes, as integers of this kind.
    auto stored(int k, const Quantisation& quantisation) -> std::string;
    /// What input k is as far as it is known, else the second.
    auto known(int k, Quantisation otherwise) const -> Quantisation;

    /// The node as it is; integers are let through where it only moves them.
    void keep();
    /// A node in this one's place, with its attributes or without. Returns its result, named `to` or by a name that is made up.
    auto emit(const std::string& op, const std::vector<std::string>& inputs, std::string to = {}) -> std::string;
    auto emit_bare(const std::string& op, const std::vector<std::string>& inputs, std::string to = {}) -> std::string;
    auto constant(float value) -> std::string;
    /// The node's output k is a number that the file now holds.
    void define(int k, int type, int value);
    /// The node's output is what `made` would be as integers with scale and zero point at inputs k and k + 1; reals where they are left out.
    void store(const std::string& made, int k);
    /// The same without a range.
    void store(const std::string& made, const Quantisation& quantisation);

private:
    auto number(int k, const char* what) const -> double;
    auto unique(const std::string& wanted) -> std::string;
    auto add_constant(const std::string& name, int type) -> onnx::TensorProto&;
    void note_sign(const onnx::NodeProto& node);

    OnnxModel& model_;
    onnx::GraphProto& graph_;
    onnx::NodeProto* node_ = nullptr;
    std::unordered_map<std::string, const onnx::TensorProto*> tensors_{};  ///< that the file holds
    std::unordered_map<std::string, onnx::ValueInfoProto*> inputs_{};
    std::unordered_set<std::string> constants_{}, names_{};
    std::unordered_set<std::string> positive_{};  ///< never below zero
    std::unordered_map<std::string, Quantisation> stored_{};  ///< computed tensors that are integers in the model
    std::vector<std::string> notes_{};
    int rounded_ = 0;
};

}  // namespace mdl::tool
