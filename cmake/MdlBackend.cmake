# mdl: gives the library what its backend needs: xsimd's headers, or Eigen and MDL_SIMD=0.
# SPDX-License-Identifier: MIT
# Used while mdl is built and again by whoever finds it installed, since the dependency's place is theirs to know.

include_guard(GLOBAL)

# mdl_link_backend(target simd): for the library's own target and for the imported one alike.
function(mdl_link_backend target simd)
    if(NOT simd)
        find_package(Eigen3 3.4 QUIET NO_MODULE)
        if(NOT TARGET Eigen3::Eigen)
            message(FATAL_ERROR "mdl: MDL_SIMD is OFF and Eigen 3.4 is missing; install libeigen3-dev or set MDL_SIMD to ON")
        endif()
        target_link_libraries(${target} INTERFACE Eigen3::Eigen)
        target_compile_definitions(${target} INTERFACE MDL_SIMD=0)
        return()
    endif()
    # Not find_package(xsimd): Debian 12's target links xtl, which its package does not bring. A missing xsimd is told by
    # the header itself, so that users of a bare copy read the same sentence.
    find_path(MDL_XSIMD_INCLUDE_DIR xsimd/xsimd.hpp DOC "Folder that holds xsimd/xsimd.hpp")
    if(MDL_XSIMD_INCLUDE_DIR)
        target_include_directories(${target} SYSTEM INTERFACE $<BUILD_INTERFACE:${MDL_XSIMD_INCLUDE_DIR}>)
    endif()
endfunction()
