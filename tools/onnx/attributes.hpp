// mdl: an ONNX node's attributes, which remember what was read so that nothing is silently ignored.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "failure.hpp"
#include "onnx.pb.h"

namespace mdl::tool {

class Attributes {
public:
    explicit Attributes(const onnx::NodeProto& node) : node_(&node) {}

    auto find(const std::string& name) -> const onnx::AttributeProto* {
        read_.insert(name);
        for (const auto& attribute : node_->attribute())
            if (attribute.name() == name) return &attribute;
        return nullptr;
    }
    auto integer(const std::string& name, std::int64_t otherwise) -> std::int64_t {
        const auto* attribute = find(name);
        if (attribute == nullptr) return otherwise;
        check(*attribute, attribute->has_i());
        return attribute->i();
    }
    auto real(const std::string& name, float otherwise) -> float {
        const auto* attribute = find(name);
        if (attribute == nullptr) return otherwise;
        check(*attribute, attribute->has_f());
        return attribute->f();
    }
    auto string(const std::string& name, const std::string& otherwise) -> std::string {
        const auto* attribute = find(name);
        if (attribute == nullptr) return otherwise;
        check(*attribute, attribute->has_s());
        return attribute->s();
    }
    auto integers(const std::string& name) -> std::optional<std::vector<std::int64_t>> {
        const auto* attribute = find(name);
        if (attribute == nullptr) return std::nullopt;
        return std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end());
    }
    /// Names an attribute that changes nothing at inference.
    void ignore(const std::string& name) { read_.insert(name); }

    /// The first attribute that nobody asked for, or an empty name.
    auto unread() const -> std::string {
        for (const auto& attribute : node_->attribute())
            if (!read_.contains(attribute.name())) return attribute.name();
        return {};
    }

private:
    static void check(const onnx::AttributeProto& attribute, bool has_type) {
        if (!has_type)
            fail(Exit::bad_input, "attribute '", attribute.name(), "' has another type than ONNX gives it; export the model again");
    }

    const onnx::NodeProto* node_;
    std::set<std::string> read_{};
};

}  // namespace mdl::tool
