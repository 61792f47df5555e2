// mdl: fuzz target of the reader of ONNX models, external data and the written header included; scripts/fuzz.sh builds and runs it.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.hpp"
#include "fuzz/wire_mutator.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/dequantise.hpp"
#include "temporary_folder.hpp"
#include "tools/onnx_builder.hpp"

namespace {

using mdl::tool::test::ModelBuilder;

auto photo_classifier() -> ModelBuilder {
    ModelBuilder m;
    m.input("x", {-1, 3, 8, 8}).output("y").weights("w", {4, 3, 3, 3}).weights("b", {4}).weights("d", {4, 1, 3, 3}).weights("t", {4, 2, 2, 2});
    m.weights("g", {4}).weights("f", {8, 5}).weights("k", {5}).floats("low", {}, {0}).floats("high", {}, {6});
    m.node("Conv", {"x", "w", "b"}, {"c"}).integers("pads", {1, 1, 1, 1}).integers("kernel_shape", {3, 3}).integers("dilations", {1, 1});
    m.node("BatchNormalization", {"c", "g", "g", "g", "g"}, {"n"}).real("epsilon", 1e-5f);
    m.node("Clip", {"n", "low", "high"}, {"r"});
    m.node("Conv", {"r", "d"}, {"e"}).integer("group", 4).string("auto_pad", "SAME_UPPER").integers("strides", {2, 2});
    m.node("Add", {"e", "e"}, {"a"});
    m.node("MaxPool", {"a"}, {"p"}).integers("kernel_shape", {3, 3}).integers("strides", {2, 2}).integers("pads", {0, 0, 1, 1}).integer("ceil_mode", 1);
    m.node("ConvTranspose", {"p", "t"}, {"u"}).integers("strides", {2, 2}).integer("group", 2).integers("output_padding", {1, 1});
    m.node("AveragePool", {"u"}, {"v"}).integers("kernel_shape", {2, 2}).integer("count_include_pad", 1);
    m.node("LRN", {"v"}, {"l"}).integer("size", 3).real("alpha", 1e-4f);
    m.node("Concat", {"l", "l"}, {"q"}).integer("axis", 1);
    m.node("GlobalAveragePool", {"q"}, {"h"});
    m.node("Flatten", {"h"}, {"i"});
    m.node("Gemm", {"i", "f", "k"}, {"j"}).integer("transB", 0).real("alpha", 1);
    m.node("Softmax", {"j"}, {"y"}).integer("axis", 1);
    return m;
}

/// Shapes that the graph computes, and moves of elements that they say.
auto shape_arithmetic() -> ModelBuilder {
    ModelBuilder m;
    m.input("x", {1, 4, 6, 6}).output("y").integers("0", {0}).integers("1", {1}).integers("2", {2}).integers("-1", {-1}).integers("huge", {0x7fffffffffffffff});
    m.node("Shape", {"x"}, {"s"});
    m.node("Gather", {"s", "0"}, {"n"}).integer("axis", 0);
    m.node("Slice", {"s", "1", "huge", "0"}, {"rest"});
    m.node("Cast", {"rest"}, {"reals"}).integer("to", 1);
    m.node("Sqrt", {"reals"}, {"roots"});
    m.node("Floor", {"roots"}, {"floors"});
    m.node("Cast", {"floors"}, {"whole"}).integer("to", 7);
    m.node("Mul", {"whole", "2"}, {"twice"});
    m.node("Div", {"twice", "2"}, {"half"});
    m.node("Concat", {"n", "-1", "2"}, {"to"}).integer("axis", 0);
    m.node("Reshape", {"x", "to"}, {"r"});
    m.node("Transpose", {"r"}, {"t"}).integers("perm", {0, 2, 1});
    m.node("ConstantOfShape", {"half"}, {"zeros"});
    m.node("Range", {"0", "twice", "1"}, {"range"});
    m.node("Unsqueeze", {"t", "1"}, {"u"});
    m.node("Tile", {"u", "to"}, {"tiled"});
    m.node("Split", {"x"}, {"p", "q"}).integer("axis", 1);
    m.node("Pad", {"p", "pads"}, {"padded"}).string("mode", "reflect");
    m.integers("pads", {0, 0, 1, 1, 0, 0, 1, 1}).integers("shape", {1, 2, 8, 8}).integers("picks", {1, 0, -1});
    m.node("Expand", {"padded", "shape"}, {"e"});
    m.node("Gather", {"e", "picks"}, {"g"}).integer("axis", 2);
    m.node("ReduceMean", {"g"}, {"mean"}).integers("axes", {2, -1}).integer("keepdims", 0);
    m.node("ArgMax", {"mean"}, {"best"}).integer("axis", 1);
    m.node("Equal", {"s", "2"}, {"same"});
    m.node("Where", {"same", "s", "2"}, {"chosen"});
    m.node("Squeeze", {"mean", "0"}, {"y"});
    return m;
}

/// Parts of vision transformers and of networks that write images.
auto tokens_and_images() -> ModelBuilder {
    ModelBuilder m(17);
    m.input("x", {1, 4, 4, 4}).input("z", {1, 6, 8}).output("y").output("o").weights("w", {8, 8}).weights("g", {8}).weights("s", {4}).weights("e", {1, 6, 8});
    m.floats("scales", {4}, {1, 1, 2, 2}).floats("one", {1}, {1}).floats("slope", {4, 1, 1}, {1, 2, 3, 4});
    m.node("LayerNormalization", {"z", "g", "g"}, {"n"}).integer("axis", -1);
    m.node("MatMul", {"n", "w"}, {"a"});
    m.node("Transpose", {"a"}, {"t"}).integers("perm", {0, 2, 1});
    m.node("MatMul", {"a", "t"}, {"m"});
    m.node("Softmax", {"m"}, {"p"});
    m.node("MatMul", {"p", "a"}, {"b"});
    m.node("Erf", {"b"}, {"f"});
    m.node("Sub", {"f", "e"}, {"h"});
    m.node("ReduceSum", {"h", "axes"}, {"y"});
    m.integers("axes", {1});
    m.node("InstanceNormalization", {"x", "s", "s"}, {"i"});
    m.node("PRelu", {"i", "slope"}, {"l"});
    m.node("Resize", {"l", "", "scales"}, {"r"}).string("mode", "cubic").string("coordinate_transformation_mode", "align_corners");
    m.node("DepthToSpace", {"r"}, {"d"}).integer("blocksize", 2).string("mode", "CRD");
    m.node("SpaceToDepth", {"d"}, {"c"}).integer("blocksize", 2);
    m.node("Pow", {"c", "one"}, {"o"});
    return m;
}

/// A branch that shapes decide, and a branch that they do not.
auto branches() -> ModelBuilder {
    ModelBuilder m;
    m.input("x", {1, 4}).output("y").integers("2", {2});
    m.node("Size", {"x"}, {"s"});
    m.node("Greater", {"s", "2"}, {"c"});
    m.node("If", {"c"}, {"y"});
    auto& node = *m.proto.mutable_graph()->mutable_node(2);
    for (const char* name : {"then_branch", "else_branch"}) {
        ModelBuilder branch;
        branch.output(name).node("Relu", {"x"}, {name});
        auto* const attribute = node.add_attribute();
        attribute->set_name(name);
        attribute->set_type(mdl::onnx::AttributeProto::GRAPH);
        *attribute->mutable_g() = branch.proto.graph();
    }
    return m;
}

/// Weights in every type, in raw bytes and beside the model.
auto weights_of_all_types() -> ModelBuilder {
    using Type = mdl::onnx::TensorProto;
    ModelBuilder m;
    m.input("x", {1, 4}).output("y");
    std::string last = "x";
    for (const auto type : {Type::FLOAT16, Type::DOUBLE, Type::BFLOAT16, Type::INT8, Type::UINT8, Type::INT32, Type::FLOAT}) {
        const std::string name = "w" + std::to_string(type);
        auto& tensor = *m.proto.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        tensor.add_dims(4);
        if (type == Type::FLOAT) {
            tensor.set_data_location(Type::EXTERNAL);
            for (const auto& [key, value] : {std::pair("location", "data"), std::pair("offset", "16"), std::pair("length", "16")}) {
                tensor.add_external_data()->set_key(key);
                tensor.mutable_external_data(tensor.external_data_size() - 1)->set_value(value);
            }
        } else {
            tensor.set_raw_data(std::string(type == Type::DOUBLE ? 32 : type == Type::INT32 ? 16 : type == Type::INT8 || type == Type::UINT8 ? 4 : 8, '\1'));
        }
        m.node("Cast", {name}, {name + "r"}).integer("to", 1);
        m.node("Add", {last, name + "r"}, {name + "y"});
        last = name + "y";
    }
    m.node("Identity", {last}, {"y"});
    return m;
}

/// Integers by pairs around operators, by operators on integers, and with scales that the network computes.
auto integers() -> ModelBuilder {
    using Type = mdl::onnx::TensorProto;
    ModelBuilder m;
    m.input("x", {1, 2, 4, 4}).output("y").floats("s", {}, {0.125f}).floats("t", {2}, {0.5f, 0.25f});
    const auto stored = [&](const char* name, const std::vector<std::int64_t>& dims, Type::DataType type, int count) {
        auto& tensor = *m.proto.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (const auto dim : dims) tensor.add_dims(dim);
        for (int k = 0; k < count; ++k) tensor.add_int32_data(k);
    };
    stored("z", {}, Type::UINT8, 1), stored("w", {2, 2, 1, 1}, Type::INT8, 4), stored("b", {2}, Type::INT32, 2), stored("zw", {2}, Type::INT8, 2);
    m.node("QuantizeLinear", {"x", "s", "z"}, {"q"}).integer("axis", 1);
    m.node("DequantizeLinear", {"q", "s", "z"}, {"d"});
    m.node("DequantizeLinear", {"w", "t", "zw"}, {"v"}).integer("axis", 0);
    m.node("Conv", {"d", "v"}, {"c"});
    m.node("QuantizeLinear", {"c", "s", "z"}, {"e"});
    m.node("QLinearConv", {"e", "s", "z", "w", "t", "zw", "s", "z", "b"}, {"f"});
    m.node("QLinearAdd", {"f", "s", "z", "q", "s", "z", "s", "z"}, {"g"});
    m.node("QLinearConcat", {"s", "z", "g", "s", "z", "f", "s", "z"}, {"h"}).integer("axis", 1);
    m.node("DequantizeLinear", {"h", "s", "z"}, {"i"});
    m.node("DynamicQuantizeLinear", {"i"}, {"j", "js", "jz"});
    m.node("MatMulInteger", {"j", "n", "jz"}, {"k"});
    stored("n", {4, 2}, Type::INT8, 8);
    m.node("Cast", {"k"}, {"l"}).integer("to", 1);
    m.node("Mul", {"l", "js"}, {"y"});
    return m;
}

auto seeds() -> const std::vector<std::string>& {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> result;
        for (const auto& model : {photo_classifier(), shape_arithmetic(), tokens_and_images(), branches(), weights_of_all_types(), integers()})
            result.push_back(model.proto.SerializeAsString());
        return result;
    }();
    return all;
}

