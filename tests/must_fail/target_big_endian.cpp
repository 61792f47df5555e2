// mdl: must not compile: a big-endian processor.
// SPDX-License-Identifier: MIT
// expect: mdl: this processor is big-endian; weights files and packed numbers are little-endian, so that it cannot be served
#ifndef MDL_TEST_REAL_TARGET
#undef __BYTE_ORDER__
#define __BYTE_ORDER__ __ORDER_BIG_ENDIAN__
#endif
#include <mdl/mdl.hpp>
