// mdl: what is wrong with a command line is told in a sentence that names it.
// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>
#include <mdl/weights/format.hpp>

#include "caffe.pb.h"
#include "failure.hpp"
#include "tools/mdl_command.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/tflite_builder.hpp"
#include "weights/temporary_folder.hpp"

using mdl::tool::Exit;
using mdl::tool::test::mdl_command;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::Told;

namespace {

/// An environment variable with another value for a while.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    auto operator=(const Variable&) -> Variable& = delete;
    ~Variable() { old_.empty() ? ::unsetenv(name_) : ::setenv(name_, old_.c_str(), 1); }

private:
    const char* name_;
    std::string old_{};
};

/// Takes a photo of three colours and an input that nothing reads, tells four classes apart.
auto write_model(const std::string& path) -> void {
    ModelBuilder model;
    model.input("x=1", {1, 3, 4, 4}).input("unread", {1, 2}).output("classes").weights("w", {4, 3, 1, 1});
    model.node("Conv", {"x=1", "w"}, {"c"});
    model.node("GlobalAveragePool", {"c"}, {"p"});
    model.node("Flatten", {"p"}, {"classes"});
    std::ofstream stream(path, std::ios::binary);
    CHECK(model.proto.SerializeToOstream(&stream));
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace

TEST_CASE("an unknown command is named, with those that there are") {
    CHECK(mdl_command({"frob"}).says(Exit::usage, {"'frob'", "convert", "inspect", "run", "bench"}));
    CHECK(mdl_command({"frob", "--help"}).says(Exit::usage, {"'frob'"}));
    CHECK(mdl_command({}).exit == static_cast<int>(Exit::usage));
    CHECK(mdl_command({"--version"}).exit == 0);
    CHECK(mdl_command({"convert", "--frob"}).exit == static_cast<int>(Exit::usage));
}

TEST_CASE("a type cannot be called what C++ or mdl calls something else") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", out = folder / "out";
    write_model(model);
    for (const char* word : {"return", "namespace", "constexpr", "co_await", "xor", "mdl", "std", "2d", "a b", "_Net", "a__b"}) {
        CAPTURE(word);
        CHECK(mdl_command({"convert", model, "-o", out, "--struct", word}).says(Exit::usage, {"--struct", word, "it "}));
        CHECK_FALSE(std::filesystem::exists(out));
    }
    CHECK(mdl_command({"convert", model, "-o", out, "--struct", "Runner"}).exit == 0);
}

TEST_CASE("a TensorFlow Lite file is told by its extension, and its shapes are given in its own sequence of axes") {
    namespace tflite = mdl::tflite;
    const TemporaryFolder folder;
    const std::string model = folder / "net.tflite", out = folder / "out";
    mdl::tool::test::TfliteBuilder builder;
    const int grey = builder.input("grey", {1, 1, 1, 1}, tflite::TensorType::FLOAT32, {-1, -1, -1, 1});
    const int photo = builder.quantised_input("photo", {1, 4, 5, 3}, {{0.5f}, {3}});
    builder.output(builder.node(tflite::BuiltinOperator::ADD, {grey, photo}));
    write_text(model, builder.bytes());
    CHECK(mdl_command({"convert", model, "-o", out}).says(Exit::bad_input, {"net.tflite", "input 'grey'", "--shape grey=1,224,224,3"}));
    CHECK(mdl_command({"convert", model, "-o", out, "--shape", "gray=1,4,5,1"}).says(Exit::usage, {"--shape names 'gray'", "'grey'"}));
    CHECK(mdl_command({"convert", model, "-o", out, "--weights", model}).says(Exit::usage, {"--weights", "net.tflite"}));
    CHECK(mdl_command({"convert", model, "-o", out, "--shape", "grey=1,4,5,1"})
              .says(Exit::ok, {"note: ", "float32", "'photo' takes reals, 0.5 * (stored - 3)"}));
    std::ifstream header(out + "/net.hpp");
    const std::string text{std::istreambuf_iterator<char>(header), {}};
    CHECK(text.find("Input<4, 5, 1") != std::string::npos);
    CHECK(text.find("Input<4, 5, 3, mdl::F32, mdl::Hwc>") != std::string::npos);
    write_text(model, "damaged");
    CHECK(mdl_command({"convert", model, "-o", out}).says(Exit::bad_input, {"net.tflite", "TFL3"}));
}

