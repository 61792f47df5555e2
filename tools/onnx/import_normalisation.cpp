// mdl: lowering of batch normalisation, local response normalisation, and operators that do nothing at inference.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"

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

void cast(Call& call) {
    const auto to = call.attributes.integer("to", 0);
    call.attributes.ignore("saturate");
    if (to != onnx::TensorProto::FLOAT)
        call.refuse(text("converts a computed tensor to ONNX element type ", to, "; mdl computes in float32 only"));
    pass(call);
}

}  // namespace

void add_normalisation(LoweringTable& table) {
    table["BatchNormalization"] = batch_normalisation;
    table["LRN"] = local_response;
    table["Identity"] = pass;
    table["Dropout"] = dropout;
    table["Cast"] = cast;
}

}  // namespace mdl::tool
