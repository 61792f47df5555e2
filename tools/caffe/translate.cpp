// mdl: the walk over a Caffe net.
// SPDX-License-Identifier: MIT
#include "caffe/translate.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include <mdl/tensor/shape.hpp>

#include "caffe/inputs.hpp"
#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

/// A blob's newest value. A layer that writes in place gives its blob another value: in ONNX another tensor.
struct Current {
    Blob blob{};
    bool read = false;
    bool is_input = false;
    std::string made_by{};  ///< in words
};

class Translator {
public:
    Translator(CaffeNet net, std::optional<CaffeNet> weights, const CaffeOptions& options)
        : net_(std::move(net)),
          options_(options),
          has_file_(weights.has_value()),
          weights_(net_.proto, std::move(weights), options.most_random) {}

    auto run() -> TranslatedNet {
        if (net_.proto.layer_size() == 0)
            fail(Exit::bad_input, "this holds no layers of a Caffe net; give the net itself, not the solver's file");
        for (const auto& layer : net_.proto.layer())
            for (const auto& top : layer.top()) writer_.reserve(top);
        for (const auto& input : net_.proto.input()) writer_.reserve(input);
        for (const auto& [name, shape] : options_.shapes) writer_.reserve(name);
        for (auto& input : declared_inputs(net_.proto)) declare(std::move(input), true);
        for (int i = 0; i < net_.proto.layer_size(); ++i) translate(net_.proto.layer(i), net_.unknown[static_cast<std::size_t>(i)]);
        note_unread();
        note_weights();
        TranslatedNet result;
        result.model = writer_.finish(outputs());
        result.notes = std::move(notes_);
        return result;
    }

private:
    /// An input is one of the network only if a layer reads it: labels are not.
    void declare(NetInput input, bool is_network_input) {
        const std::string name = input.name;
        if (blobs_.contains(name) || unread_.contains(name))
            fail(Exit::bad_input, "the input '", name, "' is declared twice; mend the net");
        if (const auto given = options_.shapes.find(name); given != options_.shapes.end())
            input.dims.assign(given->second.begin(), given->second.end());
        if (is_network_input) declared_.push_back(name);
        unread_.emplace(name, std::move(input));
    }

    void read_input(const NetInput& input, const caffe::LayerParameter& reader) {
        if (input.dims.empty())
            fail(Exit::bad_input, describe(reader), " reads '", input.name, "', whose shape ",
                 input.layer.empty() ? "the net" : input.layer, " does not say; give it, as in --shape ", input.name, "=1,3,224,224");
        if (checked_count(input.dims) < 0 || input.dims.size() > static_cast<std::size_t>(max_rank))
            fail(Exit::bad_input, "the input '", input.name, "' has the shape ", to_text(input.dims),
                 ", which mdl does not support; give another, as in --shape ", input.name, "=1,3,224,224");
        if (input.dims.size() == 4 && input.dims[0] > 1)
            notes_.push_back(text("the net takes ", input.dims[0], " images at a time, as it says; for one add --shape ", input.name, "=1,",
                                  input.dims[1], ",", input.dims[2], ",", input.dims[3]));
        order_.push_back(input.name);
        blobs_[input.name] = {{writer_.input(input.name, input.dims), input.dims}, false, true, "the net's input"};
    }

    auto read(const std::string& name, const caffe::LayerParameter& reader) -> const Blob& {
        if (const auto waiting = unread_.find(name); waiting != unread_.end()) {
            const NetInput input = std::move(waiting->second);
            unread_.erase(waiting);
            read_input(input, reader);
        }
        auto found = blobs_.find(name);
        if (found == blobs_.end()) {
            if (const auto gone = left_out_.find(name); gone != left_out_.end() && !options_.shapes.contains(name))
                fail(Exit::bad_input, describe(reader), " reads '", name, "', which only ", gone->second,
                     " makes: that layer is left out in phase TEST; if '", name, "' is an input, give its shape, as in --shape ", name,
                     "=1,3,224,224");
            const auto given = options_.shapes.find(name);
            if (given == options_.shapes.end())
                fail(Exit::bad_input, describe(reader), " reads '", name, "', which no layer before it makes; mend the net, or if '", name,
                     "' is an input, give its shape, as in --shape ", name, "=1,3,224,224");
            read_input({name, Dims(given->second.begin(), given->second.end()), {}}, reader);
            found = blobs_.find(name);
        }
        found->second.read = true;
        return found->second.blob;
    }

