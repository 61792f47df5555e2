// mdl: the table of operators in the documentation says of each what the converter does.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/dequantise.hpp"
#include "tools/documented_table.hpp"

using namespace mdl::tool::test;

TEST_CASE("the table of operators names what the converter lowers, folds and dequantises, and refuses nothing that it lowers") {
    const DocumentedTable table = read_table(MDL_SOURCE_DIR "/docs/operators.md");
    Names lowered;
    for (const auto& [name, lowering] : mdl::tool::lowerings()) lowered.emplace(name);
    const Names folded = mdl::tool::folded_operators();
    REQUIRE(lowered.size() > 100);
    Names known = lowered;
    known.insert(folded.begin(), folded.end());
    for (const auto& name : mdl::tool::dequantised_operators()) known.insert(name);
    CHECK(text(without(known, table.supported)) == "");   // missing in the table
    CHECK(text(without(table.supported, known)) == "");   // promised, not there
    CHECK(text(without(table.folded, folded)) == "");
    CHECK(text(without(folded, table.folded)) == "");
    for (const auto& name : table.refused) CHECK_FALSE(known.contains(name));
    CHECK(table.named_twice == 0);
}
