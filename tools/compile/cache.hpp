// mdl: compiled networks, kept by content.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

namespace mdl::tool {

struct CompileOptions {
    std::string flags{};   ///< instead of "-O3 -march=native"
    bool exact = false;    ///< the engine's policy Exact
    std::string prefer{};  ///< "size", or speed
    bool profile = false;  ///< with the functions that time, show and test
    bool plan = false;     ///< nothing but the plan: see plan.hpp
    bool quiet = false;    ///< no progress
};

struct CompiledNetwork {
    std::filesystem::path library{};  ///< a shared object with the driver's functions
    double compile_seconds = 0, compile_peak_megabytes = 0;
    std::int64_t text_bytes = 0;      ///< of its .text section
    bool temporary = false;           ///< made outside of the cache, which cannot be written: remove its folder after loading
};

/// Compiles a network's header, or finds what an earlier run compiled from the same header, options, compiler and mdl. Two at
/// once are safe; a damaged entry is built again. Throws Failure.
auto compile_network(const std::string& header, const CompileOptions& options) -> CompiledNetwork;

/// The name of the folder in the cache: a hash of all that makes the library what it is. "-march=native" counts as what the
/// compiler makes of it here: two machines may share a home. Throws Failure where there is no compiler.
auto cache_key(const std::string& header, const CompileOptions& options) -> std::string;

/// Forgets an entry that does not load.
void discard(const CompiledNetwork& compiled);

/// Size of the .text section of a 64-bit ELF file; 0 where there is none.
auto text_section_bytes(const std::filesystem::path& file) -> std::int64_t;

}  // namespace mdl::tool
