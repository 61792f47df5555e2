// mdl: decoding of ONNX's tensors: raw bytes, typed fields, half precision, external files.
// SPDX-License-Identifier: MIT
#include "onnx/tensor.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "failure.hpp"
#include "onnx.pb.h"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;
using Proto = onnx::TensorProto;

auto half_to_float(std::uint16_t half) -> float {
    const int exponent = half >> 10 & 31, mantissa = half & 1023;
    const float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
    if (exponent == 31)
        return mantissa == 0 ? sign * std::numeric_limits<float>::infinity() : std::numeric_limits<float>::quiet_NaN();
    if (exponent == 0) return sign * std::ldexp(static_cast<float>(mantissa), -24);
    return sign * std::ldexp(static_cast<float>(mantissa + 1024), exponent - 25);
}

auto bfloat_to_float(std::uint16_t bits) -> float { return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16); }

auto element_size(int type) -> std::size_t {
    switch (type) {
        case Proto::UINT8: case Proto::INT8: case Proto::BOOL: return 1;
        case Proto::UINT16: case Proto::INT16: case Proto::FLOAT16: case Proto::BFLOAT16: return 2;
        case Proto::FLOAT: case Proto::INT32: case Proto::UINT32: return 4;
        case Proto::INT64: case Proto::DOUBLE: case Proto::UINT64: return 8;
        default: return 0;
    }
}

auto is_real(int type) -> bool {
    return type == Proto::FLOAT || type == Proto::FLOAT16 || type == Proto::DOUBLE || type == Proto::BFLOAT16;
}

auto describe(const Proto& proto) -> std::string { return text("tensor '", proto.name(), "'"); }

template <class T, class To, class Convert>
void read_raw(const char* bytes, std::vector<To>& out, Convert convert) {
    for (std::size_t i = 0; i < out.size(); ++i) {
        T value;
        std::memcpy(&value, bytes + i * sizeof(T), sizeof(T));
        out[i] = static_cast<To>(convert(value));
    }
}

void floats_from_raw(int type, const char* bytes, std::vector<float>& out) {
    const auto same = [](auto value) { return value; };
    if (out.empty()) return;
    if (type == Proto::FLOAT) std::memcpy(out.data(), bytes, out.size() * sizeof(float));
    else if (type == Proto::DOUBLE) read_raw<double>(bytes, out, same);
    else if (type == Proto::FLOAT16) read_raw<std::uint16_t>(bytes, out, half_to_float);
    else read_raw<std::uint16_t>(bytes, out, bfloat_to_float);
}

void integers_from_raw(int type, const char* bytes, std::vector<std::int64_t>& out) {
    const auto same = [](auto value) { return value; };
    switch (type) {
        case Proto::UINT8: return read_raw<std::uint8_t>(bytes, out, same);
        case Proto::INT8: return read_raw<std::int8_t>(bytes, out, same);
        case Proto::BOOL: return read_raw<std::uint8_t>(bytes, out, [](auto value) { return value != 0; });
        case Proto::UINT16: return read_raw<std::uint16_t>(bytes, out, same);
        case Proto::INT16: return read_raw<std::int16_t>(bytes, out, same);
        case Proto::INT32: return read_raw<std::int32_t>(bytes, out, same);
        case Proto::UINT32: return read_raw<std::uint32_t>(bytes, out, same);
        default: return read_raw<std::int64_t>(bytes, out, same);
    }
}

template <class Field, class To, class Convert>
void read_field(const Proto& proto, const Field& field, std::vector<To>& out, Convert convert) {
    if (static_cast<std::size_t>(field.size()) != out.size())
        fail(Exit::bad_input, describe(proto), " has ", field.size(), " values where its shape says ", out.size(),
             "; the file is damaged");
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<To>(convert(field[static_cast<int>(i)]));
}

void floats_from_fields(const Proto& proto, std::vector<float>& out) {
    const auto same = [](auto value) { return value; };
    const auto bits = [](std::int32_t value) { return static_cast<std::uint16_t>(value); };
    if (proto.data_type() == Proto::FLOAT) read_field(proto, proto.float_data(), out, same);
    else if (proto.data_type() == Proto::DOUBLE) read_field(proto, proto.double_data(), out, same);
    else if (proto.data_type() == Proto::FLOAT16)
        read_field(proto, proto.int32_data(), out, [&](auto v) { return half_to_float(bits(v)); });
    else read_field(proto, proto.int32_data(), out, [&](auto v) { return bfloat_to_float(bits(v)); });
}

void integers_from_fields(const Proto& proto, std::vector<std::int64_t>& out) {
    const auto same = [](auto value) { return value; };
    if (proto.data_type() == Proto::INT64) read_field(proto, proto.int64_data(), out, same);
    else if (proto.data_type() == Proto::UINT64 || proto.data_type() == Proto::UINT32)
        read_field(proto, proto.uint64_data(), out, same);
    else read_field(proto, proto.int32_data(), out, same);
}