/// Names of operators, attributes and tensors, and what paths and numbers of external data may be.
auto words() -> const std::vector<std::string>& {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> result{"",     "x",     "y",      "0",      "-1",      "huge",   "location", "offset", "length", "data", "link", "../data", "/etc/passwd", "64",
                                        "18446744073709551615", "ai.onnx", "com.example", "axis", "axes", "to", "value", "pads", "mode", "edge", "linear", "nearest", "\xff\xfe", "SAME_LOWER"};
        for (const auto& [name, lowering] : mdl::tool::lowerings()) result.emplace_back(name);
        for (const auto& names : {mdl::tool::folded_operators(), mdl::tool::dequantised_operators()}) result.insert(result.end(), names.begin(), names.end());
        return result;
    }();
    return all;
}

/// A folder with a file of weights and a link that leads out of it; it stays behind, for a fuzzer ends in many ways.
auto model_folder() -> const std::filesystem::path& {
    static const std::filesystem::path folder = [] {
        const auto made = mdl::tool::make_temporary_folder();
        std::ofstream(made / "data") << std::string(64, '\1');
        std::filesystem::create_symlink("/etc/passwd", made / "link");
        return made;
    }();
    return folder;
}

}  // namespace

/// What `mdl convert` does up to the header.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
    fuzz::expect_sentence([&] {
        mdl::tool::OnnxModel model = mdl::tool::parse_onnx({reinterpret_cast<const char*>(data), size}, model_folder());
        static_cast<void>(dequantise(model));
        mdl::tool::Network network = import_onnx(std::move(model));
        const auto structure = arrange(network);
        static_cast<void>(header_text(network, structure, "model.onnx"));
    });
    return 0;
}

/// Changes fields, now and then bytes.
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned random) -> std::size_t {
    if (size < 16 || random % 256 == 0) size = fuzz::begin_with(seeds()[random / 256 % seeds().size()], data, size, max_size);
    if (random % 16 == 1) return LLVMFuzzerMutate(data, size, max_size);
    std::string model(reinterpret_cast<const char*>(data), size);
    fuzz::WireMutator mutator(random, words());
    for (unsigned change = 0; change <= random / 16 % 3; ++change) {
        auto changed = mutator.changed(model);
        if (!changed) return LLVMFuzzerMutate(data, size, max_size);
        model = std::move(*changed);
    }
    return fuzz::begin_with(model, data, size, max_size);
}
