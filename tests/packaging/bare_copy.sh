#!/usr/bin/env bash
# mdl: checks that a copy of the headers alone, made by scripts/vendor.sh, builds and runs an app.
# SPDX-License-Identifier: MIT
# usage: bare_copy.sh SOURCE_FOLDER WORK_FOLDER EMULATOR COMPILER [FLAG...]
# EMULATOR: what runs a program of the target, its words apart by semicolons; empty: this machine does.
set -euo pipefail
source=$1 work=$2
IFS=';' read -ra emulator <<<"$3"
export CXX=$4
shift 4
rm -rf "$work"
mkdir -p "$work"
bash "$source/scripts/vendor.sh" "$work/third_party"
"$CXX" "$@" -std=c++20 -O1 -I "$work/third_party" -MD -MF "$work/app.d" "$source/tests/packaging/app/app.cpp" -o "$work/app"
"${emulator[@]}" "$work/app"
# Nothing of either library may come from elsewhere. (The app itself does, from a checkout that may be called mdl.)
if tr ' ' '\n' <"$work/app.d" | grep -E '/(mdl|xsimd)/.*\.hpp$' | grep -v -e "^$work/third_party/" -e "^$source/tests/packaging/app/"; then
    echo "bare_copy.sh: the files above come from outside the copy"
    exit 1
fi
