// mdl: tests of the tile in inline assembly for pixels that lie side by side.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>
#if MDL_SIMD
#include <mdl/kernels/blocks/flat_tile.hpp>
#include <mdl/simd/tile.hpp>
#endif

#if MDL_SIMD && defined(__aarch64__)

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include <kernels/blocks/blocks.hpp>
#include <mdl/simd/fma.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

/// Floats right before a page that may not be read.
class Guarded {
public:
    explicit Guarded(const Floats& values)
        : page_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))), bytes_((values.size() * sizeof(float) + page_ - 1) / page_ * page_) {
        pages_ = static_cast<std::byte*>(mmap(nullptr, bytes_ + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        REQUIRE(pages_ != MAP_FAILED);
        REQUIRE(mprotect(pages_ + bytes_, page_, PROT_NONE) == 0);
        first_ = reinterpret_cast<float*>(pages_ + bytes_) - values.size();
        std::memcpy(first_, values.data(), values.size() * sizeof(float));
    }
    Guarded(const Guarded&) = delete;
    auto operator=(const Guarded&) -> Guarded& = delete;
    ~Guarded() { munmap(pages_, bytes_ + page_); }

    auto data() const -> const float* { return first_; }

private:
    std::size_t page_, bytes_;
    std::byte* pages_ = nullptr;
    float* first_ = nullptr;
};

/// Does the loop have the bits of the sums one by one, and read nothing behind its pixels and weights?
template <int P>
void check_flat_tile() {
    for (int taps = 1; taps <= 6; ++taps)
        for (const int apart : {0, 12}) {
            CAPTURE(P);
            CAPTURE(taps);
            CAPTURE(apart);
            const int step = 4 * P + apart;
            // 0.317 makes products that are rounded, so that another order of the sums would show.
            Floats x = numbers((taps - 1) * step + 4 * P, 3), w = numbers(taps * 32, 5), bias = numbers(8, 7);
            for (Floats* values : {&x, &w, &bias})
                for (float& value : *values) value *= 0.317f;
            const Guarded pixels(x), weights(w);
            simd::Vector sums[2 * P];
            kernels::multiply_flat<P>(sums, pixels.data(), step, taps, weights.data(), bias.data(), 1 << 20);
            for (int p = 0; p < P; ++p)
                for (int b = 0; b < 2; ++b) {
                    simd::Vector expected = simd::load(bias.data() + 4 * b);
                    for (int k = 0; k < 4 * taps; ++k) {
                        const float pixel = x[static_cast<std::size_t>(k / 4 * step + 4 * p + k % 4)];
                        expected = simd::fma(simd::broadcast(pixel), simd::load(w.data() + 8 * k + 4 * b), expected);
                    }
                    CHECK(std::memcmp(&sums[2 * p + b], &expected, sizeof expected) == 0);
                }
        }
}

}  // namespace

TEST_CASE("tiles in assembly whose pixels lie side by side have the bits of their sums and read nothing else") {
    check_flat_tile<8>();
    check_flat_tile<7>();
    check_flat_tile<6>();
    check_flat_tile<4>();
}

TEST_CASE("tiles of two blocks have a loop in assembly from four pixels on") {
    for (const bool small : {false, true}) CHECK((simd::every_tile(small) & simd::tile_bit(5, 2)) == 0);
    CHECK(kernels::has_flat_tile<simd::max_tile_pixels, 2>);
    CHECK(kernels::has_flat_tile<4, 2>);
    CHECK(!kernels::has_flat_tile<2, 2>);
    CHECK(!kernels::has_flat_tile<6, 3>);
}

#elif MDL_SIMD

TEST_CASE("only ARM64 has a tile in assembly whose pixels lie side by side") { CHECK(!mdl::kernels::has_flat_tile<mdl::simd::max_tile_pixels, 2>); }

#else
TEST_CASE("the portable build has no tile in assembly whose pixels lie side by side") { CHECK(MDL_SIMD == 0); }
#endif
