// mdl: ONNX's own operator tests, where they are installed.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "failure.hpp"
#include "onnx.pb.h"
#include "onnx/tensor.hpp"

namespace mdl::tool::test {

/// Where Debian's libonnx-testdata puts them, or what the environment says.
inline auto onnx_testdata() -> std::filesystem::path {
    const char* chosen = std::getenv("MDL_ONNX_TESTDATA");
    return chosen != nullptr ? std::filesystem::path(chosen) : std::filesystem::path("/usr/share/libonnx-testdata/data");
}

template <class Proto>
auto parse_file(const std::filesystem::path& file, Proto& proto) -> bool {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    return proto.ParseFromString(bytes);
}

inline auto read_tensor(const std::filesystem::path& file) -> Tensor {
    onnx::TensorProto proto;
    if (!parse_file(file, proto)) fail(Exit::bad_input, "no tensor");
    return decode(proto, {});
}

}  // namespace mdl::tool::test
