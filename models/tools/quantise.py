"""Float32 .tflite → full int8 (weights per channel, activations per tensor), calibrated on training pictures.

  python -m models.tools.quantise FLOAT.tflite OUT.tflite --config CONFIG --data NAME=DIR... --fraction F

Refuses validation and test pictures: the ranges come from the training side alone.
"""
import argparse
import pathlib

import numpy as np

from models.tools import compact, dataset, full_disk, prepare, runner, written


def draw(sources, count, width, height, fraction, seed=0):
    """Network inputs [n,height,width,3] of about `count` training pictures: of each source its share, and of each of
    its classes alike, so that rare classes' ranges are seen too."""
    rng = np.random.default_rng(seed)
    total = sum(source.spec.get("share", 1) for source in sources)
    found = []
    for source in sources:
        pools = [rng.permutation(pool) for pool in source.pools(source.indices("train"))]
        each = max(1, round(count * source.spec.get("share", 1) / total / len(pools)))
        found.append(source.inputs(np.concatenate([pool[:each] for pool in pools]), width, height, fraction))
    return np.concatenate(found)


def quantise(source, target, samples):
    """samples: float32 [n,H,W,3], normalised."""
    from ai_edge_quantizer import quantizer, recipe
    tool = quantizer.Quantizer(str(source), recipe.static_wi8_ai8())
    signature, name = runner.signature(source)
    ranges = tool.calibrate({signature: [{name: sample[None]} for sample in samples]}, num_threads=2)
    compact.of_bytes(tool.quantize(ranges, enable_progress_report=False).quantized_model, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source")
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--config", required=True)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR")
    parser.add_argument("--fraction", type=float, default=1.0)
    parser.add_argument("--count", type=int, default=350)
    args = parser.parse_args()
    config = written.read(args.config)
    pixels = draw(dataset.open_sources(config, args.data), args.count, *runner.input_size(args.source), args.fraction)
    spec = config["pack"]
    quantise(args.source, args.target, prepare.normalise(pixels, spec["mean"], spec["std"]))
    print(f"{args.target}: {pathlib.Path(args.target).stat().st_size} bytes, {len(pixels)} calibration pictures")


if __name__ == "__main__":
    full_disk.started(main)
