// mdl: runs one step of a tiny network, inlined into the run of the whole.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/engine/step.hpp>
#include <mdl/kernels/blocks/convolution_tiny.hpp>
#include <mdl/kernels/blocks/dense_tiny.hpp>
#include <mdl/kernels/blocks/softmax_tiny.hpp>

#if MDL_SIMD

namespace mdl::engine {
inline namespace MDL_ISA {

constexpr auto runs_tiny(Kernel kernel) noexcept -> bool {
    return kernel == Kernel::convolution_tiny || kernel == Kernel::dense_tiny || kernel == Kernel::softmax_tiny;
}

template <class Net, class O, int I>
MDL_ALWAYS_INLINE void run_tiny(const Frame& frame) noexcept {
    constexpr const auto& graph = laid_out<Net, O>;
    constexpr const graph::Node& node = graph.nodes[I];
    constexpr auto kernel = static_cast<Kernel>(node.choice.kernel);
    constexpr Place source = place_of<Net, O>(graph.input(I)), target = place_of<Net, O>(I);
    if constexpr (kernel == Kernel::softmax_tiny) {
        kernels::softmax_tiny<node.shape[node.operation.axis]>(source.floats(frame), target.write(frame));
    } else {
        constexpr graph::Fusion fusion = node.fusion;
        constexpr PackedPlace packed = packing<Net, O>.place(I);
        static constexpr kernels::EpilogueArgs args = kernels::epilogue_args(fusion.inner, fusion.outer);
        using E = kernels::TinyEpilogue<fusion.inner.kind, (packed.slope >= 0), fusion.residual, fusion.outer.kind>;
        kernels::Buffers buffers;
        buffers.input = source.floats(frame);
        buffers.output = target.write(frame);
        buffers.weights = frame.weights + packed.weights;
        if constexpr (packed.slope >= 0) buffers.slope = frame.weights + packed.slope;
        if constexpr (fusion.residual) buffers.residual = place_of<Net, O>(graph.input(I, node.input_count - 1)).floats(frame);
        if constexpr (kernel == Kernel::dense_tiny) {
            kernels::dense_tiny<E, node.weights[0].shape[1], node.weights[0].shape[0]>(args, buffers);
        } else {
            constexpr const graph::Node& maker = graph.nodes[graph.input(I)];
            kernels::convolution_tiny<E, geometry_of(node.operation, maker.shape, node.shape), maker.operation.op == Op::input>(args, buffers);
        }
    }
}

}  // namespace MDL_ISA
}  // namespace mdl::engine

#endif
