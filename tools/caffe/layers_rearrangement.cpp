// mdl: Caffe's layers that rearrange, repeat or resize a blob, and those that hand it on.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

/// Nothing when not training, unless the layer scales then instead of while training: forks' scale_train.
void dropout(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.dropout_param();
    call.result(call.times(call.bottom().tensor, param.scale_train() ? 1 : 1 - param.dropout_ratio()), call.bottom().dims);
}

/// Every top is the bottom.
void split(LayerCall& call) {
    call.require(1, 1, 1, -1);
    for (int k = 0; k < call.top_count(); ++k) call.result(call.bottom().tensor, call.bottom().dims, k);
}

void flatten(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.flatten_param();
    const Blob& x = call.bottom();
    const int first = call.axis(param.axis(), x.rank()), last = call.axis(param.end_axis(), x.rank());
    if (last < first) call.refuse(text("flattens from axis ", first, " to ", last, "; mend the net"));
    Dims dims(x.dims.begin(), x.dims.begin() + first);
    dims.push_back(x.count(first, last + 1));
    dims.insert(dims.end(), x.dims.begin() + last + 1, x.dims.end());
    call.result(
        first == 1 && dims.size() == 2 ? call.node("Flatten", {x.tensor}).integer("axis", 1).output() : call.reshaped(x.tensor, dims),
        dims);
}

/// Axes from `axis` on, num_axes of them, are replaced by the given ones; 0 keeps a size, -1 takes the rest.
void reshape(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.reshape_param();
    const Blob& x = call.bottom();
    const int first = call.axis(param.axis(), x.rank(), true);
    if (param.num_axes() < -1 || first + std::int64_t{param.num_axes()} > x.rank())
        call.refuse(text("replaces ", param.num_axes(), " axes from axis ", first, " on of ", x.rank(), "; mend the net"));
    const int end = param.num_axes() < 0 ? x.rank() : first + param.num_axes();
    Dims dims(x.dims.begin(), x.dims.begin() + first);
    for (int k = 0; k < param.shape().dim_size(); ++k) {
        const bool keeps = param.shape().dim(k) == 0;
        if (keeps && first + k >= x.rank()) call.refuse("keeps the size of an axis that its bottom does not have; mend the net");
        dims.push_back(keeps ? x.dim(first + k) : param.shape().dim(k));
    }
    dims.insert(dims.end(), x.dims.begin() + end, x.dims.end());
    std::int64_t known = 1;
    const auto open = std::find(dims.begin(), dims.end(), -1);
    for (auto size = dims.begin(); size != dims.end(); ++size) {
        if (size == open) continue;
        if (*size < 1 || *size > (std::int64_t{1} << 31) / known)
            call.refuse(text("reshapes ", to_text(x.dims), " to ", to_text(dims), ", which is impossible; mend the net"));
        known *= *size;
    }
    const std::int64_t count = x.count(0, x.rank());
    if (open != dims.end()) *open = count / known;
    if (open != dims.end() ? count % known != 0 : known != count)
        call.refuse(text("reshapes ", to_text(x.dims), " to ", to_text(dims),
                         ", which holds another number of elements; mend the net, or give the --shape that it was made for"));
    call.result(dims == x.dims ? x.tensor : call.reshaped(x.tensor, dims), dims);
}

/// The axes that are not named follow in their order.
void permute(LayerCall& call) {
    call.require(1, 1);
    const Blob& x = call.bottom();
    const auto& param = call.layer.permute_param();
    Dims order(param.order().begin(), param.order().end());
    for (std::int64_t axis = 0; axis < x.rank(); ++axis)
        if (std::find(order.begin(), order.end(), axis) == order.end()) order.push_back(axis);
    Dims dims;
    for (const auto axis : order) {
        if (axis >= x.rank() || std::count(order.begin(), order.end(), axis) != 1)
            call.refuse(text("orders the axes of a blob of ", x.rank(), " axes as ", to_text(order), "; mend the net"));
        dims.push_back(x.dim(static_cast<int>(axis)));
    }
    call.result(call.node("Transpose", {x.tensor}).integers("perm", order).output(), dims);
}

