// mdl: lowering of resizing: Resize since opset 10, Upsample before.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string_view>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

template <class T>
auto named(Call& call, const char* what, const std::string& name, const std::map<std::string_view, T>& values) -> T {
    const auto found = values.find(name);
    if (found != values.end()) return found->second;
    std::string known;
    for (const auto& [spelling, value] : values) known += (known.empty() ? "" : ", ") + std::string(spelling);
    call.refuse(text("has the ", what, " '", name, "'; mdl supports ", known));
}

auto interpolation(Call& call) -> Interpolation {
    const auto how =
        named<Interpolation>(call, "mode", call.attributes.string("mode", "nearest"),
                             {{"nearest", Interpolation::nearest}, {"linear", Interpolation::linear}, {"bilinear", Interpolation::linear}, {"cubic", Interpolation::cubic}});
    if (how != Interpolation::nearest) call.require_reals(0);
    return how;
}

/// One number for each axis; `otherwise` for those that `axes` does not name.
template <class T>
auto spread(Call& call, const std::vector<T>& given, int rank, T otherwise) -> std::vector<T> {
    const auto axes = call.attributes.integers("axes");
    if (given.size() != (axes ? axes->size() : static_cast<std::size_t>(rank))) call.refuse("has another number of factors or sizes than of axes");
    if (!axes) return given;
    std::vector<T> all(static_cast<std::size_t>(rank), otherwise);
    for (std::size_t k = 0; k < axes->size(); ++k) all[normalised_axis((*axes)[k], static_cast<std::size_t>(rank))] = given[k];
    return all;
}

/// Resizes rows and columns, or of a signal its one axis; other axes must keep their sizes.
void add_resize(Call& call, Operation operation, const std::vector<float>& factors, const Dims& sizes) {
    const Shape shape = call.shape(0);
    if (shape.rank != 3 && shape.rank != 4) call.refuse(text("resizes a tensor of shape ", to_text(shape), "; mdl resizes images and signals"));
    for (int axis = 0; axis < 2; ++axis) {
        const auto a = static_cast<std::size_t>(axis);
        if (sizes.empty() ? factors[a] != 1 : sizes[a] >= 0 && sizes[a] != shape[axis]) call.refuse("resizes the batch or the channels; mdl resizes rows and columns");
    }
    const bool signal = shape.rank == 3;
    if (sizes.empty()) {
        operation.alpha = signal ? 1 : factors[2];
        operation.beta = factors.back();
        if (!(operation.alpha > 0) || !(operation.beta > 0)) call.refuse("has a factor that is not positive");
    } else {
        const auto size = [&](int axis) { return sizes[static_cast<std::size_t>(axis)] >= 0 ? sizes[static_cast<std::size_t>(axis)] : shape[axis]; };
        operation.dims = to_shape(signal ? Dims{1, size(2)} : Dims{size(2), size(3)});
    }
    operation.op = Op::resize;
    // PyTorch names it for every mode; the type says it of Nearest only, and the fingerprint counts it.
    if (operation.resampling.interpolation != Interpolation::nearest) operation.resampling.rounding = Resampling{}.rounding;
    const int image = signal ? add_reshape(call, call.layer(0), Shape{shape[0], shape[1], 1, shape[2]}) : call.layer(0);
    const int layer = call.add(operation, {image});
    const Shape out = call.network().shape(layer);
    call.result(signal ? add_reshape(call, layer, Shape{out[0], out[1], out[3]}) : layer);
}

/// The list of reals that an input holds; empty where there is none.
auto reals(Call& call, int k, std::string_view what) -> std::vector<float> {
    return call.has(k) ? *call.constant_floats(k, what).floats : std::vector<float>();
}

void refuse_further_modes(Call& call) {
    if (call.attributes.integer("antialias", 0) != 0) call.refuse("smooths while it shrinks (antialias), which mdl does not support; export with antialias=0");
    if (const auto policy = call.attributes.string("keep_aspect_ratio_policy", "stretch"); policy != "stretch")
        call.refuse(text("keeps the aspect ratio ('", policy, "'), which mdl does not support; give the sizes themselves"));
}

/// Where the elements of one axis lie on the input's when the part [from, to] of it, 0 to 1, is resized.
auto crop_places(float from, float to, int in, int out) -> std::vector<double> {
    std::vector<double> places;
    const double begin = static_cast<double>(from) * (in - 1), end = static_cast<double>(to) * (in - 1);
    for (int i = 0; i < out; ++i) places.push_back(out > 1 ? begin + i * (end - begin) / (out - 1) : (begin + end) / 2);
    return places;
}

