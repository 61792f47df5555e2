// mdl: an app as a user would write it; succeeds where the library compiles, links and refuses a file that is not there.
// SPDX-License-Identifier: MIT
#include "digits.hpp"

#include <array>
#include <cstdio>

static_assert(mdl::arena_bytes<Digits> < 32 * 1024);
static_assert(mdl::parameters<Digits> == 160 + 160 + 544 + 330);

auto main(int count, char** arguments) -> int {
    const auto model = mdl::Model<Digits>::load(count > 1 ? arguments[1] : "no such file.mdlw");
    if (!model) {
        std::printf("%s\n", model.error().c_str());
        return model.error().code() == mdl::Errc::cannot_open ? 0 : 1;
    }
    static mdl::Arena<Digits> arena;
    mdl::Context<Digits> context{*model, arena};
    static const std::array<float, 16 * 16> pixels{};
    for (const float score : context.run(pixels)) std::printf("%g\n", static_cast<double>(score));
    return 0;
}
