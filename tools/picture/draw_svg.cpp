// mdl: the graphs and the arena, drawn.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdio>
#include <sstream>

#include "network.hpp"
#include "picture/arena.hpp"
#include "picture/draw.hpp"
#include "picture/lanes.hpp"
#include "picture/svg.hpp"
#include "picture/text.hpp"
#include "table/table.hpp"

namespace mdl::tool {

namespace {

constexpr int row = 18, top = 112, margin = 16, lane_width = 9, gap = 90, arena_width = 620;
constexpr int name_columns = 40, operation_columns = 30, caption_columns = 100;
constexpr double letter_width = 6.7;  // of a monospaced font of 11 px

constexpr int cell_count = 5;

/// One line of a column: its texts, and what is told where the mouse rests on it.
struct Line {
    double y = 0;
    std::array<std::string, cell_count> cells{};
    std::string tooltip{}, fill{};
    bool is_output = false;
};

/// A list of nodes with their edges at its left.
class Column {
public:
    Column(std::vector<Line> lines, const std::vector<std::vector<int>>& inputs, const std::array<const char*, cell_count>& titles, double left)
        : lines_(std::move(lines)), inputs_(inputs), lanes_(lanes(inputs)), titles_(titles), left_(left) {
        const int lane_count = lanes_.empty() ? 0 : 1 + *std::ranges::max_element(lanes_);
        double x = left_ + lane_width * lane_count + 6;
        text_left_ = x;
        for (std::size_t c = 0; c < cell_count; ++c) {
            int widest = columns(titles_[c]);
            for (const Line& line : lines_) widest = std::max(widest, columns(line.cells[c]));
            const double width = letter_width * widest;
            at_[c] = is_number(c) ? x + width : x;
            x += width + 12;
        }
        right_ = x - 6;
    }

    auto right() const -> double { return right_; }
    auto y(int node) const -> double { return lines_[static_cast<std::size_t>(node)].y; }

    void draw(std::ostream& out) const {
        write_cells(out, top - row, titles_, "muted");
        for (std::size_t i = 0; i < lines_.size(); ++i)
            for (const int input : inputs_[i]) draw_edge(out, input, static_cast<int>(i));
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const Line& line = lines_[i];
            out << "<g><title>" << xml_text(line.tooltip) << "</title><rect x=\"" << text_left_ - 2 << "\" y=\"" << line.y - row / 2 + 1 << "\" width=\"" << right_ - text_left_
                << "\" height=\"" << row - 2 << "\" class=\"band\" fill=\"" << line.fill << "\"/><circle class=\"dot\" cx=\"" << lane_x(static_cast<int>(i)) << "\" cy=\"" << line.y
                << "\" r=\"4\" fill=\"" << line.fill << "\"/>";
            if (line.is_output) out << "<circle class=\"ring\" cx=\"" << lane_x(static_cast<int>(i)) << "\" cy=\"" << line.y << "\" r=\"6.5\"/>";
            write_cells(out, line.y, line.cells, "");
            out << "</g>\n";
        }
    }

private:
    static auto is_number(std::size_t cell) -> bool { return cell == 0 || cell == cell_count - 1; }
    auto lane_x(int node) const -> double { return left_ + lane_width * lanes_[static_cast<std::size_t>(node)] + 4; }

    template <class Cells>
    void write_cells(std::ostream& out, double y, const Cells& cells, const char* kind) const {
        out << "<text y=\"" << y + 4 << '"';
        if (*kind != '\0') out << " class=\"" << kind << '"';
        out << '>';
        for (std::size_t c = 0; c < cell_count; ++c)
            if (!std::string_view(cells[c]).empty()) out << "<tspan x=\"" << at_[c] << (is_number(c) ? "\" class=\"n\">" : "\">") << xml_text(cells[c]) << "</tspan>";
        out << "</text>";
    }

    /// Down the tensor's lane, and in the reader's row across to it: rows have one dot each, so that no edge meets another's.
    void draw_edge(std::ostream& out, int from, int to) const {
        const double x = lane_x(from), end = lane_x(to), bend = end > x ? 4 : -4;
        out << "<path class=\"edge\" d=\"M" << x << ' ' << y(from);
        if (x == end) out << 'V' << y(to);
        else out << 'V' << y(to) - 4 << 'Q' << x << ' ' << y(to) << ' ' << x + bend << ' ' << y(to) << 'H' << end;
        out << "\"/>\n";
    }

