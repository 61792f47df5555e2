// mdl: opening of TensorFlow Lite files, and what must hold before any table of one is read.
// SPDX-License-Identifier: MIT
#include "tflite/model.hpp"

#include "failure.hpp"
#include "read_file.hpp"
#include "tflite/translation.hpp"
#include "tflite_generated.h"

namespace mdl::tool {

namespace {

/// A network's tables lie four deep (model, subgraph, tensor, quantisation), and the largest have some ten thousand.
constexpr flatbuffers::uoffset_t most_depth = 8, most_tables = 1'000'000;
constexpr std::uint32_t schema_version = 3;

auto verified(const std::string& bytes) -> const tflite::Model& {
    if (bytes.size() < 8 || bytes.compare(4, 4, tflite::ModelIdentifier()) != 0)
        fail(Exit::bad_input, "this is not a TensorFlow Lite model: its fifth to eighth byte are not TFL3; check the file");
    if (bytes.size() >= FLATBUFFERS_MAX_BUFFER_SIZE)
        fail(Exit::bad_input, "the model is larger than 2 GB, which mdl does not read; convert a smaller one");
    const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
    flatbuffers::Verifier verifier(data, bytes.size(), most_depth, most_tables);
    if (!tflite::VerifyModelBuffer(verifier))
        fail(Exit::bad_input, "this TensorFlow Lite model is damaged: its tables do not lie where they say; convert or copy it again");
    const tflite::Model& model = *tflite::GetModel(data);
    if (model.version() != schema_version)
        fail(Exit::bad_input, "the model is written in version ", model.version(), " of the format; mdl reads version ", schema_version,
             ": convert it again with a newer converter");
    return model;
}

}  // namespace

auto parse_tflite(const std::string& bytes, const InputShapes& shapes) -> TfliteModel {
    auto translated = tflite_reader::translate(verified(bytes), shapes);
    return {check_onnx(std::move(translated.proto), {}), std::move(translated.notes)};
}

auto read_tflite(const std::filesystem::path& path, const InputShapes& shapes) -> TfliteModel {
    const std::string bytes = read_file(path, "a TensorFlow Lite file");
    try {
        return parse_tflite(bytes, shapes);
    } catch (const Failure& failure) {
        fail(failure.exit(), path.string(), ": ", failure.what());
    }
}

}  // namespace mdl::tool
