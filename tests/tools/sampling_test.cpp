// mdl: GridSample and RoiAlign, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <map>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::test::interpreted_difference;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;

namespace {

auto grid_sample(int opset = 16) -> ModelBuilder {
    ModelBuilder model(opset);
    model.input("x", {2, 3, 5, 7}).input("grid", {2, 4, 3, 2}).output("y");
    model.node("GridSample", {"x", "grid"}, {"y"});
    return model;
}

auto roi_align(int opset, std::int64_t batch) -> ModelBuilder {
    ModelBuilder model(opset);
    model.input("x", {batch, 3, 9, 7}).input("regions", {3, 4}).output("y").integers("images", {0, batch - 1, 0});
    model.node("RoiAlign", {"x", "regions", "images"}, {"y"})
        .integer("output_height", 3)
        .integer("output_width", 2)
        .real("spatial_scale", 0.5f);
    return model;
}

auto node_of(ModelBuilder& model) -> mdl::tool::NodeWriter { return mdl::tool::NodeWriter(model.proto.mutable_graph()->mutable_node(0)); }

}  // namespace

TEST_CASE("a sampled grid gives the interpreter's numbers in every mode, padding and alignment") {
    for (const char* mode : {"bilinear", "nearest", "bicubic"})
        for (const char* padding : {"zeros", "border", "reflection"})
            for (const int corners : {0, 1}) {
                auto model = grid_sample();
                node_of(model).string("mode", mode).string("padding_mode", padding).integer("align_corners", corners);
                INFO(mode << ' ' << padding << ' ' << corners);
                CHECK(interpreted_difference(model) < 1e-6);
            }
    auto current = grid_sample(20);
    node_of(current).string("mode", "cubic").string("padding_mode", "border").integer("align_corners", 1);
    CHECK(current.layers() == "GridSample<Cubic, AlignCorners, Edge>");
    auto unknown = grid_sample();
    node_of(unknown).string("mode", "area");
    CHECK(says(unknown.refusal(), {"GridSample", "'area'", "cubic"}));
    auto padded = grid_sample();
    node_of(padded).string("padding_mode", "wrap");
    CHECK(says(padded.refusal(), {"GridSample", "'wrap'", "reflection"}));
}

TEST_CASE("aligned regions give the interpreter's numbers") {
    const std::map<std::string, mdl::tool::test::Values> regions{{"regions", {1, 2, 12, 14, -3, 0, 5, 4, 6, 6, 6.5f, 7}}};
    for (const int opset : {10, 16})
        for (const int batch : {1, 2})
            for (const int samples : {0, 2}) {
                auto model = roi_align(opset, batch);
                node_of(model).integer("sampling_ratio", samples);
                CHECK(interpreted_difference(model, regions) < 1e-6);
            }
    CHECK(roi_align(10, 1).layers() == "RoiAlign<OutputSize<3, 2>, Factor<0.5>, Asymmetric>");
    auto largest = roi_align(16, 1);
    node_of(largest).string("mode", "max");
    CHECK(says(largest.refusal(), {"RoiAlign", "'max'", "avg"}));
    auto coordinates = roi_align(16, 1);
    node_of(coordinates).string("coordinate_transformation_mode", "corner");
    CHECK(says(coordinates.refusal(), {"RoiAlign", "'corner'"}));
}
