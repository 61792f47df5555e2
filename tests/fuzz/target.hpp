// mdl: what the fuzz targets share.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "failure.hpp"

extern "C" auto LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) -> std::size_t;

namespace fuzz {

/// Puts a whole file in an input's place: an empty corpus would spend its time on finding one at all. Returns its size.
inline auto begin_with(std::string_view whole, std::uint8_t* data, std::size_t size, std::size_t max_size) -> std::size_t {
    if (whole.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
    std::memcpy(data, whole.data(), whole.size());
    return whole.size();
}

/// A reader gives what it read, or refuses in a sentence; anything else it throws is a finding.
template <class Read>
void expect_sentence(Read read) {
    try {
        read();
    } catch (const mdl::tool::Failure& failure) {
        if (std::string_view(failure.what()).size() < 20) __builtin_trap();
    }
}

}  // namespace fuzz
