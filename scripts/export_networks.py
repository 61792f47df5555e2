#!/usr/bin/env python3
# mdl: exports torchvision's classifiers to ONNX, each with an input and what PyTorch answers in double precision.
# SPDX-License-Identifier: MIT
"""usage: scripts/export_networks.py FOLDER [NAME...]     names as in torchvision.models, and mobilenet_v1; without one, all of NETWORKS
Writes NAME.onnx, NAME.in.bin and NAME.out.bin (raw float32). Weights are random, the same ones every time; batch norms are given the
statistics of random images, so that numbers keep their size through any depth. Needs python3-torch, python3-torchvision and python3-onnx."""
import os
import sys

import torch
from torch import nn
from torchvision import models

NETWORKS = """alexnet vgg11 vgg16_bn squeezenet1_0 squeezenet1_1 resnet18 resnet34 resnet50 resnet101 resnext50_32x4d wide_resnet50_2 densenet121 googlenet
inception_v3 mobilenet_v1 mobilenet_v2 mobilenet_v3_small mobilenet_v3_large shufflenet_v2_x0_5 shufflenet_v2_x1_0 mnasnet1_0 efficientnet_b0
efficientnet_v2_s regnet_x_800mf regnet_y_400mf convnext_tiny vit_b_16""".split()
SIZES = {'inception_v3': 299}


def mobilenet_v1():
    """Howard et al. 2017, table 1."""
    def block(channels, filters, kernel, stride, groups=1):
        return [nn.Conv2d(channels, filters, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
    layers, channels = block(3, 32, 3, 2), 32
    for filters, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]:
        layers += block(channels, channels, 3, stride, channels) + block(channels, filters, 1, 1)
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def network(name):
    if name == 'mobilenet_v1':
        return mobilenet_v1()
    if name in ('googlenet', 'inception_v3'):
        return getattr(models, name)(aux_logits=False, transform_input=False, init_weights=False)
    return getattr(models, name)()


def fill(net, size):
    """He's weights, and factors and biases that differ from 1 and 0, so that a lost one shows."""
    with torch.no_grad():
        for name, weights in net.named_parameters():
            if weights.dim() >= 2 and not name.endswith(('layer_scale', 'class_token', 'pos_embedding')):
                nn.init.normal_(weights, std=(2 / weights[0].numel()) ** 0.5)
            elif name.endswith('layer_scale'):
                nn.init.uniform_(weights, 0.1, 0.5)
            else:
                weights += 0.5 * (torch.rand_like(weights) - 0.5)
        for part in net.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.momentum = None
            if isinstance(part, nn.Dropout):
                part.p = 0.0
        net.train()
        net(torch.randn(4, 3, size, size))
    return net.eval()


def export(name, folder):
    torch.manual_seed(1)
    size = SIZES.get(name, 224)
    net = fill(network(name), size)
    image = torch.randn(1, 3, size, size)
    stem = os.path.join(folder, name)
    # With gradients on: without them attention takes a fused kernel that ONNX does not know.
    torch.onnx.export(net, image, stem + '.onnx', opset_version=13, input_names=['input'], output_names=['output'])
    with torch.no_grad():
        answer = net.double()(image.double())
    image.numpy().astype('<f4').tofile(stem + '.in.bin')
    answer.numpy().astype('<f4').tofile(stem + '.out.bin')
    print(f'exported {name}', flush=True)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sys.argv[2:] or NETWORKS:
        if name != 'mobilenet_v1' and not callable(getattr(models, name, None)):
            sys.exit(f"export_networks: torchvision has no network '{name}'")
        export(name, sys.argv[1])


if __name__ == '__main__':
    main()
