// mdl: reads labels, preprocessing and the graph's table out of a weights file's sections, in place.
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include <mdl/base/byte_reader.hpp>
#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/metadata.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

namespace detail {

inline auto as_text(std::span<const std::byte> bytes) noexcept -> std::string_view {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline auto section_error(std::string_view kind, std::string_view what) noexcept -> Error {
    return Error(Errc::corrupt, "section ", kind, " of the weights file is damaged: ", what, "; copy or convert the file again");
}

}  // namespace detail

/// The names of a classifier's answers; points into the file.
class Labels {
public:
    Labels() noexcept = default;

    /// Section bytes: count (u32), the end of each text (count x u32, counted from the first text's begin), the texts.
    static auto parse(std::span<const std::byte> bytes) noexcept -> Result<Labels> {
        ByteReader in(bytes);
        Labels labels;
        const std::uint32_t count = in.u32();
        labels.ends_ = in.bytes(std::uint64_t{count} * 4);
        labels.text_ = in.text(in.remaining());
        if (!in.ok() || count > std::uint32_t{std::numeric_limits<int>::max()})
            return detail::section_error(section_labels, "it ends within the list");
        std::uint32_t last = 0;
        for (std::size_t i = 0; i < labels.ends_.size(); i += 4) {
            const auto end = load_little<std::uint32_t>(&labels.ends_[i]);
            if (end < last || end > labels.text_.size()) return detail::section_error(section_labels, "a label lies outside of it");
            last = end;
        }
        if (last != labels.text_.size()) return detail::section_error(section_labels, "bytes follow the last label");
        if (!is_printable(labels.text_)) return detail::section_error(section_labels, "a label has control characters");
        return labels;
    }

    auto size() const noexcept -> int { return static_cast<int>(ends_.size() / 4); }
    auto operator[](int i) const noexcept -> std::string_view {
        MDL_ASSERT(i >= 0 && i < size());
        const std::size_t begin = i == 0 ? 0 : end_of(i - 1);
        return part_of(text_, begin, end_of(i) - begin);
    }

private:
    auto end_of(int i) const noexcept -> std::size_t { return load_little<std::uint32_t>(&ends_[static_cast<std::size_t>(i) * 4]); }

    std::span<const std::byte> ends_{};
    std::string_view text_{};
};

/// Section bytes: resize, crop, order, number of means, number of scales (u32 each), mean[4], scale[4] (f32), 12 zeros.
inline auto parse_preprocessing(std::span<const std::byte> bytes) noexcept -> Result<Preprocessing> {
    constexpr std::uint32_t limit = max_image_side + 1;
    ByteReader in(bytes);
    Preprocessing p;
    const std::uint32_t resize = in.u32(), crop = in.u32(), order = in.u32(), means = in.u32(), scales = in.u32();
    for (float& value : p.mean) value = in.f32();
    for (float& value : p.scale) value = in.f32();
    in.skip(12);
    if (!in.ok() || in.remaining() != 0) return detail::section_error(section_preprocessing, "it has another size than 64 bytes");
    p.resize = static_cast<int>(resize < limit ? resize : limit);
    p.crop = static_cast<int>(crop < limit ? crop : limit);
    p.order = order == 0 ? PixelOrder::any : order == 1 ? PixelOrder::rgb : order == 2 ? PixelOrder::bgr : PixelOrder::rgba;
    p.mean_count = static_cast<int>(means < 5 ? means : 5);
    p.scale_count = static_cast<int>(scales < 5 ? scales : 5);
    if (!is_valid(p)) return detail::section_error(section_preprocessing, "a number is out of its range");
    return p;
}

/// The network's table as the converter wrote it; points into the file. Nodes are in an order in which each comes after those
/// that it reads.
class GraphTable {
public:
    GraphTable() noexcept = default;

