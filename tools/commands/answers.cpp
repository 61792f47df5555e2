// mdl: printing and writing of outputs.
// SPDX-License-Identifier: MIT
#include "commands/answers.hpp"

#include <algorithm>
#include <iomanip>
#include <numeric>
#include <ostream>

#include <mdl/weights/atomic_file.hpp>

#include "failure.hpp"
#include "network.hpp"

namespace mdl::tool {

void print_answers(std::ostream& out, const std::string& name, const Shape& shape, std::span<const float> values,
                   const std::vector<std::string>& labels, int top) {
    out << name << " [" << to_text(shape) << "]";
    if (values.size() == 1) {
        out << ' ' << values[0] << '\n';
        return;
    }
    const bool vector =
        std::any_of(shape.dims, shape.dims + shape.rank, [&](int size) { return static_cast<std::size_t>(size) == values.size(); });
    if (!vector) {
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        out << " from " << *least << " to " << *most << '\n';
        return;
    }
    out << '\n';
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t count = std::min(values.size(), static_cast<std::size_t>(top));
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                      [&](std::size_t a, std::size_t b) { return values[a] > values[b] || (values[a] == values[b] && a < b); });
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t i = order[k];
        out << "  " << std::setw(10) << std::left << std::setprecision(6) << values[i] << ' ' << i
            << (i < labels.size() ? "  " + labels[i] : "") << '\n';
    }
}

void write_floats(const std::filesystem::path& file, std::span<const float> values) {
    auto target = weights::AtomicFile::create(file.string());
    if (!target) fail(Exit::io, target.error().message());
    if (const auto written = target->write(std::as_bytes(values)); !written) fail(Exit::io, written.error().message());
    if (const auto done = target->commit(); !done) fail(Exit::io, done.error().message());
}

}  // namespace mdl::tool
