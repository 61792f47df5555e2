#!/usr/bin/env bash
# mdl: prints how fast networks run compared with ONNX Runtime, and with ncnn where it is given, on the same core, in turn.
# SPDX-License-Identifier: MIT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<TXT
usage: benchmarks/compare.sh [--threads N] [--runs N] [--rounds N] [--ncnn DIR] MODEL.onnx...
  --threads N  threads of all (default 1); all are kept on as many processors, from the last one down
  --runs N     timed runs a round (default 30)
  --rounds N   how often they take turns (default 3)
  --ncnn DIR   compares with ncnn too: DIR is where CMake built or installed it
Prints a line a model and peer: the median over the rounds of each side's median, and their ratio: above 1, mdl is the faster.
MDL names the mdl command (default: build/release/tools/mdl). ONNX Runtime is installed from npm, once, into
\$XDG_CACHE_HOME/mdl-benchmarks (default ~/.cache/mdl-benchmarks); ORT_DIR names a folder that has it already.
TXT
}

threads=1 runs=30 rounds=3 models=() peers=() folders=()
while [ $# -gt 0 ]; do
    case $1 in
    --threads) threads=$2; shift 2 ;;
    --runs) runs=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --ncnn) peers+=(ncnn) folders+=("$2"); shift 2 ;;
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

pinned=(taskset -c "$cores")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for i in "${!peers[@]}"; do
    mkdir "$work/${peers[i]}"
    # shellcheck source=/dev/null
    source "$here/peers/${peers[i]}.sh"
    "${peers[i]}_prepare" "${folders[i]}" "$work/${peers[i]}"
done

printf 'mdl against ONNX Runtime %s, threads %s, cores %s, %s rounds of %s runs\n' "$version" "$threads" "$cores" "$rounds" "$runs"
printf '%-40s %10s %10s %8s   %s\n' model mdl_ms "$([ ${#peers[@]} -eq 0 ] && echo ort_ms || echo peer_ms)" ratio "ratio of each round"
for model in "${models[@]}"; do
    rm -f "$work"/*.json "$work"/*.reason
    # Compiles and converts outside of the measured rounds, on all processors.
    "$mdl" bench "$model" --threads "$threads" --runs 1 >/dev/null
    ready=() arguments=()
    if [ ${#peers[@]} -gt 0 ]; then
        # What ONNX Runtime says of the model: its first output, then each input with its shape.
        node "$here/ort_bench.mjs" "$peer" "$model" "$threads" 1 | python3 -c '
import json, sys
line = json.loads(sys.stdin.read().strip().splitlines()[-1])
print(line["output_name"])
for name, shape in line["inputs"].items(): print(name, "x".join(map(str, shape)), sep="\n")' >"$work/arguments"
        mapfile -t arguments <"$work/arguments"
        for name in "${peers[@]}"; do
            if "${name}_convert" "$model" "$work/$name" >"$work/$name.reason" && "${name}_bench" "$threads" 1 "${arguments[@]}" >/dev/null 2>"$work/$name.reason"; then
                ready+=("$name")
            fi
        done
    fi
    for ((round = 0; round < rounds; ++round)); do
        "${pinned[@]}" "$mdl" bench "$model" --threads "$threads" --runs "$runs" | tail -n 1 >>"$work/mdl.json"
        "${pinned[@]}" node "$here/ort_bench.mjs" "$peer" "$model" "$threads" "$runs" | tail -n 1 >>"$work/ort.json"
        for name in "${ready[@]}"; do
            "${name}_bench" "$threads" "$runs" "${arguments[@]}" | tail -n 1 >>"$work/$name.json"
        done
    done
    python3 "$here/peers/rows.py" "$work" "$(basename "$(dirname "$model")")/$(basename "$model" .onnx)" "${peers[@]}"
done
