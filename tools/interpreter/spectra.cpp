// mdl: Fourier transforms of the reference interpreter, by their sums.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <complex>
#include <numbers>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

using Complex = std::complex<double>;

/// Bins [0, bins) of a signal, which counts as zeros behind its end, over `length` samples.
auto transformed(const std::vector<Complex>& signal, std::int64_t length, std::int64_t bins, bool inverse) -> std::vector<Complex> {
    std::vector<Complex> spectrum;
    for (std::int64_t k = 0; k < bins; ++k) {
        Complex sum = 0;
        for (std::int64_t t = 0; t < std::min(length, static_cast<std::int64_t>(signal.size())); ++t)
            sum +=
                signal[static_cast<std::size_t>(t)] *
                std::polar(1.0, (inverse ? 2 : -2) * std::numbers::pi * static_cast<double>(k * t % length) / static_cast<double>(length));
        spectrum.push_back(inverse ? sum / static_cast<double>(length) : sum);
    }
    return spectrum;
}

/// Element i of a tensor whose last axis holds real parts, or real and imaginary parts.
auto element(const Array& x, std::int64_t i) -> Complex { return x.dims.back() == 2 ? Complex(x[2 * i], x[2 * i + 1]) : Complex(x[i], 0); }

auto positive(std::int64_t value) -> std::int64_t {
    if (value < 1) fail(Exit::bad_input, "has a length or step of ", value, "; the model is wrong");
    return value;
}

auto dft(const Node& node) -> Outputs {
    const Array& x = node.input();
    if (x.rank() < 2 || x.dims.back() < 1 || x.dims.back() > 2)
        fail(Exit::bad_input, "transforms neither real nor complex numbers; the model is wrong");
    std::int64_t given = node.opset < 20 ? node.integer("axis", 1) : -2;
    if (node.has(2)) given = node.integers(std::size_t{2}).at(0);
    const int axis = node.axis(given, x.rank());
    const bool inverse = node.integer("inverse", 0) != 0, onesided = node.integer("onesided", 0) != 0;
    const std::int64_t samples = x.size(axis), length = positive(node.has(1) ? node.integers(std::size_t{1}).at(0) : samples),
                       bins = onesided ? length / 2 + 1 : length;
    Dims dims = x.dims;
    dims[static_cast<std::size_t>(axis)] = bins;
    dims.back() = 2;
    Array y(dims);
    const std::int64_t outer = x.count(0, axis), inner = x.count(axis + 1, x.rank() - 1);
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            std::vector<Complex> signal;
            for (std::int64_t t = 0; t < samples; ++t) signal.push_back(element(x, (o * samples + t) * inner + i));
            const auto spectrum = transformed(signal, length, bins, inverse);
            for (std::int64_t k = 0; k < bins; ++k) {
                const std::int64_t to = 2 * ((o * bins + k) * inner + i);
                y[to] = spectrum[static_cast<std::size_t>(k)].real();
                y[to + 1] = spectrum[static_cast<std::size_t>(k)].imag();
            }
        }
    return {std::move(y)};
}

auto stft(const Node& node) -> Outputs {
    const Array& x = node.input();
    if (x.rank() != 3 || x.dims.back() < 1 || x.dims.back() > 2)
        fail(Exit::bad_input, "transforms neither real nor complex signals; the model is wrong");
    const std::int64_t step = positive(node.integers(std::size_t{1}).at(0)), samples = x.size(1);
    const std::int64_t length = positive(node.has(3) ? node.integers(std::size_t{3}).at(0) : node.input(2).count());
    const std::int64_t bins = node.integer("onesided", 1) != 0 ? length / 2 + 1 : length,
                       frames = samples < length ? 0 : (samples - length) / step + 1;
    Array y(Dims{x.size(0), frames, bins, 2});
    for (std::int64_t f = 0; f < x.size(0) * frames; ++f) {
        std::vector<Complex> signal;
        for (std::int64_t t = 0; t < length; ++t)
            signal.push_back(element(x, f / frames * samples + f % frames * step + t) *
                             (node.has(2) ? node.input(2).values.at(static_cast<std::size_t>(t)) : 1.0));
        const auto spectrum = transformed(signal, length, bins, false);
        for (std::int64_t k = 0; k < bins; ++k) {
            y[2 * (f * bins + k)] = spectrum[static_cast<std::size_t>(k)].real();
            y[2 * (f * bins + k) + 1] = spectrum[static_cast<std::size_t>(k)].imag();
        }
    }
    return {std::move(y)};
}

}  // namespace

void add_spectra(OperatorTable& table) {
    table["DFT"] = dft;
    table["STFT"] = stft;
}

}  // namespace mdl::tool::interpreter
