// mdl: tests of Result and Error.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <mdl/base/result.hpp>

namespace {

using mdl::Errc;
using mdl::Error;
using mdl::Result;

struct Counted {
    explicit Counted(int* alive) noexcept : alive_(alive) { ++*alive_; }
    Counted(Counted&& other) noexcept : alive_(other.alive_) { ++*alive_; }
    Counted(const Counted&) = delete;
    auto operator=(const Counted&) -> Counted& = delete;
    auto operator=(Counted&&) -> Counted& = delete;
    ~Counted() { --*alive_; }
    int* alive_;
};

TEST_CASE("a result holds its value or its error") {
    const Result<int> value = 7;
    CHECK(value.has_value());
    CHECK(*value == 7);
    const Result<int> error = Error(Errc::truncated, "short");
    CHECK_FALSE(error.has_value());
    CHECK(error.error().code() == Errc::truncated);
    CHECK(error.error().message() == "short");
}

TEST_CASE("a result moves what can only be moved") {
    Result<std::unique_ptr<int>> made = std::make_unique<int>(3);
    Result<std::unique_ptr<int>> moved = std::move(made);
    const std::unique_ptr<int> taken = *std::move(moved);
    CHECK(*taken == 3);
}

TEST_CASE("a result destroys its value exactly once") {
    int alive = 0;
    {
        Result<Counted> made = Counted(&alive);
        CHECK(alive == 1);
        const Result<Counted> moved = std::move(made);
        CHECK(alive == 2);  // the moved-from one still lives
    }
    CHECK(alive == 0);
    {
        const Result<Counted> none = Error(Errc::corrupt, "x");
        CHECK(alive == 0);
    }
    CHECK(alive == 0);
}

TEST_CASE("a result of nothing is success unless an error was given") {
    CHECK(Result<void>().has_value());
    const Result<void> error = Error(Errc::cannot_write, "full");
    CHECK_FALSE(error);
    CHECK(error.error().code() == Errc::cannot_write);
}

TEST_CASE("an error joins texts and whole numbers of every width") {
    const Error error(Errc::corrupt, "a", std::string_view("b"), 0, " ", -1, " ", std::numeric_limits<std::int64_t>::min(), " ",
                      std::numeric_limits<std::uint64_t>::max());
    CHECK(error.message() == "ab0 -1 -9223372036854775808 18446744073709551615");
    CHECK(std::string(error.c_str()) == error.message());
}

TEST_CASE("an error cuts what is longer than its room and stays terminated") {
    const std::string word(100, 'x');
    const Error error(Errc::corrupt, std::string_view(word), std::string_view(word), std::string_view(word));
    CHECK(error.message().size() == Error::capacity - 1);
    CHECK(error.c_str()[Error::capacity - 1] == '\0');
}

static_assert(Error(Errc::corrupt, "layer ", 12).message() == "layer 12");  // works while compiling

}  // namespace
