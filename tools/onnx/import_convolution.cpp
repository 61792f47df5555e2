// mdl: lowering of ONNX's Conv and ConvTranspose.
// SPDX-License-Identifier: MIT
#include <string_view>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/windows.hpp"

namespace mdl::tool {

namespace {

void convolution(Call& call) {
    if (call.shape(0).rank == 5) return convolve_volume(call);
    const int axes = spatial_axes(call);
    const Tensor& weight = call.constant_floats(1, "weight");
    if (weight.dims.size() != static_cast<std::size_t>(axes) + 2)
        call.refuse(text("has weights of shape ", to_text(weight.dims), ", which do not fit its input"));
    const Dims kernel(weight.dims.begin() + 2, weight.dims.end());
    const auto groups = call.attributes.integer("group", 1);
    const int channels = call.shape(0)[1];
    if (groups < 1 || weight.dims[0] % groups != 0 || weight.dims[1] * groups != channels)
        call.refuse(text("has weights of shape ", to_text(weight.dims), " in ", groups, " groups, which do not fit the ", channels,
                         " channels of its input"));
    Operation operation;
    operation.op = Op::convolution;
    operation.window = read_window(call, axes, kernel);
    operation.bias = call.has(2);
    if (groups == channels && groups > 1) {
        operation.depthwise = true;
        operation.multiplier = static_cast<int>(weight.dims[0] / groups);
    } else {
        operation.out_channels = static_cast<int>(weight.dims[0]);
        operation.groups = static_cast<int>(groups);
    }
    std::vector<Floats> weights{weight.floats};
    if (call.has(2)) weights.push_back(call.constant_floats(2, "bias").floats);
    result_from_map(call, call.add(operation, {as_map(call)}, std::move(weights)), axes);
}

/// One axis of a transposed convolution: what is cut away, and what is added at the end, so that the wanted size comes out.
struct Cut {
    int begin = 0, end = 0, added = 0;
};

auto cut_to(std::int64_t natural, std::int64_t wanted, bool begin_first) -> Cut {
    Cut cut;
    const std::int64_t total = natural - wanted;
    if (total < 0) {
        cut.added = static_cast<int>(-total);
    } else {
        const std::int64_t larger = total - total / 2;
        cut.begin = static_cast<int>(begin_first ? larger : total / 2);
        cut.end = static_cast<int>(total - cut.begin);
    }
    return cut;
}

void transposed_convolution(Call& call) {
    if (call.shape(0).rank == 5) return convolve_volume_transposed(call);
    const int axes = spatial_axes(call);
    const Tensor& weight = call.constant_floats(1, "weight");
    const auto groups = call.attributes.integer("group", 1);
    const Shape shape = call.shape(0);
    if (weight.dims.size() != static_cast<std::size_t>(axes) + 2 || weight.dims[0] != shape[1] || groups < 1 || shape[1] % groups != 0)
        call.refuse(text("has weights of shape ", to_text(weight.dims), " in ", groups, " groups, which do not fit its input of shape ", to_text(shape)));
    const Dims kernel(weight.dims.begin() + 2, weight.dims.end());
    Operation operation;
    operation.op = Op::transposed_convolution;
    operation.window = read_window(call, axes, kernel);
    operation.out_channels = static_cast<int>(weight.dims[1] * groups);
    operation.groups = static_cast<int>(groups);
    operation.bias = call.has(2);
    const auto list = [&](const char* name) {
        auto given = call.attributes.integers(name).value_or(Dims());
        if (!given.empty() && given.size() != static_cast<std::size_t>(axes)) call.refuse(text("has ", given.size(), " values in '", name, "' where ", axes, " belong"));
        for (const auto value : given)
            if (value < 0 || value > 1 << 20) call.refuse(text("has the value ", value, " in '", name, "', which mdl does not support"));
        if (given.size() == 1) given.insert(given.begin(), name == std::string_view("output_padding") ? 0 : 1);
        return given;
    };
    const Dims added = list("output_padding"), wanted = list("output_shape");
    if (!added.empty()) operation.dims = Shape{static_cast<int>(added[0]), static_cast<int>(added[1])};
    Window& w = operation.window;
    if (!wanted.empty() || w.padding != Padding::given) {
        const bool upper = w.padding == Padding::same_upper;
        const std::int64_t height = axes == 1 ? 1 : shape[2], width = shape[shape.rank - 1];
        const auto size = [&](std::size_t axis, std::int64_t in, int stride) { return wanted.empty() ? in * stride : wanted[axis]; };
        const auto natural = [&](std::size_t axis, std::int64_t in, int stride, int extent) { return (in - 1) * stride + extent + (added.empty() ? 0 : added[axis]); };
        // SAME_UPPER cuts the odd one at the end, everything else at the beginning.
        const Cut rows = cut_to(natural(0, height, w.stride_h, w.extent_h()), size(0, height, w.stride_h), !upper);
        const Cut columns = cut_to(natural(1, width, w.stride_w, w.extent_w()), size(1, width, w.stride_w), !upper);
        w.padding = Padding::given;
        w.pad_top = rows.begin, w.pad_bottom = rows.end, w.pad_left = columns.begin, w.pad_right = columns.end;
        operation.dims = Shape{rows.added + (added.empty() ? 0 : static_cast<int>(added[0])), columns.added + (added.empty() ? 0 : static_cast<int>(added[1]))};
    }
    std::vector<Floats> weights{weight.floats};
    if (call.has(2)) weights.push_back(call.constant_floats(2, "bias").floats);
    result_from_map(call, call.add(operation, {as_map(call)}, std::move(weights)), axes);
}

}  // namespace

void add_convolutions(LoweringTable& table) {
    table["Conv"] = convolution;
    table["ConvTranspose"] = transposed_convolution;
}

}  // namespace mdl::tool
