// mdl: libFuzzer target for the weights file's reader. Build and run with Clang, from the project's folder:
// SPDX-License-Identifier: MIT
//
//   clang++ -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude -Itests \
//       tests/fuzz/mdlw_fuzz.cpp -o mdlw_fuzz
//   ./mdlw_fuzz -max_len=8192 -max_total_time=300
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <fuzz/read_everything.hpp>
#include <weights/damage.hpp>
#include <weights/sample_file.hpp>

/// Every input is read as it is, at an odd address, and with its checksums put right: without them a fuzzer never comes past the
/// header.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
    std::vector<std::byte> bytes(size);
    if (size > 0) std::memcpy(bytes.data(), data, size);
    fuzz::read_everything(bytes);
    damage::mend(bytes);
    fuzz::read_everything(bytes);
    bytes.insert(bytes.begin(), std::byte{0});
    fuzz::read_everything(std::span(bytes).subspan(1));
    return 0;
}

extern "C" auto LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) -> std::size_t;

/// Begins with a whole file: an empty corpus would spend its time on finding one.
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned) -> std::size_t {
    if (size >= mdl::weights::header_size) return LLVMFuzzerMutate(data, size, max_size);
    const auto whole = sample::bytes();
    if (whole.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
    std::memcpy(data, whole.data(), whole.size());
    return whole.size();
}
