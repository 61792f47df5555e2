// mdl: an app of two networks, each with its own header, type and weights, and labels from a file beside the CMakeLists.txt.
// SPDX-License-Identifier: MIT
#include <one-model/net.hpp>
#include <two_models/net.hpp>

#include <cstdio>
#include <string_view>

#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>

namespace {

/// Whether the weights are this network's and bring the labels with them.
template <class Net>
auto loads(const char* weights) -> bool {
    const auto model = mdl::Model<Net>::load(weights);
    if (!model) return std::printf("%s\n", model.error().c_str()), false;
    const auto mapped = mdl::weights::MappedFile::open(weights);
    if (!mapped) return std::printf("%s\n", mapped.error().c_str()), false;
    const auto file = mdl::weights::File::open(mapped->bytes());
    if (!file) return std::printf("%s\n", file.error().c_str()), false;
    const auto labels = file->labels();
    return labels && labels->size() == 10 && std::string_view((*labels)[9]) == "nine";
}

}  // namespace

auto main() -> int {
    static_assert(mdl::fingerprint<OneModel> != mdl::fingerprint<Other>);
    return loads<OneModel>(MDL_MODEL_ONE_MODEL) && loads<Other>(MDL_MODEL_TWO_MODELS) ? 0 : 1;
}
