#!/usr/bin/env bash
# mdl: runs ONNX's own operator tests on the engine; ends with `passed P of C chosen, E excluded of T`.
# SPDX-License-Identifier: MIT
#
# usage: scripts/conformance.sh [NAME...]        only the tests of these names, as in test_relu
# CXX                 compiler of the converted tests (default: g++)
# MDL_BUILD_DIR       configured build folder (default: build/release)
# MDL_ONNX_TESTDATA   where the tests lie (default: Debian's libonnx-testdata, which is installed if need be)
# MDL_JOBS            how many compilers run at a time (default: the machine's processors)
# Which tests are excluded is decided by the rules of tests/conformance/rules.cpp. Fails where a chosen test does.
set -uo pipefail
cd "$(dirname "$0")/.."
build=${MDL_BUILD_DIR:-build/release}
tests=${MDL_ONNX_TESTDATA:-/usr/share/libonnx-testdata/data}/node
jobs=${MDL_JOBS:-$(nproc)}

[ -d "$tests" ] || bash scripts/setup.sh || exit 1
[ -d "$tests" ] || { echo "conformance: there are no tests in $tests; install libonnx-testdata or set MDL_ONNX_TESTDATA" >&2; exit 1; }
[ -f "$build/CMakeCache.txt" ] || cmake --preset release >/dev/null || exit 1
cmake --build "$build" --target mdl_conformance -j "$jobs" >/dev/null || { echo "conformance: mdl_conformance does not build; see cmake --build $build --target mdl_conformance" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/tests/conformance/mdl_conformance" "$tests" "$work" "$@" >"$work/list" || exit 1

# A dozen tests a unit. Where one does not compile, each of its unit is compiled alone, so that only that one fails.
flags=(-std=c++20 -O1 -march=native -Iinclude -Itests "-I$work")
compile() {
    local object=$1
    shift
    "${CXX:-g++}" "${flags[@]}" -c -x c++ - -o "$object" 2>"$object.log" < <(printf '#include "%s.cpp"\n' "$@")
}
compile_unit() {
    local unit=$1
    shift
    if compile "$work/$unit.o" "$@"; then return; fi
    rm -f "$work/$unit.o"
    for name in "$@"; do
        compile "$work/$name.o" "$name" && continue
        rm -f "$work/$name.o"
        printf '%s\tdoes not compile: %s\n' "$name" "$(grep -m 1 'error' "$work/$name.o.log" | head -c 300)" >>"$work/uncompiled.$unit"
    done
}
printf '#include "conformance/run.hpp"\n' | "${CXX:-g++}" "${flags[@]}" -fsyntax-only -x c++ - || { echo "conformance: mdl.hpp does not compile" >&2; exit 1; }
mapfile -t converted < <(awk -F'\t' '$1 == "converted" {print $2}' "$work/list")
echo "compiling ${#converted[@]} networks ..."
running=0
for ((i = 0; i < ${#converted[@]}; i += 12)); do
    compile_unit "unit$i" "${converted[@]:i:12}" &
    running=$((running + 1))
    if [ "$running" -ge "$jobs" ]; then wait -n; running=$((running - 1)); fi
done
wait

cat "$work"/uncompiled.* >"$work/results" 2>/dev/null
if [ ${#converted[@]} -gt 0 ]; then
    "${CXX:-g++}" "${flags[@]}" tests/conformance/main.cpp "$work"/*.o -o "$work/program" || exit 1
    "$work/program" "$work" >>"$work/results"
fi
awk -F'\t' '$1 == "refused" {print $2 "\trefused: " $3}' "$work/list" >>"$work/results"

awk -F'\t' '$2 != "" {printf "failed  %-52s %s\n", $1, $2}' "$work/results" | sort
awk -F'\t' '$1 == "excluded" {++count[$3]} END {for (rule in count) printf "excluded %3d  %s\n", count[rule], rule}' "$work/list" | sort -rn -k 2
total=$(wc -l <"$work/list")
excluded=$(grep -c '^excluded' "$work/list")
passed=$(awk -F'\t' '$2 == ""' "$work/results" | wc -l)
chosen=$((total - excluded))
echo "passed $passed of $chosen chosen, $excluded excluded of $total"
[ "$passed" -eq "$chosen" ]
