// mdl: a floating-point number that can be a template argument.
// SPDX-License-Identifier: MIT
#pragma once

namespace mdl {

/// Stands in for floating-point template arguments, which Clang 14 does not have: `Clip<-1, 0.5>`.
struct Real {
    double value = 0;
    constexpr Real() noexcept = default;
    constexpr Real(double number) noexcept : value(number) {}
    constexpr Real(int number) noexcept : value(number) {}
    constexpr explicit operator float() const noexcept { return static_cast<float>(value); }
};

}  // namespace mdl
