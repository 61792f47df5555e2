# mdl: writes networks of a given number of nodes as C++, which must compile with a compiler's default limits.
# SPDX-License-Identifier: MIT
"""usage: generate.py sequential|graph NODES >net.cpp"""
import sys

kind, nodes = sys.argv[1], int(sys.argv[2])


def sequential() -> str:
    """Convolutions and activations that fusion halves, with a residual in every ten."""
    layers = ["mdl::Input<16, 16, 8>"]
    count = 1
    while count + 10 <= nodes:
        body = ", ".join(["mdl::Conv<8, mdl::Kernel<3>, mdl::Pad<1>>", "mdl::BatchNorm<>", "mdl::Relu"] * 2 + ["mdl::Conv<8>"])
        layers += [f"mdl::Residual<{body}>", "mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>", "mdl::Relu6"]
        count += 10
    layers += ["mdl::Sigmoid"] * (nodes - count)
    return "mdl::Sequential<\n    " + ",\n    ".join(layers) + ">"


def graph() -> str:
    """Every third node reads one far back: long lives, which the memory planner finds hard."""
    items = ['mdl::Node<"n0", mdl::Input<16, 16, 8>>']
    for i in range(1, nodes):
        if i % 3 == 0:
            items.append(f'mdl::Node<"n{i}", mdl::Add<>, mdl::From<"n{i - 1}", "n{max(0, i - 40)}">>')
        else:
            layer = "mdl::Conv<8, mdl::Kernel<3>, mdl::Pad<1>>" if i % 3 == 1 else "mdl::Relu"
            items.append(f'mdl::Node<"n{i}", {layer}, mdl::From<"n{i - 1}">>')
    return "mdl::Graph<\n    " + ",\n    ".join(items) + f',\n    mdl::Output<"n{nodes - 1}">>'


print(f"""// mdl: {nodes} nodes, written by generate.py.
#include <mdl/mdl.hpp>

struct Net : {sequential() if kind == "sequential" else graph()} {{}};
static_assert(mdl::engine::written<Net>.node_count == {nodes});
static_assert(mdl::arena_bytes<Net> > 0 && mdl::arena_bytes<Net> < 64 * 16 * 16 * 8 * sizeof(float));
static_assert(mdl::macs<Net> > 0);

auto run(const mdl::Model<Net>& model, mdl::Arena<Net>& arena, std::span<const float> pixels) -> float {{
    mdl::Context<Net> context{{model, arena}};
    const auto scores = context.run(pixels);
    return scores ? (*scores)[0] : 0.0f;
}}""")
