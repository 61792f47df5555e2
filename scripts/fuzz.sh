#!/usr/bin/env bash
# mdl: fuzzes the readers of files with Clang's libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer; a line a reader says how it went.
# SPDX-License-Identifier: MIT
set -uo pipefail
cd "$(dirname "$0")/.."

readers=(mdlw onnx caffe tflite baidu)
usage() {
    echo "usage: scripts/fuzz.sh [--minutes N] [--jobs N] [--models FOLDER]... [READER...]"
    echo "  READER           ${readers[*]}; without one, all of them"
    echo "  --minutes N      of each reader (default: 30)"
    echo "  --jobs N         readers at a time (default: 1)"
    echo "  --models FOLDER  begin with small files of the reader's format from there, besides the target's own"
    echo "Inputs that reached something new are kept in build/fuzz/corpus/READER, findings in build/fuzz/findings/READER-*."
    echo "Fails where there is one. To see it again: build/fuzz/tests/fuzz/mdl_fuzz_READER FILE"
}

chosen=() minutes=30 jobs=1
# ONNX's operator tests are small models of every operator.
models=(/usr/share/libonnx-testdata/data/node)
[ ! -d ../shared/data/models ] || models+=(../shared/data/models)
# need OPTION VALUE...: ends where the value is missing.
need() { [ $# -gt 1 ] || { echo "fuzz.sh: $1 needs a value" >&2; exit 2; }; }
while [ $# -gt 0 ]; do
    case $1 in
    --minutes) need "$@"; minutes=$2; shift 2 ;;
    --jobs) need "$@"; jobs=$2; shift 2 ;;
    --models)
        need "$@"
        [ -d "$2" ] || { echo "fuzz.sh: there is no folder $2" >&2; exit 2; }
        models+=("$2"); shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *)
        [[ $1 =~ ^[a-z]+$ && " ${readers[*]} " == *" $1 "* ]] || { echo "fuzz.sh: there is no reader '$1'" >&2; usage >&2; exit 2; }
        [[ " ${chosen[*]:-} " == *" $1 "* ]] || chosen+=("$1")
        shift ;;
    esac
done
[[ $minutes =~ ^[1-9][0-9]*$ && $jobs =~ ^[1-9][0-9]*$ ]] || { echo "fuzz.sh: --minutes and --jobs take whole numbers above 0" >&2; exit 2; }
[ ${#chosen[@]} -gt 0 ] || chosen=("${readers[@]}")

command -v clang++ >/dev/null || bash scripts/setup.sh || exit 2
cmake --preset fuzz >/dev/null && cmake --build --preset fuzz --target "${chosen[@]/#/mdl_fuzz_}" >build/fuzz/build.log || {
    echo "fuzz.sh: the build failed; see it with: cmake --preset fuzz && cmake --build --preset fuzz --target mdl_fuzz_${chosen[0]}" >&2
    exit 2
}

declare -A extension=([mdlw]=mdlw [onnx]=onnx [caffe]=prototxt [tflite]=tflite)  # baidu's networks are two files each: its target's own must do
# Of bytes: a longer input is seldom a better one, and the fuzzer slows down.
longest=16384

fuzz() {
    local reader=$1 corpus=build/fuzz/corpus/$1 log=build/fuzz/$1.log scratch=$PWD/build/fuzz/scratch/$1 file before
    mkdir -p "$corpus" build/fuzz/findings "$scratch"
    if [ -n "${extension[$reader]:-}" ]; then
        while IFS= read -r -d '' file; do
            cp -f "$file" "$corpus/$(sha1sum <"$file" | cut -c1-40)"
        done < <(find "${models[@]}" -name "*.${extension[$reader]}" -size -$((longest + 1))c -print0 2>/dev/null)
    fi
    before=$SECONDS
    TMPDIR=$scratch "build/fuzz/tests/fuzz/mdl_fuzz_$reader" "$corpus" -artifact_prefix="build/fuzz/findings/$reader-" \
        -max_total_time=$((minutes * 60)) -max_len=$longest -rss_limit_mb=1536 -timeout=60 -print_final_stats=1 -close_fd_mask=3 >"$log" 2>&1
    local result=$?
    rm -rf "$scratch"
    echo "$reader: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions in $((SECONDS - before)) s," \
        "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2) edges covered, $(find "$corpus" -type f | wc -l) inputs kept"
    [ $result -ne 0 ] || return 0
    echo "fuzz.sh: $reader: $(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1): $(grep -m 1 -E 'ERROR|runtime error' "$log" || echo "ended with $result"); see $log"
    return 1
}

failed=0 running=0
for reader in "${chosen[@]}"; do
    fuzz "$reader" &
    running=$((running + 1))
    if [ $running -ge "$jobs" ]; then wait -n || failed=1; running=$((running - 1)); fi
done
while [ $running -gt 0 ]; do wait -n || failed=1; running=$((running - 1)); done
exit $failed
