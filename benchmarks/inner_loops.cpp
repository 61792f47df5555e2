// mdl: the kernels whose inner loops inner_loops.sh looks at, with every register tile.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/parallel.hpp>

namespace mdl::kernels {

template void convolution_pointwise<Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void convolution_strip<Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void dense<Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<3, 1, 7, 1, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<3, 2, 7, 1, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<5, 1, 7, 1, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<5, 2, 7, 1, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<0, 0, 4, 1, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
#if defined(__ARM_NEON)
using OtherCores = Epilogue<ActivationKind::clip, Binary::add, ActivationKind::clip, false, simd::every_tile(), !simd::in_order_by_default>;
template void convolution_pointwise<OtherCores>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void convolution_strip<OtherCores>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
#endif
#if defined(__aarch64__)
template void depthwise<3, 1, 7, 2, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<3, 2, 7, 2, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<5, 1, 14, 2, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<5, 2, 7, 2, Epilogue<>>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<3, 1, 7, 2, OtherCores>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
template void depthwise<3, 2, 7, 2, OtherCores>(const Geometry&, const EpilogueArgs&, const Buffers&, const Serial&) noexcept;
#endif

}  // namespace mdl::kernels