    /// Section bytes: see docs/format.md. Everything is checked here, so that the accessors need not.
    static auto parse(std::span<const std::byte> bytes) noexcept -> Result<GraphTable> {
        ByteReader in(bytes);
        GraphTable graph;
        const std::uint32_t nodes = in.u32(), edges = in.u32(), outputs = in.u32();
        in.skip(4);
        graph.nodes_ = in.bytes(std::uint64_t{nodes} * graph_node_size);
        graph.edges_ = in.bytes(std::uint64_t{edges} * 4);
        graph.outputs_ = in.bytes(std::uint64_t{outputs} * 4);
        graph.text_ = in.text(in.remaining());
        constexpr std::uint32_t most = std::numeric_limits<int>::max();
        if (!in.ok() || nodes > most || edges > most || outputs > most)
            return detail::section_error(section_graph, "it ends within a table");
        if (!is_printable(graph.text_)) return detail::section_error(section_graph, "a name has control characters");
        std::uint64_t macs = 0, parameters = 0;
        for (int i = 0; i < graph.node_count(); ++i)
            if (!graph.is_sound(i) || !graph.add_up(i, macs, parameters))
                return detail::section_error(section_graph, "a node points outside of it or has a number out of range");
        for (int o = 0; o < graph.output_count(); ++o)
            if (load_little<std::uint32_t>(&graph.outputs_[static_cast<std::size_t>(o) * 4]) >= nodes)
                return detail::section_error(section_graph, "an output is no node");
        return graph;
    }

    auto node_count() const noexcept -> int { return static_cast<int>(nodes_.size() / graph_node_size); }
    auto output_count() const noexcept -> int { return static_cast<int>(outputs_.size() / 4); }
    auto node(int i) const noexcept -> NodeInfo {
        NodeInfo info;
        info.name = part_of(text_, field(i, 0), field(i, 4));
        info.operation = part_of(text_, field(i, 8), field(i, 12));
        info.first_weight = static_cast<int>(field(i, 24));
        info.weight_count = static_cast<int>(field(i, 28));
        for (std::size_t axis = 0; axis < field(i, 32); ++axis) info.shape.push(static_cast<int>(field(i, 36 + 4 * axis)));
        info.macs = static_cast<std::int64_t>(load_little<std::uint64_t>(record(i) + 64));
        info.parameters = static_cast<std::int64_t>(load_little<std::uint64_t>(record(i) + 72));
        return info;
    }
    auto input_count(int node) const noexcept -> int { return static_cast<int>(field(node, 20)); }
    /// The number of the node that node `node` reads as its k-th input.
    auto input(int node, int k) const noexcept -> int {
        MDL_ASSERT(k >= 0 && k < input_count(node));
        return static_cast<int>(edge(field(node, 16) + static_cast<std::size_t>(k)));
    }
    auto output(int o) const noexcept -> int {
        MDL_ASSERT(o >= 0 && o < output_count());
        return static_cast<int>(load_little<std::uint32_t>(&outputs_[static_cast<std::size_t>(o) * 4]));
    }

private:
    auto record(int i) const noexcept -> const std::byte* {
        MDL_ASSERT(i >= 0 && i < node_count());
        return &nodes_[static_cast<std::size_t>(i) * graph_node_size];
    }
    auto field(int i, std::size_t at) const noexcept -> std::size_t { return load_little<std::uint32_t>(record(i) + at); }
    auto edge(std::size_t i) const noexcept -> std::size_t { return load_little<std::uint32_t>(&edges_[i * 4]); }

    auto is_sound(int i) const noexcept -> bool {
        constexpr std::size_t most = std::numeric_limits<int>::max();
        const auto within = [](std::size_t begin, std::size_t count, std::size_t end) { return begin <= end && count <= end - begin; };
        if (!within(field(i, 0), field(i, 4), text_.size()) || !within(field(i, 8), field(i, 12), text_.size())) return false;
        if (!within(field(i, 16), field(i, 20), edges_.size() / 4) || !within(field(i, 24), field(i, 28), most)) return false;
        for (std::size_t k = 0; k < field(i, 20); ++k)
            if (edge(field(i, 16) + k) >= static_cast<std::size_t>(i)) return false;
        const std::size_t rank = field(i, 32);
        if (rank > max_rank) return false;
        std::uint64_t count = 1;
        for (std::size_t axis = 0; axis < rank; ++axis)
            if (!multiply_axis(count, field(i, 36 + 4 * axis))) return false;
        return true;
    }

    /// Adds a node's costs to the sums; false where a sum leaves its range, so that whoever sums them up later need not check.
    auto add_up(int i, std::uint64_t& macs, std::uint64_t& parameters) const noexcept -> bool {
        const auto add = [](std::uint64_t& sum, std::uint64_t number) {
            if (number > max_total - sum) return false;
            sum += number;
            return true;
        };
        return add(macs, load_little<std::uint64_t>(record(i) + 64)) && add(parameters, load_little<std::uint64_t>(record(i) + 72));
    }

    std::span<const std::byte> nodes_{}, edges_{}, outputs_{};
    std::string_view text_{};
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
