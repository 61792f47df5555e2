// mdl: Caffe's convolutions and inner products.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

constexpr std::int64_t most_size = 1 << 20;

/// One number for each spatial axis, given once for all, once for each, or as ..._h and ..._w.
template <class List>
auto sizes(const LayerCall& call, const char* what, std::size_t axes, const List& list, bool has_pair, std::int64_t h, std::int64_t w,
           std::int64_t otherwise, std::int64_t least) -> Dims {
    Dims result(list.begin(), list.end());
    if (has_pair) {
        if (axes != 2 || !result.empty())
            call.refuse(text("gives ", what, " twice, or as _h and _w without two spatial axes; mend the net"));
        result = {h, w};
    }
    if (result.empty()) result.push_back(otherwise);
    if (result.size() == 1) result.assign(axes, result[0]);
    if (result.size() != axes)
        call.refuse(text("gives ", result.size(), " values of ", what, " for ", axes, " spatial axes; mend the net"));
    for (const auto value : result)
        if (value < least || value > most_size)
            call.refuse(text("has the ", what, " ", value, value < least ? "; mend the net" : ", more than mdl supports"));
    return result;
}

struct Geometry {
    Dims kernel{}, stride{}, pad{}, dilation{};
    std::int64_t groups = 1, outputs = 0;

    auto pads() const -> Dims {
        Dims both = pad;
        both.insert(both.end(), pad.begin(), pad.end());
        return both;
    }
    auto extent(std::size_t a) const -> std::int64_t { return dilation[a] * (kernel[a] - 1) + 1; }
};

auto read_geometry(const LayerCall& call, bool depthwise) -> Geometry {
    const auto& param = call.layer.convolution_param();
    const int rank = call.bottom().rank();
    if (rank != 3 && rank != 4)
        call.refuse(text("works on a blob of shape ", to_text(call.bottom().dims), "; mdl supports one or two spatial axes"));
    if (call.axis(param.axis(), rank) != 1)
        call.refuse("takes another axis than 1 for its channels, which mdl does not support; permute the blob before");
    const auto axes = static_cast<std::size_t>(rank) - 2;
    Geometry g;
    g.kernel = sizes(call, "kernel_size", axes, param.kernel_size(), param.has_kernel_h() || param.has_kernel_w(), param.kernel_h(),
                     param.kernel_w(), 0, 1);
    g.stride =
        sizes(call, "stride", axes, param.stride(), param.has_stride_h() || param.has_stride_w(), param.stride_h(), param.stride_w(), 1, 1);
    g.pad = sizes(call, "pad", axes, param.pad(), param.has_pad_h() || param.has_pad_w(), param.pad_h(), param.pad_w(), 0, 0);
    g.dilation = sizes(call, "dilation", axes, param.dilation(), false, 0, 0, 1, 1);
    const std::int64_t channels = call.bottom().dim(1);
    g.outputs = param.num_output();
    g.groups = depthwise && param.group() == 1 ? channels : param.group();
    if (g.outputs < 1) call.refuse("has no num_output; mend the net");
    if (g.groups < 1 || channels % g.groups != 0 || g.outputs % g.groups != 0)
        call.refuse(
            text("has ", g.groups, " groups, which do not divide its ", channels, " channels and ", g.outputs, " outputs; mend the net"));
    return g;
}

auto windowed(LayerCall& call, const char* op, const Geometry& g, std::vector<std::string> inputs) -> std::string {
    return call.node(op, inputs)
        .integers("kernel_shape", g.kernel)
        .integers("strides", g.stride)
        .integers("pads", g.pads())
        .integers("dilations", g.dilation)
        .integer("group", g.groups)
        .output();
}

auto with_kernel(Dims dims, const Dims& kernel) -> Dims {
    dims.insert(dims.end(), kernel.begin(), kernel.end());
    return dims;
}

void convolution(LayerCall& call, bool depthwise) {
    call.require(1, 1);
    const Geometry g = read_geometry(call, depthwise);
    const Blob& x = call.bottom();
    Dims out{x.dim(0), g.outputs};
    for (std::size_t a = 0; a < g.kernel.size(); ++a) {
        const std::int64_t room = x.dims[a + 2] + 2 * g.pad[a] - g.extent(a);
        if (room < 0)
            call.refuse(text("has a kernel of ", g.extent(a), " on ", x.dims[a + 2], " positions padded by ", g.pad[a],
                             "; mend the net, or give a larger --shape"));
        out.push_back(room / g.stride[a] + 1);
    }
    const bool bias = call.layer.convolution_param().bias_term();
    call.require_blobs(bias ? 2 : 1);
    const Dims shape = with_kernel({g.outputs, x.dim(1) / g.groups}, g.kernel);
    std::vector<std::string> inputs{x.tensor, call.constant(shape, call.weights(0, shape, {}))};
    if (bias) inputs.push_back(call.constant({g.outputs}, call.weights(1, {g.outputs}, {Filler::constant})));
    call.result(windowed(call, "Conv", g, std::move(inputs)), out);
}

