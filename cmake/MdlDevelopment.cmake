# mdl: how mdl's own programs are compiled; never reaches the users of the library.
# SPDX-License-Identifier: MIT

# Link it PRIVATE to every program of this project.
add_library(mdl_development INTERFACE)
# GCC 12 sees overlapping copies in std::string where there are none (its bug 105651). -Wpsabi tells, on 32-bit ARM, what changed in GCC 7.
target_compile_options(mdl_development INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-psabi>)
target_compile_options(mdl_development INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion $<$<BOOL:${MDL_WERROR}>:-Werror>)
if(MDL_SANITIZE)
    target_compile_options(mdl_development INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-sanitize-address-use-after-scope -fno-omit-frame-pointer)
    target_link_options(mdl_development INTERFACE -fsanitize=address,undefined)
endif()
