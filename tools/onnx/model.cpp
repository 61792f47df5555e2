// mdl: parsing of ONNX files.
// SPDX-License-Identifier: MIT
#include "onnx/model.hpp"

#include <limits>
#include <string>

#include "failure.hpp"
#include "read_file.hpp"

namespace mdl::tool {

namespace {

auto find_opset(const onnx::ModelProto& proto) -> int {
    std::int64_t opset = 0;
    for (const auto& import : proto.opset_import())
        if (import.domain().empty() || import.domain() == "ai.onnx") opset = import.version();
    if (opset == 0)
        fail(Exit::bad_input, "the model names no opset; export it again, with an opset from ", oldest_opset, " to ", newest_opset);
    if (opset < oldest_opset || opset > newest_opset)
        fail(Exit::bad_input, "the model is written in opset ", opset, "; mdl reads opsets ", oldest_opset, " to ", newest_opset,
             ": export it with opset_version=17");
    return static_cast<int>(opset);
}

}  // namespace

auto check_onnx(onnx::ModelProto proto, const std::filesystem::path& folder) -> OnnxModel {
    if (!proto.has_graph() || proto.graph().node_size() + proto.graph().output_size() == 0)
        fail(Exit::bad_input, "this is not an ONNX model, or an empty one: it holds no graph");
    OnnxModel model;
    model.opset = find_opset(proto);
    if (proto.functions_size() > 0)
        fail(Exit::bad_input, "the model defines its own function '", proto.functions(0).name(),
             "', which mdl does not read; export with functions inlined (onnx.inliner.inline_local_functions)");
    if (proto.graph().sparse_initializer_size() > 0)
        fail(Exit::bad_input, "the model stores weights as sparse tensors, which mdl does not read; export with dense weights");
    model.proto = std::move(proto);
    model.folder = folder;
    return model;
}

auto parse_onnx(std::string_view bytes, const std::filesystem::path& folder) -> OnnxModel {
    onnx::ModelProto proto;
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        fail(Exit::bad_input, "the model is larger than 2 GB, more than an ONNX file may be; save its weights as external data");
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        fail(Exit::bad_input, "this is not an ONNX model, or a damaged one: its bytes cannot be parsed; export or copy it again");
    return check_onnx(std::move(proto), folder);
}

auto read_onnx(const std::filesystem::path& path) -> OnnxModel {
    const std::string bytes = read_file(path, "an ONNX file");
    try {
        return parse_onnx(bytes, path.parent_path());
    } catch (const Failure& failure) {
        fail(failure.exit(), path.string(), ": ", failure.what());
    }
}

}  // namespace mdl::tool
