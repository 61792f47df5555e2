// mdl: the self-test of a network on a stored test vector.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <limits>
#include <vector>

#include <doctest/doctest.h>
#include <mdl/engine/selftest.hpp>
#include <mdl/mdl.hpp>
#include <mdl/weights/writer.hpp>

using namespace mdl;

namespace {

/// y = relu(x): no weights, so that the vector is known by hand.
struct Rectifier : Sequential<Input<2, 2, 1>, Relu> {};

auto vector_file(std::uint64_t of, std::vector<float> output) -> std::vector<std::byte> {
    weights::Writer writer(of, "rectifier");
    REQUIRE(writer.add_tensor("input 0", Shape{1, 1, 2, 2}, std::vector<float>{-1, 2, -3, 4}));
    REQUIRE(writer.add_tensor("output 0", Shape{1, 1, 2, static_cast<int>(output.size()) / 2}, std::move(output)));
    auto bytes = writer.bytes();
    REQUIRE(bytes);
    return *bytes;
}

auto tested(const std::vector<std::byte>& file) -> Result<Differences<Rectifier>> {
    weights::Writer none(fingerprint<Rectifier>, "rectifier");
    const auto weights = none.bytes();
    REQUIRE(weights);
    const auto model = Model<Rectifier>::load(*weights);
    REQUIRE(model);
    auto context = Context<Rectifier>::create(*model);
    REQUIRE(context);
    return selftest(*context, file);
}

}  // namespace

TEST_CASE("a self-test tells the largest difference over the largest magnitude") {
    const auto same = tested(vector_file(fingerprint<Rectifier>, {0, 2, 0, 4}));
    REQUIRE(same);
    CHECK((*same)[0] == 0);
    const auto other = tested(vector_file(fingerprint<Rectifier>, {0, 2, 1, 4}));
    REQUIRE(other);
    CHECK((*other)[0] == 0.25f);
    const auto wild = tested(vector_file(fingerprint<Rectifier>, {0, 2, std::numeric_limits<float>::quiet_NaN(), 4}));
    REQUIRE(wild);
    CHECK((*wild)[0] == std::numeric_limits<float>::infinity());
}

TEST_CASE("a self-test refuses another network's vector, another shape and a damaged file") {
    CHECK(tested(vector_file(fingerprint<Rectifier> + 1, {0, 2, 0, 4})).error().code() == Errc::wrong_network);
    CHECK(tested(vector_file(fingerprint<Rectifier>, {0, 2, 0, 4, 5, 6})).error().code() == Errc::wrong_tensor);
    auto damaged = vector_file(fingerprint<Rectifier>, {0, 2, 0, 4});
    damaged.back() ^= std::byte{1};
    CHECK_FALSE(tested(damaged));
    CHECK(tested({}).error().code() == Errc::not_a_weights_file);
}
