// mdl: a small weights file with every part that the format has, for the tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include <mdl/weights/writer.hpp>

namespace sample {

inline constexpr std::uint64_t fingerprint = 0x0123456789abcdefu;
inline constexpr std::array<mdl::Shape, 4> shapes{mdl::Shape{4, 1, 3, 3}, mdl::Shape{4}, mdl::Shape{10, 100}, mdl::Shape{}};
inline constexpr std::array names{"conv1.weight", "conv1.bias", "dense/\xc3\xa9t\xc3\xa9:0", "scale"};

inline auto value(std::size_t tensor, std::size_t i) -> float { return static_cast<float>(tensor * 1000 + i) * 0.25f - 100.0f; }

inline auto values(std::size_t tensor) -> std::vector<float> {
    std::vector<float> all(static_cast<std::size_t>(shapes[tensor].count()));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = value(tensor, i);
    return all;
}

inline auto preprocessing() -> mdl::weights::Preprocessing {
    mdl::weights::Preprocessing p;
    p.resize = 256;
    p.crop = 224;
    p.order = mdl::PixelOrder::bgr;
    p.mean_count = 3;
    p.scale_count = 1;
    p.mean[0] = 104.5f;
    p.mean[1] = 117.0f;
    p.mean[2] = 123.0f;
    p.scale[0] = 0.017f;
    return p;
}

/// Input -> Conv -> Dense with an output each for the last two.
inline auto graph() -> mdl::weights::GraphTableWriter {
    mdl::weights::GraphTableWriter table;
    const std::array rows{mdl::weights::NodeInfo{"image", "Input", {1, 1, 16, 16}},
                          mdl::weights::NodeInfo{"conv1", "Conv 3x3", {1, 4, 5, 5}, 900, 40, 0, 2},
                          mdl::weights::NodeInfo{"dense", "Dense", {1, 10}, 1000, 1010, 2, 1}};
    const std::array edges{0, 1, 0};
    bool ok = static_cast<bool>(table.add(rows[0], {}));
    ok = ok && table.add(rows[1], std::span(edges).first(1));
    ok = ok && table.add(rows[2], std::span(edges).subspan(1));
    ok = ok && table.add_output(2) && table.add_output(1);
    return ok ? table : mdl::weights::GraphTableWriter{};
}

inline auto writer() -> mdl::weights::Writer {
    mdl::weights::Writer out(fingerprint, "Sample");
    const std::vector<std::string> labels{"zero", "", "zw\xc3\xb6lf"};
    bool ok = static_cast<bool>(out.set_graph(graph()));
    ok = ok && out.set_labels(labels);
    ok = ok && out.set_preprocessing(preprocessing());
    for (std::size_t t = 0; t < shapes.size(); ++t) ok = ok && out.add_tensor(names[t], shapes[t], values(t));
    return ok ? std::move(out) : mdl::weights::Writer(0, "broken");
}

inline auto bytes() -> std::vector<std::byte> {
    auto made = writer().bytes();
    return made ? std::move(*made) : std::vector<std::byte>{};
}

}  // namespace sample
