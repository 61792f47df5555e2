// mdl: opens a weights file that lies in memory; checks header and tables before it trusts them, allocates nothing.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <mdl/base/byte_reader.hpp>
#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/weights/checksum.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/metadata.hpp>
#include <mdl/weights/sections.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// A tensor's record. `bytes` lies within the file; its checksum is compared when the tensor is pulled (tensor_source.hpp).
struct TensorInfo {
    std::string_view name{};
    Shape shape{};
    StoredElement element = StoredElement::f32;
    std::string_view encoding{};
    std::span<const std::byte> bytes{};
    std::uint64_t checksum = 0;
};

struct SectionInfo {
    std::string_view kind{};
    bool required = false;
    std::span<const std::byte> bytes{};
    std::uint64_t checksum = 0;
};

/// A weights file in memory, mapped or read; a view, cheap to copy, valid as long as the memory is.
class File {
public:
    /// Checks everything but the payloads: magic, version, sizes, the checksums of header and directory, every record.
    /// Errors: not_a_weights_file, unsupported_version, truncated, corrupt.
    static auto open(std::span<const std::byte> bytes) noexcept -> Result<File> {
        File file;
        file.bytes_ = bytes;
        if (const Error error = file.read_header(); error.code() != Errc::ok) return error;
        for (int i = 0; i < file.tensor_count_; ++i)
            if (const Error error = file.check_tensor(i); error.code() != Errc::ok) return error;
        for (int i = 0; i < file.section_count_; ++i)
            if (const Error error = file.check_section(i); error.code() != Errc::ok) return error;
        return file;
    }

    auto bytes() const noexcept -> std::span<const std::byte> { return bytes_; }
    auto fingerprint() const noexcept -> std::uint64_t { return load_little<std::uint64_t>(&bytes_[header_at::fingerprint]); }
    auto network_name() const noexcept -> std::string_view {
        return part_of(names_, 0, load_little<std::uint32_t>(&bytes_[header_at::network_name_size]));
    }

    auto tensor_count() const noexcept -> int { return tensor_count_; }
    auto tensor(int i) const noexcept -> TensorInfo {
        const std::byte* const at = tensor_record(i);
        TensorInfo info;
        info.name = part_of(names_, load_little<std::uint32_t>(at + tensor_at::name_offset), load_little<std::uint16_t>(at + tensor_at::name_size));
        info.element = static_cast<StoredElement>(at[tensor_at::element]);
        const int rank = static_cast<int>(at[tensor_at::rank]);
        for (int axis = 0; axis < rank; ++axis) info.shape.push(static_cast<int>(dim(at, axis)));
        info.encoding = encoding(at);
        info.bytes = payload(at + tensor_at::offset, at + tensor_at::size);
        info.checksum = load_little<std::uint64_t>(at + tensor_at::checksum);
        return info;
    }
    /// The number of the tensor of this name, or -1.
    auto find(std::string_view name) const noexcept -> int {
        for (int i = 0; i < tensor_count_; ++i)
            if (same_text(tensor(i).name, name)) return i;
        return -1;
    }

    auto section_count() const noexcept -> int { return section_count_; }
    auto section(int i) const noexcept -> SectionInfo {
        const std::byte* const at = section_record(i);
        return {detail::as_text({at, 4}), (load_little<std::uint32_t>(at + section_at::flags) & section_required) != 0,
                payload(at + section_at::offset, at + section_at::size), load_little<std::uint64_t>(at + section_at::checksum)};
    }
    /// The number of the section of this kind, or -1.
    auto find_section(std::string_view kind) const noexcept -> int {
        for (int i = 0; i < section_count_; ++i)
            if (same_text(section(i).kind, kind)) return i;
        return -1;
    }

    /// What the sections say; empty where the file has none. Errors: corrupt.
    auto labels() const noexcept -> Result<Labels> { return parse<Labels>(section_labels, Labels::parse); }
    auto graph() const noexcept -> Result<GraphTable> { return parse<GraphTable>(section_graph, GraphTable::parse); }
    auto preprocessing() const noexcept -> Result<Preprocessing> { return parse<Preprocessing>(section_preprocessing, parse_preprocessing); }

private:
    File() noexcept = default;

