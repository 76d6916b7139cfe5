"""Whether cross-layer equalisation, bias correction and aware training help a network's int8, told on validation; kept only where they do.

  python -m models.tools.improve_int8 CONFIG PACK --data NAME=DIR... --work OUT [--steps STEP...] [--checkpoint best.pt] [--test]

Each of the steps asked for is tried beside plain int8, and equalisation with each of the others. One helps where the probabilities
come nearer to float32's (mean difference), which are always those of the network as it was given, and the config's `keep` is no
lower. Of those that help the nearest is kept; else plain int8 is. Biases are not corrected after aware training: it has put what
rounding shifts into the weights, so that its own float32, which nobody runs, is no aim any more.
Refuses the test side, but for --test, which measures what was chosen there, once, and changes nothing.
"""
import argparse
import itertools
import json
import shutil

import numpy as np

from models.tools import aware, command, correct_bias, dataset, equalise, full_disk, layers, prepare, quantise, variants, written
from models.tools import findings_metrics, metrics, network, runner

STEPS = ("equalise", "correct_bias", "aware")
NAMES = {"equalise": "equalised", "correct_bias": "biases corrected", "aware": "trained aware of it"}
MOST = 1000  # validation pictures: a mean of differences needs no more


def attempts(steps):
    """[[step]]: plain int8 first, each alone, then together; always in the order that they are taken in."""
    asked = [step for step in STEPS if step in steps]
    return [list(some) for size in range(len(asked) + 1) for some in itertools.combinations(asked, size) if not {"correct_bias", "aware"} <= set(some)]


def make(whole, steps, samples, scratch, config, advance=lambda: None):
    """An int8 file of `whole` with those steps, in `scratch`, where files that others share are kept."""
    source, target = whole, scratch / f"int8{'-equalised' * ('equalise' in steps)}{'-aware' * ('aware' in steps)}.tflite"
    if "equalise" in steps:
        source = scratch / "equalised.tflite"
        if not source.is_file():
            equalise.equalise(whole, source, samples)
    if "aware" in steps:
        trained = target.with_stem(target.stem + "-float32")
        aware.write(source, trained, samples, config, advance)
        source = trained
    if not target.is_file():
        quantise.quantise(source, target, samples)
    if "correct_bias" not in steps:
        return target
    some = samples[np.random.default_rng(0).permutation(len(samples))[:correct_bias.PICTURES]]
    corrected = target.with_stem(target.stem + "-corrected")
    correct_bias.correct(source, target, corrected, some, advance)
    return corrected


