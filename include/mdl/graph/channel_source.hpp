// mdl: where the channels of a tensor come from that is put together from those of others.
// SPDX-License-Identifier: MIT
#pragma once

#include <compare>

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

/// The channels that a concatenation, slice, shuffle, or any chain of them takes: channel j is channel begin + j of the inputs'
/// concatenation after a shuffle by `groups`; 1: no shuffle.
struct ChannelPick {
    int groups = 1, begin = 0;

    constexpr explicit ChannelPick(const Operation& operation) noexcept {
        const bool chain = operation.op == Op::channel_gather;
        if (chain || operation.op == Op::channel_shuffle) groups = operation.groups;
        if (chain || operation.op == Op::slice) begin = operation.begin;
    }
};

/// Channel `channel` of the tensor of node `node`.
struct ChannelSource {
    int node = 0, channel = 0;

    constexpr auto operator<=>(const ChannelSource&) const noexcept = default;
};

/// From which channel of which input node `node` takes its channel number `channel`.
template <int N, int E, int O>
constexpr auto picked_channel(const Graph<N, E, O>& g, int node, int channel) noexcept -> ChannelSource {
    const ChannelPick pick(g.nodes[node].operation);
    int total = 0;
    for (const int input : g.inputs(node)) total += g.nodes[input].shape.channels();
    const int place = pick.begin + channel;
    ChannelSource source{node, place % pick.groups * (total / pick.groups) + place / pick.groups};
    for (const int input : g.inputs(node)) {
        source.node = input;
        const int channels = g.nodes[input].shape.channels();
        if (source.channel < channels) break;
        source.channel -= channels;
    }
    return source;
}

/// Where a channel lies in memory: mapped tensors have none.
template <int N, int E, int O>
constexpr auto channel_source(const Graph<N, E, O>& g, ChannelSource source) noexcept -> ChannelSource {
    while (g.nodes[source.node].choice.mapped) source = picked_channel(g, source.node, source.channel);
    return source;
}

}  // namespace mdl::graph
