// mdl: matrix products of the reference interpreter.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

/// y[rows, columns] += a[rows, inner] b[inner, columns].
void add_product(const double* a, const double* b, double* y, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
    for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t k = 0; k < inner; ++k)
            for (std::int64_t q = 0; q < columns; ++q) y[r * columns + q] += a[r * inner + k] * b[k * columns + q];
}

auto transposed(const Array& x) -> Array {
    Array y(Dims{x.size(1), x.size(0)});
    for (std::int64_t r = 0; r < x.size(0); ++r)
        for (std::int64_t q = 0; q < x.size(1); ++q) y[q * x.size(0) + r] = x[r * x.size(1) + q];
    return y;
}

/// NumPy's matmul: vectors get an axis that is dropped again.  Source: ONNX MatMul-13.
auto matmul(const Node& node) -> Outputs {
    Array a = node.input(0), b = node.input(1);
    if (a.rank() == 0 || b.rank() == 0) fail(Exit::bad_input, "multiplies a scalar; the model is wrong");
    const bool row = a.rank() == 1, column = b.rank() == 1;
    if (row) a.dims.insert(a.dims.begin(), 1);
    if (column) b.dims.push_back(1);
    const std::int64_t rows = a.size(a.rank() - 2), inner = a.size(a.rank() - 1), columns = b.size(b.rank() - 1);
    if (b.size(b.rank() - 2) != inner) fail(Exit::bad_input, "multiplies ", to_text(a.dims), " by ", to_text(b.dims), ", which do not fit; the model is wrong");
    const Dims outer_a(a.dims.begin(), a.dims.end() - 2), outer_b(b.dims.begin(), b.dims.end() - 2), outer = broadcast_dims(outer_a, outer_b);
    Dims dims = outer;
    dims.insert(dims.end(), {rows, columns});
    Array y(dims);
    Coordinates at(outer);
    const std::int64_t matrices = rows * columns == 0 ? 0 : y.count() / (rows * columns);
    for (std::int64_t m = 0; m < matrices; ++m, at.next())
        add_product(a.values.data() + at.in(outer_a) * rows * inner, b.values.data() + at.in(outer_b) * inner * columns, y.values.data() + m * rows * columns, rows,
                    inner, columns);
    if (column) y.dims.pop_back();
    if (row) y.dims.erase(y.dims.end() - (column ? 1 : 2));
    return {std::move(y)};
}

/// alpha A' B' + beta C.  Source: ONNX Gemm-13.
auto gemm(const Node& node) -> Outputs {
    if (node.input(0).rank() != 2 || node.input(1).rank() != 2) fail(Exit::bad_input, "multiplies tensors that are no matrices; the model is wrong");
    const Array a = node.integer("transA", 0) != 0 ? transposed(node.input(0)) : node.input(0);
    const Array b = node.integer("transB", 0) != 0 ? transposed(node.input(1)) : node.input(1);
    const double alpha = node.real("alpha", 1), beta = node.real("beta", 1);
    if (a.size(1) != b.size(0)) fail(Exit::bad_input, "multiplies ", to_text(a.dims), " by ", to_text(b.dims), ", which do not fit; the model is wrong");
    Array y(Dims{a.size(0), b.size(1)});
    add_product(a.values.data(), b.values.data(), y.values.data(), a.size(0), a.size(1), b.size(1));
    if (!node.has(2)) {
        for (double& value : y.values) value *= alpha;
        return {std::move(y)};
    }
    const Array& c = node.input(2);
    if (broadcast_dims(y.dims, c.dims) != y.dims) fail(Exit::bad_input, "adds ", to_text(c.dims), " to ", to_text(y.dims), ", which do not fit; the model is wrong");
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = alpha * y[i] + beta * c[at.in(c.dims)];
    return {std::move(y)};
}

}  // namespace

void add_products(OperatorTable& table) {
    table["MatMul"] = matmul;
    table["Gemm"] = gemm;
}

}  // namespace mdl::tool::interpreter
