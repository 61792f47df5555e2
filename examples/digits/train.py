#!/usr/bin/python3
# mdl: the server's half of the digits example: trains both networks and exports them with the held-out digits.
# SPDX-License-Identifier: MIT
"""Train the two digit networks of this example and write digits.onnx, digits_dense.onnx and held_out.bin.

usage: /usr/bin/python3 train.py digits.csv.gz [--out FOLDER] [--validate] [--epochs N]

Needs Debian's python3-torch and python3-onnx. Runs for about three minutes on one core.

Data: the UCI "Optical Recognition of Handwritten Digits" test set, 1,797 digits of 13 writers (see NOTICE), as scikit-learn
ships it: https://github.com/scikit-learn/scikit-learn/blob/main/sklearn/datasets/data/digits.csv.gz
Each line: 64 pixels 0..16 (8x8, row by row), then the label 0..9.

Split: UCI's order is kept, and it goes writer by writer (every form of about 130 digits asks for the same sequence of
labels). The first 1,437 digits train; the last 360 (a fifth) are held out, so that they come from hands that training has
not seen, but for the one at the cut: of the form that begins at digit 1,415, 22 digits train.
Settings are chosen with --validate, five-fold cross-validation over consecutive fifths of the 1,437 alone.

Enlarging 8x8 to 16x16: bilinear with half-pixel centres, edges repeated, so
    out[2i] = (3 a[i] + a[i-1]) / 4,   out[2i+1] = (3 a[i] + a[i+1]) / 4
along rows, then along columns; divided by 16, pixels lie in 0..1 and are multiples of 1/256: exact in float32.

held_out.bin: 360 records of 65 bytes: 64 pixels 0..16 (uint8, row by row), then the label (uint8).
"""
import argparse
import csv
import gzip
import math
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

HELD_OUT = 360
FOLDS = 5
BATCH = 64


def read_digits(path):
    with gzip.open(path, "rt") as file:
        table = np.array([[int(float(value)) for value in row] for row in csv.reader(file)], dtype=np.uint8)
    if table.shape != (1797, 65) or table[:, :64].max() > 16 or table[:, 64].max() > 9:
        raise SystemExit(f"{path}: expected 1797 lines of 64 pixels 0..16 and a label 0..9; see the top of train.py for the file")
    return table


def enlarge(pixels):
    """[n, 64] of 0..16 -> [n, 1, 16, 16] of 0..1."""
    image = pixels.reshape(-1, 8, 8).astype(np.float32)
    for axis in (1, 2):
        last = image.shape[axis] - 1
        before = np.take(image, [max(i - 1, 0) for i in range(last + 1)], axis)
        after = np.take(image, [min(i + 1, last) for i in range(last + 1)], axis)
        pair = np.stack(((3 * image + before) / 4, (3 * image + after) / 4), axis + 1)
        image = pair.reshape([size * 2 if a == axis else size for a, size in enumerate(image.shape)])
    return torch.from_numpy(image / 16).unsqueeze(1)


def augment(images, random):
    """A random turn, zoom, shear and shift of each image: other hands, without other labels."""
    n = len(images)
    uniform = lambda low, high: torch.rand(n, generator=random) * (high - low) + low
    turn, shear = uniform(-0.22, 0.22), uniform(-0.22, 0.22)
    zoom_x, zoom_y = uniform(0.85, 1.15), uniform(0.85, 1.15)
    cos, sin = torch.cos(turn), torch.sin(turn)
    row_x = torch.stack((cos * zoom_x, (shear * cos - sin) * zoom_x, uniform(-0.2, 0.2)), 1)
    row_y = torch.stack((sin * zoom_y, (shear * sin + cos) * zoom_y, uniform(-0.2, 0.2)), 1)
    grid = functional.affine_grid(torch.stack((row_x, row_y), 1), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, align_corners=False) * uniform(0.85, 1.1).view(n, 1, 1, 1)


