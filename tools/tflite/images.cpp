// mdl: translation of padding, resizing, and of moves between depth and space.
// SPDX-License-Identifier: MIT
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

struct Pads {
    Dims before{}, after{}, dims{};  ///< sizes added to each axis, and the shape that results
};

/// Input 1: two numbers an axis.
auto read_pads(Step& step) -> Pads {
    const auto& numbers = step.integers(1, "padding");
    Pads pads;
    pads.dims = step.dims(0);
    if (numbers.size() != 2 * pads.dims.size())
        step.refuse(text("has ", numbers.size(), " paddings for a tensor of shape ", to_text(pads.dims)));
    for (std::size_t axis = 0; axis < pads.dims.size(); ++axis) {
        for (const auto size : {numbers[2 * axis], numbers[2 * axis + 1]})
            if (size < 0 || size > 1 << 20) step.refuse(text("pads axis ", axis, " by ", size, "; the file is damaged"));
        pads.before.push_back(numbers[2 * axis]);
        pads.after.push_back(numbers[2 * axis + 1]);
        pads.dims[axis] += pads.before.back() + pads.after.back();
    }
    return pads;
}

void add_pad(Step& step, const Pads& pads, const std::string& mode, const std::string& value) {
    const Layout layout = step.layout(0);
    Dims both = list_in(layout, pads.before);
    const Dims after = list_in(layout, pads.after);
    both.insert(both.end(), after.begin(), after.end());
    std::vector<std::string> inputs{step.in(layout, 0), step.list(both)};
    if (!value.empty()) inputs.push_back(value);
    step.result(layout, step.add("Pad", inputs, {{"mode", mode}}), pads.dims);
}

/// Without a value: zero.
void pad(Step& step) {
    const Pads pads = read_pads(step);
    std::string value;
    if (step.has(2))
        value =
            step.number(step.constant(2, "padding value").count() == 1 ? static_cast<float>(step.constant(2, "padding value").real(0)) : 0);
    if (step.has(2) && step.constant(2, "padding value").count() != 1) step.refuse("has more than one padding value");
    add_pad(step, pads, "constant", value);
}

/// The border itself is repeated too (...b a | a b ...), which ONNX's padding cannot say: each axis is picked by number.
void pad_symmetrically(Step& step, const Pads& pads) {
    const Layout layout = step.layout(0);
    std::string x = step.in(layout, 0);
    for (std::size_t axis = 0; axis < pads.dims.size(); ++axis) {
        const std::int64_t size = step.dims(0)[axis];
        if (pads.before[axis] > size || pads.after[axis] > size) step.refuse(text("mirrors more of axis ", axis, " than there is"));
        if (pads.before[axis] + pads.after[axis] == 0) continue;
        Dims picks;
        for (std::int64_t i = -pads.before[axis]; i < size + pads.after[axis]; ++i)
            picks.push_back(i < 0 ? -1 - i : i < size ? i : 2 * size - 1 - i);
        x = step.add("Gather", {x, step.list(picks)}, {{"axis", axis_in(layout, axis)}});
    }
    step.result(layout, x, pads.dims);
}

void mirror_pad(Step& step) {
    const Pads pads = read_pads(step);
    const auto mode = step.options<tflite::MirrorPadOptions>().mode();
    if (mode == tflite::MirrorPadMode::SYMMETRIC) return pad_symmetrically(step, pads);
    if (mode != tflite::MirrorPadMode::REFLECT)
        step.refuse(text("mirrors in the mode number ", static_cast<int>(mode), ", which mdl does not know"));
    for (std::size_t axis = 0; axis < pads.dims.size(); ++axis)
        if (pads.before[axis] >= step.dims(0)[axis] || pads.after[axis] >= step.dims(0)[axis])
            step.refuse(text("mirrors more of axis ", axis, " than there is"));
    add_pad(step, pads, "reflect", {});
}

/// Input 1: rows and columns of the result.
void resize(Step& step, bool align_corners, bool half_pixel_centers, const std::string& mode) {
    if (align_corners && half_pixel_centers)
        step.refuse("aligns corners and takes half-pixel centres, which exclude each other; the file is damaged");
    const std::string x = step.in_planes(0);
    const Dims sizes = step.integers(1, "size"), &from = step.dims(0);
    if (sizes.size() != 2 || sizes[0] < 1 || sizes[1] < 1) step.refuse("has a size that is not rows and columns; the file is damaged");
    const bool nearest = mode == "nearest";
    const std::string coordinates = align_corners         ? "align_corners"
                                    : !half_pixel_centers ? "asymmetric"
                                    : nearest             ? "tf_half_pixel_for_nn"
                                                          : "half_pixel";
    std::vector<Attribute> attributes{{"mode", mode}, {"coordinate_transformation_mode", coordinates}};
    if (nearest) attributes.push_back({"nearest_mode", std::string(align_corners ? "round_prefer_ceil" : "floor")});
    step.result(Layout::planes, step.add("Resize", {x, "", "", step.list({from[0], from[3], sizes[0], sizes[1]})}, attributes),
                {from[0], sizes[0], sizes[1], from[3]});
}

template <class Options>
void resize(Step& step, const std::string& mode) {
    const auto* const options = step.find_options<Options>();
    resize(step, options != nullptr && options->align_corners(), options != nullptr && options->half_pixel_centers(), mode);
}

template <class Options>
auto block_size(Step& step) -> std::int64_t {
    const std::int64_t size = step.options<Options>().block_size();
    if (size < 1 || size > 1 << 10) step.refuse(text("has the block size ", size, "; the file is damaged"));
    return size;
}

void depth_to_space(Step& step) {
    const std::int64_t size = block_size<tflite::DepthToSpaceOptions>(step);
    const std::string x = step.in_planes(0);
    const Dims& in = step.dims(0);
    if (in[3] % (size * size) != 0) step.refuse(text("takes blocks of ", size, " pixels out of ", in[3], " channels, which do not divide"));
    step.result(Layout::planes, step.add("DepthToSpace", {x}, {{"blocksize", size}}),
                {in[0], in[1] * size, in[2] * size, in[3] / (size * size)});
}

void space_to_depth(Step& step) {
    const std::int64_t size = block_size<tflite::SpaceToDepthOptions>(step);
    const std::string x = step.in_planes(0);
    const Dims& in = step.dims(0);
    if (in[1] % size != 0 || in[2] % size != 0)
        step.refuse(text("makes blocks of ", size, " pixels of a tensor of shape ", to_text(in), ", which do not divide"));
    step.result(Layout::planes, step.add("SpaceToDepth", {x}, {{"blocksize", size}}),
                {in[0], in[1] / size, in[2] / size, in[3] * size * size});
}

}  // namespace

void add_images(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[PAD] = pad;
    table[PADV2] = pad;
    table[MIRROR_PAD] = mirror_pad;
    table[RESIZE_BILINEAR] = [](Step& step) { resize<tflite::ResizeBilinearOptions>(step, "linear"); };
    table[RESIZE_NEAREST_NEIGHBOR] = [](Step& step) { resize<tflite::ResizeNearestNeighborOptions>(step, "nearest"); };
    table[DEPTH_TO_SPACE] = depth_to_space;
    table[SPACE_TO_DEPTH] = space_to_depth;
}

}  // namespace mdl::tool::tflite_reader
