// mdl: one TensorFlow Lite operator while it is translated: its inputs, options and what it makes.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "failure.hpp"
#include "tflite/layouts.hpp"
#include "tflite_generated.h"

namespace mdl::tool::tflite_reader {

/// The tensors made so far, by number; null where the file names none or nothing has made it yet.
using Values = std::vector<Value*>;

class Step {
public:
    Step(GraphWriter& writer, const tflite::Operator& op, std::string operator_name, Values inputs,
         std::vector<const tflite::Tensor*> input_types, std::vector<const tflite::Tensor*> outputs);

    auto writer() -> GraphWriter& { return writer_; }
    /// TensorFlow Lite's name of the operator, and the name of the first tensor that it makes.
    auto operator_name() const -> const std::string& { return operator_name_; }
    auto name() const -> const std::string& { return names_.front(); }

    auto input_count() const -> std::size_t { return inputs_.size(); }
    auto output_count() const -> std::size_t { return outputs_.size(); }
    auto has(std::size_t k) const -> bool { return k < inputs_.size() && inputs_[k] != nullptr; }
    auto input(std::size_t k) -> Value&;
    auto dims(std::size_t k) -> const Dims& { return input(k).dims; }
    auto rank(std::size_t k) -> std::size_t { return dims(k).size(); }
    /// The element type as the file declares it; of floats stored as integers too.
    auto type(std::size_t k) const -> tflite::TensorType;
    auto output_type(std::size_t k) const -> tflite::TensorType;
    /// Input k holds integers that stand for nothing else.
    auto holds_integers(std::size_t k) const -> bool;
    auto is_constant(std::size_t k) -> bool { return find(k) != nullptr; }
    /// Input k as a constant in rows; refused where it is computed. `what` names it in the message.
    auto constant(std::size_t k, std::string_view what) -> const Tensor&;
    auto integers(std::size_t k, std::string_view what) -> const std::vector<std::int64_t>&;
    auto integer(std::size_t k, std::string_view what) -> std::int64_t;
    /// An axis of input k: made positive and checked.
    auto axis(std::int64_t axis, std::size_t k) -> std::size_t;

    /// The operator's options; refused where the file has none, or null where `optional`.
    template <class Options>
    auto options() const -> const Options& {
        const auto* const found = find_options<Options>();
        if (found == nullptr) refuse("lacks its options; the file is damaged");
        return *found;
    }
    template <class Options>
    auto find_options() const -> const Options* {
        return op_.builtin_options_as<Options>();
    }

    /// The layout in which input k lies, feature maps in planes.
    auto layout(std::size_t k) -> Layout { return input(k).is_map() ? Layout::planes : Layout::rows; }
    auto in(Layout layout, std::size_t k) -> std::string;
    auto in_rows(std::size_t k) -> std::string { return in(Layout::rows, k); }
    /// Input k as a feature map; refused unless it has four axes.
    auto in_planes(std::size_t k) -> std::string;
    /// All inputs from number `first` on in one layout and ready to broadcast against each other; and the shape of the result.
    struct Together {
        Layout layout = Layout::rows;
        std::vector<std::string> inputs{};
        Dims dims{};
    };
    auto together(std::size_t first = 0) -> Together;

    /// Where some of the values are computed, those that are constant integers become floats, as what is computed is.
    auto alike(std::vector<std::string> values) -> std::vector<std::string>;
    /// Refuses to make a constant of that shape where it is too large.
    void check_affordable(const Dims& dims) const;

    /// Adds a node that carries the operator's name.
    auto add(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes = {}) -> std::string;
    auto number(float value) -> std::string;
    auto list(const Dims& values) -> std::string;
    /// `x` after the activation that is fused into the operator.
    auto activated(const std::string& x, tflite::Activation activation) -> std::string;

    /// Says what output k is: an ONNX value that holds it in a layout, or the elements of another tensor.
    void result(Layout layout, const std::string& value, Dims dims, std::size_t k = 0);
    void result(Value value, std::size_t k = 0);
    auto results() -> std::map<std::size_t, Value>& { return results_; }

    /// Stops with a message that names the operator and the tensor that it makes.
    [[noreturn]] void refuse(std::string_view why) const;

private:
    auto find(std::size_t k) -> const Tensor*;
    auto saturated(const std::string& x) -> std::string;

    GraphWriter& writer_;
    const tflite::Operator& op_;
    std::string operator_name_;
    Values inputs_;
    std::vector<const tflite::Tensor*> types_, outputs_;
    std::vector<std::string> names_{};
    std::map<std::size_t, Value> results_{};
};

using Translate = void (*)(Step&);
using TranslationTable = std::map<tflite::BuiltinOperator, Translate>;

// Each family adds its operators.
void add_convolutions(TranslationTable& table);
void add_pooling(TranslationTable& table);
void add_dense(TranslationTable& table);
void add_arithmetic(TranslationTable& table);
void add_activations(TranslationTable& table);
void add_reductions(TranslationTable& table);
void add_shapes(TranslationTable& table);
void add_parts(TranslationTable& table);
void add_slices(TranslationTable& table);
void add_images(TranslationTable& table);
void add_constants(TranslationTable& table);

/// Every operator that is translated.
auto translations() -> const TranslationTable&;

/// A tensor's name, or its number where it has none.
auto name_of(const tflite::Tensor* tensor, std::int64_t number) -> std::string;
auto is_integer(tflite::TensorType type) -> bool;
/// Its numbers are reals stored as integers.
auto is_quantised(const tflite::Tensor* tensor) -> bool;
/// The zero point of slice k, which all slices may share; 0 where the file has none.
auto zero_point(const tflite::Quantization& parameters, unsigned k = 0) -> std::int64_t;

}  // namespace mdl::tool::tflite_reader