    std::vector<Line> lines_;
    const std::vector<std::vector<int>>& inputs_;
    std::vector<int> lanes_;
    std::array<const char*, cell_count> titles_;
    std::array<double, cell_count> at_{};
    double left_, text_left_ = 0, right_ = 0;
};

template <class Node>
auto inputs_of(const std::vector<Node>& nodes) -> std::vector<std::vector<int>> {
    std::vector<std::vector<int>> inputs;
    for (const Node& node : nodes) inputs.push_back(node.inputs);
    return inputs;
}

/// "1.5 MiB".
auto size_text(std::int64_t bytes) -> std::string {
    char text[32];
    if (bytes < 1024) std::snprintf(text, sizeof text, "%d B", static_cast<int>(bytes));
    else if (bytes < 1024 * 1024) std::snprintf(text, sizeof text, "%.3g KiB", static_cast<double>(bytes) / 1024);
    else std::snprintf(text, sizeof text, "%.3g MiB", static_cast<double>(bytes) / (1024 * 1024));
    return text;
}

class Drawing {
public:
    explicit Drawing(const Graphs& graphs) : graphs_(graphs), arena_(arena_picture(graphs, static_cast<int>(std::size(colours)))) {}

    auto draw() -> std::string {
        place_nodes();
        const auto written_inputs = inputs_of(graphs_.written), run_inputs = inputs_of(graphs_.run);
        const Column written(written_lines(), written_inputs, {"", "layer", "as written", "output", "MACs"}, margin);
        const Column run(run_lines(), run_inputs, {"", "step", "kernel", "output", "MACs"}, written.right() + gap);
        arena_left_ = std::max(run.right() + 30, margin + letter_width * caption_columns);
        const double width = arena_left_ + arena_width + margin;
        std::ostringstream out;
        out.precision(5);  // a tenth of a pixel
        out << svg_begin(static_cast<int>(width), static_cast<int>(bottom_) + 24, "11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace",
                         ".n{text-anchor:end}.band{fill-opacity:.25}.link{fill-opacity:.45}.kept{fill-opacity:.3}.edge{fill:none;stroke:#888;stroke-width:1.3}.dot{stroke:#444}.ring{fill:none;stroke:#888}.head{font-size:14px}"
                         ".label{fill:#111}.piece{stroke:#333;stroke-width:.6}.seam{stroke:#111;stroke-dasharray:4 3}");
        draw_caption(out);
        for (std::size_t i = 0; i < graphs_.run.size(); ++i) draw_links(out, written.right(), static_cast<int>(i));
        written.draw(out);
        run.draw(out);
        draw_arena(out);
        out << "</svg>\n";
        return out.str();
    }

private:
    auto written_y(int layer) const -> double { return top + row * layer; }
    auto run_y(int node) const -> double { return run_y_[static_cast<std::size_t>(node)]; }

    /// A node stands beside the layer that it began as, or below the node before it.
    void place_nodes() {
        double next = top;
        for (const RunNode& node : graphs_.run) {
            if (node.planned.source >= 0) next = std::max(next, written_y(node.planned.source));
            run_y_.push_back(next);
            next += row;
        }
        run_y_.push_back(next);  // the end of the last
        bottom_ = std::max(next, written_y(static_cast<int>(graphs_.written.size()))) - row / 2;
    }

    auto fill(int node) const -> const char* {
        const int block = node < 0 ? -1 : arena_.block_of[static_cast<std::size_t>(node)];
        return block < 0 ? "#999" : colours[arena_.blocks[static_cast<std::size_t>(block)].colour];
    }

    auto written_lines() const -> std::vector<Line> {
        std::vector<Line> lines;
        for (int i = 0; i < static_cast<int>(graphs_.written.size()); ++i) {
            const WrittenLayer& layer = graphs_.written[static_cast<std::size_t>(i)];
            lines.push_back({written_y(i),
                             {std::to_string(i), shortened(layer.name, name_columns), shortened(layer.operation, operation_columns), to_text(layer.shape), grouped(layer.macs)},
                             written_facts(graphs_, i), fill(layer.node), layer.is_output});
        }
        return lines;
    }

