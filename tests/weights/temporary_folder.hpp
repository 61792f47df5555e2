// mdl: a folder for one test, removed with what is in it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code none;
        std::string name = (std::filesystem::temp_directory_path(none) / "mdl_test_XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    auto operator=(const TemporaryFolder&) -> TemporaryFolder& = delete;
    ~TemporaryFolder() {
        std::error_code none;
        if (!path_.empty()) std::filesystem::remove_all(path_, none);
    }

    auto path() const -> const std::string& { return path_; }
    auto operator/(const char* name) const -> std::string { return path_ + "/" + name; }
    auto file_count() const -> long {
        std::error_code none;
        return std::distance(std::filesystem::directory_iterator(path_, none), std::filesystem::directory_iterator());
    }

private:
    std::string path_;
};
