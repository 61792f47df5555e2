#!/usr/bin/env bash
# mdl: runs recorded models and torchvision's classifiers through `mdl run` and compares with what ONNX Runtime and PyTorch gave.
# SPDX-License-Identifier: MIT
#
# usage: scripts/conformance_zoo.sh [--on TARGET] [NAME...]      only the networks of these names
# --on TARGET     arm64, armv7 or armv7-neon: converted here, compiled by GCC's cross compiler, run by qemu
# MDL         the mdl command (default: build/release/tools/mdl)
# MDL_SHARED_DIR  folder with data/models, the recorded ones; without it only exported networks are run (default: ../shared beside the project)
# MDL_ZOO_DIR     where exported networks lie; missing ones are made by scripts/export_networks.py, further ones are run too (default: build/zoo)
# Prints the largest difference over the largest magnitude of each output; fails above 1e-4, or above 1e-3 where Winograd's algorithm
# is used and the difference without it is at most 1e-4.
set -uo pipefail
cd "$(dirname "$0")/.."
target=
if [ "${1:-}" = --on ]; then
    target=${2:?conformance: --on needs a target}
    shift 2
fi
case $target in
'') ;;
arm64) compiler=(aarch64-linux-gnu-g++) emulator=(qemu-aarch64 -L /usr/aarch64-linux-gnu) ;;
armv7) compiler=(arm-linux-gnueabihf-g++ -march=armv7-a -mfpu=neon-vfpv4) emulator=(qemu-arm -L /usr/arm-linux-gnueabihf) ;;
armv7-neon) compiler=(arm-linux-gnueabihf-g++ -march=armv7-a -mfpu=neon) emulator=(qemu-arm -L /usr/arm-linux-gnueabihf) ;;
*) echo "conformance: there is no target $target; see the head of this script" >&2; exit 2 ;;
esac
mdl=${MDL:-build/release/tools/mdl}
shared=${MDL_SHARED_DIR:-../shared}
zoo=${MDL_ZOO_DIR:-build/zoo}

[ -d "$shared" ] || echo "conformance: recorded models are skipped, there is no folder $shared (set MDL_SHARED_DIR)"
[ -x "$mdl" ] || { echo "conformance: there is no $mdl; build it first or set MDL" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python=$(command -v /usr/bin/python3 || command -v python3)

# One line a case: name, model, options of mdl run, then for each output the file written and the file recorded.
"$python" - "$shared" "$zoo" "$work" "$@" >"$work/cases" <<'EOF'
import array, json, lzma, os, struct, subprocess, sys
sys.dont_write_bytecode = True
shared, zoo, work, wanted = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
recorded = ['squeezenet_v1.1', 'mobilenet_v1', 'mnist8', 'resnet8_cifar10', 'kws_dscnn', 'vww_mobilenetv1_025', 'ad_autoencoder_toycar', 'face_expression',
            'blazeface_front', 'ultraface_slim_320', 'ppocr_cls', 'ppocr_det']
sys.path.insert(0, 'scripts')
missing = []
try:
    from export_networks import NETWORKS as networks
    missing = [n for n in networks if not os.path.exists(f'{zoo}/{n}.out.bin') and (not wanted or n in wanted)]
except ImportError as error:
    networks = []
    print(f'conformance: nothing is exported, {error}; install python3-torch python3-torchvision python3-onnx', file=sys.stderr)
if missing:
    print(f'conformance: exporting {len(missing)} networks to {zoo}', file=sys.stderr)
    subprocess.run([sys.executable, 'scripts/export_networks.py', zoo, *missing], stdout=sys.stderr)

def case(name, model, inputs, outputs, options=()):
    if wanted and name not in wanted: return
    words = [name, model, *options]
    for tensor, file in inputs: words += ['--input', f'{tensor}={file}']
    pairs = []
    for k, (tensor, file) in enumerate(outputs):
        words += ['--output', f'{tensor}={work}/{name}.{k}.f32']
        pairs += [f'{work}/{name}.{k}.f32', file]
    print('\t'.join(words) + '\t--\t' + '\t'.join(pairs))

# Further networks that somebody has put there: NAME.onnx, NAME.in.bin, NAME.out.bin.
networks = networks + sorted(f[:-8] for f in os.listdir(zoo) if f.endswith('.out.bin') and f[:-8] not in networks) if os.path.isdir(zoo) else []
for n in networks:
    if os.path.exists(f'{zoo}/{n}.out.bin'):
        case(n, f'{zoo}/{n}.onnx', [('input', f'{zoo}/{n}.in.bin')], [('output', f'{zoo}/{n}.out.bin')])
for n in recorded:
    folder = f'{shared}/data/models/{n}'
    if not os.path.exists(f'{folder}/ref/ref.json'): continue
    ref = json.load(open(f'{folder}/ref/ref.json'))
    files = lambda group: [(t, f"{folder}/ref/{d['file']}") for t, d in ref[group].items() if os.path.exists(f"{folder}/ref/{d['file']}")]
    shapes = [f'--shape={t}=' + ','.join(map(str, d['shape'])) for t, d in ref['inputs'].items()] if n.startswith('ppocr') else []
    case(n if n != 'mobilenet_v1' else 'mobilenet_v1_caffe', f"{folder}/{ref['model']}", files('inputs'), files('outputs'), shapes)

# The same networks from Caffe's files; of the detector the boxes as they come out of the convolutions.
for name, folder, net, tensor, recorded_outputs in [
        ('squeezenet_caffe', 'squeezenet_v1.1', 'squeezenet_v1.1', 'data', [('prob', 'out_prob')]),
        ('mobilenet_v1_bn_caffe', 'mobilenet_v1', 'mobilenet_v1_bn', 'data', [('prob', 'out_prob_bn_caffemodel')]),
        ('ultraface_caffe', 'ultraface_slim_320', 'slim-320', 'input', [('boxes', 'out_boxes_raw_simplified'), ('scores', 'out_scores')])]:
    stem = f'{shared}/data/models/{folder}'
    weights = f'{stem}/{net}.caffemodel'
    if (wanted and name not in wanted) or not os.path.exists(f'{stem}/{net}.prototxt'): continue
    if os.path.exists(f'{weights}.xz'):
        packed, weights = f'{weights}.xz', f'{work}/{net}.caffemodel'
        with open(weights, 'wb') as file: file.write(lzma.open(packed).read())
    case(name, f'{stem}/{net}.prototxt', [(tensor, f'{stem}/ref/in_{tensor}.f32')], [(t, f'{stem}/ref/{f}.f32') for t, f in recorded_outputs], ['--weights', weights])

# Networks of Mobile Deep Learning of 2017; the localiser's input is a tensor of its own file of weights.
def stored(path, wanted_tensor):
    data = open(path, 'rb').read()
    count = struct.unpack_from('<i', data, 8)[0]
    sizes = struct.unpack_from(f'<{count}i', data, 12)
    ranges, names, at = 12 + 4 * count, 12 + 12 * count, 12 + 42 * count
    for k, size in enumerate(sizes):
        if data[names + 30 * k:names + 30 * k + 30].split(b'\0')[0].decode() == wanted_tensor:
            least, most = struct.unpack_from('<2f', data, ranges + 8 * k)
            return array.array('f', [byte * ((most - least) / 255) + least for byte in data[at:at + size]])
        at += size

models = f'{shared}/data/models'
if (not wanted or 'squeezenet_q8' in wanted) and os.path.exists(f'{models}/squeezenet_v1.1/mdl_q8'):
    case('squeezenet_q8', f'{models}/squeezenet_v1.1/mdl_q8/model.min.json', [('data', f'{models}/squeezenet_v1.1/ref/in_data.f32')], [('prob', f'{models}/squeezenet_v1.1/ref/out_prob_mdl_q8.f32')])
if (not wanted or 'mdl_localiser_q8' in wanted) and os.path.exists(f'{models}/mdl_localiser_q8'):
    with open(f'{work}/localiser.f32', 'wb') as file: stored(f'{models}/mdl_localiser_q8/data.min.bin', 'data').tofile(file)
    case('mdl_localiser_q8', f'{models}/mdl_localiser_q8/model.min.json', [('data', f'{work}/localiser.f32')], [('fc_loc', f'{models}/mdl_localiser_q8/ref/out_fc_loc.f32')])
EOF
[ -s "$work/cases" ] || { echo "conformance: no network found in $zoo and $shared" >&2; exit 1; }

# run_on_target MODEL OPTION...: what `mdl run` does, for the target. Inputs and outputs are those of the model, in its order.
run_on_target() {
    local model=$1 files=() options=()
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --input | --output) files+=("${2#*=}"); shift 2 ;;
        *) options+=("$1"); shift ;;
        esac
    done
    rm -rf "$work/net"
    "$mdl" convert "$model" -o "$work/net" --struct Net "${options[@]}" >/dev/null &&
        "${compiler[@]}" -std=c++20 -O3 -DNDEBUG -Wno-psabi -I include -I "$work/net" scripts/run_network.cpp -o "$work/net/run" &&
        "${emulator[@]}" "$work/net/run" "$work/net/net.mdlw" "${files[@]}"
}
# run_here MODEL OPTION...
run_here() { "$mdl" run "$@" --quiet; }

