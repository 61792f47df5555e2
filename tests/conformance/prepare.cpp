// mdl: converts ONNX's operator tests: one header, weights, inputs and recorded outputs for each that mdl can mean.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>

#include "codegen/header.hpp"
#include "codegen/run_graph.hpp"
#include "codegen/structure.hpp"
#include "codegen/weights_file.hpp"
#include "conformance/rules.hpp"
#include "failure.hpp"
#include "onnx/importer.hpp"

namespace {

namespace fs = std::filesystem;
using namespace mdl;
using conformance::Case;

template <class Proto>
auto read_proto(const fs::path& file) -> Proto {
    std::ifstream stream(file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    Proto proto;
    if (!stream || !proto.ParseFromString(bytes)) tool::fail(tool::Exit::bad_input, "cannot read '", file.string(), "'");
    return proto;
}

auto read_case(const fs::path& folder) -> Case {
    Case test;
    test.name = folder.filename().string();
    test.model = read_proto<onnx::ModelProto>(folder / "model.onnx");
    for (int k = 0; k < test.model.graph().input_size(); ++k) {
        const bool tensor = test.model.graph().input(k).type().has_tensor_type();
        const fs::path file = folder / "test_data_set_0" / ("input_" + std::to_string(k) + ".pb");
        test.inputs.push_back(tensor ? read_proto<onnx::TensorProto>(file) : onnx::TensorProto());
    }
    // A test of one operator names the opset in which that was last changed. Older ones than mdl reads mean the same in 7.
    for (auto& import : *test.model.mutable_opset_import())
        if (import.domain().empty() && import.version() < tool::oldest_opset) import.set_version(tool::oldest_opset);
    return test;
}

void write(const fs::path& file, const void* data, std::size_t bytes) {
    std::ofstream stream(file, std::ios::binary);
    stream.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
    if (!stream) tool::fail(tool::Exit::io, "cannot write '", file.string(), "'");
}

void write_floats(const fs::path& file, const tool::Tensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.count()));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(tensor.real(static_cast<std::int64_t>(i)));
    write(file, values.data(), values.size() * sizeof(float));
}

/// Converts the test into `stem`.hpp, .mdlw, .in0 ..., .out0 ... Throws Failure where mdl refuses it.
void convert(Case test, const fs::path& folder, const fs::path& stem) {
    std::map<std::string, const onnx::TensorProto*> data;
    tool::ImportOptions options;
    std::vector<int> parameters;
    for (int k = 0; k < test.model.graph().input_size(); ++k) {
        const std::string& name = test.model.graph().input(k).name();
        const onnx::TensorProto& recorded = test.inputs[static_cast<std::size_t>(k)];
        data[name] = &recorded;
        if (conformance::is_parameter(test, k)) parameters.push_back(k);
        else options.shapes[name] = {recorded.dims().begin(), recorded.dims().end()};
    }
    for (const int k : parameters) {
        auto* const initializer = test.model.mutable_graph()->add_initializer();
        *initializer = test.inputs[static_cast<std::size_t>(k)];
        initializer->set_name(test.model.graph().input(k).name());
    }
    tool::Network network = tool::import_onnx(tool::check_onnx(test.model, folder), options);
    network.name = test.name;
    const auto structure = tool::arrange(network);
    const std::string header = tool::header_text(network, structure, "model.onnx");
    write(stem.string() + ".hpp", header.data(), header.size());
    const auto graph = tool::build_graph(network);
    if (const auto written = tool::weights_writer(network, *graph, {}).write(stem.string() + ".mdlw"); !written)
        tool::fail(tool::Exit::io, written.error().message());
    for (std::size_t k = 0; k < network.inputs.size(); ++k)
        write_floats(stem.string() + ".in" + std::to_string(k), tool::decode(*data.at(network.inputs[k].name), {}));
    for (std::size_t k = 0; k < network.outputs.size(); ++k) {
        const fs::path recorded = folder / "test_data_set_0" / ("output_" + std::to_string(k) + ".pb");
        write_floats(stem.string() + ".out" + std::to_string(k), tool::decode(read_proto<onnx::TensorProto>(recorded), {}));
    }
}

/// "excluded", "refused" or "converted", the test's name, and why: one line a test, tabs between.
void prepare(const fs::path& tests, const fs::path& out, const std::set<std::string>& wanted) {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(tests))
        if (fs::exists(entry.path() / "model.onnx")) folders.push_back(entry.path());
    std::sort(folders.begin(), folders.end());
    for (const auto& folder : folders) {
        const Case test = read_case(folder);
        if (!wanted.empty() && !wanted.contains(test.name)) continue;
        if (const auto* const rule = conformance::excluding_rule(test)) {
            std::cout << "excluded\t" << test.name << '\t' << rule->name << ": " << rule->reason << '\n';
            continue;
        }
        try {
            convert(test, folder, out / test.name);
            std::ofstream source(out / (test.name + ".cpp"));
            source << "#include \"conformance/run.hpp\"\n#include \"" << test.name << ".hpp\"\n"
                   << "static const bool added_" << test.name << " = mdl::conformance::add_test(\"" << test.name
                   << "\", &mdl::conformance::run_network<" << test.name << ">);\n";
            std::cout << "converted\t" << test.name << "\t\n";
        } catch (const tool::Failure& failure) {
            std::string why = failure.what();
            std::replace(why.begin(), why.end(), '\n', ' ');
            std::cout << "refused\t" << test.name << '\t' << why << '\n';
        }
    }
}

}  // namespace

auto main(int count, char** arguments) -> int {
    if (count < 3) {
        std::cerr << "usage: mdl_conformance TESTS OUT [NAME...]: converts ONNX's operator tests in TESTS into the folder OUT\n";
        return 1;
    }
    try {
        prepare(arguments[1], arguments[2], {arguments + 3, arguments + count});
    } catch (const std::exception& failure) {
        std::cerr << "mdl_conformance: " << failure.what() << '\n';
        return 1;
    }
}
