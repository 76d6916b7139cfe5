/* Whole models that no build runs, each refused at load in one message that names every
 * operator by index and name, and why: tests/golden/models/odd_cases.py made them. */
#include "check.h"

#include "insitu.h"

typedef struct refusal {
  const char *name, *message;
  insitu_status status;
} refusal;

#define UNSUPPORTED INSITU_STATUS_UNSUPPORTED_MODEL

static const refusal refusals[] = {
    {"int4_weights",
     "operator 0 (CONV_2D): its filter is int4 under inputs of int8; the same type, or int8 under "
     "float32, can be run; operator 2 (FULLY_CONNECTED): its filter is int4 under inputs of "
     "float32; the same type, or int8 under float32, can be run",
     UNSUPPORTED},
    {"int16_activations",
     "operator 0 (QUANTIZE): its output is int16; float32, int8 and uint8 can be run; "
     "operator 1 (CONV_2D): its input is int16; float32, int8 and uint8 can be run; "
     "operator 2 (LOGISTIC): its input is int16; float32, int8 and uint8 can be run; "
     "operator 3 (DEQUANTIZE): its input is int16; float32, int8 and uint8 can be run",
     UNSUPPORTED},
    {"hybrid_uint8",
     "operator 0 (CONV_2D): dynamic range (float32 under an int8 filter): its int8 filter has the "
     "zero point 120 and must have 0; operator 1 (DEPTHWISE_CONV_2D): its filter is uint8 under "
     "inputs of float32; the same type, or int8 under float32, can be run",
     UNSUPPORTED},
    {"custom",
     "operators 1, 2 (TFLite_Detection_PostProcess): the end of a detector, whose boxes are no "
     "classes",
     UNSUPPORTED},
    {"edge_tpu",
     "operator 0 (edgetpu-custom-op): compiled for an Edge TPU, which alone can run it; take the "
     "file it was compiled from",
     UNSUPPORTED},
    {"select_tf",
     "operator 0 (FlexErf): an operator of TensorFlow itself; convert the network with "
     "TFLITE_BUILTINS alone, without SELECT_TF_OPS",
     UNSUPPORTED},
    {"own_operator",
     "operator 0 (MaxUnpooling2D): an operator of the file's own, which is not built in",
     UNSUPPORTED},
    {"four_reasons",
     "operator 0 (UNIDIRECTIONAL_SEQUENCE_LSTM): this operator is not built in; "
     "operator 1 (CONV_2D): its filter is not constant; "
     "operator 2 (CAST): it goes from float32 to int32; from unscaled bytes to float32 can be run; "
     "operator 3 (ADD): its input is int32; float32, int8 and uint8 can be run; "
     "operator 4 (CAST): its input is int32; float32, int8 and uint8 can be run; "
     "operator 5 (MAX_POOL_2D): a window of 4x4 with strides 1x0 does not fit input [1,4,4,2]",
     UNSUPPORTED},
    {"text",
     "operator 0 (CAST): it goes from float32 to other; from unscaled bytes to float32 can be run; "
     "operator 1 (CAST): its input is other; float32, int8 and uint8 can be run",
     UNSUPPORTED},
    {"control_flow", "operator 1 (IF): this operator is not built in", UNSUPPORTED},
    {"rank_5", "operator 0 (CONV_3D): this operator is not built in", UNSUPPORTED},
    {"bytes_without_scale", "operator 0 (RELU): its input is uint8 with 0 scales and must have 1",
     UNSUPPORTED},
    {"sparse", "operator 0 (CONV_2D): its input 1 (t1) is sparse", UNSUPPORTED},
    {"variable",
     "operator 0 (ADD): its input 1 (t1) is a variable, which one run leaves to the next; operator "
     "1 (GREATER): its output is bool; a truth that only operators read can be run",
     UNSUPPORTED},
    {"external", "operator 0 (CONV_2D): its input 1 (t1) is kept in another file", UNSUPPORTED},
    {"custom_quantisation", "operator 0 (CONV_2D): its input 1 (t1) is of a custom quantisation",
     UNSUPPORTED},
    {"zero_points",
     "operator 0 (DEQUANTIZE): its input 0 (t1) is quantised by zero points that differ between "
     "channels; operator 1 (CONV_2D): its filter is not constant",
     UNSUPPORTED},
    {"empty_filter", "operator 0 (FULLY_CONNECTED): its input 1 (t1) is without elements",
     UNSUPPORTED},
    {"wide_exponent",
     "operator 0 (POW): float32 by the exponents [2,4] cannot be run; float32 by one constant, "
     "whole up to 64, can",
     UNSUPPORTED},
    {"empty_product", "operator 0 (CAST): its output [0] is without elements",
     INSITU_STATUS_INVALID_MODEL},
    {"empty_picture", "operator 0 (CAST): its output [0] is without elements",
     INSITU_STATUS_INVALID_MODEL},
    {"vast_shape",
     "operator 0 (RESHAPE): its new shape (tensor 2) is not the output's shape [1,2,2]",
     INSITU_STATUS_INVALID_MODEL},
    {"scratch",
     "operator 0 (ethos-u): compiled for an Arm Ethos-U, which alone can run it; take the file it "
     "was compiled from",
     UNSUPPORTED},
};

static void refuses(const refusal *expected) {
  char path[128];
  snprintf(path, sizeof path, "tests/golden/models/others/odd_%s.tflite", expected->name);
  size_t size_bytes;
  uint8_t *file = check_read_file(path, &size_bytes);
  insitu_model *model = NULL;
  insitu_error error;
  check_begin();
  CHECK_INT(insitu_model_create(file, size_bytes, NULL, &model, &error), expected->status);
  CHECK_STR(error.message, expected->message);
  CHECK(model == NULL);
  check_end(expected->name);
  free(file);
}

int main(void) {
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; ++i) refuses(&refusals[i]);
  return check_summary();
}
