#!/usr/bin/env bash
# mdl: the main job from beginning to end: converts a trained network, compiles it into a small program, classifies digits.
# SPDX-License-Identifier: MIT
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/setup.sh

quietly() {
    local log
    log=$(mktemp)
    if ! "$@" >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "demo.sh: this failed: $*" >&2
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

echo "demo: building the mdl command; about two minutes the first time"
quietly cmake --preset release
quietly cmake --build --preset release --target mdl_tool
echo "demo: converting examples/digits/digits.onnx"
network=build/release/demo/digits
build/release/tools/mdl convert examples/digits/digits.onnx -o "$network"
echo "demo: compiling the app for its two networks"
quietly cmake --build --preset release --target digits
echo
build/release/examples/digits/digits
