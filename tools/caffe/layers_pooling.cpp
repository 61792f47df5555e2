// mdl: Caffe's pooling, which rounds sizes up.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

/// One axis of the window.
struct Axis {
    std::int64_t in = 0, kernel = 0, stride = 1, pad = 0;

    auto floor() const -> std::int64_t { return (in + 2 * pad - kernel) / stride + 1; }
    /// Caffe's size: rounded up, but the last window begins inside of the image. At most one more than floor().
    auto out(bool ceil) const -> std::int64_t {
        const std::int64_t room = in + 2 * pad - kernel;
        const std::int64_t rounded = (ceil ? room + stride - 1 : room) / stride + 1;
        return pad > 0 && (rounded - 1) * stride >= in + pad ? rounded - 1 : rounded;
    }
};

auto read_axis(const LayerCall& call, std::int64_t in, std::int64_t kernel, std::int64_t stride, std::int64_t pad, bool ceil) -> Axis {
    constexpr std::int64_t most = 1 << 20;
    if (kernel < 1 || stride < 1 || kernel > most || stride > most)
        call.refuse(text("has the kernel ", kernel, " and the stride ", stride, "; mend the net"));
    if (pad >= kernel)
        call.refuse(text("pads by ", pad, " for a kernel of ", kernel, "; Caffe wants less padding than kernel: mend the net"));
    Axis axis{in, kernel, stride, pad};
    const std::int64_t beyond = kernel - in - 2 * pad;
    if (beyond > 0 && (!ceil || beyond >= stride))
        call.refuse(text("has a kernel of ", kernel, " on ", in, " positions padded by ", pad, "; mend the net, or give a larger --shape"));
    // Rounded up there is one window all the same, cut to the padded image.
    axis.kernel = std::min(kernel, in + 2 * pad);
    if ((axis.out(ceil) - 1) * stride >= in + pad)
        call.refuse("has a last window outside of the image; make the stride no larger than the kernel");
    return axis;
}

void pooling(LayerCall& call) {
    const auto& param = call.layer.pooling_param();
    if (call.top_count() > 1)
        call.refuse("gives the positions of its maxima as a second top, which mdl does not compute; remove that top and what reads it");
    call.require(1, 1);
    call.require_rank(0, 4);
    const Blob& x = call.bottom();
    if (param.pool() == caffe::PoolingParameter::STOCHASTIC) call.refuse("pools at random, which mdl does not support; use MAX or AVE");
    const bool max = param.pool() == caffe::PoolingParameter::MAX;
    if (param.global_pooling()) {
        if (param.pad() > 0 || param.pad_h() > 0 || param.pad_w() > 0 || param.stride() > 1)
            call.refuse("pools the whole image with padding or a stride; mend the net");
        return call.result(call.node(max ? "GlobalMaxPool" : "GlobalAveragePool", {x.tensor}).output(), {x.dim(0), x.dim(1), 1, 1});
    }
    const bool ceil = param.has_ceil_mode() ? param.ceil_mode() : param.round_mode() == caffe::PoolingParameter::CEIL;
    const auto pick = [](bool has_pair, std::int64_t one, std::int64_t all) { return has_pair ? one : all; };
    const bool kernels = param.has_kernel_h() || param.has_kernel_w(), strides = param.has_stride_h() || param.has_stride_w(),
               pads = param.has_pad_h() || param.has_pad_w();
    if ((kernels && param.has_kernel_size()) || (strides && param.has_stride()) || (pads && param.has_pad()))
        call.refuse("gives kernel, stride or pad twice, for both axes and by _h and _w; mend the net");
    const Axis rows = read_axis(call, x.dim(2), pick(kernels, param.kernel_h(), param.kernel_size()),
                                pick(strides, param.stride_h(), param.stride()), pick(pads, param.pad_h(), param.pad()), ceil);
    const Axis columns = read_axis(call, x.dim(3), pick(kernels, param.kernel_w(), param.kernel_size()),
                                   pick(strides, param.stride_w(), param.stride()), pick(pads, param.pad_w(), param.pad()), ceil);
    const std::int64_t height = rows.out(ceil), width = columns.out(ceil);
    // ONNX leaves out a window that begins in the end padding too, so rounding both axes up for the sake of one is right for both.
    const bool up = height > rows.floor() || width > columns.floor();
    auto node = call.node(max ? "MaxPool" : "AveragePool", {x.tensor});
    node.integers("kernel_shape", {rows.kernel, columns.kernel})
        .integers("strides", {rows.stride, columns.stride})
        .integers("pads", {rows.pad, columns.pad, rows.pad, columns.pad})
        .integer("ceil_mode", up ? 1 : 0);
    // A mean divides by the window cut to the padded image: padding counts, what rounding adds does not.
    if (!max) node.integer("count_include_pad", 1);
    call.result(node.output(), {x.dim(0), x.dim(1), height, width});
}

}  // namespace

void add_pooling(LayerTable& table) { table["Pooling"] = pooling; }

}  // namespace mdl::tool::caffe_layers
