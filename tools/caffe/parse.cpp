// mdl: parsing of Caffe nets, with everything that the schema does not have remembered for the layer that it stands in.
// SPDX-License-Identifier: MIT
#include "caffe/parse.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>

#include "failure.hpp"

namespace mdl::tool {

namespace {

namespace pb = google::protobuf;

/// Deeper than any net, and far from the end of the stack.
constexpr int most_nesting = 32;

struct Place {
    int line = 0, column = 0;  ///< from 0
    auto operator<=>(const Place&) const = default;
};

struct Remark {
    Place place{};
    std::string text{};
};

class Remarks : public pb::io::ErrorCollector {
public:
    void AddError(int line, pb::io::ColumnNumber column, const std::string& text) override {
        if (!error.has_value()) error = Remark{{line, column}, text};
    }
    void AddWarning(int line, pb::io::ColumnNumber column, const std::string& text) override { warnings.push_back({{line, column}, text}); }

    std::optional<Remark> error{};
    std::vector<Remark> warnings{};
};

/// What each generation wants of `type` is the most common mistake.
auto hint(const std::string& text) -> std::string {
    if (text.starts_with("Expected string, got")) return "; text stands in quotes, and `layer` takes type: \"Convolution\"";
    if (text.starts_with("Expected integer or identifier"))
        return "; the older `layers` takes type: CONVOLUTION, `layer` takes type: \"Convolution\"";
    return {};
}

auto first_word_in_quotes(const std::string& text, std::size_t from) -> std::string {
    const std::size_t begin = text.find('"', from), end = begin == std::string::npos ? begin : text.find('"', begin + 1);
    return end == std::string::npos ? std::string() : text.substr(begin + 1, end - begin - 1);
}

/// A field that the schema lacks.
struct Unknown {
    std::string message{}, field{};
    int line = 0;
};

/// A warning names the message and the field, both in quotes.
auto read_warning(const Remark& remark) -> Unknown {
    Unknown unknown{first_word_in_quotes(remark.text, 0), {}, remark.place.line + 1};
    unknown.field = first_word_in_quotes(remark.text, remark.text.find(unknown.message) + unknown.message.size() + 1);
    return unknown;
}

auto describe(const Unknown& unknown) -> std::string {
    return unknown.message.ends_with(".Unread") ? std::string() : text("has '", unknown.field, "' in line ", unknown.line);
}

auto is_of_net(const Unknown& unknown) -> bool { return unknown.message == caffe::NetParameter::descriptor()->full_name(); }

/// A misspelt `layer` must not be left out. What else a net says of itself is a number or a name, and changes no answer.
void refuse_strange_layers(const std::vector<Remark>& warnings, std::string_view text) {
    Place at;
    for (const auto& warning : warnings) {
        // Protobuf tells the place behind the field's name; to it a tab reaches to the next multiple of eight.
        for (; !text.empty() && at < warning.place; text.remove_prefix(1)) {
            if (text[0] == '\n') at = {at.line + 1, 0};
            else at.column += text[0] == '\t' ? 8 - at.column % 8 : 1;
        }
        const std::string_view value = text.substr(std::min(text.find_first_not_of(": \t\r\n"), text.size()));
        if (const Unknown unknown = read_warning(warning); is_of_net(unknown) && (value.starts_with('{') || value.starts_with('<')))
            fail(Exit::bad_input, "'", unknown.field, "' in line ", unknown.line,
                 " is no part of a net that mdl knows; write `layer { ... }` if it is a layer, else remove it");
    }
}

/// Gives each warning to the layer in which it stands.
void assign(CaffeNet& net, const std::vector<Remark>& warnings, const pb::TextFormat::ParseInfoTree& places,
            const pb::FieldDescriptor* layer, int count) {
    std::vector<Place> starts;
    for (int i = 0; i < count; ++i) {
        const auto place = places.GetLocation(layer, i);
        starts.push_back({place.line, place.column});
    }
    net.unknown.resize(static_cast<std::size_t>(count));
    for (const auto& warning : warnings) {
        const auto after = std::upper_bound(starts.begin(), starts.end(), warning.place);
        const Unknown unknown = read_warning(warning);
        if (after == starts.begin() || is_of_net(unknown)) continue;
        auto& mine = net.unknown[static_cast<std::size_t>(after - starts.begin() - 1)];
        if (mine.empty()) mine = describe(unknown);
    }
}

/// The number of a field that the schema lacks, in a message or those in it; 0: there is none.
auto unknown_number(const pb::Message& message) -> int {
    const auto& reflection = *message.GetReflection();
    if (message.GetDescriptor() == caffe::Unread::descriptor() || message.GetDescriptor() == caffe::BlobProto::descriptor()) return 0;
    if (const auto& fields = reflection.GetUnknownFields(message); !fields.empty()) return fields.field(0).number();
    std::vector<const pb::FieldDescriptor*> set;
    reflection.ListFields(message, &set);
    for (const auto* field : set) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || field->is_repeated()) continue;
        if (const int number = unknown_number(reflection.GetMessage(message, field)); number != 0) return number;
    }
    return 0;
}

}  // namespace

auto parse_prototxt(std::string_view text) -> CaffeNet {
    if (text.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        fail(Exit::bad_input, "this is larger than 2 GB, and no description of a net");
    Remarks remarks;
    pb::TextFormat::ParseInfoTree places;
    pb::TextFormat::Parser parser;
    parser.RecordErrorsTo(&remarks);
    parser.WriteLocationsTo(&places);
    parser.AllowUnknownField(true);
    parser.SetRecursionLimit(most_nesting);
    CaffeNet net;
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    if (!parser.Parse(&stream, &net.proto)) {
        const Remark error = remarks.error.value_or(Remark{{}, "it cannot be parsed"});
        fail(Exit::bad_input, "line ", error.place.line + 1, ", column ", error.place.column + 1,
             " is no description of a Caffe net: ", error.text, hint(error.text));
    }
    refuse_strange_layers(remarks.warnings, text);
    const bool older = net.proto.layers_size() > 0;
    const auto* const layer = caffe::NetParameter::descriptor()->FindFieldByName(older ? "layers" : "layer");
    assign(net, remarks.warnings, places, layer, older ? net.proto.layers_size() : net.proto.layer_size());
    upgrade(net.proto);
    return net;
}

auto parse_caffemodel(std::string_view bytes) -> CaffeNet {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        fail(Exit::bad_input, "this is larger than 2 GB, more than a caffemodel may be");
    CaffeNet net;
    if (bytes.starts_with("\x89HDF")) fail(Exit::bad_input, "the weights are in HDF5; save them from Caffe as a caffemodel (net.save)");
    if (!net.proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        fail(Exit::bad_input, "this is no caffemodel, or a damaged one: its bytes cannot be parsed; copy it again");
    net.binary = true;
    const auto look_into = [&](const auto& layers) {
        for (const auto& layer : layers) {
            const int number = unknown_number(layer);
            net.unknown.push_back(number == 0 ? std::string() : text("has a parameter with the number ", number));
        }
    };
    net.proto.layers_size() > 0 ? look_into(net.proto.layers()) : look_into(net.proto.layer());
    upgrade(net.proto);
    return net;
}

}  // namespace mdl::tool
