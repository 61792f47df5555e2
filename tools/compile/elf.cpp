// mdl: reads the size of a shared object's code.
// SPDX-License-Identifier: MIT
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

#include <elf.h>
#include <link.h>

#include "compile/cache.hpp"

namespace mdl::tool {

auto text_section_bytes(const std::filesystem::path& file) -> std::int64_t {
    std::ifstream stream(file, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    const auto read = [&](auto& record, std::size_t offset) {
        if (offset > bytes.size() || sizeof record > bytes.size() - offset) return false;
        std::memcpy(&record, bytes.data() + offset, sizeof record);
        return true;
    };
    ElfW(Ehdr) head{};
    if (!read(head, 0) || std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) return 0;
    const auto section = [&](std::size_t i, ElfW(Shdr)& record) { return read(record, head.e_shoff + i * head.e_shentsize); };
    ElfW(Shdr) names{}, record{};
    if (!section(head.e_shstrndx, names)) return 0;
    for (std::size_t i = 0; i < head.e_shnum; ++i) {
        char name[6]{};
        if (section(i, record) && read(name, names.sh_offset + record.sh_name) && std::memcmp(name, ".text", 6) == 0)
            return static_cast<std::int64_t>(record.sh_size);
    }
    return 0;
}

}  // namespace mdl::tool
