// mdl: assignment of lanes.
// SPDX-License-Identifier: MIT
#include "picture/lanes.hpp"

#include <algorithm>
#include <cstddef>

namespace mdl::tool {

auto lanes(const std::vector<std::vector<int>>& inputs) -> std::vector<int> {
    std::vector<int> last(inputs.size()), lane(inputs.size(), -1);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        last[i] = static_cast<int>(i);
        for (const int input : inputs[i]) last[static_cast<std::size_t>(input)] = static_cast<int>(i);
    }
    std::vector<int> free_from;  // of each lane: the node from which on it is free
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const int number = static_cast<int>(i);
        for (const int input : inputs[i])
            if (lane[i] < 0 && last[static_cast<std::size_t>(input)] == number) lane[i] = lane[static_cast<std::size_t>(input)];
        if (lane[i] < 0) {
            const auto free = std::ranges::find_if(free_from, [&](int from) { return from <= number; });
            lane[i] = static_cast<int>(free - free_from.begin());
            if (free == free_from.end()) free_from.push_back(0);
        }
        free_from[static_cast<std::size_t>(lane[i])] = last[i] + 1;
    }
    return lane;
}

}  // namespace mdl::tool