    void translate(const caffe::LayerParameter& layer, const std::string& unknown) {
        if (layer.type().empty()) fail(Exit::bad_input, describe(layer), " has no type that Caffe's own layers have; name one in `type`");
        if (!is_included(layer, net_.proto.state())) {
            for (const auto& top : layer.top()) left_out_.emplace(top, describe(layer));
            return;
        }
        if (is_data_layer(layer.type())) {
            for (auto& input : layer_inputs(layer)) declare(std::move(input), layer.type() == "Input");
            if (layer.has_transform_param())
                notes_.push_back(describe(layer) +
                                 " prepares its images (transform_param); the network takes them prepared: --mean and --scale do it here");
            return;
        }
        if (is_training_layer(layer.type())) return leave_out(layer);
        const auto function = translated_layers().find(layer.type());
        if (function == translated_layers().end()) refuse(layer);
        if (!unknown.empty())
            fail(Exit::bad_input, describe(layer), " ", unknown,
                 ", which mdl does not know; remove it if the answers are the same without it",
                 net_.binary ? ", or give the net's prototxt" : "");
        std::vector<Blob> bottoms;
        for (const auto& bottom : layer.bottom()) bottoms.push_back(read(bottom, layer));
        LayerCall call(layer, std::move(bottoms), writer_, weights_);
        function->second(call);
        for (int k = 0; k < layer.top_size(); ++k) define(layer, k, call.top(k));
    }

    void define(const caffe::LayerParameter& layer, int k, const Blob& blob) {
        const std::string& name = layer.top(k);
        const bool in_place = k < layer.bottom_size() && layer.bottom(k) == name;
        const auto [place, is_new] = blobs_.try_emplace(name);
        if (!in_place && (!is_new || unread_.contains(name)))
            fail(Exit::bad_input, describe(layer), " makes '", name, "', which ",
                 is_new ? "is an input" : "was made by " + place->second.made_by, " already; give each blob a name of its own");
        if (is_new) order_.push_back(name);
        place->second = {blob, false, place->second.is_input, describe(layer)};
    }

    void leave_out(const caffe::LayerParameter& layer) {
        if (layer.type() == "Silence") {  // reads blobs so that they are no outputs
            for (const auto& bottom : layer.bottom())
                if (const auto found = blobs_.find(bottom); found != blobs_.end()) found->second.read = true;
            return;
        }
        for (const auto& top : layer.top()) left_out_.emplace(top, describe(layer));
        notes_.push_back(describe(layer) + " is for training and left out");
    }

    [[noreturn]] void refuse(const caffe::LayerParameter& layer) const {
        if (const auto known = refused_layers().find(layer.type()); known != refused_layers().end())
            fail(Exit::bad_input, describe(layer), " is not supported by mdl; ", known->second);
        std::string names;
        for (const auto& [name, function] : translated_layers()) names += (names.empty() ? "" : ", ") + std::string(name);
        fail(Exit::bad_input, describe(layer),
             " is not supported by mdl; replace it in the net, or cut the net before it. Supported layers: ", names);
    }

    void note_weights() {
        if (!has_file_) return;
        const auto left = weights_.left_over();
        if (left.empty()) return;
        std::string names;
        for (std::size_t k = 0; k < left.size() && k < 5; ++k) names += (k == 0 ? "'" : ", '") + left[k] + "'";
        notes_.push_back(text("the caffemodel has weights for ", left.size(), left.size() == 1 ? " layer" : " layers",
                              " that the net does without: ", names, left.size() > 5 ? ", ..." : ""));
    }

    /// Labels of data layers excepted.
    void note_unread() {
        for (const auto& input : declared_)
            if (unread_.contains(input))
                notes_.push_back(text("the net declares an input '", input, "' that nothing reads; the network does without it"));
    }

    /// Blobs that nothing reads, in the order in which they were first made.
    auto outputs() -> std::vector<NamedOutput> {
        std::vector<NamedOutput> result;
        for (const auto& name : order_) {
            const Current& current = blobs_.at(name);
            if (current.read) continue;
            // An input that layers in place work on keeps its name for what is fed.
            std::string own = name;
            if (current.is_input) do
                    own += "_out";
                while (!writer_.reserve(own));
            result.push_back({own, current.blob.tensor});
        }
        if (result.empty()) fail(Exit::bad_input, "the net has no output: every blob is read by another layer; mend the net");
        return result;
    }

    CaffeNet net_;
    const CaffeOptions& options_;
    bool has_file_;
    CaffeWeights weights_;
    ModelWriter writer_{caffe_opset};
    std::unordered_map<std::string, Current> blobs_{};
    std::unordered_map<std::string, NetInput> unread_{};       ///< inputs that no layer has read yet
    std::unordered_map<std::string, std::string> left_out_{};  ///< blobs of layers that are left out, and the layer
    std::vector<std::string> declared_{};                      ///< inputs of a net for use, not of one for training
    std::vector<std::string> order_{};
    std::vector<std::string> notes_{};
};

}  // namespace

auto translate_caffe(CaffeNet net, std::optional<CaffeNet> weights, const CaffeOptions& options) -> TranslatedNet {
    return Translator(std::move(net), std::move(weights), options).run();
}

}  // namespace mdl::tool