/// A byte range of a file beside the model, never outside the model's folder.
auto read_external(const Proto& proto, const fs::path& folder, std::size_t bytes) -> std::string {
    fs::path location;
    std::uint64_t offset = 0, length = bytes;
    for (const auto& entry : proto.external_data()) {
        if (entry.key() == "location") location = entry.value();
        if (entry.key() == "offset") offset = std::strtoull(entry.value().c_str(), nullptr, 10);
        if (entry.key() == "length") length = std::strtoull(entry.value().c_str(), nullptr, 10);
    }
    std::error_code error;
    const fs::path root = fs::weakly_canonical(folder.empty() ? fs::path(".") : folder, error);
    const fs::path file = fs::weakly_canonical(root / location, error);
    const fs::path relative = file.lexically_relative(root);
    if (location.empty() || location.native().find('\0') != std::string::npos || location.is_absolute() || relative.empty() || *relative.begin() == "..")
        fail(Exit::bad_input, describe(proto), " lies in '", location.string(),
             "', outside the model's folder; put its data beside the model");
    // A pipe would keep the reader waiting.
    std::ifstream stream(fs::is_regular_file(file, error) ? file : fs::path(), std::ios::binary);
    if (!stream)
        fail(Exit::io, "cannot open '", file.string(), "' with the data of ", describe(proto), "; keep it beside the model");
    const std::uint64_t size = fs::file_size(file, error);
    if (length != bytes || offset > size || length > size - offset)
        fail(Exit::bad_input, "'", file.string(), "' does not hold the ", bytes, " bytes of ", describe(proto),
             "; export the model again");
    std::string data(bytes, '\0');
    stream.seekg(static_cast<std::streamoff>(offset));
    if (!stream.read(data.data(), static_cast<std::streamsize>(bytes))) fail(Exit::io, "cannot read '", file.string(), "'");
    return data;
}

}  // namespace

auto Tensor::count() const -> std::int64_t {
    std::int64_t product = 1;
    for (const auto dim : dims) product *= dim;
    return product;
}

auto Tensor::real(std::int64_t i) const -> double {
    const auto k = static_cast<std::size_t>(i);
    return is_float() ? static_cast<double>((*floats)[k]) : static_cast<double>(integers[k]);
}

auto Tensor::is_uniform() const -> bool {
    for (std::int64_t i = 1; i < count(); ++i)
        if (real(i) != real(0)) return false;
    return count() > 0;
}

auto Tensor::of_floats(Dims dims, std::vector<float> values) -> Tensor {
    return {std::move(dims), std::make_shared<const std::vector<float>>(std::move(values)), {}};
}

auto Tensor::of_integers(Dims dims, std::vector<std::int64_t> values) -> Tensor {
    return {std::move(dims), nullptr, std::move(values)};
}

auto to_text(const Dims& dims) -> std::string {
    if (dims.empty()) return "scalar";
    std::string result;
    for (const auto dim : dims) result += (result.empty() ? "" : "x") + std::to_string(dim);
    return result;
}

auto decode(const Proto& proto, const fs::path& folder) -> Tensor {
    const std::size_t size = element_size(proto.data_type());
    if (size == 0)
        fail(Exit::bad_input, describe(proto), " has element type ", proto.data_type(),
             ", which mdl does not read; export the model in float32");
    if (proto.has_segment())
        fail(Exit::bad_input, describe(proto), " is stored in segments, which mdl does not read; export the model again");
    constexpr std::int64_t most = std::int64_t{1} << 31;
    std::int64_t count = 1;
    bool empty = false;
    for (const auto dim : proto.dims()) {
        if (dim < 0 || dim > most || (dim > 0 && count > most / dim))
            fail(Exit::bad_input, describe(proto), " has an impossible shape; the file is damaged");
        count *= dim > 0 ? dim : 1;  // products of the other sizes must not overflow either
        empty |= dim == 0;
    }
    if (empty) count = 0;
    Tensor result;
    result.dims.assign(proto.dims().begin(), proto.dims().end());
    const auto n = static_cast<std::size_t>(count);
    const bool external = proto.data_location() == Proto::EXTERNAL;
    const bool raw = external || proto.has_raw_data();
    if (raw && !external && proto.raw_data().size() != n * size)
        fail(Exit::bad_input, describe(proto), " has ", proto.raw_data().size(), " bytes where its shape says ", n * size,
             "; the file is damaged");
    const std::string outside = external ? read_external(proto, folder, n * size) : std::string();
    const char* bytes = external ? outside.data() : proto.raw_data().data();
    // The values are counted before room is made for them: a damaged shape must not ask for gigabytes.
    if (!raw && n > static_cast<std::size_t>(proto.float_data_size()) + static_cast<std::size_t>(proto.int32_data_size()) +
                        static_cast<std::size_t>(proto.int64_data_size()) + static_cast<std::size_t>(proto.double_data_size()) +
                        static_cast<std::size_t>(proto.uint64_data_size()))
        fail(Exit::bad_input, describe(proto), " has fewer values than the ", n, " of its shape; the file is damaged");
    if (is_real(proto.data_type())) {
        std::vector<float> values(n);
        raw ? floats_from_raw(proto.data_type(), bytes, values) : floats_from_fields(proto, values);
        result.floats = std::make_shared<const std::vector<float>>(std::move(values));
    } else {
        result.integers.resize(n);
        raw ? integers_from_raw(proto.data_type(), bytes, result.integers) : integers_from_fields(proto, result.integers);
    }
    return result;
}

}  // namespace mdl::tool
