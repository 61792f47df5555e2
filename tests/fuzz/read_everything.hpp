// mdl: reads every part of a weights file that can be reached, as a loader or `mdl inspect` would, for the fuzz tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mdl/weights/reader.hpp>
#include <mdl/weights/tensor_source.hpp>

namespace fuzz {

/// Sums everything up, so that every byte handed out is really read.
class Digest {
public:
    void add(std::uint64_t number) { sum_ = sum_ * 31 + number; }
    void add(std::string_view text) {
        for (const char c : text) add(static_cast<unsigned char>(c));
    }
    void add(std::span<const std::byte> bytes) { add(mdl::weights::checksum(bytes)); }
    void add(const mdl::Shape& shape) {
        for (int axis = 0; axis < shape.rank; ++axis) add(static_cast<std::uint64_t>(shape[axis]));
        add(static_cast<std::uint64_t>(shape.count()));
    }
    auto value() const -> std::uint64_t { return sum_; }

private:
    std::uint64_t sum_ = 0;
};

/// Opens, then reads tables, sections and tensors; returns what was read as one number, and error texts too.
inline auto read_everything(std::span<const std::byte> bytes) -> std::uint64_t {
    using namespace mdl::weights;
    Digest digest;
    const auto file = File::open(bytes);
    if (!file) {
        digest.add(file.error().message());
        return digest.value();
    }
    digest.add(file->fingerprint());
    digest.add(file->network_name());
    for (int i = 0; i < file->section_count(); ++i) {
        const auto section = file->section(i);
        digest.add(section.kind);
        digest.add(section.bytes);
    }
    if (const auto labels = file->labels())
        for (int i = 0; i < labels->size(); ++i) digest.add((*labels)[i]);
    if (const auto p = file->preprocessing()) digest.add(static_cast<std::uint64_t>(p->resize + p->crop + p->mean_count + p->scale_count));
    if (const auto graph = file->graph()) {
        std::int64_t total = 0;
        for (int i = 0; i < graph->node_count(); ++i) {
            const auto node = graph->node(i);
            digest.add(node.name);
            digest.add(node.operation);
            digest.add(node.shape);
            total += node.macs + node.parameters;  // signed: an overflow is seen
            digest.add(static_cast<std::uint64_t>(total));
            for (int k = 0; k < graph->input_count(i); ++k) digest.add(graph->node(graph->input(i, k)).name);
        }
        for (int o = 0; o < graph->output_count(); ++o) digest.add(graph->node(graph->output(o)).name);
    }
    FileSource source(*file);
    for (int i = 0; i < file->tensor_count(); ++i) {
        const auto info = file->tensor(i);
        digest.add(info.name);
        digest.add(info.encoding);
        digest.add(element_name(info.element));
        // A file of a hundred thousand records that all point to the same name would take minutes.
        if (i < 16) digest.add(static_cast<std::uint64_t>(file->find(info.name)));
        const auto pulled = source.tensor(i, info.shape);
        if (pulled)
            digest.add(std::as_bytes(*pulled));
        else
            digest.add(pulled.error().message());
    }
    return digest.value();
}

}  // namespace fuzz
