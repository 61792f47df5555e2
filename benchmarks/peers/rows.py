# mdl: prints the rows of compare.sh for one model, one a peer, from the lines of JSON that each side printed each round.
# SPDX-License-Identifier: MIT
#
# usage: rows.py FOLDER MODEL [PEER]...      (FOLDER holds mdl.json, ort.json, PEER.json or, where a peer failed, PEER.reason)
import json
import os
import statistics
import sys

folder, model, peers = sys.argv[1], sys.argv[2], sys.argv[3:]


def lines(name):
    with open(os.path.join(folder, name + '.json')) as file:
        return [json.loads(line) for line in file]


def row(name, ours, theirs, note=''):
    a = [line['median_ms'] for line in ours]
    b = [line['median_ms'] for line in theirs]
    mine, other = statistics.median(a), statistics.median(b)
    print(f'{name:40} {mine:10.3f} {other:10.3f} {other / mine:8.3f}   ' + ' '.join(f'{y / x:.3f}' for x, y in zip(a, b)) + note)


mdl, ort = lines('mdl'), lines('ort')
row(model, mdl, ort)
for peer in peers:
    if not os.path.exists(os.path.join(folder, peer + '.json')):
        with open(os.path.join(folder, peer + '.reason')) as file:
            print(f'  {peer:38} does not run: ' + (file.read().strip().splitlines() or ['no reason given'])[-1])
        continue
    theirs = lines(peer)
    # Its conversion may be wrong: then the time means nothing.
    expected, given = ort[-1]['output'], theirs[-1]['output']
    largest = max(map(abs, expected))
    error = max(abs(x - y) for x, y in zip(expected, given)) / largest if len(expected) == len(given) and largest > 0 else float('inf')
    note = '' if error < 0.02 else f'   its answers differ from ONNX Runtime\'s by {error:.2g} of the largest'
    row(f'  {peer} {theirs[0]["version"]}', mdl, theirs, note)
