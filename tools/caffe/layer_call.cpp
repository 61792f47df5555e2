// mdl: checks of a Caffe layer's blobs and weights, and small nodes that several layers need.
// SPDX-License-Identifier: MIT
#include "caffe/layer_call.hpp"

#include <mdl/tensor/shape.hpp>

#include "failure.hpp"

namespace mdl::tool {

auto Blob::count(int first, int last) const -> std::int64_t {
    std::int64_t product = 1;
    for (int axis = first; axis < last; ++axis) product *= dim(axis);
    return product;
}

auto describe(const caffe::LayerParameter& layer) -> std::string { return text("layer '", layer.name(), "' (", layer.type(), ")"); }

void LayerCall::refuse(const std::string& why) const { fail(Exit::bad_input, describe(layer), " ", why); }

void LayerCall::require(int bottoms, int most_bottoms, int tops, int most_tops) const {
    const auto check = [&](const char* what, int count, int least, int most) {
        if (count >= least && (most < 0 || count <= most)) return;
        refuse(text("has ", count, " ", what, " where Caffe wants ", least,
                    most == least ? ""
                    : most < 0    ? " or more"
                                  : text(" to ", most),
                    "; mend the net"));
    };
    check("bottoms", bottom_count(), bottoms, most_bottoms);
    check("tops", top_count(), tops, most_tops);
}

void LayerCall::require_rank(int k, int rank) const {
    if (bottom(k).rank() != rank)
        refuse(text("works on a blob of shape ", to_text(bottom(k).dims), " where Caffe wants ", rank, " axes; mend the net"));
}

auto LayerCall::axis(std::int64_t given, int rank, bool open) const -> int {
    const int places = rank + (open ? 1 : 0);
    if (given < -places || given >= places) refuse(text("names axis ", given, " of a blob of ", rank, " axes; mend the net"));
    return static_cast<int>(given < 0 ? given + places : given);
}

void LayerCall::require_blobs(int count) const {
    if (weights_.random()) return;
    const int stored = weights_.count(layer.name());
    if (stored == 0) refuse("has no weights in the caffemodel; give the one that belongs to this net, or none at all for random weights");
    if (stored != count)
        refuse(text("has ", stored, " stored blobs of weights where its definition says ", count,
                    "; these are the weights of another net, or of another version of this one"));
}

auto LayerCall::weights(int k, const Dims& dims, Filler filler) -> Numbers {
    if (checked_count(dims) < 0) refuse(text("needs weights of shape ", to_text(dims), ", which is impossible; mend the net"));
    try {
        return k < weights_.count(layer.name()) ? weights_.take(layer.name(), k, dims) : weights_.make(layer.name(), k, dims, filler);
    } catch (const Failure& failure) {
        refuse(failure.what());
    }
}

auto LayerCall::constant(float value) -> std::string {
    Numbers one;
    one.Add(value);
    return constant(Dims{}, std::move(one));
}

auto LayerCall::times(const std::string& x, float factor) -> std::string {
    return factor == 1 ? x : node("Mul", {x, constant(factor)}).output();
}

auto LayerCall::plus(const std::string& x, float shift) -> std::string {
    return shift == 0 ? x : node("Add", {x, constant(shift)}).output();
}

auto LayerCall::reshaped(const std::string& x, const Dims& dims) -> std::string { return node("Reshape", {x, integers(dims)}).output(); }

void LayerCall::result(const std::string& tensor, const Dims& dims, int k) {
    if (checked_count(dims) < 0 || dims.size() > static_cast<std::size_t>(max_rank))
        refuse(text("makes a blob of shape ", to_text(dims), ", which mdl does not support: at most ", max_rank,
                    " axes and 2^31 numbers, and no empty one"));
    tops_[static_cast<std::size_t>(k)] = {tensor, dims};
}

auto translated_layers() -> const LayerTable& {
    static const LayerTable table = [] {
        LayerTable all;
        caffe_layers::add_convolutions(all);
        caffe_layers::add_pooling(all);
        caffe_layers::add_normalisation(all);
        caffe_layers::add_activations(all);
        caffe_layers::add_combinations(all);
        caffe_layers::add_rearrangements(all);
        caffe_layers::add_reductions(all);
        caffe_layers::add_priors(all);
        return all;
    }();
    return table;
}

}  // namespace mdl::tool
