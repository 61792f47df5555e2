// mdl: lowering of Einsum, CumSum and Trilu: products of matrices, and constant triangles.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

/// An Einstein sum's letters: of each operand, and of the result. An ellipsis becomes as many digits as it stands for axes.
struct Letters {
    std::vector<std::string> operands{};
    std::string result{};
};

auto read_letters(Call& call) -> Letters {
    std::string equation = call.attributes.string("equation", "");
    std::erase(equation, ' ');
    Letters letters;
    std::string part;
    const std::size_t arrow = equation.find("->");
    for (const char c : equation.substr(0, arrow) + ",") {
        if (c != ',')
            part += c;
        else
            letters.operands.push_back(std::exchange(part, {}));
    }
    if (static_cast<int>(letters.operands.size()) != call.input_count())
        call.refuse(text("has the equation '", equation, "', which has another number of operands"));
    std::string digits;
    for (int k = 0; k < call.input_count(); ++k) {
        std::string& own = letters.operands[static_cast<std::size_t>(k)];
        if (const std::size_t dots = own.find("..."); dots != std::string::npos) {
            const int axes = call.shape(k).rank - static_cast<int>(own.size()) + 3;
            if (axes < 0 || (!digits.empty() && static_cast<int>(digits.size()) != axes))
                call.refuse(text("has the equation '", equation, "', whose dots stand for several shapes"));
            digits = std::string("0123456789").substr(0, static_cast<std::size_t>(axes));
            own.replace(dots, 3, digits);
        }
        if (static_cast<int>(own.size()) != call.shape(k).rank)
            call.refuse(text("has the equation '", equation, "', which does not fit its operand of shape ", to_text(call.shape(k))));
        for (std::size_t i = 0; i < own.size(); ++i)
            if (own.find(own[i], i + 1) != std::string::npos)
                call.refuse(text("has the equation '", equation, "', which takes a diagonal; mdl does not support that"));
    }
    if (arrow != std::string::npos) {
        letters.result = equation.substr(arrow + 2);
        if (const std::size_t dots = letters.result.find("..."); dots != std::string::npos) letters.result.replace(dots, 3, digits);
        return letters;
    }
    // Without an arrow the letters that stand once remain, in the alphabet's order.
    std::map<char, int> count;
    for (const auto& own : letters.operands)
        for (const char c : own) ++count[c];
    letters.result = digits;
    for (const auto& [c, times] : count)
        if (times == 1 && digits.find(c) == std::string::npos) letters.result += c;
    return letters;
}

auto has(const std::string& letters, char c) -> bool { return letters.find(c) != std::string::npos; }

/// Axes in another order of letters.
auto add_order(Call& call, int x, const std::string& from, const std::string& to) -> int {
    if (from == to) return x;
    Shape order;
    for (const char c : to) order.push(static_cast<int>(from.find(c)));
    return add_transpose(call, x, order);
}

/// The sum over the letters that neither the result nor the other operand has.
auto add_sum(Call& call, int x, std::string& letters, const std::string& kept) -> int {
    Operation sum;
    sum.op = Op::reduce;
    sum.reduction = Reduction::sum;
    sum.keep_dims = false;
    for (std::size_t i = 0; i < letters.size(); ++i)
        if (!has(kept, letters[i])) sum.dims.push(static_cast<int>(i));
    if (sum.dims.rank == 0) return x;
    sum.keep_dims = sum.dims.rank == static_cast<int>(letters.size());  // mdl's results have one axis at least
    std::erase_if(letters, [&](char c) { return !has(kept, c); });
    const int layer = call.add(sum, {x});
    return sum.keep_dims ? add_reshape(call, layer, Shape{1}) : layer;
}

auto sizes_of(Call& call, const std::map<char, int>& sizes, const std::string& letters) -> Shape {
    if (letters.size() > static_cast<std::size_t>(max_rank))
        call.refuse(text("makes a tensor of ", letters.size(), " axes; mdl supports at most ", max_rank));
    Shape shape;
    for (const char c : letters) shape.push(sizes.at(c));
    return shape;
}

