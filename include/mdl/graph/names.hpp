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
        case ActivationKind::abs: return "abs";
        case ActivationKind::negate: return "negate";
        case ActivationKind::sqrt: return "sqrt";
        case ActivationKind::reciprocal: return "reciprocal";
        case ActivationKind::log: return "log";
        case ActivationKind::floor: return "floor";
        case ActivationKind::ceil: return "ceil";
        case ActivationKind::round: return "round";
        case ActivationKind::sign: return "sign";
        case ActivationKind::erf: return "erf";
        case ActivationKind::softplus: return "softplus";
        case ActivationKind::softsign: return "softsign";
        case ActivationKind::gelu: return "gelu";
        case ActivationKind::gelu_tanh: return "gelu_tanh";
        case ActivationKind::mish: return "mish";
        case ActivationKind::selu: return "selu";
        case ActivationKind::celu: return "celu";
        case ActivationKind::thresholded_relu: return "thresholded_relu";
        case ActivationKind::shrink: return "shrink";
        case ActivationKind::power: return "power";
        case ActivationKind::sin: return "sin";
        case ActivationKind::cos: return "cos";
        case ActivationKind::tan: return "tan";
        case ActivationKind::asin: return "asin";
        case ActivationKind::acos: return "acos";
        case ActivationKind::atan: return "atan";
        case ActivationKind::sinh: return "sinh";
        case ActivationKind::cosh: return "cosh";
        case ActivationKind::asinh: return "asinh";
        case ActivationKind::acosh: return "acosh";
        case ActivationKind::atanh: return "atanh";
        case ActivationKind::is_nan: return "is_nan";
        case ActivationKind::is_inf: return "is_inf";
        case ActivationKind::count: break;
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
        case Binary::power: return "power";
        case Binary::modulo: return "modulo";
        case Binary::less: return "less";
        case Binary::less_or_equal: return "less_or_equal";
        case Binary::greater: return "greater";
        case Binary::greater_or_equal: return "greater_or_equal";
        case Binary::equal: return "equal";
    }
    return "?";
}

constexpr auto name_of(Reduction reduction) noexcept -> const char* {
    switch (reduction) {
        case Reduction::mean: return "reduce_mean";
        case Reduction::sum: return "reduce_sum";
        case Reduction::max: return "reduce_max";
        case Reduction::min: return "reduce_min";
        case Reduction::product: return "reduce_product";
        case Reduction::l1: return "reduce_l1";
        case Reduction::l2: return "reduce_l2";
        case Reduction::sum_of_squares: return "reduce_sum_of_squares";
        case Reduction::log_sum: return "reduce_log_sum";
        case Reduction::log_sum_exp: return "reduce_log_sum_exp";
        case Reduction::arg_max:
        case Reduction::arg_max_last: return "arg_max";
        case Reduction::arg_min:
        case Reduction::arg_min_last: return "arg_min";
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
        case Op::reduce: return name_of(operation.reduction);
        case Op::tile: return "tile";
        case Op::gather: return "gather";
        case Op::select: return "select";
        case Op::depth_to_space: return "depth_to_space";
        case Op::space_to_depth: return "space_to_depth";
        case Op::resize: return "resize";
        case Op::transposed_convolution: return "transposed_convolution";
        case Op::matmul: return "matmul";
        case Op::layer_norm: return "layer_norm";
        case Op::group_norm: return "group_norm";
        case Op::top_k: return operation.reduction == Reduction::arg_min ? "bottom_k" : "top_k";
        case Op::gather_elements: return "gather_elements";
        case Op::scatter_elements: return "scatter_elements";
        case Op::max_positions: return "max_positions";
        case Op::grid_sample: return "grid_sample";
        case Op::roi_align: return "roi_align";
        case Op::recurrence: return operation.cell == Cell::rnn ? "rnn" : operation.cell <= Cell::gru_reset_after ? "gru" : "lstm";
        case Op::to_blocks: return "to_blocks";
        case Op::to_rows: return "to_rows";
    }
    return "?";
}

}  // namespace mdl::graph