def conv_network():
    """Batch norms stand only here: the export folds them into the convolutions before them."""
    def pointwise(inputs, outputs):
        return [nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs), nn.Conv2d(inputs, outputs, 1),
                nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(
        nn.Conv2d(1, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(), nn.MaxPool2d(2),
        *pointwise(24, 48), *pointwise(48, 64), nn.MaxPool2d(2),
        *pointwise(64, 96), *pointwise(96, 96),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(96, 10))


def dense_network():
    return nn.Sequential(nn.Flatten(), nn.Linear(256, 64), nn.Sigmoid(), nn.Linear(64, 10))


def train(network, images, labels, epochs, rate):
    """Cross-entropy, Adam with a cosine rate; what is kept is the mean of the weights over the last quarter."""
    random = torch.Generator().manual_seed(2)
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-3)
    steps_an_epoch = math.ceil(len(images) / BATCH)
    steps = epochs * steps_an_epoch
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.02)
    mean, averaged, step = None, 0, 0
    for epoch in range(epochs):
        network.train()
        order = torch.randperm(len(images), generator=random)
        total = 0.0
        for start in range(0, len(images), BATCH):
            chosen = order[start:start + BATCH]
            progress = step / steps
            optimiser.param_groups[0]["lr"] = rate * min(1.0, step / (3 * steps_an_epoch)) * max(0.05, (1 + math.cos(math.pi * progress)) / 2)
            loss = loss_of(network(augment(images[chosen], random)), labels[chosen])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            total += loss.item() * len(chosen)
            step += 1
        if epoch >= epochs * 3 // 4:
            averaged += 1
            state = {name: value.detach().clone().double() for name, value in network.state_dict().items()}
            mean = state if mean is None else {name: mean[name] + (state[name] - mean[name]) / averaged for name in mean}
        if (epoch + 1) % 20 == 0:
            print(f"  epoch {epoch + 1}/{epochs}: loss {total / len(images):.4f}", flush=True)
    current = network.state_dict()
    network.load_state_dict({name: mean[name].to(current[name].dtype) for name in mean})
    network.train()
    with torch.no_grad():  # batch norms count again under the averaged weights
        norms = [layer for layer in network if isinstance(layer, nn.BatchNorm2d)]
        for layer in norms:
            layer.reset_running_stats()
            layer.momentum = None
        for _ in range(8 if norms else 0):
            for part in torch.randperm(len(images), generator=random).split(256):
                network(augment(images[part], random))
    network.eval()
    return network


def wrong_answers(network, images, labels):
    with torch.no_grad():
        return (network(images).argmax(1) != labels).nonzero().flatten().tolist()


def export(network, path):
    # From fixed names and opset 13: what `mdl convert` reads.
    torch.onnx.export(nn.Sequential(*network, nn.Softmax(1)).eval(), torch.zeros(1, 1, 16, 16), str(path), opset_version=13,
                      input_names=["pixels"], output_names=["probabilities"])
    print(f"{path.name}: {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", help="the digits as gzipped csv")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent, help="where the three files go")
    parser.add_argument("--validate", action="store_true", help="cross-validate within the training digits; write nothing")
    parser.add_argument("--epochs", type=int, help="train both networks this long (default: 200 and 300)")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)

    table = read_digits(arguments.csv)
    images, labels = enlarge(table[:, :64]), torch.from_numpy(table[:, 64].astype(np.int64))
    training = len(table) - HELD_OUT
    everything = torch.arange(training)
    if arguments.validate:
        parts = [(everything[~torch.isin(everything, fold)], fold) for fold in everything.chunk(FOLDS)]
    else:
        parts = [(everything, torch.arange(training, len(table)))]

    for name, make, epochs, rate in (("digits", conv_network, 200, 4e-3), ("digits_dense", dense_network, 300, 4e-3)):
        wrong = []
        for seen, unseen in parts:
            torch.manual_seed(1)
            network = make()
            print(f"{name}: {sum(p.numel() for p in network.parameters())} parameters while training, {len(seen)} digits")
            network = train(network, images[seen], labels[seen], arguments.epochs or epochs, rate)
            wrong += unseen[wrong_answers(network, images[unseen], labels[unseen])].tolist()
        measured = sum(len(unseen) for _, unseen in parts)
        part = "cross-validated" if arguments.validate else "held-out"
        print(f"{name}: {part} accuracy {1 - len(wrong) / measured:.4f} ({len(wrong)} of {measured} wrong: {wrong})")
        if not arguments.validate:
            export(network, arguments.out / f"{name}.onnx")
    if not arguments.validate:
        table[training:].tofile(arguments.out / "held_out.bin")


if __name__ == "__main__":
    main()
