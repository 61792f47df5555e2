// mdl: finding, checking and making up the weights of Caffe layers.
// SPDX-License-Identifier: MIT
#include "caffe/weights.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "failure.hpp"

namespace mdl::tool {

namespace {

auto without_ones(const Dims& dims) -> Dims {
    Dims result;
    std::copy_if(dims.begin(), dims.end(), std::back_inserter(result), [](std::int64_t size) { return size != 1; });
    return result;
}

/// FNV-1a: a seed that depends on nothing but the name.
auto hash(const std::string& text) -> std::uint32_t {
    std::uint32_t result = 2166136261u;
    for (const char c : text) result = (result ^ static_cast<unsigned char>(c)) * 16777619u;
    return result;
}

auto number_count(const caffe::BlobProto& blob) -> int { return blob.double_data_size() > 0 ? blob.double_data_size() : blob.data_size(); }

}  // namespace

auto checked_count(const Dims& dims) -> std::int64_t {
    constexpr std::int64_t most = (std::int64_t{1} << 31) - 1;
    std::int64_t count = 1;
    for (const auto size : dims) {
        if (size < 1 || size > most / count) return -1;
        count *= size;
    }
    return count;
}

auto blob_dims(const caffe::BlobProto& blob) -> Dims {
    if (blob.has_num() || blob.has_channels() || blob.has_height() || blob.has_width())
        return {blob.num(), blob.channels(), blob.height(), blob.width()};
    return {blob.shape().dim().begin(), blob.shape().dim().end()};
}

CaffeWeights::CaffeWeights(caffe::NetParameter& net, std::optional<CaffeNet> file, std::int64_t most_random) : most_random_(most_random) {
    add(net);
    if (file) add(file->proto);
    random_ = !file && blobs_.empty();
}

void CaffeWeights::add(caffe::NetParameter& net) {
    for (auto& layer : *net.mutable_layer()) {
        if (layer.blobs_size() == 0) continue;
        const auto [place, is_new] = blobs_.try_emplace(layer.name());
        if (is_new)
            order_.push_back(layer.name());
        else
            doubled_.insert(layer.name());
        place->second.Swap(layer.mutable_blobs());
    }
}

auto CaffeWeights::count(const std::string& layer) const -> int {
    const auto found = blobs_.find(layer);
    return found == blobs_.end() ? 0 : found->second.size();
}

auto CaffeWeights::take(const std::string& layer, int k, const Dims& dims) -> Numbers {
    taken_.insert(layer);
    if (doubled_.contains(layer))
        fail(Exit::bad_input, "has weights twice, since two layers have its name; give each layer a name of its own");
    auto& blob = blobs_.at(layer)[k];
    const Dims stored = blob_dims(blob);
    // A bias may be stored as 1x1x1xn, a slope for all channels as nothing or as 1: the order of the numbers is the same.
    if (without_ones(stored) != without_ones(dims))
        fail(Exit::bad_input, "has stored weights of shape ", to_text(stored), " (blob ", k, ") where its definition says ", to_text(dims),
             "; these are the weights of another net, or of another version of this one");
    const std::int64_t count = checked_count(dims);
    if (count != number_count(blob))
        fail(Exit::bad_input, "has ", number_count(blob), " stored numbers (blob ", k, ") where its shape ", to_text(dims), " says ", count,
             number_count(blob) == 0 ? "; mdl reads float32 and double weights, as Caffe itself saves them" : "; the file is damaged");
    Numbers result;
    if (blob.double_data_size() == 0) {
        result.Swap(blob.mutable_data());
        return result;
    }
    result.Reserve(blob.double_data_size());
    for (const double value : blob.double_data()) result.Add(static_cast<float>(value));
    blob.clear_double_data();
    return result;
}

auto CaffeWeights::make(const std::string& layer, int k, const Dims& dims, Filler filler) -> Numbers {
    const std::int64_t count = checked_count(dims);
    made_ += std::max<std::int64_t>(count, 0);
    if (count < 0 || made_ > most_random_)
        fail(Exit::bad_input, "needs weights of shape ", to_text(dims),
             ": more random numbers than mdl makes up; give the trained ones by --weights FILE.caffemodel");
    Numbers result;
    result.Resize(static_cast<int>(count), filler.value);
    if (filler.kind == Filler::constant) return result;
    // Uniform, of variance 2 / fan-in: through layers of rectified sums the values keep their size (He et al. 2015).
    const float bound = std::sqrt(6.0f * static_cast<float>(dims[0]) / static_cast<float>(count));
    std::uint32_t state = hash(layer) + static_cast<std::uint32_t>(k);
    for (float& value : result) {
        state = state * 1664525u + 1013904223u;
        value = bound * (static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1);
    }
    return result;
}

auto CaffeWeights::left_over() const -> std::vector<std::string> {
    std::vector<std::string> result;
    std::copy_if(order_.begin(), order_.end(), std::back_inserter(result),
                 [&](const std::string& layer) { return !taken_.contains(layer); });
    return result;
}

}  // namespace mdl::tool
