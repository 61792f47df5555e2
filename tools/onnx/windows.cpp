// mdl: reading of a sliding window's attributes.
// SPDX-License-Identifier: MIT
#include "onnx/windows.hpp"

#include "failure.hpp"

namespace mdl::tool {

namespace {

/// One value for each spatial axis, small enough for an int.
auto read_sizes(Call& call, const char* name, int count, std::int64_t otherwise) -> std::vector<int> {
    const auto given =
        call.attributes.integers(name).value_or(std::vector<std::int64_t>(static_cast<std::size_t>(count), otherwise));
    if (given.size() != static_cast<std::size_t>(count))
        call.refuse(text("has ", given.size(), " values in '", name, "' where ", count, " belong"));
    std::vector<int> sizes;
    for (const auto value : given) {
        if (value < 0 || value > 1 << 20)
            call.refuse(text("has the value ", value, " in '", name, "', which mdl does not support"));
        sizes.push_back(static_cast<int>(value));
    }
    return sizes;
}

auto read_padding(const Call& call, const std::string& auto_pad) -> Padding {
    if (auto_pad == "SAME_UPPER") return Padding::same_upper;
    if (auto_pad == "SAME_LOWER") return Padding::same_lower;
    if (auto_pad != "NOTSET" && auto_pad != "VALID") call.refuse(text("has the auto_pad '", auto_pad, "', which mdl does not know"));
    return Padding::given;
}

}  // namespace

auto spatial_axes(Call& call) -> int {
    const Shape shape = call.shape(0);
    if (shape.rank != 3 && shape.rank != 4)
        call.refuse(text("works on a tensor of shape ", to_text(shape), "; mdl supports one or two spatial axes"));
    return shape.rank - 2;
}

auto as_map(Call& call) -> int {
    const Shape shape = call.shape(0);
    return shape.rank == 4 ? call.layer(0) : add_reshape(call, call.layer(0), Shape{shape[0], shape[1], 1, shape[2]});
}

void result_from_map(Call& call, int layer, int spatial_axes, int k) {
    const Shape shape = call.network().shape(layer);
    call.result(spatial_axes == 2 ? layer : add_reshape(call, layer, Shape{shape[0], shape[1], shape[3]}), k);
}

auto read_window(Call& call, int spatial_axes, const std::vector<std::int64_t>& kernel) -> Window {
    auto kernel_shape = call.attributes.integers("kernel_shape").value_or(kernel);
    if (kernel_shape.size() != static_cast<std::size_t>(spatial_axes))
        call.refuse("has a kernel whose number of axes is not its input's");
    if (!kernel.empty() && kernel_shape != kernel) call.refuse("declares a kernel_shape that is not its weights'");
    const auto strides = read_sizes(call, "strides", spatial_axes, 1);
    const auto dilations = read_sizes(call, "dilations", spatial_axes, 1);
    const auto pads = read_sizes(call, "pads", 2 * spatial_axes, 0);
    const auto auto_pad = call.attributes.string("auto_pad", "NOTSET");
    for (const auto size : kernel_shape)
        if (size < 1 || size > 1 << 20) call.refuse(text("has a kernel of size ", size));
    const auto last = static_cast<std::size_t>(spatial_axes) - 1;
    Window window;
    window.kernel_w = static_cast<int>(kernel_shape[last]);
    window.stride_w = strides[last];
    window.dilation_w = dilations[last];
    if (spatial_axes == 2) {
        window.kernel_h = static_cast<int>(kernel_shape[0]);
        window.stride_h = strides[0];
        window.dilation_h = dilations[0];
    }
    window.padding = read_padding(call, auto_pad);
    if (auto_pad == "NOTSET") {
        window.pad_left = pads[last];
        window.pad_right = pads[last + static_cast<std::size_t>(spatial_axes)];
        if (spatial_axes == 2) {
            window.pad_top = pads[0];
            window.pad_bottom = pads[2];
        }
    }
    return window;
}

auto read_volume(Call& call, const std::vector<std::int64_t>& weights) -> VolumeWindow {
    const auto kernel = call.attributes.integers("kernel_shape").value_or(weights);
    if (!weights.empty() && kernel != weights) call.refuse("declares a kernel_shape that is not its weights'");
    if (kernel.size() != 3) call.refuse("has a kernel whose number of axes is not its input's");
    for (const auto size : kernel)
        if (size < 1 || size > 1 << 20) call.refuse(text("has a kernel of size ", size));
    const auto strides = read_sizes(call, "strides", 3, 1), dilations = read_sizes(call, "dilations", 3, 1), pads = read_sizes(call, "pads", 6, 0);
    VolumeWindow volume;
    Window &plane = volume.plane, &depth = volume.depth;
    const auto auto_pad = call.attributes.string("auto_pad", "NOTSET");
    plane.padding = depth.padding = read_padding(call, auto_pad);
    depth.kernel_h = static_cast<int>(kernel[0]), depth.stride_h = strides[0], depth.dilation_h = dilations[0];
    plane.kernel_h = static_cast<int>(kernel[1]), plane.stride_h = strides[1], plane.dilation_h = dilations[1];
    plane.kernel_w = static_cast<int>(kernel[2]), plane.stride_w = strides[2], plane.dilation_w = dilations[2];
    if (auto_pad != "NOTSET") return volume;
    depth.pad_top = pads[0], depth.pad_bottom = pads[3];
    plane.pad_top = pads[1], plane.pad_bottom = pads[4];
    plane.pad_left = pads[2], plane.pad_right = pads[5];
    return volume;
}

}  // namespace mdl::tool