    template <class T>
    auto parse(std::string_view kind, Result<T> (*parser)(std::span<const std::byte>) noexcept) const noexcept -> Result<T> {
        const int i = find_section(kind);
        if (i < 0) return T{};
        const SectionInfo info = section(i);
        if (weights::checksum(info.bytes) != info.checksum) return detail::section_error(kind, "its checksum differs");
        return parser(info.bytes);
    }

    // Cold: these run once, and the compiler then goes for their size.
    [[gnu::noinline, gnu::cold]] auto read_header() noexcept -> Error {
        const std::uint64_t size = bytes_.size();
        if (size < magic.size() || !same_text(detail::as_text(bytes_.first(magic.size())), magic))
            return Error(Errc::not_a_weights_file, "this is not an .mdlw weights file; give the file that `mdl convert` wrote");
        if (size < header_size) return truncated(header_size);
        const std::byte* const head = bytes_.data();
        const auto version = load_little<std::uint16_t>(head + header_at::version);
        if (version != format_version)
            return Error(Errc::unsupported_version, "the weights file has format version ", version, ", this program reads version ",
                         format_version, "; build with the mdl that wrote it or convert the model again");
        if (checksum(bytes_.first(header_at::header_checksum)) != load_little<std::uint64_t>(head + header_at::header_checksum))
            return corrupt("the header's checksum differs");
        if (load_little<std::uint16_t>(head + header_at::header_size) != header_size) return corrupt("the header has another size");
        if (load_little<std::uint32_t>(head + header_at::required_features) != 0)
            return Error(Errc::unsupported_version, "the weights file needs features that this version of mdl lacks; update mdl");
        const auto stated = load_little<std::uint64_t>(head + header_at::file_size);
        if (size < stated) return truncated(stated);
        if (size > stated) return corrupt("bytes follow its end");

        const std::uint64_t tensors = load_little<std::uint32_t>(head + header_at::tensor_count);
        const std::uint64_t sections = load_little<std::uint32_t>(head + header_at::section_count);
        const auto directory = load_little<std::uint64_t>(head + header_at::directory_size);
        const std::uint64_t tables = tensors * tensor_record_size + sections * section_record_size;  // 32-bit counts: no overflow
        if (directory > size - header_size || tables > directory) return corrupt("the tables are larger than the file");
        if (tensors > std::uint64_t{std::numeric_limits<int>::max()} || sections > std::uint64_t{std::numeric_limits<int>::max()})
            return corrupt("the tables are too long");
        const auto content = bytes_.subspan(header_size, static_cast<std::size_t>(directory));
        if (checksum(content) != load_little<std::uint64_t>(head + header_at::directory_checksum))
            return corrupt("the directory's checksum differs");
        tensor_count_ = static_cast<int>(tensors);
        section_count_ = static_cast<int>(sections);
        payloads_begin_ = header_size + directory;
        names_ = detail::as_text(content.subspan(static_cast<std::size_t>(tables)));
        if (load_little<std::uint32_t>(head + header_at::network_name_size) > names_.size() || !is_printable(names_))
            return corrupt("its names are broken");
        return {};
    }

    [[gnu::noinline, gnu::cold]] auto check_tensor(int i) const noexcept -> Error {
        const std::byte* const at = tensor_record(i);
        const std::uint64_t name_offset = load_little<std::uint32_t>(at + tensor_at::name_offset);
        const std::uint64_t name_size = load_little<std::uint16_t>(at + tensor_at::name_size);
        if (name_offset > names_.size() || name_size > names_.size() - name_offset) return corrupt("a tensor's name lies outside");
        const unsigned rank = static_cast<unsigned>(at[tensor_at::rank]);
        if (rank > max_rank) return corrupt("a tensor's rank is above 6");
        std::uint64_t count = 1;
        for (int axis = 0; axis < max_rank; ++axis) {
            const std::uint64_t size = dim(at, axis);
            if (axis >= static_cast<int>(rank)) {
                if (size != 0) return corrupt("a tensor has more sizes than axes");
                continue;
            }
            if (!multiply_axis(count, size)) return corrupt("a tensor's size is out of range");
        }
        const auto used = encoding(at);
        bool filled_up = !used.empty() && is_printable(used);
        for (std::size_t k = used.size(); k < max_encoding_size; ++k) filled_up = filled_up && at[tensor_at::encoding + k] == std::byte{0};
        if (!filled_up) return corrupt("the name of an encoding is broken");
        return is_payload(at + tensor_at::offset, at + tensor_at::size) ? Error{} : corrupt("a tensor lies outside of the file");
    }

