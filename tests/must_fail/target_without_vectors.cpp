// mdl: must not compile: vectors, for a processor of which the library knows none.
// SPDX-License-Identifier: MIT
// expect: mdl: vectors are those of ARM's NEON and of x86 from SSE2 on; define MDL_SIMD=0 for the portable backend
#undef __ARM_NEON
#undef __arm__
#undef __SSE2__
#include <mdl/mdl.hpp>
