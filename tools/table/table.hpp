// mdl: prints the table of a network: layer, shape, multiply-accumulates, weights.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

#include <mdl/weights/reader.hpp>

namespace mdl::tool {

/// The table that a weights file carries, with its totals, preprocessing and labels. Throws Failure where it is damaged.
void print_table(std::ostream& out, const weights::File& file);

/// "1,234,567"; nothing for 0.
auto grouped(std::int64_t number) -> std::string;

}  // namespace mdl::tool
