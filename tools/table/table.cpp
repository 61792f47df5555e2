// mdl: layout of the table.
// SPDX-License-Identifier: MIT
#include "table/table.hpp"

#include <algorithm>
#include <cstdio>
#include <iomanip>
#include <ostream>
#include <string>
#include <vector>

#include "failure.hpp"
#include "network.hpp"

namespace mdl::tool {

namespace {

auto cut(std::string_view text, std::size_t most) -> std::string {
    return text.size() <= most ? std::string(text) : std::string(text.substr(0, most - 3)) + "...";
}

template <class T>
auto value(Result<T> result) -> T {
    if (!result) fail(Exit::bad_input, result.error().message());
    return std::move(*result);
}

void print_preprocessing(std::ostream& out, const weights::Preprocessing& p) {
    if (p.is_empty()) return;
    out << "preprocessing:";
    if (p.resize > 0) out << " resize " << p.resize;
    if (p.crop > 0) out << " crop " << p.crop;
    if (p.order != PixelOrder::any) out << " order " << (p.order == PixelOrder::bgr ? "bgr" : "rgb");
    const auto list = [&](const char* name, int count, const float* values) {
        for (int i = 0; i < count; ++i) out << (i == 0 ? name : ",") << values[i];
    };
    list(" mean ", p.mean_count, p.mean);
    list(" scale ", p.scale_count, p.scale);
    out << '\n';
}

}  // namespace

auto grouped(std::int64_t number) -> std::string {
    if (number == 0) return {};
    std::string digits = std::to_string(number);
    for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), ",");
    return digits;
}

void print_table(std::ostream& out, const weights::File& file) {
    const auto graph = value(file.graph());
    const auto labels = value(file.labels());
    const auto preprocessing = value(file.preprocessing());
    std::vector<std::vector<std::string>> rows{{"", "layer", "operation", "output", "MACs", "weights"}};
    std::int64_t macs = 0, parameters = 0;
    std::uint64_t bytes = 0;
    for (int i = 0; i < graph.node_count(); ++i) {
        const auto node = graph.node(i);
        rows.push_back({std::to_string(i), cut(node.name, 40), cut(node.operation, 60), to_text(node.shape), grouped(node.macs),
                        grouped(node.parameters)});
        macs += node.macs;
        parameters += node.parameters;
    }
    for (int i = 0; i < file.tensor_count(); ++i) bytes += file.tensor(i).bytes.size();
    std::vector<std::size_t> widths(rows[0].size(), 0);
    for (const auto& row : rows)
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
    for (const auto& row : rows) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            const bool right = c == 0 || c >= 4;
            out << (c == 0 ? "" : "  ") << (right ? std::right : std::left) << std::setw(static_cast<int>(widths[c])) << row[c];
        }
        out << '\n';
    }
    char fingerprint[24];
    std::snprintf(fingerprint, sizeof fingerprint, "%016llx", static_cast<unsigned long long>(file.fingerprint()));
    const auto or_zero = [](const std::string& digits) { return digits.empty() ? "0" : digits; };
    out << "network " << file.network_name() << ", fingerprint " << fingerprint << "\n"
        << "total " << or_zero(grouped(macs)) << " MACs, " << or_zero(grouped(parameters)) << " parameters, "
        << or_zero(grouped(static_cast<std::int64_t>(bytes))) << " bytes of weights in " << file.tensor_count() << " tensors\n";
    print_preprocessing(out, preprocessing);
    if (labels.size() > 0)
        out << labels.size() << " labels: " << labels[0]
            << (labels.size() > 1 ? ", " + std::string(labels[1]) + (labels.size() > 2 ? ", ..." : "") : "") << '\n';
}

}  // namespace mdl::tool
