// mdl: refused operators by reason.
// SPDX-License-Identifier: MIT
#include "tflite/advice.hpp"

#include <algorithm>

#include "failure.hpp"

namespace mdl::tool::tflite_reader {

auto operator_name(tflite::BuiltinOperator builtin) -> std::string {
    const std::string name = tflite::EnumNameBuiltinOperator(builtin);
    return name.empty() ? text("number ", static_cast<int>(builtin)) : name;
}

auto refusals() -> const std::vector<Refusal>& {
    static const std::vector<Refusal> all{
        {{"IF", "WHILE", "CALL", "CALL_ONCE"}, "control flow; convert the model with the loop unrolled or the branch chosen"},
        {{"VAR_HANDLE", "READ_VARIABLE", "ASSIGN_VARIABLE"},
         "a variable that keeps its value from run to run; make it an input and an output"},
        {{"HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_SIZE", "HASHTABLE_LOOKUP", "LSH_PROJECTION", "SKIP_GRAM"},
         "words and tables; look them up in the app and give the network numbers"},
        {{"LSTM", "RNN", "SVDF", "UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN", "BIDIRECTIONAL_SEQUENCE_LSTM",
          "BIDIRECTIONAL_SEQUENCE_RNN"},
         "a recurrent layer; unroll the steps into products, or replace them by convolutions"},
        {{"NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "WHERE", "UNIQUE"},
         "the numbers decide how much comes out; take its inputs as the model's outputs and do it in the app"},
        {{"TOPK_V2"}, "sorts; take its input as an output and sort in the app, or use ARG_MAX for the best one"},
        {{"MULTINOMIAL", "RANDOM_STANDARD_NORMAL", "RANDOM_UNIFORM"}, "random numbers; draw them in the app and feed them"},
        {{"BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND"},
         "dilation written out; convert the model with TensorFlow 2, which makes it a dilated CONV_2D"},
        {{"FAKE_QUANT"}, "left from training; convert the model for inference"},
        {{"DENSIFY", "SPARSE_TO_DENSE"}, "weights stored sparsely; convert the model without sparsity"},
        {{"CONV_3D", "CONV_3D_TRANSPOSE"}, "three spatial axes; split the kernel, or run the frames as channels"},
        {{"RFFT2D", "REAL", "IMAG", "COMPLEX_ABS"}, "complex numbers; compute spectra outside of the network"},
        {{"CONCAT_EMBEDDINGS", "EMBEDDING_LOOKUP", "EMBEDDING_LOOKUP_SPARSE", "GATHER_ND", "ONE_HOT", "REVERSE_SEQUENCE", "SCATTER_ND",
          "DYNAMIC_UPDATE_SLICE"},
         "picks by what the network computes; write it as GATHER along an axis, STRIDED_SLICE and SELECT_V2"},
        {{"SEGMENT_SUM", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN", "UNSORTED_SEGMENT_PROD", "UNSORTED_SEGMENT_SUM"},
         "sums over computed segments; write them as products with a constant matrix"},
        {{"MATRIX_DIAG", "MATRIX_SET_DIAG"}, "diagonals; multiply by a constant mask"},
        {{"CUMSUM"}, "running sums; multiply by a constant triangular matrix"},
        {{"ATAN2", "BITCAST", "BITWISE_XOR", "BUCKETIZE", "FLOOR_MOD", "RIGHT_SHIFT", "REDUCE_ALL", "REDUCE_ANY", "BROADCAST_ARGS"},
         "arithmetic that mdl does not have; write it with other operators, or do it in the app"},
        {{"DELEGATE", "PLACEHOLDER_FOR_GREATER_OP_CODES"}, "no operator of a model but a mark left by a tool; convert the model again"},
    };
    return all;
}

auto advice(const std::string& kind, bool custom) -> std::string {
    if (kind == "TFLite_Detection_PostProcess")
        return "is a custom operator that decodes boxes and drops those that overlap; take its inputs as the model's outputs and do it in "
               "the app";
    if (custom)
        return "is a custom operator, not TensorFlow Lite's own; take its inputs as the model's outputs and do it in the app, or replace "
               "it in the model";
    for (const auto& refusal : refusals())
        if (std::find(refusal.operators.begin(), refusal.operators.end(), kind) != refusal.operators.end())
            return text("is not supported by mdl: ", refusal.advice);
    return "is not supported by mdl; replace it in the model, or cut the network before it. docs/tflite.md lists what is";
}

}  // namespace mdl::tool::tflite_reader
