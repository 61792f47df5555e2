// mdl: counts what Eigen allocates, in release builds too.
// SPDX-License-Identifier: MIT
#pragma once

// Stands before Eigen in every file of the test program that includes Eigen: the linker keeps one copy of Eigen's inline
// functions, and a copy compiled without these two macros counts nothing.

namespace mdl::test {
inline int eigen_failures = 0;
}

#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(condition)                                           \
    do {                                                                  \
        if (!static_cast<bool>(condition)) ++::mdl::test::eigen_failures; \
    } while (false)

#include <Eigen/Core>

namespace mdl::test {

/// How often Eigen allocated, or found an assertion of its own broken, while `work` ran.
template <class Work>
auto eigen_allocations(Work work) -> int {
    eigen_failures = 0;
    Eigen::internal::set_is_malloc_allowed(false);
    work();
    Eigen::internal::set_is_malloc_allowed(true);
    return eigen_failures;
}

}  // namespace mdl::test
