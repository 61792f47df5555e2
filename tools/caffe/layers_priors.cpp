// mdl: the prior boxes of SSD, which depend on shapes alone.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

struct Size {
    float width = 0, height = 0;
};

/// For each of the sizes: the square, the square between it and the next larger, and one for each ratio.
auto box_sizes(const LayerCall& call) -> std::vector<Size> {
    const auto& param = call.layer.prior_box_param();
    if (param.min_size_size() < 1 || (param.max_size_size() > 0 && param.max_size_size() != param.min_size_size()))
        call.refuse("needs a min_size, and a max_size for each or none; mend the net");
    std::vector<float> ratios;
    const auto known = [&](float ratio) {
        return std::any_of(ratios.begin(), ratios.end(), [&](float r) { return std::abs(r - ratio) < 1e-6f; });
    };
    for (const float ratio : param.aspect_ratio()) {
        if (!(ratio > 0) || std::abs(ratio - 1) < 1e-6f || known(ratio)) continue;
        ratios.push_back(ratio);
        if (param.flip()) ratios.push_back(1 / ratio);
    }
    std::vector<Size> sizes;
    for (int k = 0; k < param.min_size_size(); ++k) {
        const float given = param.min_size(k), largest = param.max_size_size() > 0 ? param.max_size(k) : 0;
        if (!(given >= 1 && given < 1e6f && largest < 1e6f) || (param.max_size_size() > 0 && !(largest > given)))
            call.refuse(text("has the min_size ", given, " and the max_size ", largest, "; mend the net"));
        const float size = std::trunc(given);  // Caffe keeps them as integers
        sizes.push_back({size, size});
        if (param.max_size_size() > 0) {
            const float between = std::sqrt(size * std::trunc(largest));
            sizes.push_back({between, between});
        }
        for (const float ratio : ratios) sizes.push_back({size * std::sqrt(ratio), size / std::sqrt(ratio)});
    }
    return sizes;
}

/// Corners of all boxes in the first row, in parts of the image; variances in the second.
void prior_box(LayerCall& call) {
    call.require(2, 2);
    call.require_rank(0, 4);
    call.require_rank(1, 4);
    const auto& param = call.layer.prior_box_param();
    const bool sized = param.has_img_h() || param.has_img_w() || param.has_img_size();
    const auto own = [&](bool has, std::int64_t side) { return sized ? (has ? side : std::int64_t{param.img_size()}) : 0; };
    const std::int64_t given_h = own(param.has_img_h(), param.img_h()), given_w = own(param.has_img_w(), param.img_w());
    const bool from_image = given_h == 0 || given_w == 0;
    const auto height = static_cast<float>(from_image ? call.bottom(1).dim(2) : given_h),
               width = static_cast<float>(from_image ? call.bottom(1).dim(3) : given_w);
    const std::int64_t rows = call.bottom().dim(2), columns = call.bottom().dim(3);
    float step_h = param.has_step() ? param.step() : param.step_h(), step_w = param.has_step() ? param.step() : param.step_w();
    if (step_h == 0 || step_w == 0) step_h = height / static_cast<float>(rows), step_w = width / static_cast<float>(columns);
    const std::vector<Size> sizes = box_sizes(call);
    const std::int64_t boxes = static_cast<std::int64_t>(sizes.size());
    constexpr std::int64_t most = 1 << 22;
    if (boxes > most || rows > most || columns > most || boxes * rows > most || boxes * rows * columns > most)
        call.refuse(text("makes ", boxes, " boxes at each of ", rows, " x ", columns, " places, more than mdl supports; mend the net"));
    if (param.variance_size() > 1 && param.variance_size() != 4) call.refuse("needs one variance or four; mend the net");
    Numbers values;
    values.Reserve(static_cast<int>(2 * 4 * boxes * rows * columns));
    const auto add = [&](float value) { values.Add(param.clip() ? std::min(std::max(value, 0.0f), 1.0f) : value); };
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t column = 0; column < columns; ++column) {
            const float x = (static_cast<float>(column) + param.offset()) * step_w, y = (static_cast<float>(row) + param.offset()) * step_h;
            for (const Size& size : sizes) {
                add((x - size.width / 2) / width);
                add((y - size.height / 2) / height);
                add((x + size.width / 2) / width);
                add((y + size.height / 2) / height);
            }
        }
    const int count = values.size();
    for (int k = 0; k < count; ++k) values.Add(param.variance_size() == 0 ? 0.1f : param.variance(param.variance_size() == 1 ? 0 : k % 4));
    const Dims dims{1, 2, count};
    call.result(call.constant(dims, std::move(values)), dims);
}

}  // namespace

void add_priors(LayerTable& table) { table["PriorBox"] = prior_box; }

}  // namespace mdl::tool::caffe_layers
