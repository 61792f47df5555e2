// mdl: the C++ spelling of options, numbers and the kinds of operators.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <mdl/tensor/operation.hpp>

namespace mdl::tool {

using Options = std::vector<std::string>;

/// A template stays one without options: "mdl::DepthwiseConv<>".
auto template_text(const std::string& name, const Options& options) -> std::string;

template <class... Numbers>
auto option(const std::string& name, Numbers... numbers) -> std::string {
    return template_text(name, {std::to_string(numbers)...});
}
auto real_option(const std::string& name, float value) -> std::string;

auto sizes(const Shape& shape) -> Options;

/// The shortest decimal that gives this float back.
auto real_text(float value) -> std::string;

auto activation_text(const Activation& f) -> std::string;

auto pooling_name(Pooling pooling) -> std::string;
auto interpolation_name(Interpolation how) -> std::string;
auto binary_name(Binary binary) -> std::string;
auto reduction_name(Reduction reduction) -> std::string;
auto scatter_name(Scattering how) -> std::string;

}  // namespace mdl::tool
