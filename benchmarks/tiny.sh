#!/usr/bin/env bash
# mdl: counts the instructions of tiny networks, beside RTNeural's models of the same shapes.
# SPDX-License-Identifier: MIT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<TXT
usage: benchmarks/tiny.sh [--rtneural DIR] [--xsimd DIR] [--rounds N] [--only WORD]
  --rtneural DIR  a clone of github.com/jatinchowdhury18/RTNeural; without it, mdl's figures alone
  --xsimd DIR     xsimd's headers for RTNeural, version 9 or later (default: the clone's submodule, modules/xsimd/include, or the system's)
  --rounds N      how often all take turns in the timing (default 3)
  --only WORD     networks whose name holds WORD
Prints a line a network: instructions of one run (valgrind's callgrind, the difference between 320 and 640 runs), nanoseconds of one run
(the median over the rounds), and the least of RTNeural's counts over mdl's. A backend whose outputs differ from mdl's by more
than 1e-5 is not counted.
CXX names the compiler (default g++), EIGEN the folder of Eigen's headers (default /usr/include/eigen3), MARCH the instruction
set, as in -march= (default native; valgrind 3.19 knows AVX2 but not AVX-512: MARCH=haswell on a machine that has it).
TXT
}

rtneural= xsimd= rounds=3 only=
while [ $# -gt 0 ]; do
    case $1 in
    --rtneural) rtneural=$2; shift 2 ;;
    --xsimd) xsimd=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --only) only=$2; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
[[ $rounds =~ ^[1-9][0-9]*$ ]] || { echo "tiny.sh: $rounds is not a number above zero" >&2; exit 2; }
for command in valgrind python3; do
    command -v "$command" >/dev/null || { echo "tiny.sh: $command is missing; apt install $command" >&2; exit 1; }
done
[ -z "$rtneural" ] || [ -f "$rtneural/RTNeural/RTNeural.h" ] || { echo "tiny.sh: there is no $rtneural/RTNeural/RTNeural.h" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
compile=("${CXX:-g++}" -std=c++20 -O3 "-march=${MARCH:-native}" -DNDEBUG)
echo "compiling ..." >&2
"${compile[@]}" "-I$here/../include" "$here/tiny.cpp" -o "$folder/mdl"
names=(mdl)
if [ -n "$rtneural" ]; then
    [ -n "$xsimd" ] || [ ! -d "$rtneural/modules/xsimd/include" ] || xsimd=$rtneural/modules/xsimd/include
    for backend in STL EIGEN XSIMD; do
        # 32: what RTNeural's own build gives for AVX.
        flags=(-DRTNEURAL_USE_$backend=1 -DRTNEURAL_DEFAULT_ALIGNMENT=32 -isystem "$rtneural/RTNeural" -isystem "$rtneural/modules/json")
        [ $backend = EIGEN ] && flags+=(-isystem "${EIGEN:-/usr/include/eigen3}")
        [ $backend = XSIMD ] && [ -n "$xsimd" ] && flags+=(-isystem "$xsimd")
        if "${compile[@]}" "${flags[@]}" "$here/tiny_rtneural.cpp" -o "$folder/$backend" 2>"$folder/$backend.log"; then
            names+=("$backend")
        else
            echo "tiny.sh: RTNeural's $backend backend does not build here: $(grep -m 1 error "$folder/$backend.log" || true)" >&2
        fi
    done
fi
python3 - "$folder" "$rounds" "$only" "${names[@]}" <<'PY'
import os, statistics, subprocess, sys

folder, rounds, only, names = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
program = {name: os.path.join(folder, name) for name in names}

def output(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

def instructions(name, network):
    def count(runs):
        done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program[name], "run", network, str(runs)],
                              check=True, stderr=subprocess.PIPE, text=True)
        return int(next(line for line in done.stderr.splitlines() if "Collected" in line).split(":")[1])
    return (count(640) - count(320)) / 320

def values(name, network):
    return [float(line) for line in output(program[name], "outputs", network).split()]

peers = names[1:]
print("| network | mdl | " + "".join(f"RTNeural {p} | " for p in peers) + ("least over mdl | " if peers else "") + "ns: mdl |" + "".join(f" {p} |" for p in peers))
print("|---|" + "---:|" * (2 + 2 * len(peers) + (1 if peers else 0)))
behind = 0
for network in output(program["mdl"], "list").splitlines():
    if only not in network:
        continue
    truth = values("mdl", network)
    counts, errors = {}, {}
    for name in names:
        given = values(name, network)
        size = max(abs(v) for v in truth)
        errors[name] = max(abs(a - b) for a, b in zip(truth, given)) if len(given) == len(truth) else float("inf")
        if errors[name] <= 1e-5 * max(size, 1):
            counts[name] = instructions(name, network)
    times = {name: [] for name in counts}
    for _ in range(rounds):
        for name in counts:
            times[name].append(float(output(program[name], "time", network)))
    cells = [network, f"{counts['mdl']:.0f}"]
    cells += [f"{counts[p]:.0f}" if p in counts else f"differs by {errors[p]:.1g}" for p in peers]
    least = min((counts[p] for p in peers if p in counts), default=None)
    if peers:
        cells.append(f"{least / counts['mdl']:.2f}" if least is not None else "")
        behind += least is not None and least <= counts["mdl"]
    cells += [f"{statistics.median(times[name]):.0f}" if name in times else "" for name in names]
    print("| " + " | ".join(cells) + " |", flush=True)
if peers:
    print(f"\n{behind} networks take as many instructions as one of RTNeural's backends, or more" if behind else "\nevery network takes fewer instructions than each of RTNeural's backends")
PY
