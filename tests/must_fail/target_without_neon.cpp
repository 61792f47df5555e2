// mdl: must not compile: vectors, for an ARM without them.
// SPDX-License-Identifier: MIT
// expect: mdl: the compiler's target is ARM without NEON; add -mfpu=neon-vfpv4 or -mfpu=neon, or define MDL_SIMD=0 for the portable backend
#ifndef MDL_TEST_REAL_TARGET
#undef __ARM_NEON
#undef __arm__
#define __arm__ 1
#endif
#include <mdl/mdl.hpp>