    auto run_lines() const -> std::vector<Line> {
        std::vector<Line> lines;
        for (int i = 0; i < static_cast<int>(graphs_.run.size()); ++i) {
            const RunNode& node = graphs_.at(i);
            lines.push_back({run_y(i),
                             {std::to_string(i), shortened(node.name, name_columns), shortened(node.how(), operation_columns), to_text(node.shape), grouped(node.planned.macs)},
                             run_facts(graphs_, i), fill(i), node.is_output});
        }
        return lines;
    }

    void draw_caption(std::ostream& out) const {
        int steps = 0;
        for (const RunNode& node : graphs_.run) steps += node.planned.runs;
        const auto line = [&](double x, int y, const char* kind, const std::string& words) {
            out << "<text x=\"" << x << "\" y=\"" << y << "\" class=\"" << kind << "\">" << xml_text(words) << "</text>\n";
        };
        line(margin, 24, "head", shortened(graphs_.network, 3 * caption_columns / 4));
        line(margin, 44, "muted", std::to_string(graphs_.written.size()) + " layers as written, " + or_zero(graphs_.macs()) + " multiply-accumulates, " + or_zero(graphs_.parameters()) + " parameters");
        line(margin, 60, "muted", std::to_string(steps) + " steps as run, for " + graphs_.instruction_set() + "; a step has the colour of its memory, a ring is an output");
        const double times = static_cast<double>(arena_.unshared_bytes) / static_cast<double>(std::max<std::int64_t>(graphs_.plan.arena_bytes, 1));
        char text[160];
        std::snprintf(text, sizeof text, " bytes without reuse (%.1f times as many); at least ", times);
        line(arena_left_, 24, "head", "arena of " + or_zero(graphs_.plan.arena_bytes) + " bytes");
        line(arena_left_, 44, "muted", or_zero(arena_.unshared_bytes) + text + or_zero(graphs_.plan.lower_bound) + " are alive at once");
        line(arena_left_, 60, "muted", "time runs down. Dashed: taken over by the next tensor; hatched: scratch; pale: reserved");
    }

    static auto or_zero(std::int64_t number) -> std::string { return number == 0 ? "0" : grouped(number); }

    /// From each run of neighbouring layers to the node that does their work.
    void draw_links(std::ostream& out, double written_right, int node) const {
        const auto& layers = graphs_.at(node).layers;
        const double x0 = written_right - 2, x1 = written_right + gap - 6, middle = (x0 + x1) / 2, half = row / 2.0 - 1;
        for (std::size_t first = 0, next = 0; first < layers.size(); first = next) {
            for (next = first + 1; next < layers.size() && layers[next] == layers[next - 1] + 1;) ++next;
            const double y0 = written_y(layers[first]) - half, y1 = written_y(layers[next - 1]) + half, y = run_y(node);
            out << "<path class=\"link\" fill=\"" << fill(node) << "\" d=\"M" << x0 << ' ' << y0 << 'C' << middle << ' ' << y0 << ' ' << middle << ' ' << y - half << ' ' << x1
                << ' ' << y - half << 'V' << y + half << 'C' << middle << ' ' << y + half << ' ' << middle << ' ' << y1 << ' ' << x0 << ' ' << y1 << "Z\"/>\n";
        }
    }

    auto arena_x(std::int64_t bytes) const -> double {
        return arena_left_ + arena_width * static_cast<double>(bytes) / static_cast<double>(std::max<std::int64_t>(graphs_.plan.arena_bytes, 1));
    }
    /// Of a half step: the border above a node's row, or the row's middle.
    auto half_step_y(int half_step) const -> double { return run_y_[static_cast<std::size_t>(half_step / 2)] - (half_step % 2 == 0 ? row / 2.0 : 0); }