/// The kernel that interpolates between pixels, for every channel alike.  Source: Caffe's filler "bilinear".
auto bilinear(const Dims& shape) -> Numbers {
    const std::int64_t rows = shape[2], columns = shape[3];
    const double f = std::ceil(static_cast<double>(columns) / 2), centre = static_cast<double>(columns - 1) / (2 * f);
    Numbers values;
    for (std::int64_t plane = 0; plane < shape[0] * shape[1]; ++plane)
        for (std::int64_t y = 0; y < rows; ++y)
            for (std::int64_t x = 0; x < columns; ++x)
                values.Add(static_cast<float>((1 - std::abs(static_cast<double>(x) / f - centre)) *
                                              (1 - std::abs(static_cast<double>(y) / f - centre))));
    return values;
}

void deconvolution(LayerCall& call) {
    call.require(1, 1);
    const Geometry g = read_geometry(call, false);
    const Blob& x = call.bottom();
    Dims out{x.dim(0), g.outputs};
    for (std::size_t a = 0; a < g.kernel.size(); ++a) out.push_back(g.stride[a] * (x.dims[a + 2] - 1) + g.extent(a) - 2 * g.pad[a]);
    const auto& param = call.layer.convolution_param();
    const Dims shape = with_kernel({x.dim(1), g.outputs / g.groups}, g.kernel);
    const bool interpolates = param.weight_filler().type() == "bilinear" && !call.has_stored_weights() && !param.bias_term();
    if (!interpolates) call.require_blobs(param.bias_term() ? 2 : 1);
    if (interpolates && (shape.size() != 4 || shape[2] != shape[3] || checked_count(shape) < 0 || checked_count(shape) > most_size))
        call.refuse("is filled bilinearly, for which Caffe wants a square kernel, and mdl at most a million weights; mend the net");
    std::vector<std::string> inputs{x.tensor, call.constant(shape, interpolates ? bilinear(shape) : call.weights(0, shape, {}))};
    if (param.bias_term()) inputs.push_back(call.constant({g.outputs}, call.weights(1, {g.outputs}, {Filler::constant})));
    call.result(windowed(call, "ConvTranspose", g, std::move(inputs)), out);
}

void inner_product(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.inner_product_param();
    const Blob& x = call.bottom();
    const int axis = call.axis(param.axis(), x.rank());
    const std::int64_t rows = x.count(0, axis), in = x.count(axis, x.rank()), out = param.num_output();
    if (out < 1) call.refuse("has no num_output; mend the net");
    call.require_blobs(param.bias_term() ? 2 : 1);
    const Dims shape = param.transpose() ? Dims{in, out} : Dims{out, in};
    const std::string matrix = x.rank() == 2 && axis == 1 ? x.tensor
                               : axis == 1                ? call.node("Flatten", {x.tensor}).integer("axis", 1).output()
                                                          : call.reshaped(x.tensor, {rows, in});
    std::vector<std::string> inputs{matrix, call.constant(shape, call.weights(0, shape, {}))};
    if (param.bias_term()) inputs.push_back(call.constant({out}, call.weights(1, {out}, {Filler::constant})));
    const std::string product = call.node("Gemm", inputs).integer("transB", param.transpose() ? 0 : 1).output();
    Dims dims(x.dims.begin(), x.dims.begin() + axis);
    dims.push_back(out);
    call.result(axis == 1 ? product : call.reshaped(product, dims), dims);
}

}  // namespace

void add_convolutions(LayerTable& table) {
    table["Convolution"] = [](LayerCall& call) { convolution(call, false); };
    table["ConvolutionDepthwise"] = [](LayerCall& call) { convolution(call, true); };
    table["DepthwiseConvolution"] = [](LayerCall& call) { convolution(call, true); };
    table["Deconvolution"] = deconvolution;
    table["InnerProduct"] = inner_product;
}

}  // namespace mdl::tool::caffe_layers
