"""A .keras, .h5 or SavedModel file as float32 .tflite with batch 1; run by the Python that has TensorFlow.

  python models/foundry/keras_to_tflite.py MODEL OUT.tflite HEIGHT WIDTH

Its last line is JSON: the framework, and the largest difference of the outputs on noise, relative to the largest. The last
line of standard error says what went wrong. HEIGHT and WIDTH are taken where the file leaves them open.
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402


def fixed(path, shape, height, width):
    """[1,H,W,3] of what the file says."""
    if len(shape) != 4 or shape[3] not in (3, None):
        sys.exit(f"{path.name}: takes {list(shape)}; pictures are [batch, height, width, 3]")
    return [1, shape[1] or height, shape[2] or width, 3]


def of_saved_model(path, height, width):
    """(converter, what to compare with)."""
    import tensorflow as tf
    model = tf.saved_model.load(str(path))
    call = model.signatures.get("serving_default")
    if call is None:
        sys.exit(f"{path.name}: has no signature serving_default")
    name, = call.structured_input_signature[1]
    shape = fixed(path, call.structured_input_signature[1][name].shape.as_list(), height, width)
    wrapped = tf.function(lambda x: next(iter(call(**{name: x}).values())), input_signature=[tf.TensorSpec(shape, tf.float32, name="picture")])
    return tf.lite.TFLiteConverter.from_concrete_functions([wrapped.get_concrete_function()], model), wrapped


def of_keras(path, height, width, folder):
    """Through a SavedModel of a fixed size: straight from the functions of Keras 3 the weights are lost."""
    import keras
    import tensorflow as tf
    model = keras.saving.load_model(path, compile=False)
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        sys.exit(f"{path.name}: has {len(model.inputs)} inputs and {len(model.outputs)} outputs; one of each is needed")
    shape = fixed(path, model.inputs[0].shape, height, width)
    model.export(folder, input_signature=[keras.InputSpec(shape=shape, dtype="float32")], verbose=False)
    return tf.lite.TFLiteConverter.from_saved_model(folder), lambda x: model(x, training=False)


def main():
    path, target, height, width = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    import tensorflow as tf
    with tempfile.TemporaryDirectory() as folder:
        try:
            converter, wanted_of = of_saved_model(path, height, width) if path.is_dir() else of_keras(path, height, width, folder)
            made = converter.convert()
        except Exception as error:  # keras and the converter raise what they like
            sys.exit(f"{path.name}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
    target.write_bytes(made)
    interpreter = tf.lite.Interpreter(model_content=made)
    interpreter.allocate_tensors()
    source, = interpreter.get_input_details()
    sample = np.random.default_rng(0).normal(size=source["shape"]).astype(np.float32)
    interpreter.set_tensor(source["index"], sample)
    interpreter.invoke()
    found, wanted = interpreter.get_tensor(interpreter.get_output_details()[0]["index"]), np.asarray(wanted_of(tf.constant(sample)))
    print(json.dumps({"framework": f"Keras, by TensorFlow {tf.__version__}",
                      "difference": float(np.abs(found - wanted).max() / max(1.0, np.abs(wanted).max()))}))


if __name__ == "__main__":
    main()
