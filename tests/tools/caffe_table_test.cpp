// mdl: the table of Caffe layers in the documentation says of each what the converter does.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "caffe/layer_call.hpp"
#include "tools/documented_table.hpp"

using namespace mdl::tool::test;

TEST_CASE("the table of Caffe layers names what is translated, left out and refused") {
    const DocumentedTable table = read_table(MDL_SOURCE_DIR "/docs/caffe.md");
    Names translated, refused;
    for (const auto& [name, function] : mdl::tool::translated_layers()) translated.emplace(name);
    for (const auto& [name, instead] : mdl::tool::refused_layers()) refused.emplace(name);
    REQUIRE(translated.size() > 40);
    Names without_training;
    for (const auto& name : table.supported) {
        const bool other = mdl::tool::is_training_layer(name) || mdl::tool::is_data_layer(name);
        if (!other) without_training.insert(name);
    }
    CHECK(text(without(translated, without_training)) == "");  // missing in the table
    CHECK(text(without(without_training, translated)) == "");  // promised, not there
    CHECK(text(without(refused, table.refused)) == "");
    CHECK(text(without(table.refused, refused)) == "");
    for (const auto& name : mdl::tool::untranslated_layers()) CHECK(table.supported.contains(std::string(name)));
    CHECK(table.named_twice == 0);
}
