// mdl: ONNX's own operator tests, where they are installed: every one is computed right or refused by name.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "codegen/structure.hpp"
#include "failure.hpp"
#include "onnx/importer.hpp"
#include "support/recorded.hpp"
#include "tools/evaluate.hpp"
#include "tools/onnx_testdata.hpp"

namespace {

namespace fs = std::filesystem;
using namespace mdl::tool;

struct Outcome {
    bool computed = false;
    double error = 0;
    std::string refusal{};
};

/// ONNX records bfloat16 as the bits of integers, which nothing tells from numbers.
auto read_recorded(const fs::path& file, const mdl::onnx::ValueInfoProto& declared) -> Tensor {
    mdl::onnx::TensorProto proto;
    if (!test::parse_file(file, proto)) fail(Exit::bad_input, "no tensor");
    if (proto.data_type() != declared.type().tensor_type().elem_type()) fail(Exit::bad_input, "recorded in another type than the model declares");
    return decode(proto, {});
}

/// A result in half precision is recorded rounded, which mdl's is not.
auto rounding_of(const mdl::onnx::ValueInfoProto& output) -> double {
    const auto element = output.type().tensor_type().elem_type();
    return element == mdl::onnx::TensorProto::FLOAT16 ? std::ldexp(1, -11) : element == mdl::onnx::TensorProto::BFLOAT16 ? std::ldexp(1, -8) : 0;
}

/// Inputs after the first become constants of the graph, as exporters write weights, unless that is refused too.
auto run_case(const fs::path& folder, bool constants) -> Outcome {
    Outcome outcome;
    const fs::path data = folder / "test_data_set_0";
    try {
        mdl::onnx::ModelProto proto;
        if (!test::parse_file(folder / "model.onnx", proto)) fail(Exit::bad_input, "cannot be parsed");
        // PyTorch's cases say opset 6; the operators that mdl has mean the same in 7.
        for (auto& import : *proto.mutable_opset_import())
            if (import.version() == 6) import.set_version(7);
        ImportOptions options;
        std::map<std::string, test::Values> named;
        std::set<std::string> initialised;
        for (const auto& initializer : proto.graph().initializer()) initialised.insert(initializer.name());
        for (int k = 0, files = 0; k < proto.graph().input_size(); ++k) {
            const std::string& name = proto.graph().input(k).name();
            if (initialised.contains(name)) continue;
            const fs::path file = data / ("input_" + std::to_string(files++) + ".pb");
            if (files > 1 && constants) {
                auto* const initializer = proto.mutable_graph()->add_initializer();
                if (!test::parse_file(file, *initializer)) fail(Exit::bad_input, "no tensor");
                initializer->set_name(name);
                continue;
            }
            const Tensor tensor = read_recorded(file, proto.graph().input(k));
            if (!tensor.is_float()) fail(Exit::bad_input, "integers as input");
            named[name] = *tensor.floats;
        }
        const auto declared = proto.graph().output();
        Network network = import_onnx(check_onnx(std::move(proto), folder), options);
        arrange(network);
        std::vector<test::Values> inputs;
        for (const auto& input : network.inputs) inputs.push_back(named.at(input.name));
        const auto outputs = test::evaluate(network, inputs);
        for (std::size_t o = 0; o < outputs.size(); ++o) {
            const auto& output = declared[static_cast<int>(o)];
            const Tensor expected = read_recorded(data / ("output_" + std::to_string(o) + ".pb"), output);
            std::vector<double> recorded;
            for (std::int64_t i = 0; i < expected.count(); ++i) recorded.push_back(expected.real(i));
            const double unit = mdl::test::recorded_unit(recorded), rounding = rounding_of(output);
            double largest = 1e-6;
            if (static_cast<std::size_t>(expected.count()) != outputs[o].size()) {
                outcome.error = 1e9;
                break;
            }
            for (std::int64_t i = 0; i < expected.count(); ++i)
                if (std::isfinite(expected.real(i))) largest = std::max(largest, std::abs(expected.real(i)));
            for (std::int64_t i = 0; i < expected.count(); ++i) {
                const auto given = static_cast<double>(outputs[o][static_cast<std::size_t>(i)]);
                if (expected.real(i) == given || (std::isnan(expected.real(i)) && std::isnan(given))) continue;
                const double difference = (std::abs(expected.real(i) - given) - unit - rounding * std::abs(given)) / largest;
                outcome.error = std::max(outcome.error, std::isnan(difference) ? 1e9 : difference);
            }
        }
        outcome.computed = true;
    } catch (const Failure& failure) {
        outcome.refusal = failure.what();
    }
    return outcome;
}

}  // namespace

TEST_CASE("ONNX's operator tests are computed right or refused with a sentence") {
    const fs::path root = test::onnx_testdata();
    if (!fs::exists(root / "node")) {
        MESSAGE("skipped: ONNX's test data is not installed (Debian: libonnx-testdata)");
        return;
    }
    int computed = 0, refused = 0;
    const char* const verbose = std::getenv("MDL_TEST_VERBOSE");
    for (const char* group : {"node", "simple", "pytorch-converted", "pytorch-operator"})
        for (const auto& entry : fs::directory_iterator(root / group)) {
            if (!fs::exists(entry.path() / "test_data_set_0")) continue;
            Outcome outcome = run_case(entry.path(), true);
            if (!outcome.computed) {
                const Outcome second = run_case(entry.path(), false);
                if (second.computed) outcome = second;
            }
            const std::string name = entry.path().filename().string();
            INFO(name);
            if (outcome.computed) {
                ++computed;
                CHECK(outcome.error < 1e-5);
            } else {
                ++refused;
                CHECK(outcome.refusal.size() > 10);
                if (verbose != nullptr) MESSAGE(name << ": " << outcome.refusal.substr(0, 200));
            }
        }
    MESSAGE("computed " << computed << ", refused " << refused);
    CHECK(computed > 150);
}
