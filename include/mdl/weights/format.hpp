// mdl: the numbers of the .mdlw file format; docs/format.md tells it byte by byte.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mdl/base/config.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

inline constexpr std::string_view magic = "MDLW";
inline constexpr std::uint16_t format_version = 1;

/// Every payload begins at a multiple of this, so that a mapped file is read in place by vector loads.
inline constexpr std::uint64_t payload_alignment = 64;

/// The file: header, tensor table, section table, names, then payloads. Tables and names are the directory.
inline constexpr std::size_t header_size = 64;
inline constexpr std::size_t tensor_record_size = 64;
inline constexpr std::size_t section_record_size = 32;

/// Offsets in the header.
namespace header_at {
inline constexpr std::size_t magic = 0;               ///< "MDLW"
inline constexpr std::size_t version = 4;             ///< u16
inline constexpr std::size_t header_size = 6;         ///< u16: 64
inline constexpr std::size_t file_size = 8;           ///< u64
inline constexpr std::size_t fingerprint = 16;        ///< u64
inline constexpr std::size_t tensor_count = 24;       ///< u32
inline constexpr std::size_t section_count = 28;      ///< u32
inline constexpr std::size_t directory_size = 32;     ///< u64
inline constexpr std::size_t directory_checksum = 40; ///< u64
inline constexpr std::size_t required_features = 48;  ///< u32: 0; a reader refuses bits that it does not know
inline constexpr std::size_t network_name_size = 52;  ///< u32: the name is the first of the names
inline constexpr std::size_t header_checksum = 56;    ///< u64: of the bytes before it
}  // namespace header_at

/// Offsets in a record of the tensor table.
namespace tensor_at {
inline constexpr std::size_t name_offset = 0;  ///< u32, from the first byte of the names
inline constexpr std::size_t name_size = 4;    ///< u16
inline constexpr std::size_t element = 6;      ///< u8: StoredElement
inline constexpr std::size_t rank = 7;         ///< u8
inline constexpr std::size_t dims = 8;         ///< six u32, the unused ones 0
inline constexpr std::size_t encoding = 32;    ///< up to 8 characters, filled up with zeros: "raw"
inline constexpr std::size_t offset = 40;      ///< u64, from the file's first byte
inline constexpr std::size_t size = 48;        ///< u64: stored bytes
inline constexpr std::size_t checksum = 56;    ///< u64: of the stored bytes
}  // namespace tensor_at

/// Offsets in a record of the section table.
namespace section_at {
inline constexpr std::size_t kind = 0;       ///< four characters
inline constexpr std::size_t flags = 4;      ///< u32: section_required
inline constexpr std::size_t offset = 8;     ///< u64
inline constexpr std::size_t size = 16;      ///< u64
inline constexpr std::size_t checksum = 24;  ///< u64
}  // namespace section_at

/// What one element of a tensor is, with its number on disk.
enum class StoredElement : std::uint8_t { f32 = 1, f16 = 2, u8 = 3, i8 = 4 };

/// Bytes of one element; 0 for a number that this version does not know.
constexpr auto element_bytes(StoredElement element) noexcept -> std::uint64_t {
    switch (element) {
        case StoredElement::f32: return 4;
        case StoredElement::f16: return 2;
        case StoredElement::u8:
        case StoredElement::i8: return 1;
    }
    return 0;
}

constexpr auto element_name(StoredElement element) noexcept -> std::string_view {
    switch (element) {
        case StoredElement::f32: return "f32";
        case StoredElement::f16: return "f16";
        case StoredElement::u8: return "u8";
        case StoredElement::i8: return "i8";
    }
    return "unknown";
}

/// Elements in row-major order, little-endian, nothing else. Encodings are named rather than numbered, so that an old program
/// can say what it lacks.
inline constexpr std::string_view encoding_raw = "raw";
inline constexpr std::size_t max_encoding_size = 8;

/// Kinds of sections. A reader skips what it does not know, unless the record says that it is required.
inline constexpr std::string_view section_graph = "GRPH";
inline constexpr std::string_view section_labels = "LABL";
inline constexpr std::string_view section_preprocessing = "PREP";
inline constexpr std::uint32_t section_required = 1;

/// The graph section: head, node records, edges (u32), outputs (u32), text.
inline constexpr std::size_t graph_head_size = 16;
inline constexpr std::size_t graph_node_size = 80;
inline constexpr std::size_t preprocessing_size = 64;

inline constexpr std::size_t max_name_size = 1024;
/// Largest number of elements of a tensor: its bytes stay far from the end of 64 bits whatever the element.
inline constexpr std::uint64_t max_elements = std::uint64_t{1} << 48;

/// Multiplies an axis of `size` into `count`. False where the size is not that of an axis or the product is too large.
constexpr auto multiply_axis(std::uint64_t& count, std::uint64_t size) noexcept -> bool {
    if (size == 0 || size > 0x7fffffff || count > max_elements / size) return false;
    count *= size;
    return true;
}

/// Largest sum of multiply-accumulates, and of parameters, over the graph's table.
inline constexpr std::uint64_t max_total = std::uint64_t{1} << 62;

/// Are two texts equal? std's own operator would leave a weak symbol outside of the instruction set's namespace, for the linker to
/// share with code for other CPUs; so would other functions of string_view.
constexpr auto same_text(std::string_view a, std::string_view b) noexcept -> bool {
    return a.size() == b.size() && (a.empty() || __builtin_memcmp(a.data(), b.data(), a.size()) == 0);
}

/// Part of a text whose bounds were checked. (substr throws, which would bring the C++ runtime's tables for it.)
constexpr auto part_of(std::string_view text, std::size_t begin, std::size_t size) noexcept -> std::string_view {
    MDL_ASSERT(begin <= text.size() && size <= text.size() - begin);
    return {text.data() + begin, size};
}

/// Names are shown in terminals and in messages: no control characters (UTF-8 passes).
constexpr auto is_printable(std::string_view text) noexcept -> bool {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
    return true;
}

}  // namespace MDL_ISA
}  // namespace mdl::weights
