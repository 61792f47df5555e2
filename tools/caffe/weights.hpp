// mdl: the trained numbers of a Caffe net, by layer; random ones where there is no file with them.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "caffe/parse.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool {

using Numbers = google::protobuf::RepeatedField<float>;

/// The shape of a stored blob; older files give four sizes, of which the first ones are 1 where the blob has fewer axes.
auto blob_dims(const caffe::BlobProto& blob) -> Dims;

/// What a blob holds where no file gives it.
struct Filler {
    enum Kind { spread, constant } kind = spread;
    float value = 0;
};

class CaffeWeights {
public:
    /// Takes the blobs out of `net` itself and of `file`; random where neither has any.
    CaffeWeights(caffe::NetParameter& net, std::optional<CaffeNet> file, std::int64_t most_random);

    auto random() const -> bool { return random_; }
    /// How many blobs are stored for a layer.
    auto count(const std::string& layer) const -> int;
    /// Blob k of a layer, moved out. Throws Failure, its sentence to stand behind the layer's name, where it does not fit `dims`.
    auto take(const std::string& layer, int k, const Dims& dims) -> Numbers;
    /// The same numbers in every run, of a size that keeps a network's values finite.
    auto make(const std::string& layer, int k, const Dims& dims, Filler filler) -> Numbers;
    /// Layers of the file that have weights which nothing took.
    auto left_over() const -> std::vector<std::string>;

private:
    using Blobs = google::protobuf::RepeatedPtrField<caffe::BlobProto>;
    void add(caffe::NetParameter& net);

    std::unordered_map<std::string, Blobs> blobs_{};
    std::vector<std::string> order_{};
    std::set<std::string> taken_{}, doubled_{};
    bool random_ = false;
    std::int64_t most_random_, made_ = 0;
};

/// Elements of a shape, or -1 where a size is not positive or the product beyond what mdl can index.
auto checked_count(const Dims& dims) -> std::int64_t;

}  // namespace mdl::tool
