// mdl: where the operands of each step lie.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <mdl/engine/packing.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

/// Everything that a run reads and writes: the arena, the packed weights, the callers' images.
struct Frame {
    std::byte* arena = nullptr;
    const float* weights = nullptr;
    const std::byte* const* images = nullptr;

    auto floats() const noexcept -> const float* { return reinterpret_cast<const float*>(arena); }
};

/// A tensor's place: offset >= 0 in the arena; a constant in the weights; or image number `image`.
struct Place {
    enum class Where : std::uint8_t { arena, weights, image };
    Where where = Where::arena;
    std::int64_t offset = 0;  ///< bytes in the arena, floats in the weights, number of the image

    auto read(const Frame& frame) const noexcept -> const void* {
        if (where == Where::image) return frame.images[offset];
        if (where == Where::weights) return frame.weights + offset;
        return frame.arena + offset;
    }
    auto floats(const Frame& frame) const noexcept -> const float* { return static_cast<const float*>(read(frame)); }
    auto write(const Frame& frame) const noexcept -> float* { return reinterpret_cast<float*>(frame.arena + offset); }
};

/// The place of node i's output.
template <class Net, class O>
constexpr auto place_of(int i) noexcept -> Place {
    const auto& g = laid_out<Net, O>;
    // A view of an image or of a constant lies where that lies, from its beginning on.
    const int shown = g.shown(i);
    const Op op = g.nodes[shown].operation.op;
    if (op == Op::constant) return {Place::Where::weights, packing<Net, O>.place(shown).weights};
    if (op == Op::input) {
        int number = 0;
        for (int k = 0; k < shown; ++k) number += g.nodes[k].operation.op == Op::input;
        return {Place::Where::image, number};
    }
    return {Place::Where::arena, memory<Net, O>.tensor[i]};
}

using StepFunction = void (*)(const Frame&);

}  // namespace MDL_ISA
}  // namespace mdl::engine
