// mdl: a constant of an ONNX model in plain form: float, or integer of 64 bits.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mdl::onnx {
class TensorProto;
}

namespace mdl::tool {

/// Weights are shared, never copied: a VGG has half a gigabyte of them.
using Floats = std::shared_ptr<const std::vector<float>>;
using Dims = std::vector<std::int64_t>;

/// Every ONNX element type becomes one of two: reals are floats, integers and booleans are int64.
struct Tensor {
    Dims dims{};
    Floats floats{};
    std::vector<std::int64_t> integers{};

    auto is_float() const -> bool { return floats != nullptr; }
    auto count() const -> std::int64_t;
    /// Element i as a real, whatever the type.
    auto real(std::int64_t i) const -> double;
    /// All elements are equal (and there is at least one).
    auto is_uniform() const -> bool;

    static auto of_floats(Dims dims, std::vector<float> values) -> Tensor;
    static auto of_integers(Dims dims, std::vector<std::int64_t> values) -> Tensor;
};

/// "1x3x224x224"; "scalar" for rank 0.
auto to_text(const Dims& dims) -> std::string;

/// Decodes an ONNX tensor whatever way its values are stored; external data must lie inside `folder`. Checks that the sizes
/// agree before it reads. Throws Failure.
auto decode(const onnx::TensorProto& proto, const std::filesystem::path& folder) -> Tensor;

}  // namespace mdl::tool
