// mdl: the list of kernels that the engine chooses from.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mdl::engine {

/// How a node is computed. Order does not matter; the number is what graph::Choice::kernel holds.
enum class Kernel : std::int16_t {
    nothing,    ///< inputs, constants, views: no code
    reference,  ///< plain loops over row-major tensors, any operator
    portable_convolution,
    portable_dense,
    // Over channel blocks, with xsimd:
    pointwise,
    strip,
    winograd,
    image,
    grouped,
    merged,  ///< grouped convolution by groups that fill whole blocks
    depthwise,
    transposed_convolution,
    transposed_depthwise,
    convolution_tiny,  ///< tiny: straight-line code, all sizes known to the compiler
    dense,
    dense_tiny,
    pool,
    global_pool,
    resize,
    pad,
    lrn,
    affine,
    activation,
    binary,
    binary_channel,
    concat,  ///< of whole blocks
    channel_gather,
    softmax,
    softmax_tiny,
    matmul,      ///< of row-major matrices; a dense layer of many rows
    layer_norm,  ///< of row-major tensors
    group_norm,
    to_blocks,
    to_rows,
    import_image,
    count
};

}  // namespace mdl::engine
