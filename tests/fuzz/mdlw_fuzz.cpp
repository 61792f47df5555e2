// mdl: fuzz target of the reader of weights files; scripts/fuzz.sh builds and runs it.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <fuzz/read_everything.hpp>
#include <fuzz/target.hpp>
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

extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned) -> std::size_t {
    if (size >= mdl::weights::header_size) return LLVMFuzzerMutate(data, size, max_size);
    const auto whole = sample::bytes();
    return fuzz::begin_with({reinterpret_cast<const char*>(whole.data()), whole.size()}, data, size, max_size);
}
