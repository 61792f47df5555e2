// mdl: prints the table of a textbook network: layers, shapes, multiply-accumulates, bytes.
// SPDX-License-Identifier: MIT
#include <mdl/mdl.hpp>

#include <cstdio>
#include <string_view>

#include "alexnet.hpp"
#include "googlenet.hpp"
#include "lenet5.hpp"
#include "mobilenet_v1.hpp"
#include "mobilenet_v2.hpp"
#include "resnet.hpp"
#include "squeezenet.hpp"
#include "vgg16.hpp"

namespace {

struct Topology {
    std::string_view name;
    void (*describe)(std::FILE*);
};

constexpr Topology all[] = {
    {"lenet5", mdl::describe<topologies::LeNet5>},
    {"alexnet", mdl::describe<topologies::AlexNet>},
    {"vgg16", mdl::describe<topologies::Vgg16>},
    {"googlenet", mdl::describe<topologies::GoogLeNet>},
    {"resnet18", mdl::describe<topologies::ResNet18>},
    {"resnet50", mdl::describe<topologies::ResNet50>},
    {"squeezenet", mdl::describe<topologies::SqueezeNet>},
    {"mobilenet_v1", mdl::describe<topologies::MobileNetV1>},
    {"mobilenet_v2", mdl::describe<topologies::MobileNetV2>},
};

}  // namespace

/// usage: topologies NAME
auto main(int argc, char** argv) -> int {
    for (const Topology& topology : all)
        if (argc == 2 && topology.name == argv[1]) {
            topology.describe(stdout);
            return 0;
        }
    std::fprintf(stderr, "usage: topologies NAME, where NAME is one of");
    for (const Topology& topology : all) std::fprintf(stderr, " %s", topology.name.data());
    std::fprintf(stderr, "\n");
    return 2;
}
