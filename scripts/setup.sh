#!/usr/bin/env bash
# mdl: installs what building and testing need, where it is missing (Debian and its relatives).
# SPDX-License-Identifier: MIT
# usage: scripts/setup.sh [--arm]    --arm: the cross compilers for ARM as well
set -euo pipefail

packages=(g++ clang ccache cmake ninja-build python3 binutils qemu-user libclang-rt-14-dev
    libxsimd-dev libeigen3-dev doctest-dev libprotobuf-dev protobuf-compiler
    libcli11-dev libstb-dev libflatbuffers-dev flatbuffers-compiler libbenchmark-dev libonnx-testdata)
case ${1:-} in
--arm) packages+=(g++-aarch64-linux-gnu g++-arm-linux-gnueabihf) ;;
'') ;;
*) echo "usage: scripts/setup.sh [--arm]    --arm: the cross compilers for ARM as well" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "setup: this is not Debian; install the equivalents of: ${packages[*]}"
    exit 0
fi
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "setup: everything is installed"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "setup: not root and no sudo; install as root: ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "setup: installing ${missing[*]}"
if ! { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "setup: apt-get failed; its last lines stand above" >&2
    exit 1
fi
