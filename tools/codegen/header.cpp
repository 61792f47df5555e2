// mdl: layout of the generated header.
// SPDX-License-Identifier: MIT
#include "codegen/header.hpp"

#include "codegen/layer_text.hpp"
#include "codegen/names.hpp"

namespace mdl::tool {

namespace {

class Writer {
public:
    explicit Writer(const Network& network) : network_(network), names_(node_names(network)) {}

    auto text() const -> const std::string& { return out_; }

    /// The items of a chain, one line each, an operator with the normalisation and activation after it on one line.
    void chain(const Chain& chain, int depth) {
        for (std::size_t i = 0; i < chain.size();) {
            const Item& item = chain[i];
            if (item.kind != Item::Kind::leaf) {
                if (item.kind == Item::Kind::join) join(item, depth, i + 1 < chain.size());
                else inner_graph(item, depth, i + 1 < chain.size());
                ++i;
                continue;
            }
            std::string line = leaf(item.layer), comment = name(item.layer);
            for (++i; i < chain.size() && follows(chain[i]) && line.size() < 90; ++i) {
                line += ", " + leaf(chain[i].layer);
                comment += ", " + name(chain[i].layer);
            }
            put(depth, line, i < chain.size(), comment);
        }
    }

    void nodes(const std::vector<int>& layers, int entry, int depth, bool more_follow) {
        for (std::size_t i = 0; i < layers.size(); ++i) node(layers[i], entry, depth, more_follow || i + 1 < layers.size());
    }

    void outputs(int depth) {
        std::string line = "mdl::Output<";
        for (std::size_t i = 0; i < network_.outputs.size(); ++i)
            line += (i == 0 ? "" : ", ") + string(network_.outputs[i].layer);
        put(depth, line + ">", false, "");
    }

private:
    auto leaf(int layer) const -> std::string {
        const auto& operation = network_.at(layer).operation;
        if (!is_join(operation)) return layer_text(operation);
        return layer_text(operation) + "<" + join_option(operation) + ">";
    }
    auto name(int layer) const -> std::string { return comment_text(network_.at(layer).name); }
    auto string(int layer) const -> std::string { return '"' + quoted(names_[static_cast<std::size_t>(layer)]) + '"'; }

    /// Stands on the line of the operator before it.
    auto follows(const Item& item) const -> bool {
        if (item.kind != Item::Kind::leaf) return false;
        const Op op = network_.at(item.layer).operation.op;
        return op == Op::batch_norm || op == Op::scale || op == Op::activation || op == Op::prelu;
    }

    void put(int depth, const std::string& line, bool comma, const std::string& comment) {
        std::string text = std::string(static_cast<std::size_t>(4 * depth), ' ') + line + (comma ? "," : "");
        if (!comment.empty()) text += "  // " + comment;
        out_ += text + '\n';
    }

    void branch(const Chain& branch, int depth, bool comma) {
        if (branch.empty()) return put(depth, "mdl::Identity", comma, "");
        if (branch.size() == 1 && branch[0].kind == Item::Kind::leaf)
            return put(depth, leaf(branch[0].layer), comma, name(branch[0].layer));
        if (branch.size() == 1 && branch[0].kind == Item::Kind::join) return join(branch[0], depth, comma);
        put(depth, "mdl::Sequential<", false, "");
        chain(branch, depth + 1);
        close(depth, comma, "");
    }

    /// The bracket that ends a list goes to the end of its last line, before the comment.
    void close(int depth, bool comma, const std::string& comment) {
        static_cast<void>(depth);
        const std::size_t line = out_.rfind('\n', out_.size() - 2);
        const std::size_t begin = line == std::string::npos ? 0 : line + 1;
        const std::size_t mark = out_.find("  // ", begin);
        const std::size_t at = mark == std::string::npos ? out_.size() - 1 : mark;
        out_.insert(at, comma ? ">," : ">");
        if (!comment.empty()) out_.insert(out_.size() - 1, (mark == std::string::npos ? "  // " : "; ") + comment);
    }

    void join(const Item& item, int depth, bool comma) {
        const auto& operation = network_.at(item.layer).operation;
        const bool residual = operation.op == Op::binary && operation.binary == Binary::add && item.branches.size() == 2 &&
                              item.branches[0].empty() && !item.branches[1].empty();
        if (residual) {
            put(depth, "mdl::Residual<", false, "");
            chain(item.branches[1], depth + 1);
        } else {
            const std::string option = join_option(operation);
            put(depth, layer_text(operation) + "<" + (option.empty() ? "" : option + ","), false, "");
            for (std::size_t b = 0; b < item.branches.size(); ++b)
                branch(item.branches[b], depth + 1, b + 1 < item.branches.size());
        }
        close(depth, comma, name(item.layer));
    }

    void node(int layer, int entry, int depth, bool comma) {
        const auto& inputs = network_.at(layer).inputs;
        std::string line = "mdl::Node<" + string(layer) + ", " + leaf(layer);
        for (std::size_t k = 0; k < inputs.size(); ++k)
            line += (k == 0 ? ", mdl::From<" : ", ") + (inputs[k] == entry ? "\"in\"" : string(inputs[k]));
        const std::string original = name(layer);
        put(depth, line + (inputs.empty() ? ">" : ">>"), comma,
            original == names_[static_cast<std::size_t>(layer)] ? "" : original);
    }

    void inner_graph(const Item& item, int depth, bool comma) {
        put(depth, "mdl::Graph<", false, "");
        nodes(item.nodes, item.entry, depth + 1, false);
        close(depth, comma, "");
    }

    const Network& network_;
    std::vector<std::string> names_;
    std::string out_{};
};

auto list(const std::vector<NamedTensor>& tensors, const Network& network) -> std::string {
    std::string result;
    for (const auto& tensor : tensors)
        result += (result.empty() ? "" : ", ") + comment_text(tensor.name) + " [" + to_text(network.shape(tensor.layer)) + "]";
    return result;
}

}  // namespace

auto header_text(const Network& network, const Structure& structure, const std::string& source) -> std::string {
    Writer writer(network);
    if (structure.is_chain) {
        writer.chain(structure.chain, 1);
    } else {
        writer.nodes(structure.nodes, -1, 1, true);
        writer.outputs(1);
    }
    std::string body = writer.text();
    const std::size_t line = body.rfind('\n', body.size() - 2);
    const std::size_t mark = body.find("  // ", line == std::string::npos ? 0 : line + 1);
    body.insert(mark == std::string::npos ? body.size() - 1 : mark, "> {};");
    return "// " + network.name + ", converted by mdl from " + comment_text(source) +
           "; its weights are in the .mdlw file beside it.\n" + "// in: " + list(network.inputs, network) +
           "; out: " + list(network.outputs, network) + "\n" + "#pragma once\n\n#include <mdl/mdl.hpp>\n\nstruct " + network.name +
           " : mdl::" + (structure.is_chain ? "Sequential" : "Graph") + "<\n" + body;
}

}  // namespace mdl::tool
