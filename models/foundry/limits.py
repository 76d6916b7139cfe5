"""`calibrate`: temperature and biases, what the pack may say, and what it refuses: all from training and validation pictures.

Fills a folder with a draft pack, <id>/: it can be tried in the page, but says nowhere how good it is. calibrated.json has the
figures on validation and what could not be fitted.
"""
import json
import pathlib
import shutil

import numpy as np

from models.foundry import command, learnt, networks, prepare, texts
from models.foundry.run import digest
from models.foundry.training import tables_digest


def opened(config, prepared):
    from models.tools import dataset
    return dataset.open_sources({**config, "sources": prepare.tools_sources(config)}, prepare.data_arguments(config, prepared))


def key(config, quantised, prepared, foreign):
    pack = {name: config["pack"][name] for name in ("fraction", "mean", "std", "views", "task", "output", "groups", "actions", "domain")}
    return [{name: digest(path) for name, path in networks.files(config, quantised).items()}, tables_digest(config, prepared), pack, config["answers"],
            config["id"], config["classes"], config["seed"], foreign and prepare.listing(foreign)]


def scores(config, path, source, side):
    from models.tools import runner
    pack = config["pack"]
    pixels = source.inputs(source.indices(side), pack["width"], pack["height"], pack["fraction"])
    found = runner.logits(path, pixels, pack["mean"], pack["std"], pack["views"], threads=2)
    return np.log(np.maximum(found, 1e-7)) if pack["output"] == "probabilities" else found


def temperature(config, path, source, prior):
    """((temperature, biases), figures on validation under fits that did not see the picture)."""
    from models.tools import calibrate, metrics
    val = source.indices("val")
    logits = scores(config, path, source, "val")
    ridge, held_out = calibrate.choose_ridge(logits, source.label[val], source.group[val], prior)
    return calibrate.fit(logits, source.label[val], prior, ridge), metrics.figures(held_out, source.label[val], prior)


def answers(config, content, rows, p, label):
    """(decision's set, answer_p and groups; what to expect; what could not be kept), by models/tools/sets.py."""
    from models.tools import sets
    wish = config["answers"]
    ids = config["classes"]
    action = np.array([["watch", "show", "soon"].index(config["pack"]["actions"].get(c, "watch")) for c in ids])
    groups = {g["id"]: round(sets.fit_group(p, label, np.isin(ids, g["classes"]), wish["sensitivity"]), 5) for g in config["pack"]["groups"]}
    lost = None
    for wrong, lowest in ((wish["wrong"], wish["lowest_coverage"]), (wish["wrong"], 0.0), (2 * wish["wrong"], 0.0), (1.0, 0.0)):
        asked = Wish(wish["class_coverage"], lowest)
        try:
            alone, expected = sets.raise_alone(p, label, rows, action, sets.fit_alone(p, label, wrong), asked)
        except SystemExit as error:
            lost = lost or f"{error} (asked: at most {wish['wrong']:.0%} wrong, every class covered by {wish['lowest_coverage']:.0%})"
            continue
        thresholds = sets.fit_thresholds(p, label, alone, wish["class_coverage"])
        decision = {"set": {"coverage": round(expected["coverage"], 3), "alone": round(min(alone, 1), 5),
                            "thresholds": [round(float(t), 5) for t in thresholds]},
                    "answer_p": round(min(alone, 1), 5), "groups": groups}
        return decision, {k: round(v, 4) for k, v in expected.items()}, lost
    return {"answer_p": 1.0, "groups": groups}, {}, lost


class Wish:
    def __init__(self, class_coverage, lowest):
        self.class_coverage, self.lowest = class_coverage, lowest


def content_of(config, prior, entries, tests):
    """pack.json without figures."""
    from models.tools import make_pack
    return make_pack.content_of(config["id"], config["classes"], config["pack"], prior, entries, tests)


def make(config, config_folder, quantised, prepared, foreign, folder, progress, insitu, say):
    from models.tools import make_pack, pack, sets
    sources = opened(config, prepared)
    source, draft = sources[0], folder / config["id"]
    draft.mkdir()
    prior = np.round(source.prior(source.indices("train")), 6)
    paths = {}
    for name, path in networks.files(config, quantised).items():
        paths[name] = pathlib.Path(shutil.copy(path, draft / f"{config['id']}-{name}.tflite"))
    with progress("pictures of its kind and of others", None) as advance:
        inputs = learnt.Inputs(config, sources, foreign, advance)
    told, calibration, entries = {}, {}, []
    for name, path in paths.items():
        with progress(f"{name}: temperature", None):
            calibration[name], figures = temperature(config, path, source, prior)
        told[name] = {"validation": figures}
        entry = pack.variant(path, name, name, *calibration[name])
        with progress(f"{name}: what it has learnt", inputs.count()) as advance:
            statistics, why = learnt.typicality(config, path, inputs, advance)
        entry["decision"] = {"prior": "training", "answer_p": 0, **({"typicality": statistics} if statistics else {})}
        if why:
            told[name]["typicality"] = why
        entries.append(entry)
    texts.copy(config, config_folder, draft)
    (draft / config["pack"]["card"]).write_text("A draft: nothing was measured yet.\n")
    content = content_of(config, prior, entries, make_pack.self_tests(draft, paths, calibration, {**config["pack"]}, prior))
    pack.write(content, draft)
    for entry in content["variants"]:
        name = entry["name"]
        with progress(f"{name}: what may be said", None):
            command.evaluate(insitu, draft, name, "training", source, "val", folder / f"val-{name}.csv")
        rows, p, label = sets.read(folder / f"val-{name}.csv", config["classes"])
        group_of = dict(zip((r["image"] for r in source.rows), source.group))
        decision, expected, lost = answers(config, content, np.array([group_of[r["image"]] for r in rows]), p, label)
        entry["decision"].update(decision)
        told[name]["expected"] = expected
        if lost:
            told[name]["lost"] = lost
            say(f"{name}: {lost}; milder limits were taken, see the report")
    pack.write(content, draft)
    (folder / "calibrated.json").write_text(json.dumps(told, indent=1) + "\n")
