#!/usr/bin/python3
# mdl: counts parameters and multiply-accumulates of the same topologies in PyTorch, independently of mdl.
# SPDX-License-Identifier: MIT
"""Print parameters and MACs (of convolutions and dense layers, one image) for the networks of this folder.

usage: /usr/bin/python3 count.py     (Debian's python3-torchvision; 0.14.1 gave the numbers in the headers)
"""
import torch
import torchvision.models
from torch import nn


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10))


def mobilenet_v1():
    def block(inputs, outputs, kernel, stride, groups=1):
        return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    layers, channels = block(3, 32, 3, 2), 32
    for outputs, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]:
        layers += block(channels, channels, 3, stride, channels) + block(channels, outputs, 1, 1)
        channels = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1024, 1000))


def googlenet():
    return torchvision.models.googlenet(aux_logits=False, init_weights=False)


def count(network, channels, size):
    total = 0

    def hook(layer, _, output):
        nonlocal total
        if isinstance(layer, nn.Conv2d):
            total += output.numel() * layer.in_channels // layer.groups * layer.kernel_size[0] * layer.kernel_size[1]
        else:
            total += output.numel() * layer.in_features
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(hook)
    with torch.no_grad():
        network.eval()(torch.zeros(1, channels, size, size))
    return sum(parameter.numel() for parameter in network.parameters()), total


def main():
    models = torchvision.models
    print(f"{'network':14}{'parameters':>14}{'MACs':>18}")
    for name, make, channels, size in (
            ("lenet5", lenet5, 1, 28), ("alexnet", models.alexnet, 3, 224), ("vgg16", models.vgg16, 3, 224),
            ("googlenet", googlenet, 3, 224), ("resnet18", models.resnet18, 3, 224), ("resnet50", models.resnet50, 3, 224),
            ("squeezenet", models.squeezenet1_1, 3, 224), ("mobilenet_v1", mobilenet_v1, 3, 224),
            ("mobilenet_v2", models.mobilenet_v2, 3, 224)):
        parameters, macs = count(make(), channels, size)
        print(f"{name:14}{parameters:>14,}{macs:>18,}", flush=True)


if __name__ == "__main__":
    main()