run=run_here
[ -z "$target" ] || run=run_on_target

# answer OPTION...: runs the case in $name, $arguments and $pairs, sets $worst; says what is wrong where it cannot.
answer() {
    "$run" "${arguments[@]}" "$@" >"$work/log" 2>&1 </dev/null || { printf '%-22s failed: %s\n' "$name" "$(head -c 600 "$work/log")"; return 1; }
    worst=$("$python" - "${pairs[@]}" <<'EOF'
import array, sys
worst = 0
for written, recorded in zip(sys.argv[1::2], sys.argv[2::2]):
    a, b = array.array('f'), array.array('f')
    a.frombytes(open(written, 'rb').read()); b.frombytes(open(recorded, 'rb').read())
    if len(a) != len(b): sys.exit(f'{len(a)} values where {len(b)} are recorded')
    top = max(map(abs, b)) or 1
    worst = max(worst, max(abs(x - y) if x == x else float('inf') for x, y in zip(a, b)) / top)
print(f'{min(worst, 9e99):.2e}')
EOF
    ) || { printf '%-22s failed\n' "$name"; return 1; }
}
at_most() { awk "BEGIN {exit !($1 <= $2)}"; }

failed=0
while IFS=$'\t' read -r -a words; do
    name=${words[0]}
    arguments=()
    pairs=()
    into=arguments
    for word in "${words[@]:1}"; do
        if [ "$word" = -- ]; then into=pairs; continue; fi
        if [ $into = arguments ]; then arguments+=("$word"); else pairs+=("$word"); fi
    done
    answer || { failed=1; continue; }
    if at_most "$worst" 1e-4; then
        printf '%-22s %s\n' "$name" "$worst"
        continue
    fi
    # Winograd's algorithm rounds more: where it does, the network has to be right without it.
    fast=$worst
    if [ -z "$target" ] && at_most "$fast" 1e-3 && answer --exact && at_most "$worst" 1e-4; then
        printf '%-22s %s, %s without Winograd\n' "$name" "$fast" "$worst"
    else
        printf '%-22s %s  above 1e-4\n' "$name" "$fast"
        failed=1
    fi
done <"$work/cases"
exit $failed
