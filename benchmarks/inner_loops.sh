#!/usr/bin/env bash
# mdl: prints what the inner loops of the convolution kernels do besides multiplying and adding, for each compiler.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")"
# Everything behind the script's name goes to the compilers: bash inner_loops.sh -march=x86-64-v3
flags=("$@")
[ ${#flags[@]} -gt 0 ] || flags=(-march=native)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for compiler in ${COMPILERS:-g++ clang++}; do
    command -v "$compiler" >/dev/null || { echo "inner_loops.sh: there is no $compiler; COMPILERS names those to ask" >&2; exit 1; }
    echo "$("$compiler" --version | head -1), -O3 ${flags[*]}"
    "$compiler" -std=c++20 -O3 -DNDEBUG -c "${flags[@]}" -I ../include inner_loops.cpp -o "$work/loops.o"
    python3 inner_loops.py "$work/loops.o" || status=1
done
exit $status
