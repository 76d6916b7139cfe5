"""Float32 .tflite → full int8 (weights per channel, activations per tensor), calibrated on training pictures.

  python -m models.tools.quantise FLOAT.tflite OUT.tflite --config CONFIG --data DIR --cache FILE --fraction F

Refuses validation and test pictures: the ranges come from the training side alone.
"""
import argparse
import json
import pathlib

import numpy as np

from models.tools import dataset, prepare, runner


def draw(table, indices, count, seed=0):
    """`count` pictures, as many of each class as there are, so rare classes' ranges are seen too."""
    rng = np.random.default_rng(seed)
    pools = [rng.permutation(indices[table.label[indices] == c]) for c in range(len(dataset.CLASSES))]
    return np.concatenate([pool[:count // len(pools)] for pool in pools])


def quantise(source, target, samples):
    """samples: float32 [n,H,W,3], normalised."""
    from ai_edge_quantizer import quantizer, recipe
    tool = quantizer.Quantizer(str(source), recipe.static_wi8_ai8())
    signature, name = runner.signature(source)
    ranges = tool.calibrate({signature: [{name: sample[None]} for sample in samples]}, num_threads=2)
    tool.quantize(ranges, enable_progress_report=False).export_model(str(target), overwrite=True)
    target.chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source")
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--config", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--cache", required=True)
    parser.add_argument("--fraction", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=350)
    args = parser.parse_args()
    config = json.loads(pathlib.Path(args.config).read_text())
    table = dataset.Table(args.data)
    chosen = draw(table, table.indices(config["split"], "train"), args.count)
    pictures = dataset.load_pictures(table, args.cache)
    width, height = runner.input_size(args.source)
    pixels = dataset.inputs(table, pictures, chosen, width, height, args.fraction)
    spec = config["pack"]
    quantise(args.source, args.target, prepare.normalise(pixels, spec["mean"], spec["std"]))
    print(f"{args.target}: {pathlib.Path(args.target).stat().st_size} bytes, {len(chosen)} calibration pictures")


if __name__ == "__main__":
    main()
