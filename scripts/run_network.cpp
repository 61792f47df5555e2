// mdl: runs the network of net.hpp on files of floats; compiled for a target that has no mdl command by conformance_zoo.sh.
// SPDX-License-Identifier: MIT
//
// usage: run_network WEIGHTS INPUT... OUTPUT...
#include <net.hpp>

#include <cstdio>
#include <vector>

namespace {

using Model = mdl::Model<Net>;
using Context = mdl::Context<Net>;
constexpr int inputs = mdl::input_count<Net>, outputs = mdl::output_count<Net>;

template <int K>
auto read(Context& context, const char* path) -> bool {
    const auto input = context.input<K>();
    std::FILE* const file = std::fopen(path, "rb");
    const bool whole = file != nullptr && std::fread(input.data(), sizeof(float), input.size(), file) == input.size();
    if (file != nullptr) std::fclose(file);
    if (!whole) std::fprintf(stderr, "run_network: %s does not hold %zu floats\n", path, input.size());
    return whole;
}

template <int K>
auto write(const Context& context, const char* path) -> bool {
    const auto output = context.output<K>();
    std::FILE* const file = std::fopen(path, "wb");
    const bool whole = file != nullptr && std::fwrite(output.data(), sizeof(float), output.size(), file) == output.size();
    if ((file != nullptr && std::fclose(file) != 0) || !whole) return std::fprintf(stderr, "run_network: cannot write %s\n", path), false;
    return true;
}

template <int... In, int... Out>
auto run(Context& context, char** from, char** to, std::integer_sequence<int, In...>, std::integer_sequence<int, Out...>) -> bool {
    if (!(read<In>(context, from[In]) && ...)) return false;
    context.run();
    return (write<Out>(context, to[Out]) && ...);
}

}  // namespace

auto main(int argc, char** argv) -> int {
    if (argc != 2 + inputs + outputs) {
        std::fprintf(stderr, "usage: run_network WEIGHTS INPUT... OUTPUT...: %d and %d\n", inputs, outputs);
        return 2;
    }
    const auto model = Model::load(argv[1]);
    if (!model) return std::fprintf(stderr, "run_network: %s\n", model.error().c_str()), 1;
    auto context = Context::create(*model);
    if (!context) return std::fprintf(stderr, "run_network: %s\n", context.error().c_str()), 1;
    return run(*context, argv + 2, argv + 2 + inputs, std::make_integer_sequence<int, inputs>{}, std::make_integer_sequence<int, outputs>{})
               ? 0
               : 1;
}
