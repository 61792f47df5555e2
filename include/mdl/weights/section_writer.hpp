// mdl: turns labels, preprocessing and the graph's table into sections of a weights file (uses the heap).
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/metadata.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// Bytes that grow by little-endian numbers and texts.
class ByteSink {
public:
    template <class Unsigned>
        requires std::is_unsigned_v<Unsigned>
    void number(Unsigned value) {
        for (std::size_t i = 0; i < sizeof value; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
    }
    void u8(std::uint64_t value) { number(static_cast<std::uint8_t>(value)); }
    void u16(std::uint64_t value) { number(static_cast<std::uint16_t>(value)); }
    void u32(std::uint64_t value) { number(static_cast<std::uint32_t>(value)); }
    void u64(std::uint64_t value) { number(value); }
    void f32(float value) { number(std::bit_cast<std::uint32_t>(value)); }
    void i32(int value) { number(static_cast<std::uint32_t>(value)); }
    void text(std::string_view text) {
        for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
    }
    void append(std::span<const std::byte> more) { bytes_.insert(bytes_.end(), more.begin(), more.end()); }
    void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
    auto size() const noexcept -> std::size_t { return bytes_.size(); }
    auto bytes() const noexcept -> std::span<const std::byte> { return bytes_; }
    auto take() noexcept -> std::vector<std::byte> { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

/// The labels section. Errors: wrong_size (above 4 GB or control characters).
inline auto labels_bytes(std::span<const std::string> labels) -> Result<std::vector<std::byte>> {
    ByteSink out;
    std::size_t end = 0;
    out.u32(labels.size());
    for (const std::string& label : labels) {
        if (!is_printable(label)) return Error(Errc::wrong_size, "the label \"", short_name(label), "\" has control characters; remove them");
        out.u32(end += label.size());
    }
    if (end > std::numeric_limits<std::uint32_t>::max() || labels.size() > std::size_t{std::numeric_limits<int>::max()})
        return Error(Errc::wrong_size, "the labels are too many to store");
    for (const std::string& label : labels) out.text(label);
    return out.take();
}

/// The preprocessing section. Errors: wrong_size.
inline auto preprocessing_bytes(const Preprocessing& p) -> Result<std::vector<std::byte>> {
    if (!is_valid(p))
        return Error(Errc::wrong_size, "the preprocessing is out of range: resize and crop reach from 0 to ", max_image_side,
                     ", order is rgb or bgr, mean and scale have at most 4 finite numbers");
    ByteSink out;
    out.i32(p.resize);
    out.i32(p.crop);
    out.u32(stored_order(p.order));
    out.i32(p.mean_count);
    out.i32(p.scale_count);
    for (const float value : p.mean) out.f32(value);
    for (const float value : p.scale) out.f32(value);
    out.zeros(12);
    return out.take();
}

/// Builds the graph section row by row.
class GraphTableWriter {
public:
    /// Appends a row, copying its texts; `inputs` are numbers of rows before it. Errors: wrong_size, which names the row.
    auto add(const NodeInfo& node, std::span<const int> inputs) -> Result<void> {
        std::uint64_t count = 1;
        const bool shape = std::all_of(node.shape.dims, node.shape.dims + node.shape.rank,
                                       [&](int size) { return size > 0 && multiply_axis(count, static_cast<std::uint64_t>(size)); });
        const bool edges = std::all_of(inputs.begin(), inputs.end(), [&](int input) { return input >= 0 && input < count_; });
        const auto fits = [](std::int64_t number, std::uint64_t sum) {
            return number >= 0 && static_cast<std::uint64_t>(number) <= max_total - sum;
        };
        const bool numbers = fits(node.macs, macs_) && fits(node.parameters, parameters_) && node.first_weight >= 0 &&
                             node.weight_count >= 0 && node.weight_count <= std::numeric_limits<int>::max() - node.first_weight;
        if (!shape || !edges || !numbers || !is_printable(node.name) || !is_printable(node.operation))
            return Error(Errc::wrong_size, "row ", count_, " of the graph's table (", short_name(node.name), ", ", short_name(node.operation),
                         ") has ", shape ? edges ? "a number out of range or control characters" : "an input that does not come before it" : "an empty shape or one that is too large");
        for (const std::string_view text : {node.name, node.operation}) {
            rows_.u32(text_.size());
            rows_.u32(text.size());
            text_.text(text);
        }
        rows_.u32(edges_.size() / 4);
        rows_.u32(inputs.size());
        rows_.i32(node.first_weight);
        rows_.i32(node.weight_count);
        rows_.i32(node.shape.rank);
        for (int axis = 0; axis < max_rank; ++axis) rows_.i32(axis < node.shape.rank ? node.shape[axis] : 0);
        rows_.u32(0);
        rows_.u64(static_cast<std::uint64_t>(node.macs));
        rows_.u64(static_cast<std::uint64_t>(node.parameters));
        for (const int input : inputs) edges_.i32(input);
        macs_ += static_cast<std::uint64_t>(node.macs);
        parameters_ += static_cast<std::uint64_t>(node.parameters);
        ++count_;
        return {};
    }
    /// Errors: wrong_size (no row of this number).
    auto add_output(int node) -> Result<void> {
        if (node < 0 || node >= count_) return Error(Errc::wrong_size, "output ", node, " is no row of the graph's table");
        outputs_.i32(node);
        return {};
    }

    auto bytes() const -> std::vector<std::byte> {
        ByteSink out;
        out.i32(count_);
        out.u32(edges_.size() / 4);
        out.u32(outputs_.size() / 4);
        out.u32(0);
        for (const ByteSink* part : {&rows_, &edges_, &outputs_, &text_}) out.append(part->bytes());
        return out.take();
    }

private:
    ByteSink rows_, edges_, outputs_, text_;
    std::uint64_t macs_ = 0, parameters_ = 0;
    int count_ = 0;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
