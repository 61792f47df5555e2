// mdl: the table of TensorFlow Lite's operators in the documentation says of each what the converter does.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tflite/advice.hpp"
#include "tflite/step.hpp"
#include "tools/documented_table.hpp"

using namespace mdl::tool::test;
using namespace mdl::tool::tflite_reader;
using mdl::tflite::BuiltinOperator;

TEST_CASE("the table of TensorFlow Lite's operators names each of them, as translated or refused with advice") {
    const DocumentedTable table = read_table(MDL_SOURCE_DIR "/docs/tflite.md");
    Names translated, refused{"CUSTOM"}, all;
    for (const auto& [code, translate] : translations()) translated.insert(operator_name(code));
    for (const auto& refusal : refusals())
        for (const auto& name : refusal.operators) CHECK(refused.emplace(name).second);
    for (int code = 0; code <= static_cast<int>(BuiltinOperator::MAX); ++code)
        all.insert(operator_name(static_cast<BuiltinOperator>(code)));
    REQUIRE(translated.size() > 90);
    CHECK(text(without(translated, table.supported)) == "");  // missing in the table
    CHECK(text(without(table.supported, translated)) == "");  // promised, not there
    CHECK(text(without(refused, table.refused)) == "");
    CHECK(text(without(table.refused, refused)) == "");
    Names known = translated;
    known.insert(refused.begin(), refused.end());
    CHECK(text(without(all, known)) == "");
    CHECK(known.size() == translated.size() + refused.size());
    CHECK(table.named_twice == 0);
}
