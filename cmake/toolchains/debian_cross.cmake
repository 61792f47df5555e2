# mdl: the part of a toolchain file that all of Debian's cross compilers share; `triple` and `emulator` are set.
# SPDX-License-Identifier: MIT

if(NOT CMAKE_CXX_COMPILER)
    set(CMAKE_CXX_COMPILER ${triple}-g++)
endif()
set(CMAKE_CXX_COMPILER_TARGET ${triple})  # Clang's; it finds GCC's cross libraries itself

# Headers that are the same for all targets (xsimd, Eigen, doctest) and programs are the host's, libraries are not.
set(CMAKE_FIND_ROOT_PATH /usr/${triple})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)

# The strictest that qemu has: a processor with every instruction set of the target, pages of the host.
set(CMAKE_CROSSCOMPILING_EMULATOR ${emulator} -L /usr/${triple})
