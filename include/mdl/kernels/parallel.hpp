// mdl: the parallel-for that kernels are handed, and its serial form.
// SPDX-License-Identifier: MIT
#pragma once

namespace mdl {

/// Calls body(index, worker) for every index below count on the calling thread. A kernel never sees threads: any type with
/// this call and `workers` (the number of workers, which index scratch memory) will do.
struct Serial {
    static constexpr int workers = 1;

    template <class Body>
    __attribute__((always_inline)) void operator()(int count, const Body& body) const noexcept {
        for (int index = 0; index < count; ++index) body(index, 0);
    }
};

}  // namespace mdl
