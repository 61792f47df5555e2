// mdl: runs a fuzz target without libFuzzer: `PROGRAM N` feeds it N mutations of its own seeds, always the same; `PROGRAM FILE...` those files.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "fuzz/target.hpp"
#include "read_file.hpp"

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int;
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) -> std::size_t;

namespace {

std::mt19937 random_number{1};  // NOLINT(cert-msc51-cpp): the same inputs on every machine

}  // namespace

/// Changes up to four bytes; now and then cuts the end off.
extern "C" auto LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) -> std::size_t {
    if (size == 0 && max_size > 0) data[size++] = 0;
    for (unsigned changes = 1 + random_number() % 4; changes > 0; --changes) data[random_number() % size] = static_cast<std::uint8_t>(random_number());
    return random_number() % 8 == 0 ? 1 + random_number() % size : size;
}

auto main(int count, char** words) -> int {
    if (count == 2 && std::isdigit(static_cast<unsigned char>(*words[1])) != 0) {
        std::vector<std::uint8_t> input(8192);
        std::size_t size = 0;
        for (int rounds = std::atoi(words[1]); rounds > 0; --rounds) {
            // A few changes of one input, then a fresh one.
            if (rounds % 8 == 0) size = 0;
            size = LLVMFuzzerCustomMutator(input.data(), size, input.size(), static_cast<unsigned>(random_number()));
            LLVMFuzzerTestOneInput(std::vector<std::uint8_t>(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)).data(), size);
        }
        return 0;
    }
    for (int k = 1; k < count; ++k) {
        const std::string bytes = mdl::tool::read_file(words[k]);
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::printf("read %d files\n", count - 1);
}
