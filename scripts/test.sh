#!/usr/bin/env bash
# mdl: builds and runs all tests in every configuration; ends with the sum, `N passed, N failed`.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."

# NAME:ROOM+ROOM builds and tests these rooms of the library only.
usual=(release clang asan portable arm64:simd+kernels armv7-neon:simd+kernels)
arm=(arm64 arm64-clang armv7 armv7-clang armv7-neon armv7-portable)

usage() {
    echo "usage: scripts/test.sh [--arm] [--only NAME[:ROOM+...]]... [--jobs N]"
    echo "  without      ${usual[*]}"
    echo "  --arm        ${arm[*]}: cross compilers build, qemu runs the tests"
    echo "  --only NAME  one configuration of CMakePresets.json, or some rooms of it (folders of tests/); may be given again"
    echo "  --jobs N     compile and test N at a time (default: the machine's processors)"
    echo "What compilers made is kept by ccache, for the next clean checkout too; CCACHE_DISABLE=1 compiles all."
}

# need OPTION VALUE...: ends where the value is missing.
need() { [ $# -gt 1 ] || { echo "test.sh: $1 needs a value" >&2; exit 2; }; }

configurations=("${usual[@]}")
only=()
jobs=$(nproc)
while [ $# -gt 0 ]; do
    case $1 in
    --arm) configurations=("${arm[@]}"); shift ;;
    --only) need "$@"; only+=("$2"); shift 2 ;;
    --jobs) need "$@"; jobs=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
[[ $jobs =~ ^[1-9][0-9]*$ ]] || { echo "test.sh: --jobs needs a number above zero, not $jobs" >&2; exit 2; }
[ ${#only[@]} -eq 0 ] || configurations=("${only[@]}")
for configuration in "${configurations[@]}"; do
    name=${configuration%%:*}
    [[ $name =~ ^[a-z0-9-]+$ ]] && grep -q "\"name\": \"$name\", \"inherits\": \"test\"" CMakePresets.json ||
        { echo "test.sh: there is no configuration $name with tests" >&2; usage >&2; exit 2; }
    [ "$name" != "$configuration" ] || continue
    [ -n "${configuration#*:}" ] || { echo "test.sh: $configuration names no room after its colon" >&2; exit 2; }
    IFS=+ read -ra rooms <<<"${configuration#*:}"
    for room in "${rooms[@]}"; do
        [[ $room =~ ^[a-z_]+$ ]] && [ -n "$(find "tests/$room" -name '*_test.cpp' -print -quit 2>/dev/null)" ] ||
            { echo "test.sh: there is no room $room; rooms are the folders of tests/ that hold a *_test.cpp" >&2; exit 2; }
    done
done

case ${configurations[*]} in
*arm*) bash scripts/setup.sh --arm ;;
*) bash scripts/setup.sh ;;
esac

# Another checkout of the same sources, wherever it lies, has the same objects; a new build folder takes them from the cache.
if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER:-ccache} CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
fi

passed=0 failed=0 skipped=0
report=$(mktemp)
trap 'rm -f "$report"' EXIT
attribute() { sed -n "s/^.* *\b$1=\"\([0-9]*\)\".*/\1/p" "$report.attributes" | head -n 1; }

for configuration in "${configurations[@]}"; do
    echo "== $configuration"
    started=$SECONDS
    name=${configuration%%:*} targets=() tests=()
    if [ "$name" != "$configuration" ]; then
        IFS=+ read -ra rooms <<<"${configuration#*:}"
        targets=(--target "${rooms[@]/#/mdl_test_}")
        tests=(-R "^($(IFS='|' && echo "${rooms[*]}"))/")
    fi
    if ! cmake --preset "$name" >"$report" 2>&1; then
        cat "$report"
        echo "test.sh: $name: configuring failed"
        failed=$((failed + 1))
        continue
    fi
    # Into a variable: grep -q ends early, and what writes into its pipe would fail.
    [ ${#targets[@]} -eq 0 ] || known=$(cmake --build --preset "$name" --target help)
    for room in "${targets[@]:1}"; do
        grep -q "^$room: " <<<"$known" && continue
        echo "test.sh: $name has no room ${room#mdl_test_}: it is built without what that tests"
        failed=$((failed + 1))
        continue 2
    done
    if ! cmake --build --preset "$name" -j "$jobs" "${targets[@]}" >"$report" 2>&1; then
        grep -E 'error|FAILED|warning' "$report" | head -n 40 || tail -n 40 "$report"
        echo "test.sh: $name: the build failed; see it whole with: cmake --build --preset $name"
        failed=$((failed + 1))
        continue
    fi
    echo "built in $((SECONDS - started)) s"
    rm -f "$report.xml"
    ended=0
    ctest --preset "$name" "${tests[@]}" -j "$jobs" --output-junit "$report.xml" || ended=$?
    if [ ! -s "$report.xml" ]; then
        failed=$((failed + 1))
        continue
    fi
    # The attributes of <testsuite>, each on its own line.
    sed -n '/<testsuite/,/>/p' "$report.xml" | tr '\t' '\n' >"$report.attributes"
    bad=$(attribute failures) idle=$(attribute skipped) off=$(attribute disabled) all=$(attribute tests)
    # A program that is not there is "skipped" in the report, and a failure to ctest.
    if [ "$ended" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=$((idle > 0 ? idle : 1)) idle=0; fi
    failed=$((failed + bad))
    skipped=$((skipped + idle + off))
    passed=$((passed + all - bad - idle - off))
    rm -f "$report.xml" "$report.attributes"
    echo "$name took $((SECONDS - started)) s"
done

[ "$skipped" -eq 0 ] || echo "$skipped skipped; ctest's lines above say which"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
