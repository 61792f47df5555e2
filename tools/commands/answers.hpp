// mdl: what a network gives, for people and for files.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include <mdl/tensor/shape.hpp>

namespace mdl::tool {

/// A vector's largest values with their labels, a single value, or the range of anything larger.
void print_answers(std::ostream& out, const std::string& name, const Shape& shape, std::span<const float> values,
                   const std::vector<std::string>& labels, int top);

/// Raw float32, whole or not at all. Throws Failure.
void write_floats(const std::filesystem::path& file, std::span<const float> values);

}  // namespace mdl::tool
