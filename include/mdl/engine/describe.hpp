// mdl: describe<Net>(), the table of what will run.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include <mdl/engine/execute.hpp>
#include <mdl/engine/network.hpp>
#include <mdl/graph/names.hpp>

namespace mdl {

namespace engine {

constexpr auto name_of(Kernel kernel) noexcept -> const char* {
    constexpr const char* names[] = {"-", "reference", "convolution (Eigen)", "dense (Eigen)", "convolution_pointwise", "convolution_strip",
                                     "convolution_winograd", "convolution_image", "grouped", "merged", "depthwise", "transposed_convolution",
                                     "transposed_depthwise", "convolution_tiny", "dense", "dense_tiny", "pool", "global_pool", "resize",
                                     "pad", "lrn", "affine", "activation", "binary", "binary_channel", "concat", "channel_gather", "softmax",
                                     "softmax_tiny", "matmul", "layer_norm", "group_norm", "to_blocks", "to_rows", "import_image"};
    static_assert(sizeof(names) / sizeof(names[0]) == static_cast<std::size_t>(Kernel::count));
    return names[static_cast<int>(kernel)];
}

/// A short text of its own.
class TableText {
public:
    void add(std::string_view text) noexcept {
        for (const char c : text)
            if (size_ + 1 < sizeof(text_)) text_[size_++] = c;
    }
    void add_shape(const Shape& shape) noexcept {
        for (int axis = 0; axis < shape.rank; ++axis) {
            char number[16];
            std::snprintf(number, sizeof number, axis == 0 ? "%d" : "x%d", shape[axis]);
            add(number);
        }
    }
    auto c_str() const noexcept -> const char* { return text_; }

private:
    char text_[120]{};
    std::size_t size_ = 0;
};

/// One line of the table, as plain values.
struct TableRow {
    Operation operation{};
    std::string_view name{};
    int part_count = 0;
    Shape shape{};
    std::int64_t macs = 0, bytes = 0, weight_bytes = 0;
    Kernel kernel{};
    bool in_place = false;
};

inline void print_row(std::FILE* out, int number, const TableRow& row, const char* const* part_names) {
    TableText layer, fused, shape;
    layer.add(row.name.empty() ? std::string_view(graph::name_of(row.operation)) : row.name);
    for (int i = 0; i < row.part_count; ++i) {
        if (i > 0) fused.add(" + ");
        fused.add(part_names[i]);
    }
    shape.add_shape(row.shape);
    std::fprintf(out, "%4d  %-24.24s %-44.44s %-22s %-16s %12" PRId64 " %10" PRId64 " %11" PRId64 "%s\n", number, layer.c_str(), fused.c_str(), name_of(row.kernel),
                 shape.c_str(), row.macs, row.weight_bytes, row.bytes, row.in_place ? " (in place)" : "");
}

}  // namespace engine

inline namespace MDL_ISA {

/// Prints what runs, step by step: layer, what was fused into it, kernel, output shape, multiply-accumulates, bytes of weights
/// as in the file, bytes of the output; then the totals.
template <class Net, class O = Options<>>
void describe(std::FILE* out = stdout) {
    const std::string_view name = network_name<Net>();
    std::fprintf(out, "network %.*s, fingerprint %016" PRIx64 "\n\n", static_cast<int>(name.size()), name.data(), fingerprint<Net>);
    std::fprintf(out, "%4s  %-24s %-44s %-22s %-16s %12s %10s %11s\n", "", "layer", "fused from", "kernel", "output", "MACs", "weights", "bytes");
    const auto& g = engine::laid_out<Net, O>;
    for (int i = 0; i < g.node_count; ++i) {
        const graph::Node& node = g.nodes[i];
        const graph::Fusion& fusion = node.fusion;
        engine::TableRow row;
        const char* parts[16]{};
        const auto add = [&](const char* part) {
            if (row.part_count < 16 && part[0] != '\0') parts[row.part_count++] = part;
        };
        const auto add_written = [&](int source) { add(graph::name_of(engine::written<Net>.nodes[source].operation)); };
        const auto weight_bytes_of = [&](const graph::Node& from) {
            for (int w = 0; w < from.weight_count; ++w) row.weight_bytes += 4 * from.weights[w].shape.count();
        };
        weight_bytes_of(node);
        for (int k = 0; k < fusion.prologue_count; ++k) add_written(fusion.prologue[k]), weight_bytes_of(engine::written<Net>.nodes[fusion.prologue[k]]);
        add(graph::name_of(fusion.prologue_activation.kind));
        add(graph::name_of(node.operation));
        for (int k = 0; k < fusion.folded_count; ++k) add_written(fusion.folded[k]), weight_bytes_of(engine::written<Net>.nodes[fusion.folded[k]]);
        if (fusion.slope >= 0) add("prelu");
        add(graph::name_of(fusion.inner.kind));
        if (fusion.residual) add(graph::name_of(fusion.residual_binary));
        add(graph::name_of(fusion.outer.kind));
        row.operation = node.operation;
        row.name = node.name;
        row.shape = node.shape;
        row.macs = graph::macs_of(node);
        row.bytes = graph::storage_bytes(node, engine::block_channels);
        row.kernel = static_cast<engine::Kernel>(node.choice.kernel);
        row.in_place = node.choice.in_place;
        engine::print_row(out, i, row, parts);
    }
    std::fprintf(out, "\n%" PRId64 " multiply-accumulates, %" PRId64 " parameters, %zu bytes of packed weights, %zu bytes of arena (no plan needs less than %" PRId64 ")\n",
                 macs<Net>, parameters<Net>, weight_bytes<Net, O>, arena_bytes<Net, O>, engine::memory<Net, O>.lower_bound);
}

}  // namespace MDL_ISA
}  // namespace mdl
