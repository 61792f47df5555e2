// mdl: counts allocations: none from the first run on.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <utility>

#include <mdl/mdl.hpp>

#include "support/reference_network.hpp"

namespace {

int allocations = 0;

}  // namespace

#if defined(__has_feature)  // Clang's way to tell what GCC tells by the macro
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
// AddressSanitizer owns malloc and tells of each call.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*)(const volatile void*, std::size_t), void (*)(const volatile void*));
namespace {
[[maybe_unused]] const int hooked = __sanitizer_install_malloc_and_free_hooks([](const volatile void*, std::size_t) { ++allocations; },
                                                                             [](const volatile void*) {});
}
#else
// In front of the C library's own. operator new ends here too.
extern "C" {
auto __libc_malloc(std::size_t) -> void*;
auto __libc_calloc(std::size_t, std::size_t) -> void*;
auto __libc_realloc(void*, std::size_t) -> void*;
auto __libc_memalign(std::size_t, std::size_t) -> void*;

auto malloc(std::size_t size) -> void* { return ++allocations, __libc_malloc(size); }
auto calloc(std::size_t count, std::size_t size) -> void* { return ++allocations, __libc_calloc(count, size); }
auto realloc(void* p, std::size_t size) -> void* { return ++allocations, __libc_realloc(p, size); }
auto memalign(std::size_t alignment, std::size_t size) -> void* { return ++allocations, __libc_memalign(alignment, size); }
auto aligned_alloc(std::size_t alignment, std::size_t size) -> void* { return memalign(alignment, size); }
auto posix_memalign(void** result, std::size_t alignment, std::size_t size) -> int {
    *result = memalign(alignment, size);
    return *result == nullptr ? 12 : 0;
}
}
#endif

namespace {

using namespace mdl;

/// Every family of kernels: blocks and rows, image input, branches, broadcasting, softmax.
struct Mixed : Sequential<
    Input<24, 24, 3, U8, Rgb, Mean<104.5, 117, 123>>,
    Conv<16, Kernel<3>, Stride<2>, Pad<1>>, BatchNorm<>, Relu,
    Residual<DepthwiseConv<Kernel<3>, Pad<1>>, Conv<16>, Relu6>,
    Concat<Conv<8>, Sequential<Conv<5>, Sigmoid>>,
    Mul<Identity, Sequential<GlobalPool<Average>, Conv<13>, HardSigmoid<>>>,
    Pool<Max, Kernel<3>, Stride<2>, Ceil>, Lrn<Size<5>>,
    Conv<12, Kernel<3>, Groups<1>, Dilation<2>, Pad<2>>, Elu<>,
    Flatten, Dense<20>, Tanh, Dense<10>, Softmax> {};

/// The kernels of tiny networks.
struct Tiny : Sequential<Input<6, 6, 3>, Conv<5, Kernel<1, 3>>, Relu, Flatten, Dense<10>, Softmax> {};

/// Both networks end in ten probabilities.
template <class Net, class Image>
void check_never_allocates(const Image& image) {
    const auto file = test::weights_file<Net>(test::random_weights<Net>(1));
    const auto model = Model<Net>::load(std::span<const std::byte>(file));
    const bool loaded = model.has_value();
    CHECK(loaded);
    if (!loaded) return;
    static Arena<Net> arena;

    const int before = allocations;
    Context<Net> context{*model, arena};
    double sum = 0;
    for (int i = 0; i < 3; ++i)
        for (const float score : context.run(image)) sum += static_cast<double>(score);
    const int after = allocations;

    CHECK(after - before == 0);
    // Ten probabilities, three times; rounding in float.
    CHECK(sum == doctest::Approx(3).epsilon(1e-5));
}

}  // namespace

TEST_CASE("the counter sees what new and malloc do") {
    const int before = allocations;
    ::operator delete(::operator new(100));
    void* volatile p = std::malloc(100);
    std::free(p);
    CHECK(allocations - before == 2);
}
TEST_CASE("run never allocates, from the first time on") {
    std::array<std::uint8_t, 24 * 24 * 3> pixels;
    pixels.fill(77);
    check_never_allocates<Mixed>(pixels);
    std::array<float, 6 * 6 * 3> numbers;
    numbers.fill(0.5f);
    check_never_allocates<Tiny>(numbers);
}