class Side:
    """Pictures of a side of all sources, as network inputs, with what is right."""

    def __init__(self, sources, side, pack, most=MOST):
        rng = np.random.default_rng(0)
        rows = [rng.permutation(source.indices(side))[:most // len(sources)] for source in sources]
        self.pack, self.findings = pack, bool(sources[0].reader)
        self.pixels = np.concatenate([source.inputs(some, pack["width"], pack["height"], pack["fraction"]) for source, some in zip(sources, rows)])
        self.label = np.concatenate([source.target[some] if self.findings else source.label[some] for source, some in zip(sources, rows)])

    def probabilities(self, path):
        """float64 [n,classes], before any calibration."""
        pack = self.pack
        out = runner.logits(path, self.pixels, pack["mean"], pack["std"], pack.get("views", 1), threads=2).astype(np.float64)
        if pack["output"] == "probabilities":
            return out
        return 1 / (1 + np.exp(-out)) if self.findings else metrics.softmax(out)

    def figures(self, p, reference, keep):
        """Against float32's probabilities, and against what is right."""
        apart = np.abs(p - reference)
        if self.findings:
            right = {"macro_auc": findings_metrics.macro_auc(p, self.label)}
        else:
            found = metrics.figures_of(p, p, self.label)
            right = {"accuracy": found["accuracy"], "balanced_accuracy": found["balanced_accuracy"], "macro_auc": found["macro_auc"]}
        told = {"mean_difference": float(apart.mean()), "largest_difference": float(apart.max()), **right}
        return {**{name: round(float(value), 5) for name, value in told.items()}, "kept_by": round(float(np.mean([right[name] for name in keep])), 5)}


def helps(found, plain):
    return found["mean_difference"] < plain["mean_difference"] and found["kept_by"] >= plain["kept_by"]


def chosen(tried):
    """Of [{"steps", figures}], plain int8 first: which is shipped."""
    return min((one for one in tried if not one["steps"] or helps(one, tried[0])), key=lambda one: one["mean_difference"])


def choose(whole, target, steps, samples, side, config, scratch, advance=lambda: None):
    """Writes `target`; -> what was tried and what was kept, for the report."""
    keep = config.get("keep", ["macro_auc"])
    if "aware" in steps:
        aware.read(whole, config, samples)  # what cannot be trained is told before anything is made
    reference = side.probabilities(whole)
    told = {"n": len(side.pixels), "side": "val", "calibration_pictures": len(samples), "keep": keep, "float32": side.figures(reference, reference, keep),
            "tried": []}
    files = {}
    for some in attempts(steps):
        path = files[tuple(some)] = make(whole, some, samples, scratch, config, advance)
        told["tried"].append({"steps": some, **side.figures(side.probabilities(path), reference, keep)})
        advance()
    told["kept"] = chosen(told["tried"])["steps"]
    shutil.copyfile(files[tuple(told["kept"])], target)
    return told


def work(steps, whole):
    """How often `choose` will call advance."""
    each = {"equalise": 0, "correct_bias": len(layers.Network(whole).layers), "aware": aware.STEPS}
    return sum(1 + sum(each[step] for step in some) for some in attempts(steps))


def named(steps):
    return " and ".join(NAMES[step] for step in steps) or "plain"


def sentence(told):
    """What was kept, and what it was worth."""
    plain = told["tried"][0]["mean_difference"]
    if not told["kept"]:
        return f"int8: nothing that was tried helped on {told['n']} validation pictures; the plain one is kept"
    kept = next(one for one in told["tried"] if one["steps"] == told["kept"])
    return (f"int8: {named(told['kept'])} is kept; on {told['n']} validation pictures its probabilities are {kept['mean_difference']:.4f} from "
            f"float32’s on average, the plain one’s {plain:.4f}")


def markdown(told):
    """The table of what was tried."""
    keep = " and ".join(name.replace("_", " ") for name in told["keep"])
    rows = [("float32", told["float32"]), *((f"int8, {named(one['steps'])}", one) for one in told["tried"])]
    return "\n".join([f"{sentence(told)}. A step helps where its probabilities come nearer to float32’s on average, and {keep} "
                      f"{'do not fall (their mean)' if len(told['keep']) > 1 else 'does not fall'}; chosen on validation, before any calibration.", "",
                      f"| | Difference of a probability, mean | Largest | {'Mean of ' if len(told['keep']) > 1 else ''}{keep} |", "|---|---|---|---|",
                      *(f"| {name} | {f['mean_difference']:.4f} | {f['largest_difference']:.3f} | {f['kept_by']:.4f} |" for name, f in rows)]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--steps", nargs="+", choices=STEPS, metavar="STEP", help=f"what is tried: {', '.join(STEPS)} (all that the network can be given)")
    parser.add_argument("--checkpoint", help="best.pt of the pack's network, where it ships neither float32 nor float16")
    parser.add_argument("--test", action="store_true", help="also measure what was chosen on the test side")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    spec = {**content["input"], "fraction": content["input"]["crop_fraction"], "output": content["output"]}
    pack = {**config["pack"], **{name: spec[name] for name in ("width", "height", "mean", "std", "fraction", "output")}}
    steps = args.steps or [step for step in STEPS if step != "aware" or config["network"] in network.EFFICIENTNETS]
    if "aware" in steps:
        aware.check(config)
    scratch = args.work / "improve"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    whole, how = variants.float_file(args.pack, content, scratch, config, args.checkpoint)
    sources = dataset.open_sources(config, args.data)
    drawn = quantise.draw(sources, config["pack"].get("calibration_pictures", 300), pack["width"], pack["height"], pack["fraction"])
    told = choose(whole, scratch / "chosen.tflite", steps, prepare.normalise(drawn, pack["mean"], pack["std"]), Side(sources, "val", pack), config, scratch)
    (scratch / "improved.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"{content['id']}, float32 {how}\n\n{markdown(told)}")
    if args.test:
        side = Side(sources[:1], "test", pack, 10 ** 9)
        reference = side.probabilities(whole)
        for name in (whole.name, "int8.tflite", "chosen.tflite"):
            print(name, f"n = {len(side.pixels)}, test", json.dumps(side.figures(side.probabilities(scratch / name), reference, told["keep"])))


if __name__ == "__main__":
    full_disk.started(main)
