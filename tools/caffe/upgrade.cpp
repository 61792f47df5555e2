// mdl: layers of Caffe's older generation as layers of today's.
// SPDX-License-Identifier: MIT
#include <map>

#include "caffe/parse.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

namespace pb = google::protobuf;
using Old = caffe::V1LayerParameter;

auto type_name(Old::LayerType type) -> std::string {
    static const std::map<Old::LayerType, std::string> names{{Old::ACCURACY, "Accuracy"},
                                                             {Old::BNLL, "BNLL"},
                                                             {Old::CONCAT, "Concat"},
                                                             {Old::CONVOLUTION, "Convolution"},
                                                             {Old::DATA, "Data"},
                                                             {Old::DROPOUT, "Dropout"},
                                                             {Old::EUCLIDEAN_LOSS, "EuclideanLoss"},
                                                             {Old::FLATTEN, "Flatten"},
                                                             {Old::HDF5_DATA, "HDF5Data"},
                                                             {Old::HDF5_OUTPUT, "HDF5Output"},
                                                             {Old::IM2COL, "Im2col"},
                                                             {Old::IMAGE_DATA, "ImageData"},
                                                             {Old::INFOGAIN_LOSS, "InfogainLoss"},
                                                             {Old::INNER_PRODUCT, "InnerProduct"},
                                                             {Old::LRN, "LRN"},
                                                             {Old::MULTINOMIAL_LOGISTIC_LOSS, "MultinomialLogisticLoss"},
                                                             {Old::POOLING, "Pooling"},
                                                             {Old::RELU, "ReLU"},
                                                             {Old::SIGMOID, "Sigmoid"},
                                                             {Old::SOFTMAX, "Softmax"},
                                                             {Old::SOFTMAX_LOSS, "SoftmaxWithLoss"},
                                                             {Old::SPLIT, "Split"},
                                                             {Old::TANH, "TanH"},
                                                             {Old::WINDOW_DATA, "WindowData"},
                                                             {Old::ELTWISE, "Eltwise"},
                                                             {Old::POWER, "Power"},
                                                             {Old::SIGMOID_CROSS_ENTROPY_LOSS, "SigmoidCrossEntropyLoss"},
                                                             {Old::HINGE_LOSS, "HingeLoss"},
                                                             {Old::MEMORY_DATA, "MemoryData"},
                                                             {Old::ARGMAX, "ArgMax"},
                                                             {Old::THRESHOLD, "Threshold"},
                                                             {Old::DUMMY_DATA, "DummyData"},
                                                             {Old::SLICE, "Slice"},
                                                             {Old::MVN, "MVN"},
                                                             {Old::ABSVAL, "AbsVal"},
                                                             {Old::SILENCE, "Silence"},
                                                             {Old::CONTRASTIVE_LOSS, "ContrastiveLoss"},
                                                             {Old::EXP, "Exp"},
                                                             {Old::DECONVOLUTION, "Deconvolution"}};
    const auto found = names.find(type);
    return found == names.end() ? std::string() : found->second;
}

/// Fields with a message of their own have the same name and message in both generations; weights are moved, not copied.
void move_messages(Old& from, caffe::LayerParameter& to) {
    const auto &source = *from.GetReflection(), &target = *to.GetReflection();
    std::vector<const pb::FieldDescriptor*> set;
    source.ListFields(from, &set);
    for (const auto* field : set) {
        const auto* const same = to.GetDescriptor()->FindFieldByName(field->name());
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || same == nullptr || same->message_type() != field->message_type())
            continue;
        const auto move = [](pb::Message* a, pb::Message* b) { a->GetReflection()->Swap(a, b); };
        if (!field->is_repeated()) {
            move(source.MutableMessage(&from, field), target.MutableMessage(&to, same));
            continue;
        }
        for (int i = 0; i < source.FieldSize(from, field); ++i)
            move(source.MutableRepeatedMessage(&from, field, i), target.AddMessage(&to, same));
    }
}

}  // namespace

void upgrade(caffe::NetParameter& net) {
    if (net.layers_size() == 0) return;
    if (net.layer_size() > 0)
        fail(Exit::bad_input,
             "the net has both `layers`, of the older generation, and `layer`; write all of them as `layer`, as Caffe's "
             "upgrade_net_proto_text does");
    for (auto& old : *net.mutable_layers()) {
        if (old.has_layer())
            fail(Exit::bad_input, "the net is of Caffe's oldest generation (`layers { layer { ... } }`, here '", old.layer().name(),
                 "'); let Caffe rewrite it: upgrade_net_proto_text for the prototxt, upgrade_net_proto_binary for the caffemodel");
        auto& layer = *net.add_layer();
        layer.set_name(old.name());
        layer.set_type(type_name(old.type()));
        layer.mutable_bottom()->Swap(old.mutable_bottom());
        layer.mutable_top()->Swap(old.mutable_top());
        move_messages(old, layer);
    }
    net.clear_layers();
}

}  // namespace mdl::tool
