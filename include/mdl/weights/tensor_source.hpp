// mdl: where the packer gets a network's weights from, one tensor at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

#include <mdl/base/aligned_buffer.hpp>
#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/weights/checksum.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/reader.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

static_assert(std::endian::native == std::endian::little, "mdl: weights are little-endian and read in place; this CPU is big-endian");

/// Hands out tensor `index` of the network in the canonical order, plain and checked. The span is valid until the next pull: a
/// source that decrypts or decodes needs memory for one tensor only.
template <class Source>
concept TensorSource = requires(Source& source, int index, const Shape& expected) {
    { source.tensor(index, expected) } noexcept -> std::same_as<Result<std::span<const float>>>;
};

/// Pulls from a weights file in memory. Nothing is copied unless the memory is not aligned for floats.
class FileSource {
public:
    explicit FileSource(const File& file) noexcept : file_(file) {}

    auto file() const noexcept -> const File& { return file_; }

    /// Is the file that of the network with this fingerprint? Errors: wrong_network, which names both.
    auto check_network(std::uint64_t fingerprint, std::string_view network_name) const noexcept -> Result<void> {
        if (file_.fingerprint() == fingerprint) return {};
        return Error(Errc::wrong_network, "the weights file is for network ", short_name(file_.network_name(), 30), " (",
                     HexText(file_.fingerprint()).view(), "), the program was built for ", short_name(network_name, 30), " (",
                     HexText(fingerprint).view(), "); convert the model again or use the file that was written beside this network");
    }

    /// Errors: missing_tensor, wrong_tensor, unsupported_encoding, corrupt, out_of_memory; each names the tensor.
    auto tensor(int index, const Shape& expected) noexcept -> Result<std::span<const float>> {
        if (index < 0 || index >= file_.tensor_count())
            return Error(Errc::missing_tensor, "the weights file has ", file_.tensor_count(), " tensors and lacks number ", index,
                         " of shape ", ShapeText(expected).view(), "; convert the model again");
        const TensorInfo info = file_.tensor(index);
        const std::string_view name = short_name(info.name);
        if (!same_text(info.encoding, encoding_raw))
            return Error(Errc::unsupported_encoding, "tensor \"", name, "\" is encoded as ", info.encoding,
                         ", for which this program has no decoder; add it to the model's options or convert without it");
        if (info.element != StoredElement::f32)
            return Error(Errc::unsupported_encoding, "tensor \"", name, "\" holds numbers of type ", element_name(info.element),
                         ", this program reads f32; convert the model again");
        if (info.shape != expected)
            return Error(Errc::wrong_tensor, "tensor \"", name, "\" has shape ", ShapeText(info.shape).view(), ", the network needs ",
                         ShapeText(expected).view(), "; convert the model again");
        if (info.bytes.size() != static_cast<std::uint64_t>(info.shape.count()) * sizeof(float))
            return Error(Errc::corrupt, "tensor \"", name, "\" has another number of bytes than its shape needs; convert the model again");
        if (checksum(info.bytes) != info.checksum)
            return Error(Errc::corrupt, "tensor \"", name, "\" is damaged: its checksum differs; copy the weights file again");
        return floats(info.bytes);
    }

private:
    auto floats(std::span<const std::byte> bytes) noexcept -> Result<std::span<const float>> {
        const std::size_t count = bytes.size() / sizeof(float);
        if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) == 0)
            return std::span<const float>(reinterpret_cast<const float*>(bytes.data()), count);
        if (scratch_.size() < bytes.size()) {
            scratch_ = AlignedBuffer();  // the old one goes first: never two
            auto grown = AlignedBuffer::create(bytes.size());
            if (!grown) return grown.error();
            scratch_ = std::move(*grown);
        }
        std::memcpy(scratch_.data(), bytes.data(), bytes.size());
        return std::span<const float>(scratch_.as<float>().data(), count);
    }

    File file_;
    AlignedBuffer scratch_{};
};

static_assert(TensorSource<FileSource>);

}  // namespace MDL_ISA
}  // namespace mdl::weights
