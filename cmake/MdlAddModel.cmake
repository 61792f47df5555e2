# mdl: mdl_add_model(), which converts a trained network while an app is built.
# SPDX-License-Identifier: MIT

include_guard(GLOBAL)

# mdl_add_model(name ONNX file.onnx | CAFFE file.prototxt | TFLITE file.tflite [STRUCT Name] [ARGS argument...])
#
# Runs `mdl convert` on the file, whenever it changes or what lies beside it, a prototxt's caffemodel and the data.min.bin of a
# model.min.json of 2017 (CAFFE too), and makes the INTERFACE target `name`:
#   target_link_libraries(app PRIVATE name)
# gives the app `#include <name/net.hpp>` (and `#include <net.hpp>`, which means the first of the models where the app has
# several), mdl itself, and the weights' path as the macro MDL_MODEL_<NAME> and as the target's property MDL_WEIGHTS.
# STRUCT names the C++ type; by default it is the target's name, capitals instead of what C++ does not have in names: of `net`
# Net, of `digit-reader` DigitReader. ARGS go to convert as they are, for instance `ARGS --resize 256 --labels labels.txt`;
# names of files in them are relative to the folder of the CMakeLists.txt, and the model is converted again when one changes.
function(mdl_add_model name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "ONNX;CAFFE;TFLITE;STRUCT" "ARGS")
    set(model ${arg_ONNX} ${arg_CAFFE} ${arg_TFLITE})
    list(LENGTH model model_count)
    if(NOT model_count EQUAL 1 OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "mdl: usage: mdl_add_model(name ONNX file.onnx | CAFFE file.prototxt | TFLITE file.tflite [STRUCT Name] [ARGS argument...])")
    endif()
    cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    if(NOT EXISTS ${model})
        message(FATAL_ERROR "mdl: mdl_add_model(${name}): there is no file ${model}")
    endif()
    if(TARGET mdl_tool)
        set(tool $<TARGET_FILE:mdl_tool>)
        set(tool_dependency mdl_tool)
    elseif(MDL_TOOL)
        unset(tool)
        find_program(tool ${MDL_TOOL} NO_CMAKE_FIND_ROOT_PATH NO_CACHE)
        if(NOT tool)
            message(FATAL_ERROR "mdl: mdl_add_model(${name}): there is no program ${MDL_TOOL}; MDL_TOOL is the path of an mdl command that "
                "runs on this machine")
        endif()
        set(tool_dependency ${tool})
    elseif(CMAKE_CROSSCOMPILING)
        message(FATAL_ERROR "mdl: mdl_add_model(${name}) needs an mdl command that runs on this machine: build mdl natively and set MDL_TOOL to "
            "its tools/mdl")
    else()
        message(FATAL_ERROR "mdl: mdl_add_model(${name}) needs the mdl command; build mdl with -DMDL_BUILD_TOOLS=ON, or set "
            "MDL_TOOL to an mdl command that runs on this machine")
    endif()

    # A folder with nothing else in it: on the include path, a program of this build might be taken for a header.
    set(models ${CMAKE_CURRENT_BINARY_DIR}/mdl_models)
    set(folder ${models}/${name})
    set(weights ${folder}/net.mdlw)
    if(NOT arg_STRUCT AND NOT arg_ARGS MATCHES "--(struct|name)(=|;|$)")
        string(REGEX MATCHALL "[A-Za-z0-9]+" words "${name}")
        foreach(word IN LISTS words)
            string(SUBSTRING ${word} 0 1 first)
            string(SUBSTRING ${word} 1 -1 rest)
            string(TOUPPER ${first} first)
            string(APPEND arg_STRUCT ${first}${rest})
        endforeach()
        if(NOT arg_STRUCT MATCHES "^[A-Z]")
            string(PREPEND arg_STRUCT Net)
        endif()
    endif()
    if(arg_STRUCT)
        list(PREPEND arg_ARGS --struct ${arg_STRUCT})
    endif()
    set(read_files "")
    set(beside "")
    if(arg_CAFFE MATCHES "\\.json$")
        cmake_path(REPLACE_FILENAME model data.min.bin OUTPUT_VARIABLE beside)
    elseif(arg_CAFFE)
        cmake_path(REPLACE_EXTENSION model LAST_ONLY caffemodel OUTPUT_VARIABLE beside)
    endif()
    foreach(argument IN LISTS arg_ARGS beside)
        string(REGEX REPLACE "^--[a-z]+=" "" file "${argument}")
        cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
        if(EXISTS "${file}" AND NOT IS_DIRECTORY "${file}")
            list(APPEND read_files ${file})
        endif()
    endforeach()
    add_custom_command(OUTPUT ${folder}/net.hpp ${weights}
        COMMAND ${tool} convert ${model} -o ${folder} ${arg_ARGS}
        DEPENDS ${model} ${read_files} ${tool_dependency}
        WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
        COMMENT "Converting ${model}" VERBATIM)
    add_custom_target(${name}_convert DEPENDS ${folder}/net.hpp ${weights})

    add_library(${name} INTERFACE)
    add_dependencies(${name} ${name}_convert)
    target_include_directories(${name} INTERFACE ${models} ${folder})
    target_link_libraries(${name} INTERFACE mdl::mdl)
    string(TOUPPER ${name} macro)
    string(MAKE_C_IDENTIFIER ${macro} macro)
    target_compile_definitions(${name} INTERFACE MDL_MODEL_${macro}="${weights}")
    set_target_properties(${name} PROPERTIES MDL_WEIGHTS ${weights})
endfunction()
