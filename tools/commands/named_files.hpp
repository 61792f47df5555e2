// mdl: [NAME=]FILE arguments, matched with a network's inputs or outputs.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mdl::tool {

/// One file for each input. An argument begins with an input's name and `=` (with the longest, where names hold a `=`
/// themselves), or it is a file as a whole, whatever is in its name. Arguments without a name go to the inputs that are left,
/// in order. Throws Failure; for a folder too.
auto match_inputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names)
    -> std::vector<std::filesystem::path>;

/// One file for each output, empty for those that are not wanted. A `=` needs an output's name before it.
auto match_outputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names)
    -> std::vector<std::filesystem::path>;

}  // namespace mdl::tool
