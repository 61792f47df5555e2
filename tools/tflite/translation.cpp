// mdl: the walk over a TensorFlow Lite graph.
// SPDX-License-Identifier: MIT
#include "tflite/translation.hpp"

#include <algorithm>
#include <memory>

#include "failure.hpp"
#include "tflite/advice.hpp"
#include "tflite/constant.hpp"
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

template <class Vector>
auto size_of(const Vector* vector) -> std::uint32_t {
    return vector == nullptr ? 0 : vector->size();
}

class Translation {
public:
    Translation(const tflite::Model& model, const InputShapes& shapes) : model_(model), shapes_(shapes) {}

    auto run() -> Translated {
        if (size_of(model_.subgraphs()) == 0) fail(Exit::bad_input, "the model holds no graph; convert it again");
        graph_ = model_.subgraphs()->Get(0);
        values_.resize(size_of(graph_->tensors()));
        reserve_output_names();
        check_shape_names();
        for (std::uint32_t k = 0; k < size_of(graph_->inputs()); ++k) add_input(graph_->inputs()->Get(k));
        for (std::uint32_t k = 0; k < size_of(graph_->operators()); ++k) translate(*graph_->operators()->Get(k));
        for (std::uint32_t k = 0; k < size_of(graph_->outputs()); ++k) add_output(graph_->outputs()->Get(k), outputs_[k]);
        if (quantised_ > 0)
            notes_.insert(notes_.begin(),
                          "the model computes in integers; mdl computes the same network in float32, inputs and outputs included, so "
                          "answers differ by the model's own rounding");
        return {writer_.finish(std::move(outputs_)), std::move(notes_)};
    }

private:
    auto tensor(std::int64_t number) const -> const tflite::Tensor* {
        if (number < 0 || number >= static_cast<std::int64_t>(values_.size()))
            fail(Exit::bad_input, "the model names a tensor number ", number, " that it does not have; the file is damaged");
        return graph_->tensors()->Get(static_cast<unsigned>(number));
    }

    /// Outputs come first to their names.
    void reserve_output_names() {
        for (std::uint32_t k = 0; k < size_of(graph_->outputs()); ++k) {
            const auto number = graph_->outputs()->Get(k);
            outputs_.push_back({writer_.unique(name_of(tensor(number), number)), {}});
        }
    }

    void add_input(std::int64_t number) {
        const tflite::Tensor* const declared = tensor(number);
        const std::string name = name_of(declared, number);
        auto& slot = values_[static_cast<std::size_t>(number)];
        if (slot != nullptr) fail(Exit::bad_input, "the model takes the input '", name, "' twice; the file is damaged");
        if (auto constant = read_constant(model_, *declared, name)) return define_constant(slot, name, std::move(*constant));
        slot = std::make_unique<Value>();
        Value& value = *slot;
        value.name = name;
        value.dims = input_dims(*declared, name);
        note_type(*declared, name);
        const std::string unique = writer_.unique(name);
        const bool is_map = value.rank() == 4;
        // With one channel, planes and rows are the same numbers: the network takes the image as it is.
        if (is_map && value.dims[3] == 1) {
            value.planes = writer_.input(unique, list_in(Layout::planes, value.dims));
            return;
        }
        value.rows = writer_.input(unique, value.dims);
        value.is_image = is_map;
    }

    auto input_dims(const tflite::Tensor& declared, const std::string& name) const -> Dims {
        Dims dims;
        const auto rank = size_of(declared.shape());
        if (const auto given = shapes_.find(name); given != shapes_.end()) {
            dims.assign(given->second.begin(), given->second.end());
            if (dims.size() != rank) fail(Exit::usage, "--shape gives '", name, "' ", dims.size(), " sizes; the model declares ", rank);
        } else {
            for (unsigned axis = 0; axis < rank; ++axis) {
                const bool open = axis < size_of(declared.shape_signature()) && declared.shape_signature()->Get(axis) < 0;
                if (open && axis > 0)
                    fail(Exit::bad_input, "input '", name, "' has no fixed size along axis ", axis,
                         "; give its shape in TensorFlow's sequence of axes, as in --shape ", name, "=1,224,224,3");
                dims.push_back(open ? 1 : declared.shape()->Get(axis));
            }
        }
        std::int64_t count = 1;
        for (const auto dim : dims) {
            constexpr std::int64_t most = std::int64_t{1} << 31;
            if (dim < 1 || count > most / dim)
                fail(Exit::bad_input, "input '", name, "' has the impossible shape ", to_text(dims), "; the file is damaged");
            count *= dim;
        }
        if (dims.empty()) dims.push_back(1);
        return dims;
    }

