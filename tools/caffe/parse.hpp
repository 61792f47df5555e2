// mdl: a Caffe net as its file gives it: prototxt as text, caffemodel as bytes.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "caffe.pb.h"

namespace mdl::tool {

/// All layers are of today's generation (`layer`, its type a text), whatever the file has.
struct CaffeNet {
    caffe::NetParameter proto{};
    /// For each layer a sentence on something in it that the schema does not have, or "". Only layers that are converted mind.
    std::vector<std::string> unknown{};
    bool binary = false;
};

/// Throws Failure with the line of what is wrong.
auto parse_prototxt(std::string_view text) -> CaffeNet;
auto parse_caffemodel(std::string_view bytes) -> CaffeNet;

/// Turns `layers` of the older generation into `layer`; refuses a mixture, and the oldest generation.
void upgrade(caffe::NetParameter& net);

}  // namespace mdl::tool
