"""`convert` and `quantise`: a trained network as float32 .tflite, then each variant that the pack ships.

convert/: float32.tflite and converted.json (where it came from, how far it is from the framework's outputs).
quantise/: <variant>.tflite; int8.json where the config asks for more than plain int8: what was tried, what validation kept.
"""
import json
import pathlib
import tempfile

from models.foundry import formats, prepare, several
from models.foundry.problem import Problem
from models.foundry.run import digest
from models.foundry.training import tables_digest

MOST_DIFFERENCE = 1e-4  # between the framework and float32, on noise, relative to the largest output


def model_digest(path):
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not files or not files[0].exists():
        raise Problem(f"{path}: no such file; model in the config names it")
    return digest(*files)


def convert_key(config, trained):
    return [model_digest(trained), config["network"], config["network_options"].get("width") if "network_options" in config else None, len(config["classes"]),
            config["pack"]["width"], config["pack"]["height"], config.get("model_input")]


def convert(config, trained, folder):
    """trained: best.pt of the training here, or a file of another framework."""
    target = folder / "float32.tflite"
    told = formats.convert(config, trained, target)
    if not told["difference"] <= MOST_DIFFERENCE:  # nor where it is no number
        raise Problem(f"{trained}: the converted network's outputs differ by {told['difference']:.2g} from the framework's, {MOST_DIFFERENCE:g} at "
                      f"most is right; "
                      "an operator was translated wrongly, so it cannot be shipped")
    require_shape(config, target)
    require_output(config, target)
    (folder / "converted.json").write_text(json.dumps({"from": trained.name, "bytes": target.stat().st_size, **told}, indent=1) + "\n")


def require_shape(config, path):
    from models.tools import runner
    interpreter = runner.open_model(path)
    source, target = interpreter.get_input_details()[0]["shape"].tolist(), interpreter.get_output_details()[0]["shape"].tolist()
    wanted = [1, config["pack"]["height"], config["pack"]["width"], 3]
    if source != wanted:
        raise Problem(f"{path.name}: the network takes {source}, the config says {wanted}; write size = [{source[1]}, {source[2]}] (height, width)"
                      if len(source) == 4 and source[3] == 3 else f"{path.name}: the network takes {source}; pictures are [1, height, width, 3]")
    if target != [1, len(config["classes"])]:
        raise Problem(f"{path.name}: the network gives {target}, the config names {len(config['classes'])} classes; name them in the order of its outputs")


def require_output(config, path):
    """Probabilities are told from logits by three inputs of noise: they are positive and sum to 1."""
    import numpy as np

    from models.tools import runner
    interpreter, rng = runner.open_model(path), np.random.default_rng(0)
    shape = interpreter.get_input_details()[0]["shape"]
    outputs = np.array([runner.run(interpreter, rng.normal(size=shape).astype(np.float32)) for _ in range(3)])
    found = "probabilities" if (outputs >= 0).all() and np.allclose(outputs.sum(1), 1, atol=1e-3) else "logits"
    if config["pack"]["task"] == "multiclass" and config["pack"]["output"] != found:
        raise Problem(f"{path.name}: the network's outputs are {found}; write output = \"{found}\" in [pack] of the config")


OWN = "the config's"
RANGES = {"0..1": ([0.0] * 3, [1.0] * 3), "-1..1": ([0.5] * 3, [0.5] * 3), "0..255": ([0.0] * 3, [1 / 255] * 3),
          "ImageNet's mean and deviation": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])}
MUCH_BETTER = 0.2  # of accuracy on validation


def tried_ranges(config, path, source):
    """A network from elsewhere wants its pixels as it was taught: how many of 150 validation pictures it names rightly with the
    config's mean and std, and where another usual range does much better, a sentence that says so."""
    import numpy as np

    from models.tools import runner
    pack = config["pack"]
    rows = np.random.default_rng(0).permutation(source.indices("val"))[:150]
    pixels = source.inputs(rows, pack["width"], pack["height"], pack["fraction"])
    right = {name: float((runner.logits(path, pixels, *values).argmax(1) == source.label[rows]).mean())
             for name, values in {OWN: (pack["mean"], pack["std"]), **RANGES}.items()}
    own, best = right[OWN], max(right, key=right.get)
    told = {"n": len(rows), "right": right}
    if right[best] > own + MUCH_BETTER:
        mean, std = RANGES[best]
        told["warning"] = (f"{config['model']} names {right[best]:.0%} of {len(rows)} validation pictures rightly with pixels of {best}, {own:.0%} "
                           f"with the config's: probably mean = {mean}, std = {[round(v, 9) for v in std]} in [pack] are right")
    return told


def quantise_key(config, converted, prepared):
    pack = config["pack"]
    return [digest(converted / "float32.tflite"), tables_digest(config, prepared),
            {name: pack[name] for name in ("variants", "calibration_pictures", "fraction", "mean", "std")},
            *([[pack["improve_int8"], config["keep"]]] if pack["improve_int8"] else []),  # none asked for: runs from before it stay what they are
            *([[config["network"], config["augment"], pack["views"], config["seed"]]] if "aware" in pack["improve_int8"] else [])]


def quantise(config, converted, prepared, folder, progress, say):
    from models.tools import dataset, half, variants
    pack, whole = config["pack"], converted / "float32.tflite"
    sources = dataset.open_sources({**config, "sources": prepare.tools_sources(config)}, prepare.data_arguments(config, prepared))
    if "model" in config and not several.are(config):  # which range is right is seen by the likeliest class
        told = tried_ranges(config, whole, sources[0])
        (folder / "ranges.json").write_text(json.dumps(told, indent=1) + "\n")
        say(told.get("warning", f"of {told['n']} validation pictures the network names {told['right'][OWN]:.0%} rightly"))
    for variant in pack["variants"]:
        target = folder / f"{variant}.tflite"
        if variant == "int8":
            int8(config, whole, target, sources, progress, say)
            continue
        with progress(f"making {variant}", None):
            if variant == "float32":
                target.write_bytes(whole.read_bytes())
            elif variant == "float16":
                half.halve(whole, target)
            else:
                variants.dynamic(whole, target)


def int8(config, whole, target, sources, progress, say):
    """With the config's improve_int8 where validation says that it helps; int8.json beside it then says what was tried."""
    from models.tools import improve_int8, prepare as pixels, quantise as quantiser
    pack = config["pack"]
    steps = pack["improve_int8"]
    with progress("making int8", None):
        drawn = quantiser.draw(sources, pack["calibration_pictures"], pack["width"], pack["height"], pack["fraction"])
        samples = pixels.normalise(drawn, pack["mean"], pack["std"])
        if not steps:
            return quantiser.quantise(whole, target, samples)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch, progress("improving int8", improve_int8.work(steps, whole)) as advance:
        side = improve_int8.Side(sources, "val", pack)
        told = improve_int8.choose(whole, target, steps, samples, side, config, pathlib.Path(scratch), advance)
    (target.parent / "int8.json").write_text(json.dumps(told, indent=1) + "\n")
    say(improve_int8.sentence(told))


def files(config, quantised):
    return {variant: pathlib.Path(quantised) / f"{variant}.tflite" for variant in config["pack"]["variants"]}