    void note_type(const tflite::Tensor& declared, const std::string& name) {
        using Type = tflite::TensorType;
        const auto type = declared.type();
        if (is_quantised(&declared)) {
            const auto& parameters = *declared.quantization();
            const std::int64_t zero = zero_point(parameters);
            ++quantised_;
            return notes_.push_back(text("input '", name, "' takes reals, ", parameters.scale()->Get(0), " * (stored ",
                                         zero < 0 ? "+ " : "- ",
                                         zero < 0 ? 0 - static_cast<std::uint64_t>(zero) : static_cast<std::uint64_t>(zero), ")"));
        }
        if (type == Type::FLOAT32 || type == Type::FLOAT16) return;
        if (type != Type::INT8 && type != Type::UINT8 && type != Type::INT16 && type != Type::INT32 && type != Type::INT64)
            fail(Exit::bad_input, "input '", name, "' holds elements of type ", tflite::EnumNameTensorType(type),
                 ", which mdl does not support; convert the model with float32 inputs");
        notes_.push_back(text("input '", name, "' holds integers; give them as floats"));
    }

    void check_shape_names() const {
        std::vector<std::string> names;
        for (std::uint32_t k = 0; k < size_of(graph_->inputs()); ++k) {
            const auto number = graph_->inputs()->Get(k);
            names.push_back(name_of(tensor(number), number));
        }
        for (const auto& [name, shape] : shapes_)
            if (std::find(names.begin(), names.end(), name) == names.end())
                fail(Exit::usage, "--shape names '", name, "', which is no input of the model",
                     names.empty() ? "" : "; its first input is '" + names.front() + "'");
    }

    void define_constant(std::unique_ptr<Value>& slot, const std::string& name, Tensor constant) {
        slot = std::make_unique<Value>();
        slot->name = name;
        slot->dims = constant.dims;
        slot->rows = writer_.constant(std::move(constant), name);
    }

    /// The tensor as far as it is made; constants are read when they are first asked for.
    auto made(std::int64_t number) -> Value* {
        if (number == -1) return nullptr;  // an optional input that is left out
        const tflite::Tensor* const declared = tensor(number);
        auto& slot = values_[static_cast<std::size_t>(number)];
        if (slot == nullptr) {
            const std::string name = name_of(declared, number);
            auto constant = read_constant(model_, *declared, name);
            if (!constant) fail(Exit::bad_input, "reads '", name, "', which nothing before it makes; the file is damaged");
            define_constant(slot, name, std::move(*constant));
        }
        return slot.get();
    }

    void translate(const tflite::Operator& op) {
        const tflite::OperatorCode* const code =
            op.opcode_index() < size_of(model_.operator_codes()) ? model_.operator_codes()->Get(op.opcode_index()) : nullptr;
        if (code == nullptr) fail(Exit::bad_input, "an operator names a kind that the file does not list; the file is damaged");
        const auto builtin = std::max(code->builtin_code(), static_cast<tflite::BuiltinOperator>(code->deprecated_builtin_code()));
        const bool custom = builtin == tflite::BuiltinOperator::CUSTOM && code->custom_code() != nullptr;
        const std::string kind = custom ? code->custom_code()->str() : operator_name(builtin);
        if (size_of(op.outputs()) == 0) fail(Exit::bad_input, "operator ", kind, " makes nothing; the file is damaged");
        const std::string target = name_of(tensor(op.outputs()->Get(0)), op.outputs()->Get(0));
        try {
            const auto found = translations().find(builtin);
            if (found == translations().end()) fail(Exit::bad_input, advice(kind, custom));
            Values inputs;
            std::vector<const tflite::Tensor*> types, outputs;
            for (std::uint32_t k = 0; k < size_of(op.inputs()); ++k) {
                const auto number = op.inputs()->Get(k);
                inputs.push_back(made(number));
                types.push_back(number < 0 ? nullptr : tensor(number));
            }
            for (const auto number : *op.outputs()) outputs.push_back(tensor(number));
            Step step(writer_, op, kind, std::move(inputs), std::move(types), std::move(outputs));
            found->second(step);
            for (auto& [k, value] : step.results()) {
                auto& slot = values_[static_cast<std::size_t>(op.outputs()->Get(static_cast<unsigned>(k)))];
                if (slot != nullptr) fail(Exit::bad_input, "makes '", value.name, "', which was made before; the file is damaged");
                slot = std::make_unique<Value>(std::move(value));
            }
            for (const auto number : *op.outputs()) quantised_ += is_quantised(tensor(number)) ? 1 : 0;
        } catch (const Failure& failure) {
            const std::string what = failure.what();
            if (what.starts_with("operator ")) throw;
            fail(failure.exit(), "operator ", kind, " (tensor '", target, "') ", what);
        }
    }

    void add_output(std::int64_t number, NamedOutput& output) {
        auto& slot = values_[static_cast<std::size_t>(number)];
        if (slot == nullptr) fail(Exit::bad_input, "nothing makes the output '", output.name, "'; the file is damaged");
        output.tensor = in_rows(writer_, *slot);
    }

    const tflite::Model& model_;
    const InputShapes& shapes_;
    const tflite::SubGraph* graph_ = nullptr;
    GraphWriter writer_{};
    std::vector<std::unique_ptr<Value>> values_{};
    std::vector<NamedOutput> outputs_{};
    std::vector<std::string> notes_{};
    int quantised_ = 0;  ///< tensors that the model computes, or takes, as integers that stand for reals
};

}  // namespace

auto translate(const tflite::Model& model, const InputShapes& shapes) -> Translated { return Translation(model, shapes).run(); }

}  // namespace mdl::tool::tflite_reader
