# mdl: how compare.sh converts a network for ncnn and times it; sourced by compare.sh, which sets `here` and `pinned`.
# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154

# ncnn_tool DIR NAME: where it is, below DIR or else on the PATH; empty: nowhere.
ncnn_tool() {
    local found
    found=$(find "$1" -type f -executable -name "$2" | head -n 1)
    echo "${found:-$(command -v "$2" || true)}"
}

# ncnn_prepare DIR FOLDER: compiles the driver into FOLDER. DIR is where ncnn was built, or installed.
ncnn_prepare() {
    local directory=$1 folder=$2 source headers=() library
    source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$directory/CMakeCache.txt" 2>/dev/null || true)
    if [ -n "$source" ]; then
        headers=(-isystem "$source/src" -isystem "$directory/src")
    elif [ -f "$directory/include/ncnn/net.h" ]; then
        headers=(-isystem "$directory/include/ncnn")
    else
        echo "compare.sh: $directory is neither a folder in which CMake built ncnn nor one with include/ncnn" >&2
        return 1
    fi
    library=$(find "$directory" \( -name 'libncnn.a' -o -name 'libncnn.so' \) | head -n 1)
    [ -n "$library" ] || { echo "compare.sh: there is no libncnn in $directory" >&2; return 1; }
    ncnn_converter=$(ncnn_tool "$directory" onnx2ncnn)
    ncnn_optimizer=$(ncnn_tool "$directory" ncnnoptimize)
    ncnn_driver=$folder/ncnn
    "${CXX:-c++}" -std=c++17 -O2 "${headers[@]}" "$here/peers/ncnn.cpp" -o "$ncnn_driver" \
        "$library" -Wl,-rpath,"$(dirname "$library")" -fopenmp -pthread
}

# ncnn_convert MODEL FOLDER: the network as ncnn's own files. MODEL.ncnn.param and MODEL.ncnn.bin, if they are there, are taken.
ncnn_convert() {
    local stem=${1%.onnx} folder=$2
    if [ -f "$stem.ncnn.param" ] && [ -f "$stem.ncnn.bin" ]; then
        ncnn_files=("$stem.ncnn.param" "$stem.ncnn.bin")
        return
    fi
    [ -n "$ncnn_converter" ] || { echo "there is neither onnx2ncnn nor $stem.ncnn.param"; return 1; }
    "$ncnn_converter" "$1" "$folder/ncnn.param" "$folder/ncnn.bin" >"$folder/log" 2>&1 || { echo "onnx2ncnn failed"; return 1; }
    # It goes on, and succeeds, without the operators that it does not know.
    if grep -q 'not supported yet' "$folder/log"; then echo "onnx2ncnn: $(grep -m 1 'not supported yet' "$folder/log")" && return 1; fi
    ncnn_files=("$folder/ncnn.param" "$folder/ncnn.bin")
    [ -n "$ncnn_optimizer" ] || return 0
    if "$ncnn_optimizer" "${ncnn_files[@]}" "$folder/optimized.param" "$folder/optimized.bin" 0 >/dev/null 2>&1; then
        ncnn_files=("$folder/optimized.param" "$folder/optimized.bin")
    fi
}

# ncnn_bench THREADS RUNS OUTPUT [INPUT SHAPE]...
ncnn_bench() { "${pinned[@]}" "$ncnn_driver" "${ncnn_files[@]}" "$@"; }
