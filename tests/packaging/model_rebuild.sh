#!/usr/bin/env bash
# mdl: checks that a model is converted again when a file that mdl_add_model's ARGS name or a caffemodel has changed, and only then.
# SPDX-License-Identifier: MIT
# usage: model_rebuild.sh APP_FOLDER PREFIX WORK_FOLDER MODEL SECOND_MODEL [CMAKE_OPTION...]
set -euo pipefail
app=$1 prefix=$2 work=$3 model=$4 second=$5
shift 5
rm -rf "$work"
mkdir -p "$work"
cp -r "$app" "$work/app"
: >"$work/app/pooled.caffemodel" # a net of no weights
cmake -S "$work/app" -B "$work/build" -DMDL_FROM=find_package -DCMAKE_PREFIX_PATH="$prefix" -DMODEL="$model" -DSECOND_MODEL="$second" "$@" >/dev/null
convert() { cmake --build "$work/build" --target two_models_convert pooled_convert >/dev/null; }
weights=$work/build/mdl_models/two_models/net.mdlw
convert
first=$(stat -c %y "$weights")
pooled=$work/build/mdl_models/pooled/net.mdlw
pooled_first=$(stat -c %y "$pooled")
convert
[ "$(stat -c %y "$weights")" = "$first" ] || { echo "model_rebuild.sh: converted again without a reason"; exit 1; }
sleep 1.1 # some file systems count whole seconds
sed -i 's/nine/changed label/' "$work/app/labels.txt"
touch "$work/app/pooled.caffemodel"
convert
grep -q 'changed label' "$weights" || { echo "model_rebuild.sh: the labels changed, and the weights file has the old ones"; exit 1; }
[ "$(stat -c %y "$pooled")" != "$pooled_first" ] || { echo "model_rebuild.sh: the caffemodel changed, and its net was not converted again"; exit 1; }
