// mdl: answers and questions about the shapes of inputs.
// SPDX-License-Identifier: MIT
#include "onnx/input_shapes.hpp"

#include <algorithm>
#include <limits>

#include "failure.hpp"
#include "onnx.pb.h"
#include "onnx/tensor.hpp"

namespace mdl::tool {

namespace {

using Input = onnx::ValueInfoProto;

auto declared(const Input& input) -> const onnx::TensorShapeProto& { return input.type().tensor_type().shape(); }
auto is_open(const onnx::TensorShapeProto::Dimension& dim) -> bool { return dim.dim_value() <= 0; }

/// As in the file: "[batch, 3, height, ?]".
auto described(const Input& input) -> std::string {
    std::string text;
    for (const auto& dim : declared(input).dim())
        text += (text.empty() ? "" : ", ") + (!is_open(dim) ? std::to_string(dim.dim_value()) : dim.dim_param().empty() ? "?" : dim.dim_param());
    return "[" + text + "]";
}

/// The option that answers, ready for a shell; open sizes are those of most classifiers of photos.
auto option_for(const Input& input) -> std::string {
    const auto& shape = declared(input);
    std::string sizes;
    for (int axis = 0; axis < shape.dim_size(); ++axis) {
        const auto& dim = shape.dim(axis);
        sizes += (axis == 0 ? "" : ",") + std::to_string(!is_open(dim) ? dim.dim_value() : axis == 0 ? 1 : axis == 1 && shape.dim_size() == 4 ? 3 : 224);
    }
    if (sizes.empty()) sizes = "1,3,224,224";
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/=-";
    const bool simple = input.name().find_first_not_of(plain) == std::string::npos;
    return "--shape " + (simple ? input.name() + "=" + sizes : "'" + input.name() + "=" + sizes + "'");
}

/// Open sizes other than the batch, or no shape at all.
auto is_open(const Input& input) -> bool {
    if (!input.type().tensor_type().has_shape()) return true;
    const auto& dims = declared(input).dim();
    return dims.size() > 1 && std::any_of(dims.begin() + 1, dims.end(), [](const auto& dim) { return is_open(dim); });
}

[[noreturn]] void ask(const std::vector<const Input*>& open) {
    std::string shapes, options;
    for (const Input* const input : open) {
        const bool none = !input->type().tensor_type().has_shape();
        shapes += (shapes.empty() ? "" : ", ") + text("input '", input->name(), none ? "' declares no shape" : "' has the shape " + described(*input));
        options += " " + option_for(*input);
    }
    fail(Exit::bad_input, shapes, "; mdl needs every size but the batch: give them, as in", options);
}

auto to_sizes(const Input& input) -> Dims {
    Dims dims;
    for (const auto& dim : declared(input).dim()) dims.push_back(is_open(dim) ? 1 : dim.dim_value());
    return dims;
}

void check(const Input& input, const Dims& dims, bool given) {
    const auto wrong = [&](const std::string& what) { fail(given ? Exit::usage : Exit::bad_input, given ? "--shape gives '" : "input '", input.name(), given ? "' " : "' has ", what); };
    const auto& shape = declared(input);
    if (given && shape.dim_size() > 0 && static_cast<std::size_t>(shape.dim_size()) != dims.size())
        wrong(text(dims.size(), dims.size() == 1 ? " size" : " sizes", "; the model declares ", shape.dim_size(), ", ", described(input)));
    if (dims.size() > static_cast<std::size_t>(max_rank)) wrong(text("the ", dims.size(), " axes of ", to_text(dims), "; mdl supports at most ", max_rank));
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    std::int64_t count = 1;
    for (const auto dim : dims) {
        if (dim < 1 || count > most / dim) wrong(text("the shape ", to_text(dims), ", of more elements than 2^31-1; make it smaller"));
        count *= dim;
    }
}

}  // namespace

auto input_shapes(const std::vector<const Input*>& inputs, const std::map<std::string, std::vector<int>>& given) -> std::map<std::string, Shape> {
    std::string names;
    for (const Input* const input : inputs) names += (names.empty() ? "'" : ", '") + input->name() + "'";
    for (const auto& answer : given)
        if (std::none_of(inputs.begin(), inputs.end(), [&](const Input* input) { return input->name() == answer.first; }))
            fail(Exit::usage, "--shape names '", answer.first, "', which is no input of the model; its inputs are ", names);
    std::map<std::string, Shape> shapes;
    std::vector<const Input*> open;
    for (const Input* const input : inputs) {
        const auto answer = given.find(input->name());
        if (answer == given.end() && is_open(*input)) {
            open.push_back(input);
            continue;
        }
        Dims dims = answer == given.end() ? to_sizes(*input) : Dims(answer->second.begin(), answer->second.end());
        // A scalar is a tensor of one element here.
        if (dims.empty()) dims.push_back(1);
        check(*input, dims, answer != given.end());
        Shape& shape = shapes[input->name()];
        shape = {};
        for (const auto dim : dims) shape.push(static_cast<int>(dim));
    }
    if (!open.empty()) ask(open);
    return shapes;
}

}  // namespace mdl::tool
