// mdl: lowering of operators that read an image at computed places: GridSample, RoiAlign.
// SPDX-License-Identifier: MIT
#include <map>
#include <string_view>

#include "failure.hpp"
#include "onnx/call.hpp"

namespace mdl::tool {

namespace {

/// GridSample-16 says bilinear and bicubic where GridSample-20 says linear and cubic.
void grid_sample(Call& call) {
    static const std::map<std::string_view, Interpolation> modes{{"bilinear", Interpolation::linear},
                                                                 {"linear", Interpolation::linear},
                                                                 {"nearest", Interpolation::nearest},
                                                                 {"bicubic", Interpolation::cubic},
                                                                 {"cubic", Interpolation::cubic}};
    static const std::map<std::string_view, Fill> paddings{
        {"zeros", Fill::constant}, {"border", Fill::edge}, {"reflection", Fill::reflect}};
    const auto mode = call.attributes.string("mode", "linear"), padding = call.attributes.string("padding_mode", "zeros");
    const auto how = modes.find(mode);
    const auto fill = paddings.find(padding);
    if (how == modes.end()) call.refuse(text("has the mode '", mode, "'; mdl supports linear, nearest and cubic"));
    if (fill == paddings.end()) call.refuse(text("pads by '", padding, "'; mdl supports zeros, border and reflection"));
    call.require_rank(0, 4);
    if (how->second != Interpolation::nearest) call.require_reals(0);
    Operation operation;
    operation.op = Op::grid_sample;
    operation.resampling.interpolation = how->second;
    if (call.attributes.integer("align_corners", 0) != 0) operation.resampling.coordinates = Coordinates::align_corners;
    operation.fill = fill->second;
    operation.k = -0.75f;
    call.result(call.add(operation, {call.layer(0), call.layer(1)}));
}

/// Before opset 16 the middle of the first pixel is 0.
void roi_align(Call& call) {
    if (const auto mode = call.attributes.string("mode", "avg"); mode != "avg")
        call.refuse(text("takes of its samples the '", mode, "'; mdl supports their mean, avg"));
    const auto coordinates =
        call.attributes.string("coordinate_transformation_mode", call.opset() < 16 ? "output_half_pixel" : "half_pixel");
    if (coordinates != "half_pixel" && coordinates != "output_half_pixel")
        call.refuse(text("has the coordinates '", coordinates, "', which mdl does not know"));
    Operation operation;
    operation.op = Op::roi_align;
    if (coordinates == "output_half_pixel") operation.resampling.coordinates = Coordinates::asymmetric;
    operation.dims = to_shape({call.attributes.integer("output_height", 1), call.attributes.integer("output_width", 1)});
    const auto samples = call.attributes.integer("sampling_ratio", 0);
    if (samples < 0 || samples > 1 << 10) call.refuse(text("has the sampling ratio ", samples));
    operation.size = static_cast<int>(samples);
    operation.alpha = operation.beta = call.attributes.real("spatial_scale", 1);
    std::vector<int> inputs{call.layer(0), call.layer(1)};
    if (call.shape(0)[0] != 1) inputs.push_back(call.number_layer(2));
    call.result(call.add(operation, std::move(inputs)));
}

}  // namespace

void add_sampling(LoweringTable& table) {
    table["GridSample"] = grid_sample;
    table["RoiAlign"] = roi_align;
}

}  // namespace mdl::tool
