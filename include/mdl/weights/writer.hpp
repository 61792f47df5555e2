// mdl: builds a weights file (for the converter and other tools; uses the heap).
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/weights/atomic_file.hpp>
#include <mdl/weights/checksum.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/metadata.hpp>
#include <mdl/weights/section_writer.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// Collects tensors, in the order of the network's weights, and sections, and writes them. The same calls give the same bytes.
class Writer {
public:
    Writer(std::uint64_t fingerprint, std::string network_name)
        : fingerprint_(fingerprint), network_name_(std::move(network_name)) {}

    /// Adds a raw f32 tensor. The values are not copied: they must live until the file is written. Errors: wrong_tensor (name
    /// empty, taken, longer than 1024 bytes or not printable; another number of values than the shape has).
    auto add_tensor(std::string_view name, const Shape& shape, std::span<const float> values) -> Result<void> {
        static_assert(std::endian::native == std::endian::little, "mdl: the writer stores floats as they lie in memory");
        return add_stored(name, shape, StoredElement::f32, encoding_raw, std::as_bytes(values));
    }
    /// The same, and keeps the values.
    auto add_tensor(std::string_view name, const Shape& shape, std::vector<float>&& values) -> Result<void> {
        return add_tensor(name, shape, std::span<const float>(kept_.emplace_back(std::move(values))));
    }
    /// Adds a tensor whose bytes are encoded already; they must live until the file is written. Errors: wrong_tensor.
    auto add_stored(std::string_view name, const Shape& shape, StoredElement element, std::string_view encoding,
                    std::span<const std::byte> bytes) -> Result<void> {
        if (name.empty() || name.size() > max_name_size || !is_printable(name))
            return Error(Errc::wrong_tensor, "the tensor name \"", short_name(name), "\" is empty, longer than ", max_name_size,
                         " bytes or has control characters; rename it in the model");
        if (encoding.empty() || encoding.size() > max_encoding_size || !is_printable(encoding))
            return Error(Errc::wrong_tensor, "the name of the encoding of tensor \"", short_name(name), "\" needs 1 to 8 characters");
        std::uint64_t count = 1;
        for (int axis = 0; axis < shape.rank; ++axis)
            if (shape[axis] < 1 || !multiply_axis(count, static_cast<std::uint64_t>(shape[axis])))
                return Error(Errc::wrong_tensor, "tensor \"", short_name(name), "\" has shape ", ShapeText(shape).view(),
                             ", which is empty or too large to store");
        if (encoding == encoding_raw && bytes.size() != count * element_bytes(element))
            return Error(Errc::wrong_tensor, "tensor \"", short_name(name), "\" of shape ", ShapeText(shape).view(), " needs ",
                         count * element_bytes(element), " bytes and was given ", bytes.size());
        if (!names_.emplace(name).second)
            return Error(Errc::wrong_tensor, "two tensors are called \"", short_name(name), "\"; give each its own name");
        tensors_.push_back({std::string(name), shape, element, std::string(encoding), bytes});
        return {};
    }

    /// Add the sections that a reader knows. Errors: wrong_size, and those of add_section.
    auto set_labels(std::span<const std::string> labels) -> Result<void> { return add_known(section_labels, labels_bytes(labels)); }
    auto set_preprocessing(const Preprocessing& p) -> Result<void> { return add_known(section_preprocessing, preprocessing_bytes(p)); }
    auto set_graph(const GraphTableWriter& graph) -> Result<void> { return add_section(section_graph, false, graph.bytes()); }
    /// Adds any other section; `kind` has four characters. A reader that does not know a required one refuses the file.
    /// Errors: wrong_size (kind taken or of another length).
    auto add_section(std::string_view kind, bool required, std::vector<std::byte> bytes) -> Result<void> {
        if (kind.size() != 4 || !is_printable(kind))
            return Error(Errc::wrong_size, "the kind of a section has four characters; \"", short_name(kind), "\" has not");
        for (const Section& section : sections_)
            if (section.kind == kind) return Error(Errc::wrong_size, "the weights file has a section ", kind, " already");
        sections_.push_back({std::string(kind), required, std::move(bytes)});
        return {};
    }

    /// The whole file in memory. Errors: wrong_size (tables above 4 GB).
    auto bytes() const -> Result<std::vector<std::byte>> {
        ByteSink out;
        const auto emitted = emit([&](std::span<const std::byte> piece) { return out.append(piece), Result<void>(); });
        if (!emitted) return emitted.error();
        return out.take();
    }
    /// Writes beside `path` and renames, so that no reader ever sees a part. Errors: those of `bytes`, and cannot_write.
    auto write(const std::string& path) const -> Result<void> {
        auto file = AtomicFile::create(path);
        if (!file) return file.error();
        auto emitted = emit([&](std::span<const std::byte> piece) { return file->write(piece); });
        return emitted ? file->commit() : emitted;
    }

private:
    struct Tensor {
        std::string name;
        Shape shape;
        StoredElement element;
        std::string encoding;
        std::span<const std::byte> bytes;
    };
    struct Section {
        std::string kind;
        bool required;
        std::vector<std::byte> bytes;
    };

