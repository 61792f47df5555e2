// mdl: [NAME=]FILE arguments, matched with a network's inputs or outputs.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mdl::tool {

/// One file for each input. An argument splits at its first `=`; where what stands before it is no input's name and the whole
/// is a file, it is that file. Arguments without a name go to the inputs that are left, in order. Throws Failure.
auto match_inputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names)
    -> std::vector<std::filesystem::path>;

/// One file for each output, empty for those that are not wanted.
auto match_outputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names)
    -> std::vector<std::filesystem::path>;

}  // namespace mdl::tool
