// mdl: the cache of compiled networks: one folder an entry, made elsewhere and renamed into place.
// SPDX-License-Identifier: MIT
#include "compile/cache.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <vector>

#include <unistd.h>

#include <mdl/base/fixed_string.hpp>

#include "compile/compiler.hpp"
#include "compile/driver.hpp"
#include "compile/process.hpp"
#include "failure.hpp"
#include "temporary_folder.hpp"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;

auto read_file(const fs::path& path) -> std::string {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void write_file(const fs::path& path, const std::string& content) {
    std::ofstream stream(path, std::ios::binary);
    stream << content;
    stream.close();
    if (!stream) fail(Exit::io, "cannot write '", path.string(), "'; is the disk full?");
}

/// 128 bits from two hashes of different starts, in hex.
class Key {
public:
    void add(const std::string& text) {
        for (auto& hash : hashes_) {
            hash = fnv1a(text, hash);
            hash = fnv1a(std::to_string(text.size()), hash);
        }
    }
    auto hex() const -> std::string {
        std::ostringstream stream;
        for (const auto hash : hashes_) {
            stream.width(16);
            stream.fill('0');
            stream << std::hex << hash;
        }
        return stream.str();
    }

private:
    std::uint64_t hashes_[2] = {0xcbf29ce484222325u, 0x6c62272e07bb0142u};
};

void add_headers(Key& key, const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder / "mdl"))
        if (entry.is_regular_file() && entry.path().extension() == ".hpp") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        key.add(file.lexically_relative(folder).string());
        key.add(read_file(file));
    }
}

/// What stands beside a shared object: how it was made, and a checksum that tells whether it is whole.
auto checksum_of(const fs::path& library) -> std::string {
    Key key;
    key.add(read_file(library));
    return key.hex();
}

auto read_entry(const fs::path& folder, CompiledNetwork& entry) -> bool {
    std::ifstream stream(folder / "build.txt");
    std::string checksum;
    if (!(stream >> checksum >> entry.compile_seconds >> entry.compile_peak_megabytes)) return false;
    entry.library = folder / "net.so";
    if (checksum_of(entry.library) != checksum) return false;
    entry.text_bytes = text_section_bytes(entry.library);
    return true;
}

auto cache_folder() -> fs::path {
    const char* cache = std::getenv("XDG_CACHE_HOME");
    if (cache != nullptr && *cache == '/') return fs::path(cache) / "mdl";
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? fs::path(home) / ".cache" / "mdl" : fs::path();
}

auto make_temporary(const fs::path& parent) -> fs::path {
    std::string pattern = (parent / "making-XXXXXX").string();
    return ::mkdtemp(pattern.data()) == nullptr ? fs::path() : fs::path(pattern);
}

/// Removes a folder unless it was moved away.
struct Scratch {
    fs::path folder;
    explicit Scratch(fs::path made) : folder(std::move(made)) {}
    Scratch(const Scratch&) = delete;
    auto operator=(const Scratch&) -> Scratch& = delete;
    ~Scratch() {
        std::error_code error;
        if (!folder.empty()) fs::remove_all(folder, error);
    }
};

auto command_line(const Compiler& compiler, const std::string& flags, const std::vector<fs::path>& includes)
    -> std::vector<std::string> {
    auto command = compiler.command;
    for (const char* word : {"-std=c++20", "-DNDEBUG", "-shared", "-fPIC", "-fvisibility=hidden"}) command.emplace_back(word);
    for (const auto& word : split_words(MDL_TOOL_DEFINITIONS)) command.push_back(word);
    for (const auto& word : split_words(flags.empty() ? "-O3 -march=native" : flags)) command.push_back(word);
    for (std::size_t i = 0; i < includes.size(); ++i) {
        command.emplace_back(i == 0 ? "-I" : "-isystem");
        command.push_back(includes[i].string());
    }
    return command;
}

auto driver_text(const std::string& header, const CompileOptions& options) -> std::string {
    std::string policies = options.prefer == "size" ? "mdl::Prefer<mdl::Size>" : "mdl::Prefer<mdl::Speed>";
    if (options.exact) policies += ", mdl::Exact";
    return options.plan ? plan_source(header, policies) : driver_source(header, policies, options.profile);
}

