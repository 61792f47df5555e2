// mdl: Arena<Net> and Context<Net>: the memory that a run works in, and the run.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include <mdl/base/aligned_buffer.hpp>
#include <mdl/base/fixed_string.hpp>
#include <mdl/base/result.hpp>
#include <mdl/engine/execute.hpp>
#include <mdl/engine/model.hpp>
#include <mdl/tensor/view.hpp>

namespace mdl {
namespace engine {
inline namespace MDL_ISA {

template <class T>
inline constexpr bool is_span = false;
template <class T, std::size_t N>
inline constexpr bool is_span<std::span<T, N>> = true;

/// A container, not a span, that a span can be made of.
template <class T>
concept SpanSource = !is_span<std::remove_cvref_t<T>> && requires(T& container) { std::span(container); };

template <class Net>
constexpr auto input_number(std::string_view name) noexcept -> int {
    for (int k = 0; k < input_count<Net>; ++k)
        if (written<Net>.nodes[input_nodes<Net>[static_cast<std::size_t>(k)]].name == name) return k;
    return -1;
}
template <class Net>
constexpr auto output_number(std::string_view name) noexcept -> int {
    for (int k = 0; k < output_count<Net>; ++k)
        if (output_name<Net>(static_cast<std::size_t>(k)) == name) return k;
    return -1;
}

/// Number in the laid-out graph of the node that makes what node `source` of the written graph, or its successor by fusion, makes.
template <class Net, class O>
constexpr auto laid_out_node(int source) noexcept -> int {
    for (int i = 0; i < laid_out<Net, O>.node_count; ++i)
        if (laid_out<Net, O>.nodes[i].source == source) return i;
    return -1;
}

}  // namespace MDL_ISA
}  // namespace engine

inline namespace MDL_ISA {

/// Exactly the memory that Context<Net> works in, wherever the caller puts it. Holds nothing between runs but the last outputs.
template <class Net, class O = Options<>>
struct alignas(64) Arena {
    std::byte bytes[std::max<std::size_t>(arena_bytes<Net, O>, 64)];
};

/// One stream of runs of a Model: not shared by threads; each thread has its own. `run` never allocates, locks, throws, prints
/// or aborts.
template <class Net, class O = Options<>>
class Context {
    static constexpr const auto& written = engine::written<Net>;
    static constexpr int inputs = input_count<Net>;
    static constexpr int outputs = output_count<Net>;

public:
    /// How the Input layer K says that the caller's memory looks.
    template <int K>
    static constexpr const ImageFormat& format = written.nodes[engine::input_nodes<Net>[K]].operation.image;
    /// How input K lies in the caller's memory: its element, and how many.
    template <int K>
    using InputElement = std::conditional_t<format<K>.element == Element::u8, std::uint8_t, float>;
    template <int K>
    static constexpr std::size_t input_size = static_cast<std::size_t>(input_shape<Net, K>.count()) / (format<K>.order == PixelOrder::rgba ? 3 : 1) *
                                              (format<K>.order == PixelOrder::rgba ? 4 : 1);
    template <int K>
    static constexpr std::size_t output_size = static_cast<std::size_t>(output_shape<Net, K>.count());

    /// Works in `arena`, which outlives the context, as does the model.
    Context(const Model<Net, O>& model, Arena<Net, O>& arena) noexcept : weights_(model.packed_weights()), arena_(arena.bytes) { use_own_inputs(); }
    Context(const Model<Net, O>&& model, Arena<Net, O>& arena) = delete;

    /// Works in memory given as a span. Errors: wrong_size, misaligned.
    static auto create(const Model<Net, O>& model, std::span<std::byte> memory) noexcept -> Result<Context> {
        if (memory.size() < arena_bytes<Net, O>)
            return Error(Errc::wrong_size, "the arena has ", memory.size(), " bytes, the network needs ", arena_bytes<Net, O>, "; give a larger one");
        if (reinterpret_cast<std::uintptr_t>(memory.data()) % 64 != 0)
            return Error(Errc::misaligned, "the arena does not begin at a multiple of 64 bytes; use mdl::Arena or alignas(64)");
        return Context(model, memory.data(), AlignedBuffer());
    }

    static auto create(const Model<Net, O>&& model, std::span<std::byte> memory) = delete;

    /// Allocates the arena, once. Errors: out_of_memory.
    static auto create(const Model<Net, O>& model) noexcept -> Result<Context> {
        auto memory = AlignedBuffer::create(std::max<std::size_t>(arena_bytes<Net, O>, 64));
        if (!memory) return memory.error();
        std::byte* const data = memory->data();
        return Context(model, data, std::move(*memory));
    }
    static auto create(const Model<Net, O>&& model) = delete;

    /// Room in the arena for input K, to be filled before each `run()`: its memory is used again while the network runs.
    template <int K = 0>
    auto input() noexcept -> std::span<InputElement<K>, input_size<K>> {
        static_assert(K >= 0 && K < inputs, "mdl: the network has fewer inputs; count from 0");
        return std::span<InputElement<K>, input_size<K>>(reinterpret_cast<InputElement<K>*>(own_input<K>()), input_size<K>);
    }
    /// The same by the name of the Input's node.
    template <FixedString Name>
    auto input() noexcept {
        constexpr int number = engine::input_number<Net>(Name.view());
        static_assert(number >= 0, "mdl: the network has no input of this name; see its Graph's nodes");
        return input<number>();
    }

    /// Runs on what the input() spans hold. Returns the output where there is one, else nothing: see output().
    auto run() noexcept {
        use_own_inputs();
        return run_on_images(images_.data());
    }

    /// The same, calling `after(k, frame)` when step k of the run is done: see mdl/engine/profile.hpp.
    template <class After>
    void run_steps(After after) noexcept {
        use_own_inputs();
        const engine::Frame frame{arena_, weights_, images_.data()};
        for (std::size_t k = 0; k < engine::step_functions<Net, O>.size(); ++k) {
            engine::step_functions<Net, O>[k](frame);
            after(static_cast<int>(k), frame);
        }
    }

    /// Runs on the caller's memory, one span for each input in order, read where it lies.
    template <class... Elements, std::size_t... Sizes>
        requires(sizeof...(Elements) > 0)
    auto run(std::span<Elements, Sizes>... memory) noexcept {
        static_assert(sizeof...(Elements) == inputs, "mdl: give one span for each input of the network");
        return run_on(std::index_sequence_for<Elements...>{}, memory...);
    }
    /// The same for whatever a span can be made of: arrays, std::array, std::vector.
    template <class... Containers>
        requires(sizeof...(Containers) > 0 && (engine::SpanSource<Containers> && ...))
    auto run(Containers&&... memory) noexcept {
        return run(std::span(memory)...);
    }

    /// Output K of the last run, row-major in the network's shape. Valid until the next run, and, where it is nothing but a view
    /// of an input, as long as that input's memory.
    template <int K = 0>
    auto output() const noexcept -> std::span<const float, output_size<K>> {
        static_assert(K >= 0 && K < outputs, "mdl: the network has fewer outputs; count from 0");
        constexpr engine::Place place = engine::place_of<Net, O>(engine::laid_out<Net, O>.outputs[K]);
        return std::span<const float, output_size<K>>(place.floats({arena_, weights_, images_.data()}), output_size<K>);
    }
    /// The same by its name in Output<...>.
    template <FixedString Name>
    auto output() const noexcept {
        constexpr int number = engine::output_number<Net>(Name.view());
        static_assert(number >= 0, "mdl: the network has no output of this name; see its Output<...>");
        return output<number>();
    }

    /// What layer number I (as written, from 0) made in the last run, fused operators included, in the layout that the engine
    /// chose (see describe): for debugging, with the policy KeepTensors, which gives every tensor memory of its own.
    template <int I>
        requires(O::keep_tensors)
    auto tensor() const noexcept -> TensorView<const float> {
        constexpr int node = engine::laid_out_node<Net, O>(I);
        static_assert(node >= 0, "mdl: this layer was fused into another; look at that one");
        return {engine::place_of<Net, O>(node).floats({arena_, weights_, images_.data()}), engine::laid_out<Net, O>.nodes[node].shape};
    }

private:
    Context(const Model<Net, O>& model, std::byte* arena, AlignedBuffer memory) noexcept
        : weights_(model.packed_weights()), arena_(arena), memory_(std::move(memory)) {
        use_own_inputs();
    }

    template <int K>
    auto own_input() const noexcept -> std::byte* {
        return arena_ + engine::memory<Net, O>.tensor[engine::laid_out_node<Net, O>(engine::input_nodes<Net>[K])];
    }
    void use_own_inputs() noexcept {
        [this]<int... K>(std::integer_sequence<int, K...>) { ((images_[K] = own_input<K>()), ...); }(std::make_integer_sequence<int, inputs>{});
    }

    /// Whether what output() or tensor() returns may lie in an input's memory, so that the context has to remember where that is.
    static constexpr bool reads_images_later = [] {
        bool any = O::keep_tensors;
        for (int k = 0; k < outputs; ++k)
            any = any || engine::place_of<Net, O>(engine::laid_out<Net, O>.outputs[k]).where == engine::Place::Where::image;
        return any;
    }();

    auto run_on_images(const std::byte* const* images) noexcept {
        const engine::Frame frame{arena_, weights_, images};
        if constexpr (outputs == 1) {
            const auto result = output<0>();  // before the run: after it, the compiler would read the arena's address again
            engine::run_program<Net, O>(frame);
            return result;
        } else {
            engine::run_program<Net, O>(frame);
        }
    }

    template <std::size_t... K, class... Elements, std::size_t... Sizes>
    auto run_on(std::index_sequence<K...>, std::span<Elements, Sizes>... memory) noexcept {
        static_assert((std::is_same_v<std::remove_const_t<Elements>, InputElement<static_cast<int>(K)>> && ...),
                      "mdl: an input has another element type than this span; see the Input layer's options F32 and U8");
        static_assert(((Sizes == std::dynamic_extent || Sizes == input_size<static_cast<int>(K)>) && ...),
                      "mdl: this span has another size than the network's input; see Context::input_size");
        constexpr bool fixed = ((Sizes != std::dynamic_extent) && ...);
        using Output = decltype(run_on_images(nullptr));
        if constexpr (!fixed) {
            constexpr std::array<std::size_t, sizeof...(K)> needed{input_size<static_cast<int>(K)>...};
            const std::array<std::size_t, sizeof...(K)> given{memory.size()...};
            for (std::size_t i = 0; i < needed.size(); ++i)
                if (given[i] != needed[i])
                    return Result<Output>(Error(Errc::wrong_size, "input ", i, " has ", given[i], " elements, the network needs ", needed[i]));
        }
        const std::array<const std::byte*, sizeof...(K)> images{reinterpret_cast<const std::byte*>(memory.data())...};
        if constexpr (reads_images_later) images_ = images;
        if constexpr (fixed) {
            return run_on_images(images.data());
        } else if constexpr (std::is_void_v<Output>) {
            run_on_images(images.data());
            return Result<void>();
        } else {
            return Result<Output>(run_on_images(images.data()));
        }
    }

    const float* weights_;
    std::byte* arena_;
    std::array<const std::byte*, static_cast<std::size_t>(inputs)> images_{};
    AlignedBuffer memory_{};
};

}  // namespace MDL_ISA
}  // namespace mdl
