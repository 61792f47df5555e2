// mdl: must not compile: vectors, for an ARM without them.
// SPDX-License-Identifier: MIT
// expect: mdl: the compiler's target is ARM without NEON; add -mfpu=neon-vfpv4 or -mfpu=neon, or define MDL_SIMD=0 for the portable backend
#undef __ARM_NEON
#undef __arm__
#define __arm__ 1
#include <mdl/mdl.hpp>