/// Of two operands: [shared, left, summed] x [shared, summed, right], a product of matrices.
void einsum(Call& call) {
    if (call.input_count() != 1 && call.input_count() != 2)
        call.refuse(text("has ", call.input_count(), " operands; mdl supports one or two"));
    Letters letters = read_letters(call);
    std::map<char, int> sizes;
    for (int k = 0; k < call.input_count(); ++k)
        for (std::size_t i = 0; i < letters.operands[static_cast<std::size_t>(k)].size(); ++i) {
            const int size = call.shape(k)[static_cast<int>(i)];
            if (const auto [known, added] = sizes.emplace(letters.operands[static_cast<std::size_t>(k)][i], size);
                !added && known->second != size)
                call.refuse(text("has two sizes for '", std::string(1, known->first), "', ", known->second, " and ", size));
        }
    for (const char c : letters.result)
        if (!sizes.contains(c) || std::count(letters.result.begin(), letters.result.end(), c) > 1)
            call.refuse(text("gives '", letters.result, "', which its operands do not"));
    std::string a = letters.operands[0], b = letters.operands.size() > 1 ? letters.operands[1] : std::string();
    const int left = add_sum(call, call.layer(0), a, letters.result + b);
    if (call.input_count() == 1) return call.result(a.empty() ? left : add_order(call, left, a, letters.result));
    const int right = add_sum(call, call.layer(1), b, letters.result + a);
    std::string shared, outer_a, outer_b, summed;
    for (const char c : a) (!has(b, c) ? outer_a : has(letters.result, c) ? shared : summed) += c;
    for (const char c : b)
        if (!has(a, c)) outer_b += c;
    const auto count = [&](const std::string& of) { return static_cast<int>(sizes_of(call, sizes, of).count()); };
    const int matrix_a =
        add_reshape(call, add_order(call, left, a, shared + outer_a + summed), Shape{count(shared), count(outer_a), count(summed)});
    const int matrix_b =
        add_reshape(call, add_order(call, right, b, shared + summed + outer_b), Shape{count(shared), count(summed), count(outer_b)});
    Operation product;
    product.op = Op::matmul;
    const std::string made = shared + outer_a + outer_b;
    const int y = add_reshape(call, call.add(product, {matrix_a, matrix_b}), made.empty() ? Shape{1} : sizes_of(call, sizes, made));
    call.result(add_order(call, y, made, letters.result));
}

/// Sums up to each element are a product with a triangle of ones.
void cumulative_sum(Call& call) {
    const Shape shape = call.shape(0);
    const int axis = static_cast<int>(normalised_axis(call.constant_integer(1, "axis"), static_cast<std::size_t>(shape.rank))),
              size = shape[axis], last = shape.rank - 1;
    if (size > 1 << 12) call.refuse(text("sums along ", size, " elements; mdl does it by a matrix, up to ", 1 << 12));
    const bool exclusive = call.attributes.integer("exclusive", 0) != 0, reverse = call.attributes.integer("reverse", 0) != 0;
    std::vector<float> triangle;
    for (int to = 0; to < size; ++to)
        for (int from = 0; from < size; ++from)
            triangle.push_back((reverse ? from > to : from < to) || (from == to && !exclusive) ? 1.0f : 0.0f);
    Shape exchanged;
    for (int a = 0; a < shape.rank; ++a) exchanged.push(a == axis ? last : a == last ? axis : a);
    const int x = axis == last ? call.layer(0) : add_transpose(call, call.layer(0), exchanged);
    Operation dense;
    dense.op = Op::dense;
    dense.out_channels = size;
    const int rows = add_reshape(call, x, Shape{static_cast<int>(shape.count() / size), size});
    const Shape summed = call.network().shape(x);  // a copy: shapes move when a layer is added
    const int y = add_reshape(call, call.add(dense, {rows}, {make_floats(std::move(triangle))}), summed);
    call.result(axis == last ? y : add_transpose(call, y, exchanged));
}

/// The elements above or below a diagonal, chosen by a constant mask.
void triangle(Call& call) {
    const Shape shape = call.shape(0);
    if (shape.rank < 2) call.refuse(text("takes a triangle of a tensor of shape ", to_text(shape)));
    const std::int64_t k = call.has(1) ? call.constant_integer(1, "diagonal") : 0;
    const bool upper = call.attributes.integer("upper", 1) != 0;
    const int rows = shape[shape.rank - 2], columns = shape[shape.rank - 1];
    if (std::int64_t{rows} * columns > 1 << 24)
        call.refuse(text("takes a triangle of a tensor of shape ", to_text(shape), ", whose mask is too large"));
    std::vector<float> mask;
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) mask.push_back((upper ? c - r >= k : c - r <= k) ? 1.0f : 0.0f);
    Operation choice;
    choice.op = Op::select;
    call.result(
        call.add(choice, {add_numbers(call, Shape{rows, columns}, std::move(mask)), call.layer(0), add_numbers(call, Shape{1}, {0})}));
}

}  // namespace

void add_sums(LoweringTable& table) {
    table["Einsum"] = einsum;
    table["CumSum"] = cumulative_sum;
    table["Trilu"] = triangle;
}

}  // namespace mdl::tool
