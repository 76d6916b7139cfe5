"""`evaluate`: the test side, read once, with the draft pack as it is: reference interpreter, and the command as people run it.

Fills a folder with the pack, <id>/, whose report/ holds every figure: metrics.json (reference interpreter), command.json
(`insitu evaluate`, with bootstrap intervals over groups), blind.json, refused.json; same.json says how far the two are apart.
"""
import json
import pathlib
import random
import shutil
import tempfile

import numpy as np

from models.foundry import command, learnt, limits
from models.foundry.run import digest


def key(config, calibrated_key, insitu, foreign):
    from models.foundry import prepare
    return [calibrated_key, digest(pathlib.Path(insitu)), config["pack"]["recall"], foreign and prepare.listing(foreign)]


def reference(config, folder, entry, source, prior):
    """(figures, bounds and classes of the reference interpreter on test; its calibrated scores)."""
    from models.tools import calibrate, metrics
    test = source.indices("test")
    label, group = source.label[test], source.group[test]
    fitted = calibrate.apply(limits.scores(config, folder / entry["file"], source, "test"), entry["calibration"]["temperature"], entry["calibration"]["bias"])
    return {"test": metrics.figures(fitted, label, prior), "bounds": metrics.bootstrap(*metrics.under_priors(fitted, prior), label, group),
            "classes": metrics.per_class(fitted, label, prior)}, fitted


def by_command(config, folder, entry, source, insitu, scratch):
    """Both runs of the command on a variant, checked against its scores (models/tools/native.py)."""
    from models.tools import native
    for prior in native.PRIORS:
        stem = scratch / f"{entry['name']}-{prior}"
        answer = command.evaluate(insitu, folder, entry["name"], prior, source, "test", stem.with_suffix(".csv"))
        stem.with_suffix(".json").write_text(json.dumps(answer))
    rows = [row for row in source.rows if row["split"] == "test"]
    return native.measured(scratch, entry["name"], config["classes"], rows, "split", "group")


def apart(config, fitted, prior, path):
    """How far the command's probabilities are from the reference interpreter's, picture by picture."""
    from models.tools import metrics, native
    ours = metrics.probabilities(fitted, prior)
    theirs = np.array([[float(row[c]) for c in config["classes"]] for row in native.table(path)])
    return {"n": len(ours), "same_top": int((ours.argmax(1) == theirs.argmax(1)).sum()), "largest_difference": float(np.abs(ours - theirs).max()),
            "mean_difference": float(np.abs(ours - theirs).mean())}


def write_pictures(images, folder):
    folder.mkdir()
    paths = []
    for i, image in enumerate(images):
        paths.append(folder / f"{i:06d}.png")
        image.save(paths[-1])
    return paths


def refused(config, folder, content, source, foreign, insitu, scratch):
    """report/refused.json: its own test side, and pictures of other kinds that fitted nothing."""
    from models.foundry import look
    from models.tools import foreign as kinds, outliers, prepare as pixels
    own = [source.path(i) for i in source.indices("test")]
    photographs = [pixels.open_picture(path) for path in random.Random(0).sample(own, min(len(own), 40))]
    for image in photographs:
        image.thumbnail((learnt.FRAME_PX, learnt.FRAME_PX))
    sets = {"own": own, "drawn pictures": write_pictures(outliers.drawings(77, 150), scratch / "drawings"),
            "noise": write_pictures(outliers.noises(77, 100), scratch / "noise"),
            "frames with nothing in them": write_pictures(outliers.frames(77, 100, photographs), scratch / "frames")}
    if foreign:
        some = learnt.foreign_pictures(foreign, False)[:300]
        if some:
            sets["the config's foreign pictures"] = write_pictures((look.opened(path)[0] for path in some), scratch / "foreign")
    result = {"command": "python -m models.foundry evaluate", "variants": {}}
    for entry in content["variants"]:
        typical, rows = None, {}
        for name, paths in sets.items():
            found = kinds.answers(insitu, folder, entry["name"], paths)
            has = all("typicality" in line for line in found)
            rows[name] = kinds.summary(found, typical if has else None)
            if name == "own" and has:
                typical = [line["typicality"] for line in found]
        result["variants"][entry["name"]] = rows
    return result


def make(config, calibrated, prepared, foreign, folder, progress, insitu):
    from models.tools import blind, pack, report
    source = limits.opened(config, prepared)[0]
    made = pathlib.Path(shutil.copytree(calibrated / config["id"], folder / config["id"]))
    content = json.loads((made / "pack.json").read_text(encoding="utf-8"))
    prior = np.array(content["calibration"]["training_prior"])
    results, runs, same = {}, {}, {}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        scratch = pathlib.Path(scratch)
        for entry in content["variants"]:
            name = entry["name"]
            with progress(f"{name}: the reference interpreter", None):
                results[name], fitted = reference(config, made, entry, source, prior)
                report.pictures(made / "report", name, config["classes"], fitted, source.label[source.indices("test")], prior)
            with progress(f"{name}: the command", None):
                runs[name] = by_command(config, made, entry, source, insitu, scratch)
                same[name] = apart(config, fitted, prior, scratch / f"{name}-training.csv")
            entry["metrics"] = pack.shown_metrics("split", report.of_command(runs[name]), runs[name]["bounds"], config["classes"], config["pack"]["recall"])
        report.tables(made / "report", "split", config["classes"], results)
        with progress("what needs no look at the subject", None):
            shortcuts = blind.measure(source)
        with progress("other pictures", None):
            strange = refused(config, made, content, source, foreign, insitu, scratch)
    for name, value in (("command", runs), ("same", same), ("blind", shortcuts), ("refused", strange)):
        (made / "report" / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")
    pack.write(content, made)