    auto add_known(std::string_view kind, Result<std::vector<std::byte>> bytes) -> Result<void> {
        if (!bytes) return bytes.error();
        return add_section(kind, false, std::move(*bytes));
    }

    static constexpr auto round_up(std::uint64_t at) noexcept -> std::uint64_t {
        return (at + payload_alignment - 1) / payload_alignment * payload_alignment;
    }

    /// Tables and names; `end` becomes the end of the last payload, that is of the file.
    auto directory(std::uint64_t& end) const -> ByteSink {
        std::uint64_t names = network_name_.size();
        for (const Tensor& tensor : tensors_) names += tensor.name.size();
        end = header_size + tensors_.size() * tensor_record_size + sections_.size() * section_record_size + names;
        ByteSink section_table, tensor_table, out;
        // Sections lie before the tensors, where a tool that reads the first few kilobytes finds them.
        for (const Section& section : sections_) {
            section_table.text(section.kind);
            section_table.u32(section.required ? section_required : 0);
            section_table.u64(round_up(end));
            section_table.u64(section.bytes.size());
            section_table.u64(checksum(section.bytes));
            end = round_up(end) + section.bytes.size();
        }
        std::size_t name_offset = network_name_.size();
        for (const Tensor& tensor : tensors_) {
            tensor_table.u32(name_offset);
            tensor_table.u16(tensor.name.size());
            tensor_table.u8(static_cast<std::uint8_t>(tensor.element));
            tensor_table.u8(static_cast<std::uint64_t>(tensor.shape.rank));
            for (int axis = 0; axis < max_rank; ++axis) tensor_table.i32(axis < tensor.shape.rank ? tensor.shape[axis] : 0);
            tensor_table.text(tensor.encoding);
            tensor_table.zeros(max_encoding_size - tensor.encoding.size());
            tensor_table.u64(round_up(end));
            tensor_table.u64(tensor.bytes.size());
            tensor_table.u64(checksum(tensor.bytes));
            name_offset += tensor.name.size();
            end = round_up(end) + tensor.bytes.size();
        }
        out.append(tensor_table.bytes());
        out.append(section_table.bytes());
        out.text(network_name_);
        for (const Tensor& tensor : tensors_) out.text(tensor.name);
        return out;
    }

    /// Hands the file to `sink` piece by piece; stops at its first error.
    template <class Sink>
    auto emit(const Sink& sink) const -> Result<void> {
        if (network_name_.size() > max_name_size || !is_printable(network_name_))
            return Error(Errc::wrong_size, "the network's name is longer than ", max_name_size, " bytes or has control characters");
        std::uint64_t file_size = 0;
        const ByteSink tables = directory(file_size);
        if (tables.size() > std::numeric_limits<std::uint32_t>::max())
            return Error(Errc::wrong_size, "the tables of the weights file are too large to store");
        ByteSink head;
        head.text(magic);
        head.u16(format_version);
        head.u16(header_size);
        head.u64(file_size);
        head.u64(fingerprint_);
        head.u32(tensors_.size());
        head.u32(sections_.size());
        head.u64(tables.size());
        head.u64(checksum(tables.bytes()));
        head.u32(0);  // required features
        head.u32(network_name_.size());
        head.u64(checksum(head.bytes()));

        std::uint64_t at = 0;
        constexpr std::byte zeros[payload_alignment]{};
        const auto put = [&](std::span<const std::byte> bytes) {
            at += bytes.size();
            return sink(bytes);
        };
        const auto put_aligned = [&](std::span<const std::byte> bytes) {
            auto padded = put(std::span(zeros).first(static_cast<std::size_t>(round_up(at) - at)));
            return padded ? put(bytes) : padded;
        };
        if (auto done = put(head.bytes()); !done) return done;
        if (auto done = put(tables.bytes()); !done) return done;
        for (const Section& section : sections_)
            if (auto done = put_aligned(section.bytes); !done) return done;
        for (const Tensor& tensor : tensors_)
            if (auto done = put_aligned(tensor.bytes); !done) return done;
        return {};
    }

    std::uint64_t fingerprint_;
    std::string network_name_;
    std::vector<Tensor> tensors_;
    std::vector<Section> sections_;
    std::unordered_set<std::string> names_;
    std::deque<std::vector<float>> kept_;  // a deque: spans into what it holds stay valid as it grows
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
