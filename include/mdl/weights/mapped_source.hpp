// mdl: pulls tensors from a mapped weights file and gives each one's pages back once the next is pulled.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>
#include <mdl/weights/tensor_source.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// Owns the mapping. Plain pages behind the packer are released, so that the plain weights and the packed ones never lie in
/// memory whole beside each other.
class MappedSource {
public:
    /// Errors: those of MappedFile::open and File::open.
    static auto open(const char* path) noexcept -> Result<MappedSource> {
        auto mapping = MappedFile::open(path);
        if (!mapping) return mapping.error();
        const auto file = File::open(mapping->bytes());
        if (!file) return file.error();
        mapping->advise_sequential();
        return MappedSource(std::move(*mapping), *file);
    }

    auto file() const noexcept -> const File& { return source_.file(); }
    auto check_network(std::uint64_t fingerprint, std::string_view network_name) const noexcept -> Result<void> {
        return source_.check_network(fingerprint, network_name);
    }
    auto tensor(int index, const Shape& expected) noexcept -> Result<std::span<const float>> {
        mapping_.release(last_);
        last_ = {};
        auto pulled = source_.tensor(index, expected);
        if (pulled) last_ = std::as_bytes(*pulled);
        return pulled;
    }

private:
    MappedSource(MappedFile mapping, const File& file) noexcept : mapping_(std::move(mapping)), source_(file) {}

    MappedFile mapping_;
    FileSource source_;
    std::span<const std::byte> last_{};
};

static_assert(TensorSource<MappedSource>);

}  // namespace MDL_ISA
}  // namespace mdl::weights