auto key_of(const std::string& header, const std::string& driver, const Compiler& compiler, const std::vector<std::string>& command,
            const std::vector<fs::path>& includes) -> std::string {
    Key key;
    key.add(header);
    key.add(driver);
    key.add(compiler.version);
    for (const auto& word : command) key.add(word);
    key.add(predefined_macros(command));
    add_headers(key, includes[0]);
    return key.hex();
}

auto first_error(const std::string& output) -> std::string {
    std::istringstream stream(output);
    std::string line, tail;
    for (int lines = 0; std::getline(stream, line) && lines < 40;) {
        if (tail.empty() && line.find("error") == std::string::npos) continue;
        tail += line + "\n";
        ++lines;
    }
    return tail.empty() ? output.substr(0, 4000) : tail;
}

void build(std::vector<std::string> command, const fs::path& folder, const std::string& header, const std::string& driver, bool quiet) {
    write_file(folder / "net.hpp", header);
    write_file(folder / "driver.cpp", driver);
    command.insert(command.end(), {"-o", (folder / "net.so").string(), (folder / "driver.cpp").string()});
    const Finished finished = run_program(command, quiet ? "" : "compiling the network ...");
    if (finished.exit_code != 0) {
        std::string line;
        for (const auto& word : command) line += word + ' ';
        fail(Exit::compiler, "the compiler failed on the converted network; its first messages:\n", first_error(finished.output),
             "the command was: ", line, "\ntry another compiler with the environment variable CXX, or other --flags");
    }
    std::ostringstream facts;
    facts << checksum_of(folder / "net.so") << ' ' << finished.seconds << ' ' << finished.peak_megabytes << '\n';
    write_file(folder / "build.txt", facts.str());
}

/// Moves a finished folder into the cache. An entry that another process has made meanwhile is as good as ours; a damaged one
/// makes room.
auto install(const fs::path& made, const fs::path& place, CompiledNetwork& entry) -> bool {
    std::error_code error;
    for (int attempt = 0; attempt < 3; ++attempt) {
        fs::rename(made, place, error);
        if (read_entry(place, entry)) return true;
        const fs::path aside = make_temporary(place.parent_path());
        fs::rename(place, aside / "damaged", error);
        fs::remove_all(aside, error);
    }
    return false;
}

}  // namespace

auto cache_key(const std::string& header, const CompileOptions& options) -> std::string {
    const Compiler compiler = find_compiler();
    const auto includes = include_folders();
    return key_of(header, driver_text(header, options), compiler, command_line(compiler, options.flags, includes), includes);
}

auto compile_network(const std::string& header, const CompileOptions& options) -> CompiledNetwork {
    const Compiler compiler = find_compiler();
    const auto includes = include_folders();
    const auto command = command_line(compiler, options.flags, includes);
    const std::string driver = driver_text(header, options);
    const std::string key = key_of(header, driver, compiler, command, includes);

    CompiledNetwork entry;
    std::error_code error;
    const fs::path cache = cache_folder();
    if (!cache.empty()) fs::create_directories(cache, error);
    const fs::path place = cache / key;
    if (!cache.empty() && read_entry(place, entry)) return entry;

    fs::path made = cache.empty() ? fs::path() : make_temporary(cache);
    const bool cached = !made.empty();
    if (!cached) {
        if (!options.quiet)
            std::cerr << "the cache '" << cache.string()
                      << "' cannot be written, so the network is compiled each time; set XDG_CACHE_HOME to a folder that can\n";
        made = make_temporary_folder();
    }
    Scratch scratch(made);
    build(command, made, header, driver, options.quiet);
    if (cached && install(made, place, entry)) return entry;
    if (!read_entry(made, entry)) fail(Exit::io, "the compiled network in '", made.string(), "' cannot be read back");
    entry.temporary = true;
    scratch.folder.clear();
    return entry;
}

void discard(const CompiledNetwork& compiled) {
    std::error_code error;
    fs::remove_all(compiled.library.parent_path(), error);
}

}  // namespace mdl::tool
