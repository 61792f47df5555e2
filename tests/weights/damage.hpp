// mdl: changes fields of a weights file in memory, with or without putting the checksums right again, for the tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include <mdl/base/byte_reader.hpp>
#include <mdl/weights/checksum.hpp>
#include <mdl/weights/format.hpp>

namespace damage {

/// Stores a number little-endian where it fits whole.
template <class Unsigned>
void put(std::span<std::byte> bytes, std::size_t at, Unsigned value) {
    if (at > bytes.size() || bytes.size() - at < sizeof value) return;
    for (std::size_t i = 0; i < sizeof value; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xff);
}

inline auto get64(std::span<const std::byte> bytes, std::size_t at) -> std::uint64_t {
    return mdl::load_little<std::uint64_t>(bytes.data() + at);
}
inline auto get32(std::span<const std::byte> bytes, std::size_t at) -> std::uint64_t {
    return mdl::load_little<std::uint32_t>(bytes.data() + at);
}

/// Where the first record of the tensors lies, and of the sections.
inline auto tensor_table() -> std::size_t { return mdl::weights::header_size; }
inline auto section_table(std::span<const std::byte> bytes) -> std::size_t {
    using namespace mdl::weights;
    return header_size + static_cast<std::size_t>(get32(bytes, header_at::tensor_count)) * tensor_record_size;
}

/// Puts right every checksum that can be found, as somebody would who makes a file on purpose: what is left to refuse the file
/// is the check of its bounds.
inline void mend(std::span<std::byte> bytes) {
    using namespace mdl::weights;
    if (bytes.size() < header_size) return;
    const auto mend_payload = [&](std::size_t offset_at, std::size_t size_at, std::size_t checksum_at) {
        const auto offset = get64(bytes, offset_at), size = get64(bytes, size_at);
        if (offset > bytes.size() || size > bytes.size() - offset) return;
        put(bytes, checksum_at, checksum(bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size))));
    };
    std::size_t at = header_size;
    for (auto left = get32(bytes, header_at::tensor_count); left > 0 && bytes.size() - at >= tensor_record_size; --left, at += tensor_record_size)
        mend_payload(at + tensor_at::offset, at + tensor_at::size, at + tensor_at::checksum);
    for (auto left = get32(bytes, header_at::section_count); left > 0 && bytes.size() - at >= section_record_size; --left, at += section_record_size)
        mend_payload(at + section_at::offset, at + section_at::size, at + section_at::checksum);
    const auto directory = get64(bytes, header_at::directory_size);
    if (directory <= bytes.size() - header_size)
        put(bytes, header_at::directory_checksum, checksum(bytes.subspan(header_size, static_cast<std::size_t>(directory))));
    put(bytes, header_at::header_checksum, checksum(bytes.first(header_at::header_checksum)));
}

/// A copy with one field changed and the checksums put right.
template <class Unsigned>
auto edited(std::vector<std::byte> bytes, std::size_t at, Unsigned value) -> std::vector<std::byte> {
    put(std::span(bytes), at, value);
    mend(bytes);
    return bytes;
}

}  // namespace damage
