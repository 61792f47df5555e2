// mdl: what a program can know of a network while it is compiled.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mdl/engine/packing.hpp>

namespace mdl {

/// The type's own name, as the compiler spells it.
template <class Net>
constexpr auto network_name() noexcept -> std::string_view {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(text.find("Net = ") + 6);
    return text.substr(0, text.find_first_of(";]"));
}

namespace engine {

/// Node numbers of a graph's inputs (written graph) in order.
template <class Net>
inline constexpr auto input_nodes = [] {
    constexpr int count = [] {
        int n = 0;
        for (const graph::Node& node : written<Net>.all()) n += node.operation.op == Op::input;
        return n;
    }();
    std::array<int, count> nodes{};
    std::size_t next = 0;
    for (int i = 0; i < written<Net>.node_count; ++i)
        if (written<Net>.nodes[i].operation.op == Op::input) nodes[next++] = i;
    return nodes;
}();

/// Names of the outputs: those of Output<...>; none for a Sequential.
template <class Net>
constexpr auto output_name(std::size_t k) noexcept -> std::string_view {
    if constexpr (graph::NamesOutputs<Net>)
        return k < Net::output_names.size() ? Net::output_names[k].text : std::string_view{};
    else
        return {};
}

}  // namespace engine

/// Multiply-accumulates of one run.
template <class Net>
inline constexpr std::int64_t macs = engine::checked<Net> ? graph::total_macs(engine::written<Net>) : 0;

/// Learned numbers.
template <class Net>
inline constexpr std::int64_t parameters = engine::checked<Net> ? graph::total_parameters(engine::written<Net>) : 0;

/// Ties weights files to the network; see graph::fingerprint.
template <class Net>
inline constexpr std::uint64_t fingerprint = graph::fingerprint(engine::written<Net>);

template <class Net>
inline constexpr int input_count = static_cast<int>(engine::input_nodes<Net>.size());
template <class Net>
inline constexpr int output_count = engine::written<Net>.output_count;

/// Logical shape, in ONNX's order, of input and output K.
template <class Net, int K = 0>
inline constexpr Shape input_shape = engine::written<Net>.nodes[engine::input_nodes<Net>[K]].shape;
template <class Net, int K = 0>
inline constexpr Shape output_shape = engine::written<Net>.nodes[engine::written<Net>.outputs[K]].shape;

inline namespace MDL_ISA {

/// Bytes of the arena that a Context works in.
template <class Net, class O = Options<>>
inline constexpr std::size_t arena_bytes = static_cast<std::size_t>(engine::memory<Net, O>.bytes);

/// Bytes of packed weights that a Model holds.
template <class Net, class O = Options<>>
inline constexpr std::size_t weight_bytes = static_cast<std::size_t>(engine::packing<Net, O>.floats) * sizeof(float);

}  // namespace MDL_ISA
}  // namespace mdl