void tile(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.tile_param();
    const Blob& x = call.bottom();
    const auto axis = static_cast<std::size_t>(call.axis(param.axis(), x.rank()));
    if (param.tiles() < 1) call.refuse(text("repeats ", param.tiles(), " times; mend the net"));
    Dims repeats(x.dims.size(), 1), dims = x.dims;
    repeats[axis] = param.tiles();
    dims[axis] *= param.tiles();
    call.result(call.node("Tile", {x.tensor, call.integers(repeats)}).output(), dims);
}

void shuffle_channel(LayerCall& call) {
    call.require(1, 1);
    call.require_rank(0, 4);
    const Blob& x = call.bottom();
    const std::int64_t groups = call.layer.shuffle_channel_param().group();
    if (groups < 1 || x.dim(1) % groups != 0) call.refuse(text("shuffles ", x.dim(1), " channels in ", groups, " groups; mend the net"));
    const std::string split = call.reshaped(x.tensor, {x.dim(0), groups, x.dim(1) / groups, x.dim(2), x.dim(3)});
    const std::string swapped = call.node("Transpose", {split}).integers("perm", {0, 2, 1, 3, 4}).output();
    call.result(call.reshaped(swapped, x.dims), x.dims);
}

void resize(LayerCall& call, const std::string& x, const Dims& dims, const char* mode, const char* coordinates) {
    auto node = call.node("Resize", {x, "", "", call.integers(dims)});
    node.string("mode", mode).string("coordinate_transformation_mode", coordinates);
    if (std::string_view(mode) == "nearest") node.string("nearest_mode", "floor");
    call.result(node.output(), dims);
}

/// Each pixel `scale` times along rows and columns: Darknet's. SegNet's reads the positions of maxima.
void upsample(LayerCall& call) {
    if (call.bottom_count() > 1)
        call.refuse("puts numbers where a pooling found its maxima, which mdl does not support; train with a Deconvolution instead");
    call.require(1, 1);
    call.require_rank(0, 4);
    const Blob& x = call.bottom();
    const std::int64_t scale = call.layer.upsample_param().scale();
    if (!call.layer.has_upsample_param() || scale < 1) call.refuse("gives no positive scale in its upsample_param; mend the net");
    resize(call, x.tensor, {x.dim(0), x.dim(1), x.dim(2) * scale, x.dim(3) * scale}, "nearest", "asymmetric");
}

/// Bilinear, corners on corners: DeepLab's.
void interp(LayerCall& call) {
    call.require(1, 1);
    call.require_rank(0, 4);
    const auto& param = call.layer.interp_param();
    const Blob& x = call.bottom();
    if (param.pad_beg() != 0 || param.pad_end() != 0)
        call.refuse("crops what it resizes (pad_beg, pad_end), which mdl does not support; write Crop before it");
    if (param.zoom_factor() < 1 || param.shrink_factor() < 1) call.refuse("has a factor below 1; mend the net");
    // One factor by itself counts more than the sizes.
    const bool sized = param.height() > 0 && param.width() > 0 && param.has_zoom_factor() == param.has_shrink_factor();
    const auto size = [&](std::int64_t in, std::int64_t wanted) {
        if (sized) return wanted;
        const std::int64_t shrunk = (in - 1) / param.shrink_factor() + 1;
        return shrunk + (shrunk - 1) * (param.zoom_factor() - 1);
    };
    if (!sized && !param.has_zoom_factor() && !param.has_shrink_factor())
        call.refuse("gives neither height and width nor a factor; mend the net");
    resize(call, x.tensor, {x.dim(0), x.dim(1), size(x.dim(2), param.height()), size(x.dim(3), param.width())}, "linear", "align_corners");
}

}  // namespace

void add_rearrangements(LayerTable& table) {
    table["Dropout"] = dropout;
    table["Split"] = split;
    table["Flatten"] = flatten;
    table["Reshape"] = reshape;
    table["Permute"] = permute;
    table["Tile"] = tile;
    table["ShuffleChannel"] = shuffle_channel;
    table["Upsample"] = upsample;
    table["Interp"] = interp;
}

}  // namespace mdl::tool::caffe_layers
