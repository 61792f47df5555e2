// mdl: tensor views as Eigen maps, for apps that compute with Eigen; not part of mdl.hpp.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <type_traits>

#include <Eigen/Core>

#include <mdl/base/config.hpp>
#include <mdl/tensor/view.hpp>

namespace mdl {

namespace detail {

template <class T, int Rows, int Columns, int Order>
using EigenMatrix = Eigen::Matrix<std::remove_const_t<T>, Rows, Columns, Order>;

/// Eigen spells read-only maps Map<const Matrix>.
template <class T, class Matrix>
using EigenMap = Eigen::Map<std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>>;

}  // namespace detail

/// A row-major matrix over memory that belongs to another, and a column vector; both write through unless T is const.
template <class T>
using EigenMatrixMap = detail::EigenMap<T, detail::EigenMatrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
template <class T>
using EigenVectorMap = detail::EigenMap<T, detail::EigenMatrix<T, Eigen::Dynamic, 1, Eigen::ColMajor>>;

/// A tensor as a matrix, no copy: rank 2 with its own rows and columns; of other ranks the last axis gives the columns and
/// all others together the rows, so that rank 1 is one row.
template <class T>
auto as_eigen(const TensorView<T>& view) noexcept -> EigenMatrixMap<T> {
    const Shape& shape = view.shape;
    const std::int64_t columns = shape.rank > 0 ? shape[shape.rank - 1] : 1;
    const std::int64_t rows = shape.count(0, shape.rank > 0 ? shape.rank - 1 : 0);
    return {view.data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
}

/// One channel of a feature map [n, c, h, w] as an h x w matrix, no copy.
template <class T>
auto as_eigen(const TensorView<T>& view, int channel, int image = 0) noexcept -> EigenMatrixMap<T> {
    MDL_ASSERT(view.shape.rank == 4);
    return {view.data + view.offset(image, channel, 0, 0), view.shape.height(), view.shape.width()};
}

/// All values of a tensor as one vector, no copy.
template <class T>
auto as_eigen_vector(const TensorView<T>& view) noexcept -> EigenVectorMap<T> {
    return {view.data, static_cast<Eigen::Index>(view.shape.count())};
}

}  // namespace mdl