/// tf_crop_and_resize: a constant grid, and a constant where it lies outside of the image.
void crop_and_resize(Call& call, Interpolation how) {
    const Shape shape = call.shape(0);
    call.require_rank(0, 4);
    refuse_further_modes(call);
    for (const char* name : {"cubic_coeff_a", "exclude_outside", "nearest_mode"})
        if (call.attributes.find(name) != nullptr)
            call.refuse(text("cuts out a part and resizes it with '", name, "', which mdl does not support; write Slice before Resize"));
    if (call.attributes.find("axes") != nullptr || !call.has(3))
        call.refuse("cuts out a part and resizes it without all of its sizes; mdl needs them");
    const auto& part = *call.constant_floats(1, "region").floats;
    const Dims sizes = call.constant_integers(3, "sizes");
    if (part.size() != 8 || sizes.size() != 4 || sizes[0] != shape[0] || sizes[1] != shape[1] || how == Interpolation::nearest)
        call.refuse("cuts out a part and resizes it otherwise than an image, linear or cubic; write Slice before Resize");
    const Shape out = to_shape(sizes);
    if (std::int64_t{out[2]} * out[3] > (1 << 24) / shape[0]) call.refuse(text("resizes a part to ", to_text(out), ", whose grid is too large; write Slice before Resize"));
    const auto rows = crop_places(part[2], part[6], shape[2], out[2]), columns = crop_places(part[3], part[7], shape[3], out[3]);
    const auto on_grid = [](double place, int size) { return static_cast<float>((2 * place + 1) / size - 1); };
    const auto is_inside = [](double place, int size) { return place >= 0 && place <= size - 1; };
    std::vector<float> grid, inside;
    for (int n = 0; n < shape[0]; ++n)
        for (const double row : rows)
            for (const double column : columns) grid.insert(grid.end(), {on_grid(column, shape[3]), on_grid(row, shape[2])});
    for (const double row : rows)
        for (const double column : columns) inside.push_back(is_inside(row, shape[2]) && is_inside(column, shape[3]) ? 1.0f : 0.0f);
    Operation sample, choice;
    sample.op = Op::grid_sample;
    sample.resampling.interpolation = how;
    sample.fill = Fill::edge;
    sample.k = -0.75f;
    const int sampled = call.add(sample, {call.layer(0), add_numbers(call, Shape{shape[0], out[2], out[3], 2}, std::move(grid))});
    const float outside = call.attributes.real("extrapolation_value", 0);
    if (std::all_of(inside.begin(), inside.end(), [](float i) { return i != 0; })) return call.result(sampled);
    choice.op = Op::select;
    call.result(call.add(choice, {add_numbers(call, Shape{out[2], out[3]}, std::move(inside)), sampled, add_numbers(call, Shape{1}, {outside})}));
}

void resize(Call& call) {
    const Shape shape = call.shape(0);
    Operation operation;
    operation.resampling.interpolation = interpolation(call);
    operation.k = -0.75f;
    if (call.opset() < 11) {
        operation.resampling.coordinates = Coordinates::asymmetric;
        operation.resampling.rounding = Rounding::floor;
        return add_resize(call, operation, spread<float>(call, reals(call, 1, "factors"), shape.rank, 1), {});
    }
    const auto coordinates = call.attributes.string("coordinate_transformation_mode", "half_pixel");
    if (coordinates == "tf_crop_and_resize") return crop_and_resize(call, operation.resampling.interpolation);
    operation.resampling.coordinates = named<Coordinates>(call, "coordinate_transformation_mode", coordinates,
                                                          {{"half_pixel", Coordinates::half_pixel},
                                                           {"pytorch_half_pixel", Coordinates::pytorch_half_pixel},
                                                           {"align_corners", Coordinates::align_corners},
                                                           {"asymmetric", Coordinates::asymmetric},
                                                           {"tf_half_pixel_for_nn", Coordinates::half_pixel_nearest}});
    operation.resampling.rounding = named<Rounding>(call, "nearest_mode", call.attributes.string("nearest_mode", "round_prefer_floor"),
                                                    {{"round_prefer_floor", Rounding::prefer_floor},
                                                     {"round_prefer_ceil", Rounding::prefer_ceil},
                                                     {"floor", Rounding::floor},
                                                     {"ceil", Rounding::ceil}});
    operation.resampling.exclude_outside = call.attributes.integer("exclude_outside", 0) != 0;
    const float cubic = call.attributes.real("cubic_coeff_a", -0.75f);
    if (operation.resampling.interpolation == Interpolation::cubic) operation.k = cubic;
    call.attributes.ignore("extrapolation_value");  // of tf_crop_and_resize
    refuse_further_modes(call);
    const std::vector<float> factors = reals(call, 2, "factors");
    const Dims sizes = call.has(3) ? call.constant_integers(3, "sizes") : Dims();
    if (factors.empty() == sizes.empty()) call.refuse("needs factors or sizes, one of the two");
    if (!sizes.empty()) return add_resize(call, operation, {}, spread<std::int64_t>(call, sizes, shape.rank, -1));
    add_resize(call, operation, spread<float>(call, factors, shape.rank, 1), {});
}

/// Upsample-9 and before: index i lies at i / factor.
void upsample(Call& call) {
    Operation operation;
    operation.resampling.interpolation = interpolation(call);
    operation.resampling.coordinates = Coordinates::asymmetric;
    operation.resampling.rounding = Rounding::floor;
    operation.k = -0.75f;
    std::vector<float> factors = reals(call, 1, "factors");
    if (const auto* given = call.attributes.find("scales"); given != nullptr) factors.assign(given->floats().begin(), given->floats().end());
    if (factors.size() != static_cast<std::size_t>(call.shape(0).rank)) call.refuse("has another number of factors than of axes");
    add_resize(call, operation, factors, {});
}

}  // namespace

void add_resizing(LoweringTable& table) {
    table["Resize"] = resize;
    table["Upsample"] = upsample;
}

}  // namespace mdl::tool
