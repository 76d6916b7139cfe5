"""Writes one network of keras.applications as .tflite files, with seeded random weights:

    python tests/conformance/make_network.py MobileNetV2 OUT_DIR

NETWORK.default.float32.tflite   as TFLiteConverter.from_keras_model writes it: the network's own size (or none), batch open
NETWORK.small.PRECISION.tflite   96 x 96 pixels; float32, float16 weights, dynamic range, full int8
NETWORK.default.npy, NETWORK.small.npy   pictures, as the network's preprocess_input makes them: those that it was fitted
                                         to, hardly dimmed or brightened, with a step of new grain

What a converter or LiteRT's calibration refuses is left out; NETWORK.failed.txt says why.
"""
import os

os.environ.update(TF_CPP_MIN_LOG_LEVEL='3', KERAS_BACKEND='tensorflow')

import pathlib  # noqa: E402
import sys  # noqa: E402
import zlib  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

SMALL_PX, OPEN_PX = 96, 224  # the second where a network leaves its size open
NUM_KINDS, NUM_CALIBRATION, NUM_PICTURES = 8, 32, 16
LEAD = 8.  # of a kind's logit; softmax over 1000 classes then gives it some 0.7


def pictures_of(side_px, count, rng):
    """[count,S,S,3] of 0..255, of NUM_KINDS kinds in turn: soft patches in the kind's colours, moved, dimmed, with grain."""
    kinds = [rng.uniform(0, 255, (2 + kind, 9 - kind, 3)) for kind in range(NUM_KINDS)]
    made = []
    for i in range(count):
        patches = kinds[i % NUM_KINDS] * rng.uniform(.7, 1.1) + rng.normal(0, 15, 3)
        soft = tf.image.resize(patches, (side_px, side_px), 'bicubic').numpy()
        moved = np.roll(soft, rng.integers(0, side_px // 4, 2), (0, 1))
        made.append(np.clip(moved + rng.normal(0, rng.uniform(2, 15), soft.shape), 0, 255))
    return np.round(np.stack(made)).astype(np.float32)


def layers_of(network):
    for layer in network.layers:
        yield from layers_of(layer) if hasattr(layer, 'layers') else [layer]


def settle(network, pictures, rng):
    """Batch statistics of the pictures, so that no activation fades or grows, and a last layer that tells their kinds apart
    by ridge regression: so that some class leads as clearly as in a trained network, whose rounding decides nothing."""
    for layer in layers_of(network):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.
        if hasattr(layer, 'rate') and not isinstance(layer, keras.layers.UpSampling2D):
            layer.rate = 0.
        if hasattr(layer, 'drop_path_rate'):
            layer.drop_path_rate = 0.
        if type(layer).__name__ == 'LayerScale':  # ConvNeXt begins at 1e-6, where its blocks do nothing
            layer.gamma.assign(rng.uniform(.1, .5, layer.gamma.shape))
        if isinstance(layer, keras.layers.BatchNormalization) and layer.scale:
            layer.gamma.assign(rng.uniform(.7, 1.3, layer.gamma.shape))
            layer.beta.assign(rng.normal(0, .2, layer.beta.shape))
    network(pictures, training=True)
    head = [layer for layer in layers_of(network) if hasattr(layer, 'kernel')][-1]  # dense, or a convolution of one pixel
    features = keras.Model(network.input, head.input)(pictures, training=False).numpy()
    features = features.reshape(len(pictures), -1).astype(np.float64)
    centre = features.mean(0)
    wanted = LEAD * np.eye(NUM_KINDS)[np.arange(len(pictures)) % NUM_KINDS]
    between = (features - centre) @ (features - centre).T
    fitted = (features - centre).T @ np.linalg.solve(between + .1 * np.trace(between) / len(pictures) * np.eye(len(pictures)), wanted - wanted.mean(0))
    kernel = rng.normal(0, 1, (features.shape[1], head.kernel.shape[-1]))
    kernel *= .5 / ((features - centre) @ kernel).std()  # all other classes
    kernel[:, :NUM_KINDS] = fitted
    head.kernel.assign(kernel.reshape(head.kernel.shape))
    head.bias.assign(-centre @ kernel + np.where(np.arange(kernel.shape[1]) < NUM_KINDS, LEAD / NUM_KINDS, 0))


def build(name, side_px):
    keras.utils.set_random_seed(12)
    make = getattr(keras.applications, name)
    network = make(weights=None, **({} if side_px is None else {'input_shape': (side_px, side_px, 3)}))
    return network, sys.modules[make.__module__].preprocess_input


def frozen(network):
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2
    shape = [1, *network.input_shape[1:]]
    call = tf.function(lambda x: network(x, training=False)).get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return convert_variables_to_constants_v2(call)


def converter_of(network, precision, calibration):
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen(network)])
    if precision == 'float32':
        return converter
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == 'float16':
        converter.target_spec.supported_types = [tf.float16]
    if precision == 'int8':
        converter.representative_dataset = lambda: ([x[None]] for x in calibration)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter


def write(path, convert, failed):
    part = path.with_suffix('.part')
    try:
        part.write_bytes(convert())
    except Exception as error:  # the converter's own: which, is for the report
        failed.append(f'{path.stem}: {type(error).__name__}: {" ".join(str(error).split())[:300]}')
        return
    part.rename(path)
    print(path.stat().st_size, path.name, flush=True)


def main():
    name, out_dir = sys.argv[1], pathlib.Path(sys.argv[2])
    out_dir.mkdir(parents=True, exist_ok=True)
    failed = []
    for size, side_px in (('default', None), ('small', SMALL_PX)):
        network, preprocess = build(name, side_px)
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        seen = pictures_of(network.input_shape[1] or OPEN_PX, NUM_CALIBRATION, rng)
        again = np.clip(seen[:NUM_PICTURES] * rng.uniform(.995, 1.005) + rng.normal(0, 1, seen[:NUM_PICTURES].shape), 0, 255)
        calibration, pictures = (np.asarray(preprocess(np.float32(np.round(part))), np.float32) for part in (seen, again))
        settle(network, calibration, rng)
        np.save(out_dir / f'{name}.{size}.npy', pictures)
        if size == 'default':
            write(out_dir / f'{name}.default.float32.tflite',
                  lambda: tf.lite.TFLiteConverter.from_keras_model(network).convert(), failed)
            continue
        for precision in ('float32', 'float16', 'dynamic', 'int8'):
            write(out_dir / f'{name}.small.{precision}.tflite',
                  lambda: converter_of(network, precision, calibration).convert(), failed)
    (out_dir / f'{name}.failed.txt').write_text(''.join(f'{line}\n' for line in failed))
    print('\n'.join(failed))


if __name__ == '__main__':
    main()
