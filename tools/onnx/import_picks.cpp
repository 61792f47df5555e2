// mdl: lowering of tile, expand, where, and depth to space and back.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

auto add_tile(Call& call, int layer, const Shape& repeats) -> int {
    if (repeats.count() == 1) return layer;
    Operation operation;
    operation.op = Op::tile;
    operation.dims = repeats;
    return call.add(operation, {layer});
}

void tile(Call& call) {
    const auto& repeats = call.constant_integers(1, "repeats");
    if (repeats.size() != static_cast<std::size_t>(call.shape(0).rank)) call.refuse("has another number of repeats than its input has axes");
    call.result(add_tile(call, call.layer(0), to_shape(repeats)));
}

/// Broadcasting to a shape: axes of size 1 are repeated.
void expand(Call& call) {
    const Dims from = to_dims(call.shape(0));
    const Shape to = to_shape(broadcast_dims(from, call.constant_integers(1, "shape")));
    Shape widened, repeats;
    for (int axis = 0; axis < to.rank; ++axis) {
        const int own = axis - (to.rank - static_cast<int>(from.size()));
        widened.push(own < 0 ? 1 : static_cast<int>(from[static_cast<std::size_t>(own)]));
        repeats.push(to[axis] / widened[axis]);
    }
    call.result(add_tile(call, add_reshape(call, call.layer(0), widened), repeats));
}

void where(Call& call) {
    Operation operation;
    operation.op = Op::select;
    call.result(call.add(operation, {call.number_layer(0), call.number_layer(1), call.number_layer(2)}));
}

auto block_size(Call& call) -> int {
    call.require_rank(0, 4);
    const auto size = call.attributes.integer("blocksize", 0);
    if (size < 1 || size > 1 << 15) call.refuse(text("has the block size ", size));
    return static_cast<int>(size);
}

void depth_to_space(Call& call) {
    Operation operation;
    operation.op = Op::depth_to_space;
    operation.size = block_size(call);
    const auto mode = call.attributes.string("mode", "DCR");
    if (mode != "DCR" && mode != "CRD") call.refuse(text("has the mode '", mode, "', which mdl does not know"));
    operation.channels_outer = mode == "CRD";
    call.result(call.add(operation, {call.layer(0)}));
}

void space_to_depth(Call& call) {
    Operation operation;
    operation.op = Op::space_to_depth;
    operation.size = block_size(call);
    call.result(call.add(operation, {call.layer(0)}));
}

}  // namespace

void add_picks(LoweringTable& table) {
    table["Tile"] = tile;
    table["Expand"] = expand;
    table["Where"] = where;
    table["DepthToSpace"] = depth_to_space;
    table["SpaceToDepth"] = space_to_depth;
}

}  // namespace mdl::tool