    void draw_arena(std::ostream& out) const {
        std::int64_t unit = 64;
        while (graphs_.plan.arena_bytes / unit > 6) unit *= 2;
        for (std::int64_t at = 0; at <= graphs_.plan.arena_bytes; at += unit)
            out << "<path class=\"line\" d=\"M" << arena_x(at) << ' ' << top - row + 8 << 'V' << bottom_ << "\"/><text class=\"muted\" x=\"" << arena_x(at) << "\" y=\"" << top - row + 4
                << "\" text-anchor=\"" << (at == 0 ? "start" : "middle") << "\">" << (at == 0 ? "0" : size_text(at)) << "</text>\n";
        out << "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
               "<path d=\"M0 0V6\" stroke=\"#333\" stroke-opacity=\".5\" stroke-width=\"1.5\"/></pattern></defs>\n";
        for (const ArenaBlock& block : arena_.blocks) draw_rectangle(out, block.extent, colours[block.colour], "class=\"kept\"");
        for (const Piece& piece : arena_.pieces) draw_piece(out, piece);
    }

    void draw_rectangle(std::ostream& out, const Extent& extent, const char* colour, const char* more) const {
        out << "<rect x=\"" << arena_x(extent.offset) << "\" y=\"" << half_step_y(extent.begin) << "\" width=\"" << std::max(1.0, arena_x(extent.offset + extent.bytes) - arena_x(extent.offset))
            << "\" height=\"" << half_step_y(extent.end) - half_step_y(extent.begin) << "\" fill=\"" << colour << "\" " << more << "/>";
    }

    void draw_piece(std::ostream& out, const Piece& piece) const {
        const Extent& extent = piece.extent;
        const std::string name = std::to_string(piece.node) + " " + graphs_.at(piece.node).name;
        out << "<g><title>" << xml_text(piece_facts(piece)) << "</title>";
        draw_rectangle(out, extent, colours[arena_.blocks[static_cast<std::size_t>(piece.block)].colour], "class=\"piece\"");
        if (piece.scratch) draw_rectangle(out, extent, "url(#hatch)", "");
        const double x = arena_x(extent.offset), y = half_step_y(extent.begin), width = arena_x(extent.offset + extent.bytes) - x;
        if (piece.takes_over) out << "<path class=\"seam\" d=\"M" << x << ' ' << y << 'h' << width << "\"/>";
        const int room = static_cast<int>((width - 6) / letter_width);
        const std::string label = piece.scratch ? std::string() : room < 9 ? std::to_string(piece.node) : shortened(name, room);
        if (columns(label) <= room && half_step_y(extent.end) - y > 13)
            out << "<text class=\"label\" x=\"" << x + 3 << "\" y=\"" << y + 13 << "\">" << xml_text(label) << "</text>";
        out << "</g>\n";
    }

    auto piece_facts(const Piece& piece) const -> std::string {
        const auto& block = arena_.blocks[static_cast<std::size_t>(piece.block)];
        const RunNode& node = graphs_.at(piece.node);
        const auto name = [&](int k) { return std::to_string(k) + " " + graphs_.at(k).name; };
        std::string text = (piece.scratch ? "scratch of " : "") + name(piece.node) + "\nbytes " + or_zero(piece.extent.offset) + " to " + or_zero(piece.extent.offset + piece.extent.bytes) + " (" +
                           size_text(piece.extent.bytes) + ")";
        if (!piece.scratch) text += "\nfrom step " + std::to_string(piece.extent.begin / 2) + " to step " + std::to_string(node.last_reader);
        std::string earlier;
        for (const Piece& other : arena_.pieces)
            if (std::ranges::find(block.earlier, other.block) != block.earlier.end()) earlier += (earlier.empty() ? "" : ", ") + (other.scratch ? "scratch of " + name(other.node) : name(other.node));
        if (!earlier.empty()) text += "\nwhere there was " + shortened(earlier, 300);
        return text;
    }

    const Graphs& graphs_;
    const ArenaPicture arena_;
    std::vector<double> run_y_{};  ///< and where the last one ends
    double bottom_ = 0, arena_left_ = 0;
};

}  // namespace

auto draw_svg(const Graphs& graphs) -> std::string { return Drawing(graphs).draw(); }

}  // namespace mdl::tool
