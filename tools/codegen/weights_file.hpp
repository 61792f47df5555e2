// mdl: makes the weights file of a converted network.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <mdl/weights/metadata.hpp>
#include <mdl/weights/writer.hpp>

#include "codegen/run_graph.hpp"

namespace mdl::tool {

struct FileExtras {
    weights::Preprocessing preprocessing{};
    std::vector<std::string> labels{};
    std::string network_name{};  ///< in messages about a wrong file: the model's, not the C++ type's
};

/// The writer refers to the network's weights: keep the network until the file is written. Throws Failure.
auto weights_writer(const Network& network, const RunGraph& graph, const FileExtras& extras) -> weights::Writer;

}  // namespace mdl::tool
