// mdl: sums of the reference interpreter: Einstein's, cumulative ones, and triangles of matrices.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

/// The letters of an Einstein sum, one string an operand and the result's last; dots are written out as digits, counted from the end.
auto letters_of(const Node& node) -> std::vector<std::string> {
    std::string equation = node.string("equation", "");
    std::erase(equation, ' ');
    std::vector<std::string> parts;
    const std::size_t arrow = equation.find("->");
    std::string left = equation.substr(0, arrow), all;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        const std::size_t comma = std::min(left.find(','), left.size());
        parts.push_back(left.substr(0, comma));
        left.erase(0, comma + 1);
    }
    std::string longest;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        std::string& own = parts[k];
        if (const std::size_t dots = own.find("..."); dots != std::string::npos) {
            const auto axes = static_cast<std::int64_t>(node.input(k).dims.size()) - static_cast<std::int64_t>(own.size()) + 3;
            if (axes < 0 || axes > 10) fail(Exit::bad_input, "has an equation that does not fit its operands; the model is wrong");
            const std::string digits = std::string("9876543210").substr(static_cast<std::size_t>(10 - axes));
            own.replace(dots, 3, digits);
            if (digits.size() > longest.size()) longest = digits;
        }
        if (own.size() != node.input(k).dims.size())
            fail(Exit::bad_input, "has an equation that does not fit its operands; the model is wrong");
        all += own;
    }
    std::string result = longest;
    if (arrow != std::string::npos) {
        result = equation.substr(arrow + 2);
        if (const std::size_t dots = result.find("..."); dots != std::string::npos) result.replace(dots, 3, longest);
    } else {
        std::sort(all.begin(), all.end());
        for (const char c : all)
            if (std::count(all.begin(), all.end(), c) == 1 && longest.find(c) == std::string::npos) result += c;
    }
    parts.push_back(result);
    return parts;
}

/// For every value of every letter, the product of the operands goes to the result.
auto einsum(const Node& node) -> Outputs {
    const auto parts = letters_of(node);
    std::string letters;
    Dims sizes;
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
        for (std::size_t i = 0; i < parts[k].size(); ++i) {
            const std::int64_t size = node.input(k).dims[i];
            const std::size_t known = letters.find(parts[k][i]);
            if (known == std::string::npos)
                letters += parts[k][i], sizes.push_back(size);
            else if (sizes[known] == 1)
                sizes[known] = size;
            else if (size != 1 && sizes[known] != size)
                fail(Exit::bad_input, "has two sizes for one letter; the model is wrong");
        }
    Dims dims;
    for (const char c : parts.back()) dims.push_back(sizes.at(letters.find(c)));
    Array y(dims, node.input().is_integer);
    Coordinates at(sizes);
    const auto number = [&](const std::string& own, const Dims& of) {
        std::int64_t n = 0;
        for (std::size_t i = 0; i < own.size(); ++i) n = n * of[i] + (of[i] == 1 ? 0 : at[static_cast<int>(letters.find(own[i]))]);
        return n;
    };
    std::int64_t terms = 1;
    for (const auto size : sizes) terms *= size;
    for (std::int64_t t = 0; t < terms; ++t, at.next()) {
        double product = 1;
        for (std::size_t k = 0; k < node.inputs.size(); ++k) product *= node.input(k)[number(parts[k], node.input(k).dims)];
        y[number(parts.back(), dims)] += product;
    }
    return {std::move(y)};
}

auto cumulative_sum(const Node& node) -> Outputs {
    Array y = node.input();
    const int axis = node.axis(node.integers(std::size_t{1}).at(0), y.rank());
    const bool exclusive = node.integer("exclusive", 0) != 0, reverse = node.integer("reverse", 0) != 0;
    const std::int64_t outer = y.count(0, axis), size = y.size(axis), inner = y.count(axis + 1, y.rank());
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            double sum = 0;
            for (std::int64_t p = 0; p < size; ++p) {
                double& value = y[(o * size + (reverse ? size - 1 - p : p)) * inner + i];
                const double own = value;
                value = exclusive ? sum : sum + own;
                sum += own;
            }
        }
    return {std::move(y)};
}

auto triangle(const Node& node) -> Outputs {
    Array y = node.input();
    if (y.rank() < 2) fail(Exit::bad_input, "takes a triangle of a vector; the model is wrong");
    const std::int64_t k = node.has(1) ? node.integers(std::size_t{1}).at(0) : 0, rows = y.size(y.rank() - 2),
                       columns = y.size(y.rank() - 1);
    const bool upper = node.integer("upper", 1) != 0;
    for (std::int64_t i = 0; i < y.count(); ++i) {
        const std::int64_t right = i % columns - i / columns % rows;
        if (upper ? right < k : right > k) y[i] = 0;
    }
    return {std::move(y)};
}

}  // namespace

void add_sums(OperatorTable& table) {
    table["Einsum"] = einsum;
    table["CumSum"] = cumulative_sum;
    table["Trilu"] = triangle;
}

}  // namespace mdl::tool::interpreter
