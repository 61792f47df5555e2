// mdl: dispatch of constant folding, and the shape rules that it shares with the lowering.
// SPDX-License-Identifier: MIT
#include "onnx/constant_folding.hpp"

#include <algorithm>

#include "onnx/folding.hpp"

namespace mdl::tool {

namespace {

using folding::count_of;
using folding::most_elements;

auto functions() -> const folding::FunctionTable& {
    static const folding::FunctionTable table = [] {
        folding::FunctionTable all;
        folding::add_arithmetic(all);
        folding::add_rearrangement(all);
        folding::add_quantised(all);
        return all;
    }();
    return table;
}

}  // namespace

auto folded_operators() -> std::set<std::string> {
    std::set<std::string> names;
    for (const auto& [name, function] : functions()) names.insert(name);
    return names;
}

auto normalised_axis(std::int64_t axis, std::size_t rank) -> std::size_t {
    const auto n = static_cast<std::int64_t>(rank);
    if (axis < -n || axis >= n) fail(Exit::bad_input, "names axis ", axis, " of a tensor that has ", rank, "; the model is wrong");
    return static_cast<std::size_t>(axis < 0 ? axis + n : axis);
}

auto reshaped(const Dims& from, const Dims& wanted, bool allow_zero) -> Dims {
    Dims dims = wanted;
    std::int64_t known = 1;
    std::ptrdiff_t open = -1;
    for (std::size_t a = 0; a < dims.size(); ++a) {
        if (dims[a] == 0 && !allow_zero) {
            if (a >= from.size())
                fail(Exit::bad_input, "keeps the size of an axis that its input does not have; the model is wrong");
            dims[a] = from[a];
        }
        if (dims[a] == -1 && open < 0) open = static_cast<std::ptrdiff_t>(a);
        else if (dims[a] < 0 || dims[a] > most_elements || (dims[a] > 0 && known > most_elements / dims[a]))
            fail(Exit::bad_input, "reshapes to the impossible shape ", to_text(wanted), "; the model is wrong");
        else known *= dims[a];
    }
    const std::int64_t count = count_of(from);
    if (open >= 0 && known > 0) dims[static_cast<std::size_t>(open)] = count / known;
    if (open >= 0 ? known == 0 || count % known != 0 : known != count)
        fail(Exit::bad_input, "reshapes ", to_text(from), " to ", to_text(wanted),
             ", which holds another number of elements; the model is wrong, or made for another input size");
    static_cast<void>(count_of(dims));  // where one size is 0, the others must not overflow
    return dims;
}

auto broadcast_dims(const Dims& a, const Dims& b) -> Dims {
    Dims result(std::max(a.size(), b.size()), 1);
    for (std::size_t k = 0; k < result.size(); ++k) {
        const std::int64_t x = k < a.size() ? a[a.size() - 1 - k] : 1, y = k < b.size() ? b[b.size() - 1 - k] : 1;
        if (x != y && x != 1 && y != 1)
            fail(Exit::bad_input, "combines ", to_text(a), " with ", to_text(b), ", which do not broadcast; the model is wrong");
        result[result.size() - 1 - k] = x == 1 ? y : x;
    }
    return result;
}

auto fold_constants(const onnx::NodeProto& node, Attributes& attributes, const std::vector<const Tensor*>& inputs, int opset,
                    const std::filesystem::path& folder, std::int64_t most) -> std::optional<std::vector<Tensor>> {
    if (!node.domain().empty() && node.domain() != "ai.onnx") return std::nullopt;
    const auto found = functions().find(node.op_type());
    if (found == functions().end() || node.output_size() != 1) return std::nullopt;
    return std::vector<Tensor>{found->second(folding::Fold{node, attributes, inputs, opset, folder, most})};
}

}  // namespace mdl::tool
