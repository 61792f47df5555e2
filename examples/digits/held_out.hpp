// mdl: reads held_out.bin, enlarges its digits as train.py does, and draws them in a terminal.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace held_out {

inline constexpr int small_side = 8, side = 16;

struct Digit {
    std::array<float, side * side> pixels{};  ///< rows of 0..1
    int label = 0;
};

/// out[2i] = (3 a[i] + a[i-1]) / 4, out[2i+1] = (3 a[i] + a[i+1]) / 4 along rows and columns, edges repeated: bilinear with
/// half-pixel centres. In sixteenths here, so that every pixel is an exact multiple of 1/256.
inline auto enlarge(const std::uint8_t* small) -> std::array<float, side * side> {
    std::array<float, side * side> large{};
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const int y0 = y / 2, x0 = x / 2;
            const int y1 = std::clamp(y % 2 != 0 ? y0 + 1 : y0 - 1, 0, small_side - 1);
            const int x1 = std::clamp(x % 2 != 0 ? x0 + 1 : x0 - 1, 0, small_side - 1);
            const int sixteenths = 9 * small[y0 * small_side + x0] + 3 * small[y0 * small_side + x1] +
                                   3 * small[y1 * small_side + x0] + small[y1 * small_side + x1];
            large[static_cast<std::size_t>(y * side + x)] = static_cast<float>(sixteenths) / 256.0f;
        }
    return large;
}

/// Records of 65 bytes: 64 pixels 0..16 (8x8, row by row), then the label. Empty where the file is missing or damaged.
inline auto read(const char* path) -> std::vector<Digit> {
    constexpr std::size_t pixel_count = small_side * small_side;
    std::vector<Digit> digits;
    std::FILE* file = std::fopen(path, "rb");
    if (file == nullptr) return digits;
    std::array<std::uint8_t, pixel_count + 1> record{};
    std::size_t size = 0;
    bool good = true;
    while ((size = std::fread(record.data(), 1, record.size(), file)) > 0) {
        good = good && size == record.size() && record[pixel_count] <= 9 &&
               std::all_of(record.begin(), record.end() - 1, [](std::uint8_t pixel) { return pixel <= 16; });
        if (good) digits.push_back({enlarge(record.data()), record[pixel_count]});
    }
    std::fclose(file);
    if (!good) digits.clear();
    return digits;
}

/// One line of text: rows 2 * line and 2 * line + 1 of the image, in half blocks.
inline auto draw(const Digit& digit, int line) -> std::string {
    static constexpr const char* blocks[] = {" ", "\u2580", "\u2584", "\u2588"};
    std::string text;
    for (int x = 0; x < side; ++x) {
        const auto dark = [&](int y) { return digit.pixels[static_cast<std::size_t>(y * side + x)] > 0.45f; };
        text += blocks[(dark(2 * line) ? 1 : 0) + (dark(2 * line + 1) ? 2 : 0)];
    }
    return text;
}

}  // namespace held_out
