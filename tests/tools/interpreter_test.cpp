// mdl: the reference interpreter of `mdl convert --check` against the numbers that ONNX records.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "interpreter/interpreter.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "support/recorded.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/onnx_testdata.hpp"

namespace {

namespace fs = std::filesystem;
using namespace mdl::tool;

auto known() -> std::set<std::string> {
    const auto names = interpreted_operators();
    return {names.begin(), names.end()};
}

/// Can doubles hold the test's numbers, and does the interpreter have its operators?
auto is_chosen(const mdl::onnx::ModelProto& proto) -> bool {
    static const std::set<std::string> operators = known();
    for (const auto& import : proto.opset_import())
        if ((import.domain().empty() || import.domain() == "ai.onnx") && (import.version() < oldest_opset || import.version() > newest_opset)) return false;
    for (const auto& node : proto.graph().node()) {
        if (!operators.contains(node.op_type()) || (!node.domain().empty() && node.domain() != "ai.onnx")) return false;
        for (const auto& attribute : node.attribute())
            if ((attribute.name() == "training_mode" && attribute.i() != 0) || (attribute.name() == "antialias" && attribute.i() != 0) ||
                (attribute.name() == "keep_aspect_ratio_policy" && attribute.s() != "stretch"))
                return false;
        if (node.op_type() == "Cos" && proto.graph().node_size() > 1) return false;  // window functions, whose bodies write pi as 3.14
        if (node.op_type() == "Dropout" && (node.output_size() > 1 || node.input_size() > 2)) return false;
    }
    using Proto = mdl::onnx::TensorProto;
    const std::set<int> unlike_double{Proto::STRING, Proto::UINT64, Proto::BFLOAT16, Proto::FLOAT16};
    for (const auto* ends : {&proto.graph().input(), &proto.graph().output()})
        for (const auto& end : *ends)
            if (!end.type().has_tensor_type() || unlike_double.contains(end.type().tensor_type().elem_type())) return false;
    return true;
}

/// The largest difference from the recorded outputs, of the largest of them.
auto difference(const fs::path& folder, const OnnxModel& model) -> double {
    std::map<std::string, std::vector<double>> inputs;
    std::map<std::string, std::vector<int>> shapes;
    for (int k = 0; k < model.proto.graph().input_size(); ++k) {
        const Tensor tensor = test::read_tensor(folder / ("input_" + std::to_string(k) + ".pb"));
        std::vector<double> values;
        for (std::int64_t i = 0; i < tensor.count(); ++i) values.push_back(tensor.real(i));
        const std::string& name = model.proto.graph().input(k).name();
        shapes[name].assign(tensor.dims.begin(), tensor.dims.end());
        inputs[name] = std::move(values);
    }
    const auto arrays = Interpreter(model, shapes).run(inputs);
    static const std::set<std::string> several{"GRU", "LSTM", "MaxPool", "RNN", "Split", "TopK"};
    double worst = 0;
    for (int o = 0; o < model.proto.graph().output_size(); ++o) {
        // Masks and statistics, which some operators give beside their result, are not computed.
        if (o > 0 && !several.contains(model.proto.graph().node(0).op_type())) break;
        const Tensor expected = test::read_tensor(folder / ("output_" + std::to_string(o) + ".pb"));
        const auto& given = arrays.at(model.proto.graph().output(o).name());
        if (given.dims != expected.dims) return 1e9;
        std::vector<double> recorded;
        for (std::int64_t i = 0; i < expected.count(); ++i) recorded.push_back(expected.real(i));
        const double unit = mdl::test::recorded_unit(recorded);
        double largest = 1e-6;
        for (std::int64_t i = 0; i < expected.count(); ++i)
            if (std::isfinite(expected.real(i))) largest = std::max(largest, std::abs(expected.real(i)));
        for (std::int64_t i = 0; i < expected.count(); ++i) {
            if (expected.real(i) == given[i] || (std::isnan(expected.real(i)) && std::isnan(given[i]))) continue;
            const double distance = (std::abs(expected.real(i) - given[i]) - unit) / largest;
            worst = std::max(worst, std::isnan(distance) ? 1e9 : distance);
        }
    }
    return worst;
}

}  // namespace

TEST_CASE("the reference interpreter gives the numbers that ONNX records for every operator that it has") {
    const fs::path root = test::onnx_testdata() / "node";
    if (!fs::exists(root)) {
        MESSAGE("skipped: ONNX's test data is not installed (Debian: libonnx-testdata)");
        return;
    }
    int computed = 0;
    for (const auto& entry : fs::directory_iterator(root)) {
        mdl::onnx::ModelProto proto;
        const fs::path data = entry.path() / "test_data_set_0";
        if (!fs::exists(data) || !test::parse_file(entry.path() / "model.onnx", proto) || !is_chosen(proto)) continue;
        INFO(entry.path().filename().string());
        OnnxModel model{std::move(proto), entry.path(), 0};
        for (const auto& import : model.proto.opset_import())
            if (import.domain().empty() || import.domain() == "ai.onnx") model.opset = static_cast<int>(import.version());
        double found = 1e9;
        try {
            found = difference(data, model);
        } catch (const Failure& failure) {
            FAIL_CHECK(failure.what());
        }
        CHECK(found < 2e-6);
        ++computed;
    }
    MESSAGE("computed " << computed);
    CHECK(computed > 400);
}

TEST_CASE("the reference interpreter has every operator that the converter lowers or folds") {
    const auto names = known();
    for (const auto& lowering : lowerings()) {
        const std::string name(lowering.first);
        INFO(name);
        CHECK(names.contains(name));
    }
    for (const auto& name : folded_operators()) {
        INFO(name);
        CHECK(names.contains(name));
    }
}
