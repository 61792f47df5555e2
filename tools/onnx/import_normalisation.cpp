// mdl: lowering of normalisations, and of operators that do nothing at inference.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

void batch_normalisation(Call& call) {
    if (call.attributes.integer("training_mode", 0) != 0) call.refuse("is in training mode; export the model with model.eval()");
    if (call.attributes.integer("spatial", 1) != 1)
        call.refuse("normalises every position by itself (spatial=0), which mdl does not support");
    call.attributes.ignore("momentum");
    Operation operation;
    operation.op = Op::batch_norm;
    operation.epsilon = call.attributes.real("epsilon", 1e-5f);
    call.result(call.add(operation, {call.layer(0)},
                         {call.constant_floats(1, "scale").floats, call.constant_floats(2, "bias").floats,
                          call.constant_floats(3, "mean").floats, call.constant_floats(4, "variance").floats}));
}

auto add_group_norm(Call& call, int groups, Floats gamma, Floats beta) -> int {
    Operation operation;
    operation.op = Op::group_norm;
    operation.groups = groups;
    operation.epsilon = call.attributes.real("epsilon", 1e-5f);
    operation.bias = true;
    return call.add(operation, {call.layer(0)}, {std::move(gamma), std::move(beta)});
}

void instance_normalisation(Call& call) {
    call.result(add_group_norm(call, 0, call.constant_floats(1, "scale").floats, call.constant_floats(2, "bias").floats));
}

/// Scale and bias are one a group in opsets 18 to 20, one a channel since.
void group_normalisation(Call& call) {
    const auto groups = call.attributes.integer("num_groups", 0);
    const Shape shape = call.shape(0);
    if (shape.rank < 2 || groups < 1 || shape[1] % groups != 0)
        call.refuse(text("has ", groups, " groups, which do not fit its input of shape ", to_text(shape)));
    call.attributes.ignore("stash_type");
    const auto each_channel = [&](int k, const char* what) {
        const Floats given = call.constant_floats(k, what).floats;
        if (static_cast<std::int64_t>(given->size()) != groups || groups == shape[1]) return given;
        std::vector<float> values;
        for (int c = 0; c < shape[1]; ++c) values.push_back((*given)[static_cast<std::size_t>(c / (shape[1] / groups))]);
        return make_floats(std::move(values));
    };
    call.result(add_group_norm(call, static_cast<int>(groups), each_channel(1, "scale"), each_channel(2, "bias")));
}

auto add_mean(Call& call, int layer, const Shape& axes) -> int {
    Operation operation;
    operation.op = Op::reduce;
    operation.dims = axes;
    return call.add(operation, {layer});
}

auto add_sum(Call& call, int layer, float term) -> int {
    return add_binary(call, Binary::add, {layer, add_numbers(call, Shape{1}, {term})});
}

/// (x - mean) / (standard deviation + 1e-9), as ONNX's function body has it.
void mean_variance(Call& call) {
    const Shape shape = call.shape(0);
    Shape axes;
    for (const auto axis : call.attributes.integers("axes").value_or(Dims{0, 2, 3}))
        axes.push(static_cast<int>(normalised_axis(axis, static_cast<std::size_t>(shape.rank))));
    const int x = call.layer(0), centred = add_binary(call, Binary::subtract, {x, add_mean(call, x, axes)});
    const int variance = add_mean(call, add_binary(call, Binary::multiply, {centred, centred}), axes);
    call.result(add_binary(call, Binary::divide, {centred, add_sum(call, add_activation(call, variance, ActivationKind::sqrt), 1e-9f)}));
}

/// x over the sum of its magnitudes, or the root of that of its squares.
void lp_normalisation(Call& call) {
    const auto p = call.attributes.integer("p", 2);
    if (p != 1 && p != 2) call.refuse(text("has the norm ", p, "; mdl supports 1 and 2"));
    Operation norm;
    norm.op = Op::reduce;
    norm.reduction = p == 1 ? Reduction::l1 : Reduction::l2;
    norm.dims = Shape{static_cast<int>(normalised_axis(call.attributes.integer("axis", -1), static_cast<std::size_t>(call.shape(0).rank)))};
    call.result(add_binary(call, Binary::divide, {call.layer(0), call.add(norm, {call.layer(0)})}));
}

