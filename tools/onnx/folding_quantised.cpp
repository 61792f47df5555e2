// mdl: folding of constants that are stored as integers: weights behind DequantizeLinear, and those that QuantizeLinear rounds first.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "onnx/constant_folding.hpp"
#include "onnx/folding.hpp"

namespace mdl::tool::folding {

namespace {

/// The scale and zero point of each element of a tensor: each one for all, one a slice along an axis, or one a block of slices.
class Parameters {
public:
    explicit Parameters(const Fold& fold) : scale_(fold.input(1)), zero_(fold.has(2) ? &fold.input(2) : nullptr) {
        const Dims& dims = fold.input(0).dims;
        const auto wrong = [](const std::string& what) { fail(Exit::bad_input, what, "; the file is damaged"); };
        const auto named = fold.attributes.integer("axis", 1), block = fold.attributes.integer("block_size", 0);
        if (!scale_.is_float()) wrong("has integers as its scales");
        const Tensor& many = scale_.count() != 1 || zero_ == nullptr ? scale_ : *zero_;
        if (many.count() == 1) return;
        if (zero_ != nullptr && zero_->count() != 1 && scale_.count() != 1 && zero_->dims != scale_.dims) wrong("has scales and zero points that do not fit together");
        const std::size_t axis = normalised_axis(named, dims.size());
        inner_ = count_of({dims.begin() + static_cast<std::ptrdiff_t>(axis) + 1, dims.end()});
        size_ = dims[axis];
        if (block == 0) {
            if (many.dims.size() != 1 || many.count() != size_) wrong(text("has scales of shape ", to_text(many.dims), ", which do not fit axis ", axis, " of ", to_text(dims)));
            return;
        }
        Dims blocks = dims;
        if (block > 0) blocks[axis] = size_ / block + (size_ % block != 0 ? 1 : 0);
        if (block < 0 || many.dims != blocks) wrong(text("has scales of shape ", to_text(many.dims), " where ", to_text(blocks), " belong"));
        block_ = block;
    }

    auto scale(std::int64_t i) const -> double { return scale_.real(scale_.count() == 1 ? 0 : index(i)); }
    auto zero(std::int64_t i) const -> double { return zero_ == nullptr ? 0 : zero_->real(zero_->count() == 1 ? 0 : index(i)); }

private:
    auto index(std::int64_t i) const -> std::int64_t {
        const std::int64_t at = i / inner_ % size_;
        return block_ == 0 ? at : (i / inner_ / size_ * ((size_ - 1) / block_ + 1) + at / block_) * inner_ + i % inner_;
    }

    const Tensor& scale_;
    const Tensor* zero_;
    std::int64_t inner_ = 1, size_ = 0, block_ = 0;
};

auto dequantise(const Fold& fold) -> Tensor {
    const auto& stored = fold.integers(0);
    const Parameters parameters(fold);
    std::vector<float> values(stored.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        values[i] = static_cast<float>(parameters.scale(at) * (static_cast<double>(stored[i]) - parameters.zero(at)));
    }
    return Tensor::of_floats(fold.input(0).dims, std::move(values));
}

/// Rounds to even and saturates; `output_dtype` is stated by whoever knows the type of the zero point.
auto quantise(const Fold& fold) -> Tensor {
    if (!fold.input(0).is_float()) fail(Exit::bad_input, "rounds integers; the model is wrong");
    const auto& reals = *fold.input(0).floats;
    const Parameters parameters(fold);
    fold.attributes.ignore("saturate");
    const bool is_signed = fold.attributes.integer("output_dtype", onnx::TensorProto::UINT8) == onnx::TensorProto::INT8;
    std::vector<std::int64_t> stored(reals.size());
    for (std::size_t i = 0; i < stored.size(); ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const double value = static_cast<double>(std::nearbyint(reals[i] / static_cast<float>(parameters.scale(at)))) + parameters.zero(at);
        if (std::isnan(value)) fail(Exit::bad_input, "rounds what is not a number; the file is damaged");
        stored[i] = static_cast<std::int64_t>(std::clamp(value, is_signed ? -128.0 : 0.0, is_signed ? 127.0 : 255.0));
    }
    return Tensor::of_integers(fold.input(0).dims, std::move(stored));
}

}  // namespace

void add_quantised(FunctionTable& table) {
    table["DequantizeLinear"] = dequantise;
    table["QuantizeLinear"] = quantise;
}

}  // namespace mdl::tool::folding
