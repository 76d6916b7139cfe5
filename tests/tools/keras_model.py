"""A small Keras network that has learnt drawn pictures, saved three ways; run by the Python that has TensorFlow.

  python keras_model.py PICTURES OUT   -> OUT/shapes.keras, shapes.h5, saved/ (probabilities, pixels 0..1, 64 x 64)
"""
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402

data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
loaded = np.load(data)
keras.utils.set_random_seed(0)
network = keras.Sequential([
    keras.Input((64, 64, 3)), keras.layers.Conv2D(16, 3, strides=2, padding="same", activation="relu"),
    keras.layers.DepthwiseConv2D(3, padding="same", use_bias=False), keras.layers.BatchNormalization(momentum=0.5), keras.layers.ReLU(6),
    keras.layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"), keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dropout(0.1), keras.layers.Dense(3, activation="softmax")])
network.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy")
network.fit(loaded["x"].astype(np.float32) / 255, loaded["y"], epochs=25, batch_size=12, verbose=0)
network.save(out / "shapes.keras")
network.save(out / "shapes.h5")
network.export(out / "saved", verbose=False)
np.save(out / "wanted.npy", network.predict(loaded["x"].astype(np.float32) / 255, verbose=0))
print((network.predict(loaded["x"].astype(np.float32) / 255, verbose=0).argmax(1) == loaded["y"]).mean())
