// mdl: what stands in the padding of an axis.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// The index that a padded one shows: itself inside of [0, size), else by the rule of `fill`; -1: none, the constant.
constexpr auto shown_index(Fill fill, int index, int size) noexcept -> int {
    if (index >= 0 && index < size) return index;
    switch (fill) {
        case Fill::constant: return -1;
        case Fill::edge: return index < 0 ? 0 : size - 1;
        case Fill::reflect: return index < 0 ? -index : 2 * (size - 1) - index;
        case Fill::wrap: return index < 0 ? index + size : index - size;
    }
    return -1;
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl
