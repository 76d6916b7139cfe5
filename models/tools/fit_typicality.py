"""From a pack and pictures of many kinds to a variant's decision.typicality.

  python -m models.tools.fit_typicality models/tools/configs/skin-typicality.json models/skin int8 --data DATA --cache OUT/features

The config names the interior tensors, the data sets (folders of DATA with labels.csv and images/) and how much each
weighs. What is fitted sees one view of a picture; the table and the limit see the validation pictures in all of the
pack's views, as the core will. Each variant needs its own: int8's maps differ enough from float32's that its statistics
would refuse 16 % of float32's validation pictures. Test sides are read by nothing here; `insitu evaluate` and `insitu classify` measure.
"""
import argparse
import csv
import hashlib
import json
import pathlib
import random

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from models.tools import dataset, full_disk, outliers, prepare, runner, typicality, varied, written


class Network:
    """A .tflite whose interior can be looked at."""

    def __init__(self, path, content, tensors):
        self.content, self.size = content["input"], runner.input_size(path)
        self.interpreter = Interpreter(model_path=str(path), num_threads=1, experimental_preserve_all_tensors=True)
        self.interpreter.allocate_tensors()
        details = {}
        for detail in self.interpreter.get_tensor_details():
            details.setdefault(detail["name"], detail)  # delegates repeat names behind the model's own
        missing = [name for name in tensors if name not in details]
        if missing:
            raise SystemExit(f"{path} has no tensor {missing[0]!r}")
        self.tensors = [details[name] for name in tensors]

    def pooled(self, image, views):
        """Means over places and views, [d]."""
        width, height = self.size
        pixels = prepare.prepare(image, width, height, self.content["crop_fraction"])[None]
        return np.mean([self.of_view(runner.turned(pixels, view)) for view in range(views)], 0, dtype=np.float32)

    def of_view(self, pixels):
        runner.run(self.interpreter, prepare.normalise(pixels, self.content["mean"], self.content["std"]))
        return np.concatenate([self.means(tensor) for tensor in self.tensors])

    def means(self, tensor):
        values = self.interpreter.get_tensor(tensor["index"])[0].astype(np.float32)
        scale, zero = tensor["quantization"]
        return (values.mean((0, 1)) - zero) * scale if scale else values.mean((0, 1))


def read_rows(data, part):
    with open(data / part["folder"] / "labels.csv", newline="") as file:
        rows = [r for r in csv.DictReader(file) if "column" not in part or r[part["column"]] in part["sides"]]
    if "digests" in part:  # the share of a side that "val_share" of the source's split takes, or the rest
        low, high = part["digests"]
        rows = [r for r in rows if low <= dataset.digest_share(r.get("group") or r["image"]) < high]
    if not rows:
        raise SystemExit(f"{part['folder']}: no picture has {part.get('column')} in {part.get('sides')}")
    random.Random(part.get("seed", 0)).shuffle(rows)
    return rows[:part.get("count")]


def photographs(data, part):
    return [prepare.open_picture(data / part["folder"] / "images" / row["image"]) for row in read_rows(data, part)]


def pictures(data, part):
    """The pictures of a part of the config: a data set's, varied ones of it, or made ones."""
    if part.get("made") == "drawings":
        yield from outliers.drawings(part["seed"], part["count"])
    elif part.get("made") == "noise":
        yield from outliers.noises(part["seed"], part["count"])
    elif part.get("made") == "frames":
        yield from outliers.frames(part["seed"], part["count"], photographs(data, part["of"]))
    else:
        for row in read_rows(data, part):
            image = prepare.open_picture(data / part["folder"] / "images" / row["image"])
            for copy in range(part.get("copies", 1)):
                r = random.Random(f"{part.get('seed', 0)} {row['image']} {copy}")
                vary = {"crop": varied.other_crop, "device": varied.other_device, "stain": varied.other_stain}.get(part.get("vary"))
                yield vary(r, image, part["zoom"]) if vary else image


def features(network, data, part, views, cache, model):
    """[n,d], kept in the cache under a digest of all that they depend on."""
    told = {k: v for k, v in part.items() if k not in ("weight", "refused_share")}
    key = json.dumps([told, views, model, [t["name"] for t in network.tensors]], sort_keys=True)
    path = cache / (hashlib.sha256(key.encode()).hexdigest()[:24] + ".npy")
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        found = np.stack([network.pooled(image, views) for image in pictures(data, part)])
        with written.whole(path) as partial, open(partial, "wb") as file:
            np.save(file, found)
        print(part.get("folder", part.get("made")), part.get("vary", ""), len(found), flush=True)
    return np.load(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    parser.add_argument("variant")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    args = parser.parse_args()
    config = written.read(args.config)
    path = args.pack / "pack.json"
    content = written.read(path)
    entry = next(v for v in content["variants"] if v["name"] == args.variant)
    network = Network(args.pack / entry["file"], content, config["tensors"])

    def load(part, views):
        return features(network, args.data, part, views, args.cache, entry["sha256"])

    kinds = [(kind["word"], [(load(part, 1), part["weight"]) for part in kind["parts"]]) for kind in config["kinds"]]
    fitted = typicality.fit(config["tensors"], kinds, config["distance_rows"], config["kind_weight"], config.get("learnt_kinds", 1))
    validation = [(load(part, content["input"].get("views", 1)), part["refused_share"]) for part in config["validation"]]
    settled = typicality.settle(fitted, validation, config["foreign_share"])
    for part, (found, _) in zip(config["validation"], validation):
        print(part["folder"], f"validation: {typicality.refused(settled, found).mean():.4f} of {len(found)} refused")
    entry.setdefault("decision", {"prior": "training", "answer_p": 0})["typicality"] = settled.to_json()
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    print(f"limit {settled.limit}, {len(json.dumps(settled.to_json()))} bytes")


if __name__ == "__main__":
    full_disk.started(main)