    [[gnu::noinline, gnu::cold]] auto check_section(int i) const noexcept -> Error {
        const SectionInfo unchecked{detail::as_text({section_record(i), 4})};
        const std::byte* const at = section_record(i);
        if (!is_printable(unchecked.kind)) return corrupt("the kind of a section is broken");
        const auto flags = load_little<std::uint32_t>(at + section_at::flags);
        bool known = false;
        for (const std::string_view kind : {section_graph, section_labels, section_preprocessing}) known = known || same_text(unchecked.kind, kind);
        if (!known && (flags & section_required) != 0)
            return Error(Errc::unsupported_version, "the weights file needs its section ", unchecked.kind,
                         ", which this version of mdl does not know; update mdl");
        if ((flags & ~section_required) != 0) return corrupt("a section has flags of another version");
        return is_payload(at + section_at::offset, at + section_at::size) ? Error{} : corrupt("a section lies outside of the file");
    }

    auto is_payload(const std::byte* offset_at, const std::byte* size_at) const noexcept -> bool {
        const auto offset = load_little<std::uint64_t>(offset_at);
        const auto size = load_little<std::uint64_t>(size_at);
        return offset % payload_alignment == 0 && offset >= payloads_begin_ && offset <= bytes_.size() && size <= bytes_.size() - offset;
    }
    /// Only for records that were checked.
    auto payload(const std::byte* offset_at, const std::byte* size_at) const noexcept -> std::span<const std::byte> {
        return bytes_.subspan(static_cast<std::size_t>(load_little<std::uint64_t>(offset_at)),
                              static_cast<std::size_t>(load_little<std::uint64_t>(size_at)));
    }

    auto tensor_record(int i) const noexcept -> const std::byte* {
        MDL_ASSERT(i >= 0 && i < tensor_count_);
        return bytes_.data() + header_size + static_cast<std::size_t>(i) * tensor_record_size;
    }
    auto section_record(int i) const noexcept -> const std::byte* {
        MDL_ASSERT(i >= 0 && i < section_count_);
        return bytes_.data() + header_size + static_cast<std::size_t>(tensor_count_) * tensor_record_size +
               static_cast<std::size_t>(i) * section_record_size;
    }
    static auto dim(const std::byte* record, int axis) noexcept -> std::uint32_t {
        return load_little<std::uint32_t>(record + tensor_at::dims + 4 * static_cast<std::size_t>(axis));
    }
    static auto encoding(const std::byte* record) noexcept -> std::string_view {
        std::size_t size = 0;
        while (size < max_encoding_size && record[tensor_at::encoding + size] != std::byte{0}) ++size;
        return detail::as_text({record + tensor_at::encoding, size});
    }

    [[gnu::noinline, gnu::cold]] static auto corrupt(std::string_view what) noexcept -> Error {
        return Error(Errc::corrupt, "the weights file is damaged: ", what, "; copy it again or convert the model again");
    }
    auto truncated(std::uint64_t stated) const noexcept -> Error {
        return Error(Errc::truncated, "the weights file ends after ", bytes_.size(), " bytes but should have ", stated,
                     "; copy it again, the last copy was cut short");
    }

    std::span<const std::byte> bytes_{};
    std::string_view names_{};
    std::uint64_t payloads_begin_ = 0;
    int tensor_count_ = 0, section_count_ = 0;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
