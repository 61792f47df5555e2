// mdl: layers made of layers: Sequential, Concat, Add and its relatives, Residual.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/builder.hpp>
#include <mdl/layers/binary_rule.hpp>
#include <mdl/layers/identity.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/rearrange.hpp>

namespace mdl {

/// y = Ln(... L2(L1(x))). A network is most often a `struct Net : mdl::Sequential<...> {}` whose first layer is an Input.
template <class... Layers>
struct Sequential {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        static_assert(sizeof...(Layers) > 0, "mdl: this Sequential is empty; put at least one layer into it");
        constexpr graph::AppendFunction layers[] = {&graph::append<Layers>...};
        int current = layers[0](builder, inputs);
        for (std::size_t i = 1; i < sizeof...(Layers); ++i) current = layers[i](builder, std::span<const int>(&current, 1));
        return current;
    }
};

namespace layers {

/// Appends every branch, each applied to the same inputs, then the operator that joins them.
template <class... Branches>
constexpr auto join(graph::Builder& builder, std::span<const int> inputs, const graph::Description& joint) -> int {
    if constexpr (sizeof...(Branches) == 0) {
        return builder.add(joint, inputs);
    } else {
        constexpr graph::AppendFunction branches[] = {&graph::append<Branches>...};
        int ends[sizeof...(Branches)]{};
        for (std::size_t i = 0; i < sizeof...(Branches); ++i) ends[i] = branches[i](builder, inputs);
        return builder.add(joint, ends);
    }
}

template <Binary Kind, class... Branches>
struct BinaryJoin {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        return join<Branches...>(builder, inputs, binary_description(Kind));
    }
};

template <int N, class... Branches>
struct ConcatJoin {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        return join<Branches...>(builder, inputs, concat_description(N));
    }
};

template <class... Items>
struct ConcatOf : ConcatJoin<1, Items...> {};
template <int N, class... Branches>
struct ConcatOf<Axis<N>, Branches...> : ConcatJoin<N, Branches...> {};

}  // namespace layers

// Each joins its branches, all applied to the same input, with shapes broadcast as in NumPy. Without branches it is an
// operator on its node's own inputs: `Node<"sum", Add<>, From<"a", "b">>`.

template <class... Branches>
struct Add : layers::BinaryJoin<Binary::add, Branches...> {};
template <class... Branches>
struct Subtract : layers::BinaryJoin<Binary::subtract, Branches...> {};
template <class... Branches>
struct Mul : layers::BinaryJoin<Binary::multiply, Branches...> {};
template <class... Branches>
struct Div : layers::BinaryJoin<Binary::divide, Branches...> {};
template <class... Branches>
struct Maximum : layers::BinaryJoin<Binary::maximum, Branches...> {};
template <class... Branches>
struct Minimum : layers::BinaryJoin<Binary::minimum, Branches...> {};
/// x^y
template <class... Branches>
struct Pow : layers::BinaryJoin<Binary::power, Branches...> {};
/// What a division rounded towards 0 leaves, as C's fmod.
template <class... Branches>
struct Modulo : layers::BinaryJoin<Binary::modulo, Branches...> {};

// Comparisons give 1 where they hold, else 0.

template <class... Branches>
struct Less : layers::BinaryJoin<Binary::less, Branches...> {};
template <class... Branches>
struct LessOrEqual : layers::BinaryJoin<Binary::less_or_equal, Branches...> {};
template <class... Branches>
struct Greater : layers::BinaryJoin<Binary::greater, Branches...> {};
template <class... Branches>
struct GreaterOrEqual : layers::BinaryJoin<Binary::greater_or_equal, Branches...> {};
template <class... Branches>
struct Equal : layers::BinaryJoin<Binary::equal, Branches...> {};

/// Joins its branches along the channels, or along `Axis<n>` given first: `Concat<Axis<2>, A, B>`.
template <class... Items>
struct Concat : layers::ConcatOf<Items...> {};

/// y = x + body(x).  Source: He et al. 2015, section 3.2.
template <class... Body>
struct Residual : Add<Identity, Sequential<Body...>> {};

}  // namespace mdl
