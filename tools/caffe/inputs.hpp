// mdl: which layers of a Caffe net count when it is not trained, and what it reads from outside.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "caffe/parse.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool {

/// Do the layer's include and exclude rules keep it in phase TEST?
auto is_included(const caffe::LayerParameter& layer, const caffe::NetState& state) -> bool;

/// A blob that a net reads from outside.
struct NetInput {
    std::string name{};
    Dims dims{};          ///< empty: the net does not say
    std::string layer{};  ///< that makes it in Caffe, as it is called in messages; empty: `input:` of the net
};

/// Those of the net's own fields.  Throws Failure where names and shapes do not fit together.
auto declared_inputs(const caffe::NetParameter& net) -> std::vector<NetInput>;
/// Those of an Input or data layer.
auto layer_inputs(const caffe::LayerParameter& layer) -> std::vector<NetInput>;

}  // namespace mdl::tool
