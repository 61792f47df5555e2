// mdl: runs one step with the portable kernels.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/engine/execute_reference.hpp>
#include <mdl/kernels/portable/convolution.hpp>
#include <mdl/kernels/portable/dense.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

template <class Net, class O, int I>
void run_fast(const Frame& frame) noexcept {
    constexpr const auto& g = laid_out<Net, O>;
    static constexpr Operation op = g.nodes[I].operation;
    static constexpr Shape in = g.nodes[g.input(I)].shape, out = g.nodes[I].shape;
    constexpr PackedPlace packed = packing<Net, O>.place(I);
    constexpr Place source = place_of<Net, O>(g.input(I)), target = place_of<Net, O>(I);
    const float* const weights = frame.weights + packed.weights;
    const float* const bias = weights + g.nodes[I].weights[0].shape.count();
    float* const y = target.write(frame);
    if constexpr (op.op == Op::convolution)
        kernels::portable::convolution(op, in, out, source.floats(frame), weights, bias, y, reinterpret_cast<float*>(frame.arena + memory<Net, O>.scratch[I]));
    else
        kernels::portable::dense(op, in, out, source.floats(frame), weights, bias, y);
    finish<Net, O, I>(frame, y);
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