/// Mean and 1 / sqrt(variance + epsilon) are outputs of their own, which few models read.
void layer_normalisation(Call& call) {
    const Shape shape = call.shape(0);
    const auto axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", -1), static_cast<std::size_t>(shape.rank)));
    call.attributes.ignore("stash_type");
    Operation operation;
    operation.op = Op::layer_norm;
    operation.axis = axis == shape.rank - 1 ? -1 : axis;
    operation.epsilon = call.attributes.real("epsilon", 1e-5f);
    operation.bias = call.has(2);
    const auto values = [&](int k, const char* what) {
        const Tensor& given = call.constant_floats(k, what);
        const std::int64_t count = shape.count(axis, shape.rank);
        if (given.count() != 1 || count == 1) return given.floats;
        return make_floats(std::vector<float>(static_cast<std::size_t>(count), given.floats->front()));
    };
    std::vector<Floats> weights{values(1, "scale")};
    if (call.has(2)) weights.push_back(values(2, "bias"));
    const int x = call.layer(0);
    call.result(call.add(operation, {x}, std::move(weights)));
    const auto wants = [&](int k) { return k < call.node().output_size() && !call.node().output(k).empty(); };
    if (!wants(1) && !wants(2)) return;
    Shape axes;
    for (int a = axis; a < shape.rank; ++a) axes.push(a);
    const int mean = add_mean(call, x, axes);
    call.result(mean, 1);
    if (!wants(2)) return;
    const int centred = add_binary(call, Binary::subtract, {x, mean});
    const int variance = add_mean(call, add_binary(call, Binary::multiply, {centred, centred}), axes);
    const int root = add_activation(call, add_sum(call, variance, operation.epsilon), ActivationKind::sqrt);
    call.result(add_activation(call, root, ActivationKind::reciprocal), 2);
}

void local_response(Call& call) {
    call.require_rank(0, 4);
    Operation operation;
    operation.op = Op::lrn;
    const auto size = call.attributes.integer("size", 0);
    if (size < 1 || size > 1 << 16) call.refuse(text("has the size ", size));
    operation.size = static_cast<int>(size);
    operation.alpha = call.attributes.real("alpha", 1e-4f);
    operation.beta = call.attributes.real("beta", 0.75f);
    operation.k = call.attributes.real("bias", 1);
    call.result(call.add(operation, {call.layer(0)}));
}

void pass(Call& call) { call.result(call.layer(0)); }

void dropout(Call& call) {
    call.attributes.ignore("ratio");
    call.attributes.ignore("seed");
    if (call.has(2) && call.constant_integers(2, "training mode").at(0) != 0)
        call.refuse("is in training mode; export the model with model.eval()");
    pass(call);
}

/// All reals are float32 here; a cast of reals to integers cuts what is behind the point.
void cast(Call& call) {
    using Type = onnx::TensorProto;
    const auto to = call.attributes.integer("to", 0);
    call.attributes.ignore("saturate");
    switch (to) {
        case Type::FLOAT: case Type::DOUBLE: case Type::FLOAT16: case Type::BFLOAT16: return pass(call);
        case Type::INT8: case Type::INT16: case Type::INT32: case Type::INT64:
        case Type::UINT8: case Type::UINT16: case Type::UINT32: case Type::UINT64: {
            if (call.is_integer(0)) return pass(call);
            const int x = call.layer(0), rest = add_binary(call, Binary::modulo, {x, add_numbers(call, Shape{1}, {1})});
            return call.result(add_binary(call, Binary::subtract, {x, rest}));
        }
        case Type::BOOL: {
            const int zero = add_numbers(call, Shape{1}, {0}), is_zero = add_binary(call, Binary::equal, {call.layer(0), zero});
            return call.result(add_binary(call, Binary::equal, {is_zero, zero}));
        }
        default: call.refuse(text("converts a computed tensor to ONNX element type ", to, "; mdl computes in float32: export the model in float32"));
    }
}

}  // namespace

void add_normalisation(LoweringTable& table) {
    table["BatchNormalization"] = batch_normalisation;
    table["InstanceNormalization"] = instance_normalisation;
    table["GroupNormalization"] = group_normalisation;
    table["LayerNormalization"] = layer_normalisation;
    table["LRN"] = local_response;
    table["MeanVarianceNormalization"] = mean_variance;
    table["LpNormalization"] = lp_normalisation;
    table["Identity"] = pass;
    table["Dropout"] = dropout;
    table["Cast"] = cast;
}

}  // namespace mdl::tool
