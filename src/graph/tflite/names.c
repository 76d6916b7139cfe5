/* The names of TFLite's builtin operators, by code. Only for messages: which of
 * them can run is the backend's table. */
#include "graph/tflite/read.h"

static const char *const names[] = {
#define TFLITE_OPERATOR(code, NAME) [code] = #NAME,
#include "graph/tflite/operators.inc"
#undef TFLITE_OPERATOR
};

const char *tflite_operator_name(uint32_t code) {
  bool is_known = code < sizeof names / sizeof names[0] && names[code] != NULL;
  return is_known ? names[code] : "UNKNOWN";
}
