// mdl: the table of operators in the documentation says of each what the converter does.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "onnx/advice.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/dequantise.hpp"
#include "tools/documented_table.hpp"
#include "tools/interpreted.hpp"
#include "tools/says.hpp"

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

TEST_CASE("every operator that the table refuses is refused with its own advice, any other with the table's name") {
    Names refused = read_table(MDL_SOURCE_DIR "/docs/operators.md").refused;
    refused.erase("If");  // one branch of it may be converted
    Names advised;
    for (const auto& reason : mdl::tool::refused_operators()) advised.insert(reason.operators.begin(), reason.operators.end());
    CHECK(text(advised) == text(refused));
    const auto refusal = [](const char* op) {
        auto model = single(13, {1, 4});
        model.node(op, {"x"}, {"y"});
        return model.refusal();
    };
    CHECK(says(refusal("NonZero"), {"NonZero", "the numbers decide", "in the app"}));
    CHECK(says(refusal("Relux"), {"Relux", "replace it", "docs/operators.md"}));
}