TEST_CASE("a Caffe net takes its weights from the option, from beside it, or makes them up and says so") {
    const TemporaryFolder folder;
    const std::string net = folder / "net.prototxt", beside = folder / "net.caffemodel", other = folder / "other.caffemodel", out = folder / "out";
    write_text(net, "input: 'x' input_shape { dim: 1 dim: 1 }\nlayer { name: 'p' type: 'PReLU' bottom: 'x' top: 'y' }\n");
    mdl::caffe::NetParameter file;
    auto& layer = *file.add_layer();
    layer.set_name("p");
    layer.add_blobs()->add_data(2);
    CHECK(mdl_command({"convert", net, "-o", out}).says(Exit::ok, {"note: ", beside.c_str(), "random", "--weights"}));
    write_text(other, file.SerializeAsString());
    CHECK(mdl_command({"convert", net, "-o", out, "--weights", other}).errors.empty());
    CHECK(mdl_command({"convert", other, "-o", out}).says(Exit::bad_input, {"other.caffemodel", "shape of its input", "other.prototxt"}));
    write_text(beside, file.SerializeAsString());
    CHECK(mdl_command({"convert", net, "-o", out}).errors.empty());
    CHECK(mdl_command({"convert", beside, "-o", out}).errors.empty());
    CHECK(mdl_command({"convert", net, "-o", out, "--weights", folder / "no"}).says(Exit::io, {"cannot open", "no"}));
    CHECK(mdl_command({"convert", net, "-o", out, "--shape", "z=1,1"}).says(Exit::usage, {"--shape names 'z'", "'x'"}));
    write_text(beside, "damaged");
    CHECK(mdl_command({"convert", net, "-o", out}).says(Exit::bad_input, {beside.c_str(), "no caffemodel"}));
    write_text(net, "layer { frob");
    CHECK(mdl_command({"convert", net, "-o", out, "--weights", other}).says(Exit::bad_input, {net.c_str(), "line 1"}));
    write_model(folder / "model.onnx");
    CHECK(mdl_command({"convert", folder / "model.onnx", "-o", out, "--weights", other}).says(Exit::usage, {"--weights", "model.onnx"}));
    CHECK(mdl_command({"run", out, "--weights", other}).says(Exit::usage, {"--weights", "converted already"}));
}

TEST_CASE("mean and scale have one number, or one for each channel of the photo") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", out = folder / "out";
    write_model(model);
    write_text(folder / "x", std::string(3 * 4 * 4 * 4, '\0'));
    for (const char* option : {"--mean", "--scale"}) {
        CHECK(mdl_command({"convert", model, "-o", out, option, "1,2"}).says(Exit::usage, {option, "2 numbers", "3 channels"}));
        const Told four = mdl_command({"run", model, "-i", folder / "x", option, "1,2,3,4"});
        CHECK(four.says(Exit::usage, {option, "4 numbers", "3 channels"}));
        CHECK_FALSE(std::filesystem::exists(out));
    }
    CHECK(mdl_command({"convert", model, "-o", out, "--mean", "1,2,3", "--scale", "2"}).exit == 0);
    CHECK(mdl_command({"run", out, "-i", folder / "x", "--mean", "1,2"}).says(Exit::usage, {"--mean", "2 numbers"}));
}

