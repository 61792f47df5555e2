// mdl: the umbrella: everything an app needs to run a network.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/base/config.hpp>  // first: refuses targets before their standard library may fail
#include <mdl/engine/context.hpp>
#include <mdl/engine/describe.hpp>
#include <mdl/engine/model.hpp>
#include <mdl/engine/network.hpp>
#include <mdl/layers/activation.hpp>
#include <mdl/layers/composite.hpp>
#include <mdl/layers/convolution.hpp>
#include <mdl/layers/dense.hpp>
#include <mdl/layers/elements.hpp>
#include <mdl/layers/graph_layer.hpp>
#include <mdl/layers/identity.hpp>
#include <mdl/layers/input.hpp>
#include <mdl/layers/matmul.hpp>
#include <mdl/layers/normalization.hpp>
#include <mdl/layers/padding.hpp>
#include <mdl/layers/pick.hpp>
#include <mdl/layers/pooling.hpp>
#include <mdl/layers/rearrange.hpp>
#include <mdl/layers/recurrence.hpp>
#include <mdl/layers/reduce.hpp>
#include <mdl/layers/resize.hpp>
#include <mdl/layers/sampling.hpp>
#include <mdl/layers/softmax.hpp>
#include <mdl/layers/split.hpp>
#include <mdl/layers/transposed_convolution.hpp>
