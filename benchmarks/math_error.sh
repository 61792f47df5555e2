#!/usr/bin/env bash
# mdl: prints the errors and speeds of the vector functions as a table.
# SPDX-License-Identifier: MIT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in
-h | --help)
    echo "usage: benchmarks/math_error.sh [--stride N] [--rounds N] [--only exp|sin|cos|sigmoid|tanh]"
    echo "  --stride N  every Nth of the 2^32 floats (default 1: all, 22 minutes for the five here)"
    echo "  --rounds N  how often the candidates take turns in the speed test (default 9)"
    echo "CXX names the compiler (default c++), EIGEN the folder of Eigen's headers (default /usr/include/eigen3),"
    echo "MARCH the instruction set, as in -march= (default native)."
    exit 0 ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${CXX:-c++}" -std=c++20 -O3 -march="${MARCH:-native}" -DNDEBUG -I"$here/../include" -isystem "${EIGEN:-/usr/include/eigen3}" \
    "$here/math_error.cpp" -o "$folder/math_error"
"$folder/math_error" "$@"
