#!/usr/bin/env bash
# mdl: prints how fast networks run compared with ONNX Runtime on the same core, in turn.
# SPDX-License-Identifier: MIT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<TXT
usage: benchmarks/compare.sh [--threads N] [--runs N] [--rounds N] MODEL.onnx...
  --threads N  threads of both (default 1); both are kept on as many processors, from the last one down
  --runs N     timed runs a round (default 30)
  --rounds N   how often the two take turns (default 3)
Prints a line a model: the median over the rounds of each side's median, and their ratio: above 1, mdl is the faster.
MDL names the mdl command (default: build/release/tools/mdl). ONNX Runtime is installed from npm, once, into
\$XDG_CACHE_HOME/mdl-benchmarks (default ~/.cache/mdl-benchmarks); ORT_DIR names a folder that has it already.
TXT
}

threads=1 runs=30 rounds=3 models=()
while [ $# -gt 0 ]; do
    case $1 in
    --threads) threads=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) models+=("$1"); shift ;;
    esac
done
[ ${#models[@]} -gt 0 ] || { usage >&2; exit 2; }
for number in "$threads" "$runs" "$rounds"; do
    [[ $number =~ ^[1-9][0-9]*$ ]] || { echo "compare.sh: $number is not a number above zero" >&2; exit 2; }
done
for model in "${models[@]}"; do
    [ -f "$model" ] || { echo "compare.sh: there is no file $model" >&2; exit 1; }
done

mdl=${MDL:-$here/../build/release/tools/mdl}
[ -x "$mdl" ] || { echo "compare.sh: there is no $mdl; run: cmake --preset release && cmake --build --preset release --target mdl_tool" >&2; exit 1; }
for command in node npm taskset python3; do
    command -v "$command" >/dev/null || { echo "compare.sh: $command is missing; install nodejs, npm, util-linux and python3" >&2; exit 1; }
done
peer=${ORT_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/mdl-benchmarks}
if [ ! -d "$peer/node_modules/onnxruntime-node" ]; then
    echo "compare.sh: installing onnxruntime-node into $peer" >&2
    mkdir -p "$peer"
    # --ignore-scripts: its install script would fetch the GPU libraries.
    (cd "$peer" && { [ -f package.json ] || npm init -y >/dev/null; } && npm install --ignore-scripts --no-audit --no-fund onnxruntime-node >/dev/null)
fi
version=$(node -p "require('$peer/node_modules/onnxruntime-node/package.json').version")

last=$(($(nproc) - 1))
[ "$threads" -le "$((last + 1))" ] || { echo "compare.sh: this machine has $((last + 1)) processors, fewer than $threads threads" >&2; exit 2; }
cores=$((last - threads + 1))-$last

median_of_line() { python3 -c 'import json, sys; print(json.loads(sys.stdin.read().strip().splitlines()[-1])["median_ms"])'; }

printf 'mdl against ONNX Runtime %s, threads %s, cores %s, %s rounds of %s runs\n' "$version" "$threads" "$cores" "$rounds" "$runs"
printf '%-40s %10s %10s %8s   %s\n' model mdl_ms ort_ms ratio "ratio of each round"
for model in "${models[@]}"; do
    # Compiles outside of the measured rounds, on all processors.
    "$mdl" bench "$model" --threads "$threads" --runs 1 >/dev/null
    ours=() theirs=()
    for ((round = 0; round < rounds; ++round)); do
        ours+=("$(taskset -c "$cores" "$mdl" bench "$model" --threads "$threads" --runs "$runs" | median_of_line)")
        theirs+=("$(taskset -c "$cores" node "$here/ort_bench.mjs" "$peer" "$model" "$threads" "$runs" | median_of_line)")
    done
    name=$(basename "$(dirname "$model")")/$(basename "$model" .onnx)
    python3 - "$name" "${ours[*]}" "${theirs[*]}" <<'PY'
import statistics, sys
name, ours, theirs = sys.argv[1], [float(x) for x in sys.argv[2].split()], [float(x) for x in sys.argv[3].split()]
a, b = statistics.median(ours), statistics.median(theirs)
print(f"{name:40} {a:10.3f} {b:10.3f} {b / a:8.3f}   " + " ".join(f"{y / x:.3f}" for x, y in zip(ours, theirs)))
PY
done
