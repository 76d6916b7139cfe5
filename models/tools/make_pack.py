"""Checkpoint → pack: export, int8 or float16, calibration on validation, figures on test, self-tests, report, card.

  python -m models.tools.make_pack CONFIG --checkpoint FILE --data NAME=DIR... --out models/skin

CONFIG's "pack" object says everything of pack.json that is not measured, "variants" which of float32, float16 and int8 it
ships, in that order (int8 and float32 where it does not say); its texts are the files of the pack's folder texts/. The test
side is read once, at the end, and nothing is chosen on it; --preliminary leaves it out, for a pack to try the page with. The
figures are the reference interpreter's until models.tools.native puts the command's in their place.
"""
import argparse
import pathlib
import tempfile

import numpy as np

from models.tools import calibrate, dataset, export, full_disk, half, metrics, network, pack, prepare, quantise, report, runner, selftest, written


VARIANTS = ("int8", "float16", "float32")


def wanted(spec):
    """Names of the variants that the config's "pack" asks for, in its order."""
    names = spec.get("variants", ["int8", "float32"])
    strange = [name for name in names if name not in VARIANTS]
    if strange or not names or len(set(names)) < len(names):
        raise SystemExit(f"the config's pack.variants is {names}; it must name some of {', '.join(VARIANTS)}, each once")
    if spec["default_variant"] not in names:
        raise SystemExit(f"the config's pack.default_variant {spec['default_variant']!r} is none of its variants {', '.join(names)}")
    return names


def make_variants(config, spec, args, sources):
    """Writes the .tflite files that are wanted; returns {name: path}. float32 is made anyhow, the others from it."""
    width, height = spec["width"], spec["height"]
    paths = {name: args.out / f"{args.out.name}-{name}.tflite" for name in wanted(spec)}
    model = network.load(config["network"], len(config["classes"]), args.checkpoint, **network.shape_of(config))
    with tempfile.TemporaryDirectory() as scratch:
        whole = paths.get("float32", pathlib.Path(scratch) / "float32.tflite")
        difference = export.export(model.network, width, height, whole)
        if difference > 1e-4:
            raise SystemExit(f"the exported network differs by {difference:.2g} from PyTorch; at most 1e-4 is expected")
        if "float16" in paths:
            half.halve(whole, paths["float16"])
        if "int8" in paths:
            pixels = quantise.draw(sources, spec["calibration_pictures"], width, height, spec["fraction"])
            quantise.quantise(whole, paths["int8"], prepare.normalise(pixels, spec["mean"], spec["std"]))
    return paths


def self_tests(folder, paths, calibration, spec, prior):
    """Draws the pictures and lets the reference interpreter answer them."""
    tests = []
    for name in selftest.draw(folder / "selftest"):
        pixels = prepare.prepare(prepare.open_picture(folder / "selftest" / name),
                                 spec["width"], spec["height"], spec["fraction"])
        expected = {}
        for variant, path in paths.items():
            logits = runner.logits(path, pixels[None], spec["mean"], spec["std"], spec["views"])
            if spec["output"] == "probabilities":  # as the core turns them into scores (models/FORMAT.md)
                logits = np.log(np.maximum(logits, 1e-7))
            p = metrics.probabilities(calibrate.apply(logits, *calibration[variant]), prior)[0]
            expected[variant] = [round(float(v), 6) for v in p]
        tests.append({"file": f"selftest/{name}", "prior": "training", "tolerance": 0.02, "expected": expected})
    return tests


def content_of(name, classes, spec, prior, entries, tests):
    """pack.json of the pack `name`: spec is the config's "pack", entries its variants, tests its self-tests."""
    return {"format": 2, "id": name,
            **{field: spec[field] for field in ("version", "task", "output", "languages", "domain")},
            **({"centred": True} if spec.get("centred") else {}), **{field: spec[field] for field in ("licence", "card")},
            "input": {"width": spec["width"], "height": spec["height"], "crop_fraction": spec["fraction"],
                      "mean": spec["mean"], "std": spec["std"], "views": spec["views"]},
            "classes": [{"id": c, **({"action": spec["actions"][c]} if spec["actions"] else {})} for c in classes], "groups": spec["groups"],
            "calibration": {**entries[0]["calibration"], "score_prior": "uniform",
                            "training_prior": prior.tolist(), "default_prior": "training"},
            "default_variant": spec["default_variant"], "variants": entries, "selftest": tests}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--data", required=True, action="append", metavar="NAME=DIR", help="folder of a source: labels.csv and images/")
    parser.add_argument("--out", required=True, type=pathlib.Path)
    parser.add_argument("--preliminary", action="store_true")
    args = parser.parse_args()
    config = written.read(args.config)
    spec = config["pack"]
    classes, sources = config["classes"], dataset.open_sources(config, args.data)
    dataset.check_groups(sources)
    source = sources[0]  # whose validation side fits, and whose test side is reported
    split, val, side = source.spec["split"]["column"], source.indices("val"), dataset.test_value(source.spec["split"])
    prior = np.round(source.prior(source.indices("train")), 6)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "report" / "command.json").unlink(missing_ok=True)  # of other weights; models.tools.native writes it anew
    paths = make_variants(config, spec, args, sources)

    pixels = source.inputs(val, spec["width"], spec["height"], spec["fraction"])
    calibration, results = {}, {}
    for name, path in paths.items():
        logits = runner.logits(path, pixels, spec["mean"], spec["std"], spec["views"], threads=2)
        ridge, held_out = calibrate.choose_ridge(logits, source.label[val], source.group[val], prior)
        calibration[name] = calibrate.fit(logits, source.label[val], prior, ridge)
        results[name] = {"validation": metrics.figures(held_out, source.label[val], prior)}
        print(name, "validation", metrics.line(results[name]["validation"]), flush=True)
    if not args.preliminary:
        test = source.indices("test")
        pixels = source.inputs(test, spec["width"], spec["height"], spec["fraction"])
        for name, path in paths.items():
            logits = runner.logits(path, pixels, spec["mean"], spec["std"], spec["views"], threads=2)
            scores, label, lesion = calibrate.apply(logits, *calibration[name]), source.label[test], source.group[test]
            results[name].update(test=metrics.figures(scores, label, prior),
                                 bounds=metrics.bootstrap(*metrics.under_priors(scores, prior), label, lesion),
                                 classes=metrics.per_class(scores, label, prior))
            print(name, "test", metrics.line(results[name]["test"]), flush=True)
            report.pictures(args.out / "report", name, classes, scores, label, prior)
        report.tables(args.out / "report", split, classes, results, side)

    entries = [pack.variant(paths[name], name, name, *calibration[name],
                            None if args.preliminary else
                            pack.shown_metrics(split, results[name]["test"], results[name]["bounds"],
                                               classes, spec["recall"], side))
               for name in paths]
    content = content_of(args.out.name, classes, spec, prior, entries, self_tests(args.out, paths, calibration, spec, prior))
    if not args.preliminary:
        report.card(args.out, content, config, results)
    pack.write(content, args.out)  # the card must be there


if __name__ == "__main__":
    full_disk.started(main)
