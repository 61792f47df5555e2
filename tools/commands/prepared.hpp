// mdl: a model made ready to run: from an ONNX file, converted on the spot, or from a folder that convert wrote.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "commands/model.hpp"

namespace mdl::tool {

struct PreparedModel {
    std::string header{};
    std::filesystem::path weights{};
    std::vector<std::string> input_names{}, output_names{};  ///< ONNX's
    std::vector<std::string> labels{};
    Preprocessing preprocessing{};
    std::filesystem::path temporary{};  ///< holds `weights` where they were converted on the spot

    PreparedModel() = default;
    PreparedModel(const PreparedModel&) = delete;
    auto operator=(const PreparedModel&) -> PreparedModel& = delete;
    ~PreparedModel() { drop_temporary(); }
    /// The weights are loaded: their file may go.
    void drop_temporary();
};

/// Fills `prepared`. Options for preprocessing and labels replace what the weights file says. Throws Failure.
void prepare(PreparedModel& prepared, const ModelOptions& options);

}  // namespace mdl::tool
