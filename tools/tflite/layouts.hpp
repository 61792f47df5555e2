// mdl: one TensorFlow Lite tensor and the layouts in which the ONNX graph holds it.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "tflite/graph_writer.hpp"

namespace mdl::tool::tflite_reader {

/// `rows` is TensorFlow Lite's own sequence of axes, for a feature map [batch, rows, columns, channels]; `planes` is ONNX's,
/// [batch, channels, rows, columns], of tensors with four axes only.
enum class Layout { rows, planes };

/// Each name is that of an ONNX value, or empty where the graph does not hold the tensor so (yet).
struct Value {
    std::string name{};  ///< in the file
    Dims dims{};         ///< in TensorFlow Lite's sequence, whatever the layout
    std::string rows{};
    std::string planes{};
    std::string flat{};     ///< of some other shape, its elements in the sequence of `rows`
    std::string map{};      ///< a feature map in planes whose elements, read in rows, are this tensor's
    Dims map_dims{};        ///< of that feature map, in rows
    bool is_image = false;  ///< an input that networks take for a feature map, though it comes in rows

    auto rank() const -> std::size_t { return dims.size(); }
    auto count() const -> std::int64_t;
    /// Held in planes, or meant to be.
    auto is_map() const -> bool { return rank() == 4 && (!planes.empty() || is_image); }
};

/// Where axis number k of a feature map lies in planes; and which axis lies at place k there.
inline constexpr std::size_t place_in_planes[4] = {0, 2, 3, 1}, axis_at_place[4] = {0, 3, 1, 2};

auto axis_in(Layout layout, std::size_t axis) -> std::int64_t;
/// One number an axis, in the layout's sequence of axes.
auto list_in(Layout layout, const Dims& list) -> Dims;

/// The ONNX value that holds the tensor so; added to the graph where it is missing.
auto in_rows(GraphWriter& writer, Value& value) -> const std::string&;
auto in_planes(GraphWriter& writer, Value& value) -> const std::string&;
auto in(Layout layout, GraphWriter& writer, Value& value) -> const std::string&;
/// An ONNX value with the shape `dims` that holds the tensor's elements in the sequence of its rows.
auto as_shape(GraphWriter& writer, Value& value, const Dims& dims) -> std::string;

/// The same elements under another shape: nothing is added to the graph before somebody reads them.
auto reshaped_value(const Value& value, Dims dims) -> Value;

}  // namespace mdl::tool::tflite_reader
