// mdl: tests of AlignedBuffer.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mdl/base/aligned_buffer.hpp>

namespace {

using mdl::AlignedBuffer;

static_assert(!std::is_copy_constructible_v<AlignedBuffer> && !std::is_copy_assignable_v<AlignedBuffer>);
static_assert(std::is_nothrow_move_constructible_v<AlignedBuffer> && std::is_nothrow_move_assignable_v<AlignedBuffer>);

TEST_CASE("a buffer begins on a 64-byte boundary, is as large as asked, and all of it can be written") {
    for (const std::size_t size : {1u, 63u, 64u, 65u, 4096u, 100001u, 5u << 20}) {
        auto buffer = AlignedBuffer::create(size);
        CHECK(buffer.has_value());
        if (!buffer) return;
        CHECK(buffer->size() == size);
        CHECK(reinterpret_cast<std::uintptr_t>(buffer->data()) % 64 == 0);
        for (std::byte& b : buffer->bytes()) b = std::byte{0x5a};
        CHECK(buffer->data()[size - 1] == std::byte{0x5a});
    }
}

TEST_CASE("as gives the numbers that fit whole") {
    auto buffer = AlignedBuffer::create(11);
    if (!buffer) return;
    CHECK(buffer->as<float>().size() == 2);
    buffer->as<float>()[1] = 2.5f;
    CHECK(std::as_const(*buffer).as<float>()[1] == 2.5f);
}

TEST_CASE("zero bytes always succeed") {
    const auto buffer = AlignedBuffer::create(0);
    CHECK(buffer.has_value());
    if (!buffer) return;
    CHECK(buffer->size() == 0);
    CHECK(buffer->bytes().empty());
}

TEST_CASE("what cannot be had is an error that names the size") {
    const auto buffer = AlignedBuffer::create(std::numeric_limits<std::size_t>::max() - 8);
    CHECK_FALSE(buffer.has_value());
    if (buffer) return;
    CHECK(buffer.error().code() == mdl::Errc::out_of_memory);
    CHECK(buffer.error().message().find(" bytes") != std::string_view::npos);
}

TEST_CASE("moving hands the memory over and leaves nothing behind") {
    auto made = AlignedBuffer::create(128);
    if (!made) return;
    const std::byte* const memory = made->data();
    AlignedBuffer first(std::move(*made));
    CHECK(made->size() == 0);
    CHECK(first.data() == memory);
    AlignedBuffer second;
    second = std::move(first);
    CHECK(second.data() == memory);
    CHECK(second.size() == 128);
    AlignedBuffer& same = second;
    second = std::move(same);  // onto itself
    CHECK(second.data() == memory);
}

}  // namespace
