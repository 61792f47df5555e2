#!/usr/bin/env bash
# mdl: what llvm-mca says of the inner loops on ARM64's cores, by GCC and by Clang, and the spills of ARMv7's.
# SPDX-License-Identifier: MIT
#
# usage: benchmarks/arm.sh [FLAG...]     flags go to the compilers of ARM64
# Fails where an inner loop on ARM64 moves a vector through the stack. ARMv7 has half the registers: there it counts.
# LLVM_MCA names llvm-mca, version 19 or later (default llvm-mca-19; apt install llvm-19).
set -euo pipefail
case ${1:-} in
-h | --help) sed -n '2s/^# mdl: //p; 5,7s/^# //p' "$0"; exit 0 ;;
esac
cd "$(dirname "$0")"
mca=${LLVM_MCA:-llvm-mca-19}
for command in "$mca" clang++ aarch64-linux-gnu-g++ arm-linux-gnueabihf-g++; do
    command -v "$command" >/dev/null || { echo "arm.sh: there is no $command; scripts/setup.sh --arm, apt install llvm-19" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compile=(-std=c++20 -O3 -DNDEBUG -Wno-psabi -I ../include -c inner_loops.cpp -o "$work/loops.o")
status=0
for compiler in aarch64-linux-gnu-g++ "clang++ --target=aarch64-linux-gnu"; do
    echo "$compiler -O3 $*"
    $compiler "${compile[@]}" "$@"
    python3 arm.py "$work/loops.o" aarch64-linux-gnu-objdump "$mca" || status=1
done
for fpu in neon-vfpv4 neon; do
    for compiler in arm-linux-gnueabihf-g++ "clang++ --target=arm-linux-gnueabihf"; do
        echo "$compiler -O3 -march=armv7-a -mfpu=$fpu: loops, and accesses of the stack in each"
        $compiler "${compile[@]}" -march=armv7-a -mfpu=$fpu
        python3 inner_loops.py "$work/loops.o" arm-linux-gnueabihf-objdump || true
    done
done
exit $status
