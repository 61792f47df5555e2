#!/usr/bin/env bash
# mdl: counts the instructions of MobileNetV1 and SqueezeNet 1.1 on ARM64 under qemu, beside ncnn's.
# SPDX-License-Identifier: MIT
#
# usage: benchmarks/instructions.sh [--ncnn SOURCE BUILD]
# SOURCE: a clone of github.com/Tencent/ncnn; BUILD: where CMake built it for ARM64 (benchmarks/README.md has the command).
# Prints millions of instructions of one run: the difference between three runs and one, over two, so that loading does not count.
# CXX names the cross compiler (default aarch64-linux-gnu-g++). Needs qemu-user 4.2 to 8.2 with plugins, as Debian 12 has it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source= build=
case ${1:-} in
'') ;;
--ncnn) source=${2:?instructions.sh: --ncnn needs SOURCE and BUILD} build=${3:?instructions.sh: --ncnn needs SOURCE and BUILD} ;;
*) sed -n 4,9p "$0" >&2; exit 2 ;;
esac
[ -z "$build" ] || [ -f "$build/src/libncnn.a" ] || { echo "instructions.sh: there is no $build/src/libncnn.a" >&2; exit 1; }
cxx=${CXX:-aarch64-linux-gnu-g++}
for command in "$cxx" cc qemu-aarch64; do
    command -v "$command" >/dev/null || { echo "instructions.sh: there is no $command; scripts/setup.sh --arm" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cc -O2 -shared -fPIC "$here/count_instructions.c" -o "$work/count.so"
"$cxx" -std=c++20 -O3 -DNDEBUG -I "$here/../include" "$here/instructions.cpp" -o "$work/mdl"
[ -z "$build" ] || "$cxx" -std=c++17 -O2 -I "$source/src" -I "$build/src" "$here/peers/ncnn_instructions.cpp" "$build/src/libncnn.a" -o "$work/ncnn"

# counted PROGRAM NETWORK RUNS
counted() {
    qemu-aarch64 -L "${SYSROOT:-/usr/aarch64-linux-gnu}" -plugin "$work/count.so" "$@" 2>&1 | awk '/^instructions/ { print $2 } !/^instructions/ { print > "/dev/stderr" }'
}
# one_run PROGRAM NETWORK: millions
one_run() {
    local one three
    one=$(counted "$1" "$2" 1)
    three=$(counted "$1" "$2" 3)
    awk -v one="$one" -v three="$three" 'BEGIN { printf "%.1f", (three - one) / 2e6 }'
}
for network in mobilenet squeezenet; do
    line="$network: mdl $(one_run "$work/mdl" $network)"
    [ -z "$build" ] || line+=", ncnn $(one_run "$work/ncnn" "$source/benchmark/models/$network.param")"
    echo "$line"
done
