# mdl: mdl_add_model(), which converts a trained network while an app is built.
# SPDX-License-Identifier: MIT

include_guard(GLOBAL)

# mdl_add_model(name ONNX file.onnx [STRUCT Name] [ARGS argument...])
#
# Runs `mdl convert file.onnx -o <build folder>/<name>` whenever the file changes and makes the INTERFACE target `name`:
#   target_link_libraries(app PRIVATE name)
# gives the app `#include <net.hpp>`, mdl itself, and the weights' path as the macro MDL_MODEL_<NAME> and as the target's
# property MDL_WEIGHTS. STRUCT names the C++ type (default: convert's own, Net). ARGS go to convert as they are, for
# instance `ARGS --resize 256 --crop 224`.
function(mdl_add_model name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "ONNX;STRUCT" "ARGS")
    if(NOT arg_ONNX OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "mdl: usage: mdl_add_model(name ONNX file.onnx [STRUCT Name] [ARGS argument...])")
    endif()
    cmake_path(ABSOLUTE_PATH arg_ONNX BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    if(NOT EXISTS ${arg_ONNX})
        message(FATAL_ERROR "mdl: mdl_add_model(${name}): there is no file ${arg_ONNX}")
    endif()
    if(TARGET mdl_tool)
        set(tool $<TARGET_FILE:mdl_tool>)
        set(tool_dependency mdl_tool)
    elseif(MDL_TOOL)
        set(tool ${MDL_TOOL})
        set(tool_dependency ${MDL_TOOL})
    else()
        message(FATAL_ERROR "mdl: mdl_add_model(${name}) needs the mdl command; build mdl with -DMDL_BUILD_TOOLS=ON, or set "
            "MDL_TOOL to an mdl command that runs on this machine")
    endif()

    set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name})
    set(weights ${folder}/net.mdlw)
    if(arg_STRUCT)
        list(PREPEND arg_ARGS --struct ${arg_STRUCT})
    endif()
    add_custom_command(OUTPUT ${folder}/net.hpp ${weights}
        COMMAND ${tool} convert ${arg_ONNX} -o ${folder} ${arg_ARGS}
        DEPENDS ${arg_ONNX} ${tool_dependency}
        COMMENT "Converting ${arg_ONNX}" VERBATIM)
    add_custom_target(${name}_convert DEPENDS ${folder}/net.hpp ${weights})

    add_library(${name} INTERFACE)
    add_dependencies(${name} ${name}_convert)
    target_include_directories(${name} INTERFACE ${folder})
    target_link_libraries(${name} INTERFACE mdl::mdl)
    string(TOUPPER ${name} macro)
    string(MAKE_C_IDENTIFIER ${macro} macro)
    target_compile_definitions(${name} INTERFACE MDL_MODEL_${macro}="${weights}")
    set_target_properties(${name} PROPERTIES MDL_WEIGHTS ${weights})
endfunction()
