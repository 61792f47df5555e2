// mdl: prints and draws time by step.
// SPDX-License-Identifier: MIT
#include "commands/profile.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <vector>

#include "picture/svg.hpp"
#include "picture/text.hpp"
#include "write_file.hpp"

namespace mdl::tool {

namespace {

/// One line of the table.
struct Line {
    DriverStep step{};
    double milliseconds = 0;

    auto shape() const -> std::string {
        std::string text;
        for (int axis = 0; axis < step.rank; ++axis) text += (axis == 0 ? "" : "x") + std::to_string(step.dims[axis]);
        return text;
    }
    auto gflops() const -> double { return milliseconds > 0 ? 2e-6 * static_cast<double>(step.macs) / milliseconds : 0; }
    auto gigabytes_a_second() const -> double { return milliseconds > 0 ? 1e-6 * static_cast<double>(step.bytes) / milliseconds : 0; }
};

/// The least over the runs: a busy machine only adds to it.
auto measure(NetworkLibrary& network, int runs, const std::function<void()>& fill) -> std::vector<Line> {
    const auto steps = network.steps();
    std::vector<Line> lines(steps.size());
    for (std::size_t k = 0; k < steps.size(); ++k) lines[k].step = steps[k];
    std::vector<double> one(steps.size());
    for (int i = 0; i < runs; ++i) {
        std::ranges::fill(one, 0.0);
        fill();
        network.run_timed(one);
        for (std::size_t k = 0; k < steps.size(); ++k)
            if (i == 0 || one[k] < lines[k].milliseconds) lines[k].milliseconds = one[k];
    }
    return lines;
}

auto percent(double part, double whole) -> double { return whole > 0 ? 100 * part / whole : 0; }

/// printf into a stream.
template <class... Values>
void print(std::ostream& out, const char* format, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, format, values...);
    out << text;
}

void print_table(std::ostream& out, const std::vector<Line>& lines, double total, double peak) {
    print(out, "%4s  %-32s %-20s %-16s %9s %6s %8s %7s %8s %7s\n", "", "layer", "kernel", "output", "ms", "share", "GFLOP/s", "of peak", "MB", "GB/s");
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const Line& line = lines[k];
        print(out, "%4zu  %-32.32s %-20.20s %-16s %9.4f %5.1f%% %8.1f %6.0f%% %8.3f %7.1f\n", k, line.step.layer, line.step.kernel, line.shape().c_str(),
              line.milliseconds, percent(line.milliseconds, total), line.gflops(), percent(line.gflops(), peak), 1e-6 * static_cast<double>(line.step.bytes),
              line.gigabytes_a_second());
    }
    std::map<std::string, double> by_kernel;
    for (const Line& line : lines) by_kernel[line.step.kernel] += line.milliseconds;
    std::vector<std::pair<std::string, double>> kernels(by_kernel.begin(), by_kernel.end());
    std::ranges::sort(kernels, [](const auto& a, const auto& b) { return a.second > b.second; });
    out << '\n';
    for (const auto& [kernel, milliseconds] : kernels) print(out, "      %-70s %9.4f %5.1f%%\n", kernel.c_str(), milliseconds, percent(milliseconds, total));
    print(out, "\n%.4f ms in all steps (the least of each); the peak of one core measured %.1f GFLOP/s. GFLOP/s count the layer's\n", total, peak);
    out << "own multiply-adds, so that Winograd's algorithm, which saves some of them, may pass the peak.\n\n";
}

auto draw(const std::vector<Line>& lines, double total, double peak) -> std::string {
    constexpr int row = 18, left = 470, bar = 520, top = 64;
    double longest = 0;
    std::map<std::string, std::size_t> colour_of;
    for (const Line& line : lines) {
        longest = std::max(longest, line.milliseconds);
        colour_of.emplace(line.step.kernel, colour_of.size());
    }
    std::ostringstream svg;
    const auto height = top + row * static_cast<int>(lines.size()) + 20;
    svg << svg_begin(left + bar + 290, height, "12px sans-serif");
    char text[160];
    std::snprintf(text, sizeof text, "%.3f ms in %zu steps; peak of one core %.1f GFLOP/s", total, lines.size(), peak);
    svg << "<text x=\"10\" y=\"20\" font-size=\"14\">" << text << "</text>\n";
    int x = 10;
    for (const auto& [kernel, number] : colour_of) {
        svg << "<rect x=\"" << x << "\" y=\"32\" width=\"11\" height=\"11\" fill=\"" << colours[number % std::size(colours)] << "\"/><text x=\"" << x + 15
            << "\" y=\"42\">" << xml_text(kernel) << "</text>\n";
        x += 30 + 7 * static_cast<int>(kernel.size());
    }
    for (std::size_t k = 0; k < lines.size(); ++k) {
        const Line& line = lines[k];
        const int y = top + row * static_cast<int>(k);
        const double width = longest > 0 ? std::max(0.5, bar * line.milliseconds / longest) : 0;
        const std::string layer = line.step.layer;
        svg << "<text x=\"10\" y=\"" << y + 12 << "\">" << k << "  " << xml_text(shortened(layer, 44)) << "</text><text x=\"" << left - 8 << "\" y=\""
            << y + 12 << "\" text-anchor=\"end\" class=\"muted\">" << line.shape() << "</text><rect x=\"" << left << "\" y=\"" << y << "\" width=\"" << width
            << "\" height=\"" << row - 4 << "\" fill=\"" << colours[colour_of[line.step.kernel] % std::size(colours)] << "\"/>";
        std::snprintf(text, sizeof text, "%.3f ms  %.1f%%", line.milliseconds, percent(line.milliseconds, total));
        svg << "<text x=\"" << left + width + 6 << "\" y=\"" << y + 12 << "\">" << text;
        if (line.step.macs > 0) {
            std::snprintf(text, sizeof text, "  %.0f GFLOP/s (%.0f%% of peak)", line.gflops(), percent(line.gflops(), peak));
            svg << text;
        }
        svg << "</text>\n";
    }
    svg << "</svg>\n";
    return svg.str();
}

}  // namespace

void print_profile(NetworkLibrary& network, int runs, const std::string& svg, const std::function<void()>& fill) {
    const double peak = network.measured_peak();
    const auto lines = measure(network, runs, fill);
    double total = 0;
    for (const Line& line : lines) total += line.milliseconds;
    print_table(std::cout, lines, total, peak);
    if (svg.empty()) return;
    OutputFile(svg).write(draw(lines, total, peak));
}

}  // namespace mdl::tool
