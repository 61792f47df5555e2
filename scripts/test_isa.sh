#!/usr/bin/env bash
# mdl: builds and runs the tests of the vectors, the kernels and the engine for every x86-64 instruction set; ends with a table.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."

# Name, -march= and the flags of /proc/cpuinfo without which the programs would not run. sandybridge has AVX but neither AVX2 nor FMA.
sets='sse2   x86-64         sse2
sse4.2 x86-64-v2      ssse3 sse4_1 sse4_2 popcnt cx16
avx    sandybridge    avx aes pclmulqdq popcnt cx16 xsave
avx2   x86-64-v3      avx2 fma f16c bmi1 bmi2 movbe abm
avx512 skylake-avx512 avx512f avx512bw avx512cd avx512dq avx512vl fma bmi2 adx clwb pku rdseed xsavec'
names=$(awk '{print $1}' <<<"$sets" | paste -sd ' ')
rooms=(simd kernels engine)

usage() {
    echo "usage: scripts/test_isa.sh [--only ISA]... [--jobs N] [--build DIR]"
    echo "  --only ISA   one instruction set: $names; may be given again"
    echo "  --jobs N     compile and test N at a time (default: the machine's processors)"
    echo "  --build DIR  where to build, a folder for each compiler and instruction set (default build/isa)"
    echo "CXX names the compiler (default g++). What this processor lacks is compiled but not run."
}

only=() jobs=$(nproc) build=build/isa
while [ $# -gt 0 ]; do
    case $1 in
    --only) only+=("${2:?test_isa.sh: --only needs a name}"); shift 2 ;;
    --jobs) jobs=${2:?test_isa.sh: --jobs needs a number}; shift 2 ;;
    --build) build=${2:?test_isa.sh: --build needs a folder}; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
for name in "${only[@]}"; do
    [[ " $names " == *" $name "* ]] || { echo "test_isa.sh: there is no instruction set $name" >&2; usage >&2; exit 2; }
done
[ "$(uname -m)" = x86_64 ] || { echo "test_isa.sh: this machine is $(uname -m); the instruction sets are those of x86-64" >&2; exit 2; }
[ ${#only[@]} -gt 0 ] || read -ra only <<<"$names"

bash scripts/setup.sh

compiler=${CXX:-g++}
flags=" $(sed -n 's/^flags[^:]*: //p' /proc/cpuinfo | head -n 1) "
log=$(mktemp)
trap 'rm -f "$log"' EXIT
table=() failed=0
row() { table+=("$(printf '%-16s %-16s %-7s %8s %8s   %s' "$@")"); }

while read -r name march needs; do
    [[ " ${only[*]} " == *" $name "* ]] || continue
    echo "== $name (-march=$march)"
    started=$SECONDS
    folder=$build/$(basename "$compiler")-$name
    # The compiler's own tests, tools and examples are of one instruction set: scripts/test.sh has them.
    if ! { cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$compiler" -DMDL_TEST_MARCH="$march" \
            -DMDL_TEST_COMPILER=OFF -DMDL_BUILD_TOOLS=OFF -DMDL_BUILD_EXAMPLES=OFF -DMDL_BUILD_BENCHMARKS=OFF &&
        cmake --build "$folder" -j "$jobs" --target "${rooms[@]/#/mdl_test_}"; } >"$log" 2>&1; then
        grep -E 'error|FAILED|warning' "$log" | head -n 40 || tail -n 40 "$log"
        echo "test_isa.sh: $name does not build; see it whole with: cmake --build $folder"
        row "$name" "$march" no - - "the build failed"
        failed=$((failed + 1))
        continue
    fi
    echo "built in $((SECONDS - started)) s"
    missing=()
    for flag in $needs; do [[ $flags == *" $flag "* ]] || missing+=("$flag"); done
    if [ ${#missing[@]} -gt 0 ]; then
        echo "This processor has no ${missing[*]}: the tests of $name are built, not run."
        row "$name" "$march" yes - - "not run: this processor has no ${missing[0]}"
        continue
    fi
    ctest --test-dir "$folder" -R "^($(IFS='|' && echo "${rooms[*]}"))/" -j "$jobs" --output-on-failure --no-tests=error >"$log" 2>&1 || true
    read -r bad all <<<"$(sed -n 's/^[0-9]*% tests passed, \([0-9]*\) tests failed out of \([0-9]*\)$/\1 \2/p' "$log")"
    if [ -z "${all:-}" ] || [ "$bad" -gt 0 ]; then tail -n 60 "$log"; fi
    if [ -z "${all:-}" ]; then
        row "$name" "$march" yes - - "no test was found"
        failed=$((failed + 1))
        continue
    fi
    echo "$((all - bad)) of $all passed, $((SECONDS - started)) s"
    row "$name" "$march" yes $((all - bad)) "$bad" ""
    failed=$((failed + bad))
done <<<"$sets"

echo
printf '%-16s %-16s %-7s %8s %8s   %s\n' "instruction set" -march= built passed failed ""
printf '%s\n' "${table[@]}"
[ "$failed" -eq 0 ]
