// mdl: spelling of options, numbers and the kinds of operators.
// SPDX-License-Identifier: MIT
#include "codegen/spelling.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "failure.hpp"

namespace mdl::tool {

auto template_text(const std::string& name, const Options& options) -> std::string {
    std::string result = "mdl::" + name + "<";
    for (std::size_t i = 0; i < options.size(); ++i) result += (i == 0 ? "" : ", ") + options[i];
    return result + ">";
}

auto real_option(const std::string& name, float value) -> std::string { return template_text(name, {real_text(value)}); }

auto sizes(const Shape& shape) -> Options {
    Options result;
    for (int axis = 0; axis < shape.rank; ++axis) result.push_back(std::to_string(shape[axis]));
    return result;
}

auto real_text(float value) -> std::string {
    if (!std::isfinite(value)) fail(Exit::bad_input, "an attribute is not a finite number; correct the model");
    char buffer[40];
    for (int digits = 1; digits <= 9; ++digits) {
        std::snprintf(buffer, sizeof buffer, "%.*g", digits, static_cast<double>(value));
        if (std::strtof(buffer, nullptr) == value) break;
    }
    return buffer;
}

auto pooling_name(Pooling pooling) -> std::string { return pooling == Pooling::max ? "mdl::Max" : "mdl::Average"; }

auto interpolation_name(Interpolation how) -> std::string {
    return how == Interpolation::nearest ? "mdl::Nearest" : how == Interpolation::linear ? "mdl::Linear" : "mdl::Cubic";
}

auto activation_text(const Activation& f) -> std::string {
    switch (f.kind) {
        case ActivationKind::relu:
            return "mdl::Relu";
        case ActivationKind::clip:
            return f.a == 0 && f.b == 6 ? "mdl::Relu6" : template_text("Clip", {real_text(f.a), real_text(f.b)});
        case ActivationKind::leaky_relu:
            return f.a == 0.01f ? "mdl::LeakyRelu<>" : real_option("LeakyRelu", f.a);
        case ActivationKind::elu:
            return f.a == 1 ? "mdl::Elu<>" : real_option("Elu", f.a);
        case ActivationKind::sigmoid:
            return "mdl::Sigmoid";
        case ActivationKind::tanh:
            return "mdl::Tanh";
        case ActivationKind::hard_sigmoid:
            return template_text("HardSigmoid", {real_text(f.a), real_text(f.b)});
        case ActivationKind::hard_swish:
            return "mdl::HardSwish";
        case ActivationKind::silu:
            return "mdl::Silu";
        case ActivationKind::exp:
            return "mdl::Exp";
        case ActivationKind::abs:
            return "mdl::Abs";
        case ActivationKind::negate:
            return "mdl::Negate";
        case ActivationKind::sqrt:
            return "mdl::Sqrt";
        case ActivationKind::reciprocal:
            return "mdl::Reciprocal";
        case ActivationKind::log:
            return "mdl::Log";
        case ActivationKind::floor:
            return "mdl::Floor";
        case ActivationKind::ceil:
            return "mdl::Ceiling";
        case ActivationKind::round:
            return "mdl::Round";
        case ActivationKind::sign:
            return "mdl::Sign";
        case ActivationKind::erf:
            return "mdl::Erf";
        case ActivationKind::softplus:
            return "mdl::Softplus";
        case ActivationKind::softsign:
            return "mdl::Softsign";
        case ActivationKind::gelu:
            return "mdl::Gelu";
        case ActivationKind::gelu_tanh:
            return "mdl::GeluTanh";
        case ActivationKind::mish:
            return "mdl::Mish";
        case ActivationKind::selu:
            return f.a == 1.67326319217681884765625f && f.b == 1.05070102214813232421875f
                       ? "mdl::Selu<>"
                       : template_text("Selu", {real_text(f.a), real_text(f.b)});
        case ActivationKind::celu:
            return f.a == 1 ? "mdl::Celu<>" : real_option("Celu", f.a);
        case ActivationKind::thresholded_relu:
            return f.a == 1 ? "mdl::ThresholdedRelu<>" : real_option("ThresholdedRelu", f.a);
        case ActivationKind::shrink:
            return template_text("Shrink", {real_text(f.a), real_text(f.b)});
        case ActivationKind::power:
            return real_option("Power", f.a);
        case ActivationKind::sin:
            return "mdl::Sin";
        case ActivationKind::cos:
            return "mdl::Cos";
        case ActivationKind::tan:
            return "mdl::Tan";
        case ActivationKind::asin:
            return "mdl::Asin";
        case ActivationKind::acos:
            return "mdl::Acos";
        case ActivationKind::atan:
            return "mdl::Atan";
        case ActivationKind::sinh:
            return "mdl::Sinh";
        case ActivationKind::cosh:
            return "mdl::Cosh";
        case ActivationKind::asinh:
            return "mdl::Asinh";
        case ActivationKind::acosh:
            return "mdl::Acosh";
        case ActivationKind::atanh:
            return "mdl::Atanh";
        case ActivationKind::is_nan:
            return "mdl::IsNan";
        case ActivationKind::is_inf:
            return template_text("IsInf", {f.a != 0 ? "true" : "false", f.b != 0 ? "true" : "false"});
        case ActivationKind::none:
        case ActivationKind::count:
            break;
    }
    return "mdl::Identity";
}

auto binary_name(Binary binary) -> std::string {
    switch (binary) {
        case Binary::add:
            return "mdl::Add";
        case Binary::subtract:
            return "mdl::Subtract";
        case Binary::multiply:
            return "mdl::Mul";
        case Binary::divide:
            return "mdl::Div";
        case Binary::maximum:
            return "mdl::Maximum";
        case Binary::minimum:
            return "mdl::Minimum";
        case Binary::power:
            return "mdl::Pow";
        case Binary::modulo:
            return "mdl::Modulo";
        case Binary::less:
            return "mdl::Less";
        case Binary::less_or_equal:
            return "mdl::LessOrEqual";
        case Binary::greater:
            return "mdl::Greater";
        case Binary::greater_or_equal:
            return "mdl::GreaterOrEqual";
        case Binary::equal:
            return "mdl::Equal";
    }
    return {};
}

auto reduction_name(Reduction reduction) -> std::string {
    switch (reduction) {
        case Reduction::mean:
            return "ReduceMean";
        case Reduction::sum:
            return "ReduceSum";
        case Reduction::max:
            return "ReduceMax";
        case Reduction::min:
            return "ReduceMin";
        case Reduction::product:
            return "ReduceProd";
        case Reduction::l1:
            return "ReduceL1";
        case Reduction::l2:
            return "ReduceL2";
        case Reduction::sum_of_squares:
            return "ReduceSumSquare";
        case Reduction::log_sum:
            return "ReduceLogSum";
        case Reduction::log_sum_exp:
            return "ReduceLogSumExp";
        case Reduction::arg_max:
            return "ArgMax";
        case Reduction::arg_max_last:
            return "ArgMaxLast";
        case Reduction::arg_min:
            return "ArgMin";
        case Reduction::arg_min_last:
            return "ArgMinLast";
    }
    return {};
}

auto scatter_name(Scattering how) -> std::string {
    switch (how) {
        case Scattering::replace:
            return "ScatterElements";
        case Scattering::add:
            return "ScatterAdd";
        case Scattering::multiply:
            return "ScatterMul";
        case Scattering::maximum:
            return "ScatterMax";
        case Scattering::minimum:
            return "ScatterMin";
    }
    return {};
}

}  // namespace mdl::tool
