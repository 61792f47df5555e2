// mdl: tests of photo preprocessing.
// SPDX-License-Identifier: MIT
#include <mdl/tensor/preprocess.hpp>

#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace {

auto grey(const std::vector<std::uint8_t>& pixels, int height, int width) -> mdl::ImageView {
    return {pixels.data(), height, width, 1, mdl::PixelOrder::any, 0};
}

}  // namespace

TEST_CASE("the shorter side gets the size asked for and the longer one keeps the proportion") {
    mdl::Preprocessing p;
    p.resize = 256;
    static_assert(mdl::preprocessed_size({480, 640}, {}) == mdl::ImageSize{480, 640});
    CHECK(mdl::preprocessed_size({480, 640}, p) == mdl::ImageSize{256, 341});
    CHECK(mdl::preprocessed_size({640, 480}, p) == mdl::ImageSize{341, 256});
    p.crop = 224;
    CHECK(mdl::preprocessed_size({640, 480}, p) == mdl::ImageSize{224, 224});
}

TEST_CASE("resizing interpolates between half-pixel centres and repeats the border") {
    mdl::Preprocessing p;
    p.resize = 2;
    std::vector<float> out(4);
    const std::vector<std::uint8_t> one_row{0, 100};
    CHECK(mdl::preprocess(grey(one_row, 1, 2), p, out).error().code() == mdl::Errc::wrong_size);
    out.resize(8);
    CHECK(mdl::preprocess(grey(one_row, 1, 2), p, out).has_value());
    CHECK(out == std::vector<float>{0, 25, 75, 100, 0, 25, 75, 100});
}

TEST_CASE("the crop is the centre, its odd rest below and right") {
    mdl::Preprocessing p;
    p.crop = 2;
    std::vector<std::uint8_t> pixels(25);
    for (std::size_t i = 0; i < 25; ++i) pixels[i] = static_cast<std::uint8_t>(i);
    std::vector<float> out(4);
    CHECK(mdl::preprocess(grey(pixels, 5, 5), p, out).has_value());
    CHECK(out == std::vector<float>{6, 7, 11, 12});
}

TEST_CASE("channels change places before mean and scale, which are in the network's order") {
    const std::vector<std::uint8_t> red{200, 50, 10};
    mdl::ImageView photo{red.data(), 1, 1, 3, mdl::PixelOrder::rgb, 0};
    mdl::Preprocessing p;
    p.order = mdl::PixelOrder::bgr;
    p.mean_count = 3;
    p.mean[0] = 10, p.mean[1] = 20, p.mean[2] = 30;
    p.scale_count = 1;
    p.scale[0] = 0.5f;
    std::vector<float> out(3);
    CHECK(mdl::preprocess(photo, p, out).has_value());
    CHECK(out == std::vector<float>{0, 15, 85});
    photo.order = mdl::PixelOrder::bgr;
    CHECK(mdl::preprocess(photo, p, out).has_value());
    CHECK(out == std::vector<float>{95, 15, -10});
}

TEST_CASE("grey photos fill three channels, colours become luma, alpha is skipped") {
    const std::vector<std::uint8_t> pixel{200, 100, 50, 7};
    std::vector<float> out(3);
    CHECK(mdl::preprocess(grey(pixel, 1, 1), {}, out).has_value());
    CHECK(out == std::vector<float>{200, 200, 200});
    CHECK(mdl::preprocess({pixel.data(), 1, 1, 4, mdl::PixelOrder::rgba, 0}, {}, out).has_value());
    CHECK(out == std::vector<float>{200, 100, 50});
    out.resize(1);
    CHECK(mdl::preprocess({pixel.data(), 1, 1, 3, mdl::PixelOrder::rgb, 0}, {}, out).has_value());
    CHECK(out[0] == doctest::Approx(0.299 * 200 + 0.587 * 100 + 0.114 * 50));
}

TEST_CASE("mean and scale have one number or one a channel, and nothing between") {
    const std::vector<std::uint8_t> pixel{200, 100, 50};
    const mdl::ImageView photo{pixel.data(), 1, 1, 3, mdl::PixelOrder::rgb, 0};
    for (const int count : {2, 4}) {
        mdl::Preprocessing mean, scale;
        mean.mean_count = scale.scale_count = count;
        std::vector<float> out(3);
        for (const auto& [p, word] : {std::pair{mean, "mean has "}, std::pair{scale, "scale has "}}) {
            const auto done = mdl::preprocess(photo, p, out);
            CHECK_FALSE(done.has_value());
            CHECK(done.error().code() == mdl::Errc::wrong_size);
            CHECK(done.error().message().find(word) == 0);
            CHECK(done.error().message().find("for 3 channels") != std::string_view::npos);
        }
    }
    mdl::Preprocessing p;
    p.mean_count = 1;
    p.mean[0] = 50;
    p.scale_count = 3;
    p.scale[0] = 1, p.scale[1] = 2, p.scale[2] = 3;
    std::vector<float> out(3);
    CHECK(mdl::preprocess(photo, p, out).has_value());
    CHECK(out == std::vector<float>{150, 100, 0});
}

TEST_CASE("a crop larger than the photo and outputs of another size are told, not guessed") {
    const std::vector<std::uint8_t> pixels(12, 1);
    mdl::Preprocessing p;
    p.crop = 4;
    std::vector<float> out(16);
    CHECK(mdl::preprocess(grey(pixels, 3, 4), p, out).error().code() == mdl::Errc::wrong_size);
    p.crop = 2;
    out.resize(5);
    CHECK(mdl::preprocess(grey(pixels, 3, 4), p, out).error().code() == mdl::Errc::wrong_size);
    CHECK(mdl::preprocess({}, p, out).error().code() == mdl::Errc::wrong_size);
}
