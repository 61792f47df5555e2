// mdl: an operation as a person would write it in C++.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "network.hpp"

namespace mdl::tool {

/// "mdl::Conv<64, mdl::Kernel<3>, mdl::Stride<2>>". For the operators that join branches: the name alone, "mdl::Add".
auto layer_text(const Operation& operation) -> std::string;

/// Does the operator join branches: is it a template of its operands' layers?
auto is_join(const Operation& operation) -> bool;

/// What stands before a join's branches: "mdl::Axis<2>", or nothing.
auto join_option(const Operation& operation) -> std::string;

/// The text between quotes of a C++ string literal.
auto quoted(const std::string& text) -> std::string;

}  // namespace mdl::tool
