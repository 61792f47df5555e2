// mdl: an app whose network and weights mdl_add_model made from an ONNX file while the app was built.
// SPDX-License-Identifier: MIT
#include <net.hpp>

#include <array>
#include <cstdio>

auto main() -> int {
    const auto model = mdl::Model<Net>::load(MDL_MODEL_NET);
    if (!model) {
        std::printf("%s\n", model.error().c_str());
        return 1;
    }
    static mdl::Arena<Net> arena;
    mdl::Context<Net> context{*model, arena};
    float sum = 0;
    for (const float probability : context.run()) sum += probability;
    std::printf("probabilities sum to %.4f\n", static_cast<double>(sum));
    return sum > 0.999f && sum < 1.001f ? 0 : 1;
}
