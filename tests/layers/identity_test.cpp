// mdl: tests of Identity and Dropout.
// SPDX-License-Identifier: MIT
#include <mdl/layers/identity.hpp>

#include <doctest/doctest.h>

#include <type_traits>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("identity keeps every shape, and dropout is identity") {
    static_assert(infer<Identity>({{1, 3, 4, 5}}).is({1, 3, 4, 5}));
    static_assert(std::is_same_v<Dropout, Identity>);
    CHECK(infer<Identity>({{}}).is({}));
    CHECK(infer<Identity>({{7}}).weight_count == 0);
    CHECK(Identity::description.operation.op == Op::identity);
}
