// mdl: the kernels whose inner loops inner_loops.sh looks at, with every register tile.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/parallel.hpp>

namespace mdl::kernels {
#define MDL_KERNEL(name, call) \
    void name(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers) { call(g, args, buffers, Serial{}); }
MDL_KERNEL(pointwise_layer, convolution_pointwise)
MDL_KERNEL(strip_layer, convolution_strip)
MDL_KERNEL(dense_layer, dense)
MDL_KERNEL(depthwise_3_1, (depthwise<3, 1, 7>))
MDL_KERNEL(depthwise_3_2, (depthwise<3, 2, 7>))
MDL_KERNEL(depthwise_5_1, (depthwise<5, 1, 7>))
MDL_KERNEL(depthwise_5_2, (depthwise<5, 2, 7>))
MDL_KERNEL(depthwise_any, (depthwise<0, 0, 4>))
}  // namespace mdl::kernels