TEST_CASE("labels that are a folder are refused, and too few of them are told in numbers") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", out = folder / "out", labels = folder / "labels.txt";
    write_model(model);
    write_text(labels, "a\nb\nc\n");
    const Told wrong = mdl_command({"convert", model, "-o", out, "--labels", folder.path()});
    CHECK(wrong.says(Exit::io, {"is a folder", folder.path().c_str()}));
    const Told few = mdl_command({"convert", model, "-o", out, "--labels", labels});
    CHECK(few.exit == 0);
    CHECK(few.says({"note: --labels has 3 lines", "4 classes"}));
    write_text(labels, "a\nb\nc\nd\n");
    CHECK(mdl_command({"convert", model, "-o", out, "--labels", labels}).errors.find("--labels") == std::string::npos);
}

TEST_CASE("an input that nothing reads is left out and named") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx";
    write_model(model);
    const Told told = mdl_command({"inspect", model});
    CHECK(told.exit == 0);
    CHECK(told.says({"note: ", "'unread'"}));
    CHECK(told.errors.find("'x=1'") == std::string::npos);
}

TEST_CASE("convert writes through pipes and links, and tells its table all the same") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", pipe = folder / "net.mdlw", link = folder / "net.hpp";
    write_model(model);
    CHECK(::mkfifo(pipe.c_str(), 0666) == 0);
    CHECK(::symlink("real.hpp", link.c_str()) == 0);
    const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
    CHECK(mdl_command({"convert", model, "-o", folder.path()}).exit == 0);
    char head[4]{};
    CHECK(::read(reader, head, sizeof head) == 4);
    CHECK(std::string(head, 4) == mdl::weights::magic);
    ::close(reader);
    CHECK(std::filesystem::is_fifo(pipe));
    CHECK(std::filesystem::is_symlink(link));
    CHECK(std::filesystem::file_size(folder / "real.hpp") > 100);
}

TEST_CASE("run names folders, unknown outputs and a wrong TMPDIR before it compiles") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx";
    write_model(model);
    write_text(folder / "x", "x");
    CHECK(mdl_command({"run", model, "-i", "x=1=" + folder.path()}).says(Exit::usage, {"is a folder", "'x=1'"}));
    CHECK(mdl_command({"run", model, "-i", folder / "x", "-o", "out9=y"}).says(Exit::usage, {"'out9'", "'classes'"}));
    const Variable wrong("TMPDIR", folder / "missing");
    CHECK(mdl_command({"run", model, "-i", folder / "x"}).says(Exit::io, {"TMPDIR", "missing'"}));
    const Variable file("TMPDIR", folder / "x");
    CHECK(mdl_command({"run", model, "-i", folder / "x"}).says(Exit::io, {"TMPDIR", "/x'"}));
}

TEST_CASE("--shape is read from the command line") {
    const TemporaryFolder folder;
    const std::string file = folder / "net.onnx", out = folder / "out";
    ModelBuilder model;
    model.input("image", {-1, 3, -1, -1}).output("y");
    model.node("Relu", {"image"}, {"y"});
    write_text(file, model.proto.SerializeAsString());
    const auto convert = [&](const std::vector<std::string>& shapes) {
        std::vector<std::string> words{"convert", file, "-o", out};
        for (const auto& shape : shapes) words.insert(words.end(), {"--shape", shape});
        return mdl_command(words);
    };
    CHECK(convert({}).says(Exit::bad_input, {"net.onnx: input 'image'", "--shape image=1,3,224,224"}));
    CHECK(convert({"image=1,3,4,4"}).exit == 0);
    for (const char* wrong : {"image", "=1,3", "image=", "image=1,,3", "image=1,3,", "image=1,x", "image=1,0,4,4", "image=1,-3,4,4", "image=1,99999999999,4,4"})
        CHECK(convert({wrong}).says(Exit::usage, {wrong, "NAME=SIZES"}));
    CHECK(convert({"image=1,3,4,4", "image=1,3,5,5"}).says(Exit::usage, {"'image' twice"}));
    CHECK(convert({"image=1,3,4"}).says(Exit::usage, {"3 sizes", "declares 4"}));
}
