// mdl: one ONNX node while the reference interpreter computes it; shared by the files of the operators.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/array.hpp"
#include "onnx/attributes.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool::interpreter {

struct Node {
    const onnx::NodeProto& proto;
    std::vector<const Array*> inputs{};
    int opset = 0;
    const std::filesystem::path& folder;
    mutable Attributes attributes{proto};

    auto has(std::size_t k) const -> bool { return k < inputs.size() && inputs[k] != nullptr; }
    auto input(std::size_t k = 0) const -> const Array& {
        if (!has(k)) fail(Exit::bad_input, "lacks its input ", k, "; the file is damaged");
        return *inputs[k];
    }
    auto integer(const char* name, std::int64_t otherwise) const -> std::int64_t { return attributes.integer(name, otherwise); }
    auto real(const char* name, double otherwise) const -> double { return static_cast<double>(attributes.real(name, static_cast<float>(otherwise))); }
    auto string(const char* name, const char* otherwise) const -> std::string { return attributes.string(name, otherwise); }
    auto integers(const char* name, Dims otherwise) const -> Dims { return attributes.integers(name).value_or(std::move(otherwise)); }
    /// The elements of input k as integers.
    auto integers(std::size_t k) const -> Dims {
        Dims result;
        for (const double value : input(k).values) result.push_back(static_cast<std::int64_t>(value));
        return result;
    }
    /// Integers that older opsets give as an attribute and newer ones as an input.
    auto list(const char* name, std::size_t k) const -> std::optional<Dims> {
        if (has(k)) return integers(k);
        return attributes.integers(name);
    }
    /// The same for one number.
    auto number(const char* name, std::size_t k, double otherwise) const -> double {
        if (has(k)) return input(k).values.at(0);
        return real(name, otherwise);
    }
    auto axis(std::int64_t given, int rank) const -> int { return static_cast<int>(normalised_axis(given, static_cast<std::size_t>(rank))); }
};

using Outputs = std::vector<Array>;
using Operator = std::function<Outputs(const Node&)>;
using OperatorTable = std::map<std::string, Operator>;

// Each family adds its operators.
void add_elementwise(OperatorTable& table);
void add_windows(OperatorTable& table);
void add_products(OperatorTable& table);
void add_statistics(OperatorTable& table);
void add_rearrangement(OperatorTable& table);
void add_resizing(OperatorTable& table);
void add_elements(OperatorTable& table);
void add_sampling(OperatorTable& table);
void add_recurrences(OperatorTable& table);
void add_spectra(OperatorTable& table);
void add_sums(OperatorTable& table);
/// Last: they compute with the others.
void add_quantised(OperatorTable& table);

}  // namespace mdl::tool::interpreter
