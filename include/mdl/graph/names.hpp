// mdl: names of operators, for people.
// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <mdl/tensor/operation.hpp>

namespace mdl::graph {

constexpr auto name_of(ActivationKind kind) noexcept -> const char* {
    switch (kind) {
        case ActivationKind::none: return "";
        case ActivationKind::relu: return "relu";
        case ActivationKind::clip: return "clip";
        case ActivationKind::leaky_relu: return "leaky_relu";
        case ActivationKind::elu: return "elu";
        case ActivationKind::sigmoid: return "sigmoid";
        case ActivationKind::tanh: return "tanh";
        case ActivationKind::hard_sigmoid: return "hard_sigmoid";
        case ActivationKind::hard_swish: return "hard_swish";
        case ActivationKind::silu: return "silu";
        case ActivationKind::exp: return "exp";
    }
    return "?";
}

constexpr auto name_of(Binary binary) noexcept -> const char* {
    switch (binary) {
        case Binary::add: return "add";
        case Binary::subtract: return "subtract";
        case Binary::multiply: return "multiply";
        case Binary::divide: return "divide";
        case Binary::maximum: return "maximum";
        case Binary::minimum: return "minimum";
    }
    return "?";
}

/// The operator's name; of an activation or a binary operator, which one.
constexpr auto name_of(const Operation& operation) noexcept -> const char* {
    switch (operation.op) {
        case Op::input: return "input";
        case Op::constant: return "constant";
        case Op::identity: return "identity";
        case Op::convolution: return operation.depthwise ? "depthwise" : "convolution";
        case Op::dense: return "dense";
        case Op::pool: return operation.pooling == Pooling::max ? "max_pool" : "average_pool";
        case Op::global_pool: return operation.pooling == Pooling::max ? "global_max_pool" : "global_average_pool";
        case Op::batch_norm: return "batch_norm";
        case Op::scale: return "scale";
        case Op::prelu: return "prelu";
        case Op::lrn: return "lrn";
        case Op::activation: return name_of(operation.activation.kind);
        case Op::softmax: return "softmax";
        case Op::log_softmax: return "log_softmax";
        case Op::binary: return name_of(operation.binary);
        case Op::concat: return "concat";
        case Op::slice: return "slice";
        case Op::reshape: return "reshape";
        case Op::transpose: return "transpose";
        case Op::channel_shuffle: return "channel_shuffle";
        case Op::channel_gather: return "channel_gather";
        case Op::pad: return "pad";
        case Op::reduce_mean: return "reduce_mean";
        case Op::to_blocks: return "to_blocks";
        case Op::to_rows: return "to_rows";
    }
    return "?";
}

}  // namespace mdl::graph
