"""`calibrate`: temperature and biases, what the pack may say, and what it refuses: all from training and validation pictures.

Fills a folder with a draft pack, <id>/: it can be tried in the page, but says nowhere how good it is. calibrated.json has the
figures on validation and what could not be fitted.
"""
import json
import pathlib
import random
import shutil

import numpy as np

from models.foundry import command, networks, prepare, texts
from models.foundry.run import digest
from models.foundry.training import tables_digest

DEPTHS = (0.1, 0.22, 0.47)  # of the convolutions: where the statistics of typicality look, as the packs here do
MOST = {"own": 400, "varied": 200, "drawings": 200, "noise": 120, "frames": 150, "foreign": 400}


def opened(config, prepared):
    from models.tools import dataset
    return dataset.open_sources({**config, "sources": prepare.tools_sources(config)}, prepare.data_arguments(config, prepared))


def key(config, quantised, prepared, foreign):
    pack = {name: config["pack"][name] for name in ("fraction", "mean", "std", "views", "task", "output", "groups", "actions", "domain")}
    return [{name: digest(path) for name, path in networks.files(config, quantised).items()}, tables_digest(config, prepared), pack, config["answers"],
            config["id"], config["classes"], config["seed"], foreign and prepare.listing(foreign)]


def interior(path):
    """Names of a few feature maps, early, less early and half way."""
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_path=str(path), num_threads=1)
    interpreter.allocate_tensors()
    shapes = {t["index"]: (t["name"], t["shape"].tolist()) for t in interpreter.get_tensor_details()}
    maps = [shapes[int(op["outputs"][0])] for op in interpreter._get_ops_details() if op["op_name"] in ("CONV_2D", "DEPTHWISE_CONV_2D")]
    maps = [name for name, shape in maps if len(shape) == 4 and shape[1] > 1 and shape[2] > 1 and len(name) <= 1024]
    return list(dict.fromkeys(maps[round(depth * (len(maps) - 1))] for depth in DEPTHS)) if maps else []


def drawn_rows(source, side, count, seed):
    rows = source.indices(side)
    return np.random.default_rng(seed).permutation(rows)[:count]


def foreign_pictures(folder, is_fitted):
    """Half of the foreign pictures fit, by their names' digest, the others measure."""
    from models.tools import dataset
    from models.foundry import table
    return [p for p in table.pictures_under(folder) if (dataset.digest_share(p.name) < 0.5) == is_fitted]


def kinds(config, sources, foreign, network, views_of):
    """[(word or None, [(features, weight)])]: what was learnt, and what the pack must not answer about."""
    from models.foundry import look
    from models.tools import outliers, prepare as pixels, varied as ways
    own = [source.path(i) for source in sources for i in drawn_rows(source, "train", MOST["own"] // len(sources), config["seed"])]
    some = random.Random(config["seed"]).sample(own, min(len(own), MOST["varied"]))
    varied = (ways.other_device(random.Random(f"{config['seed']} {path.name}"), pixels.open_picture(path), (0.7, 1.0)) for path in some)
    photographs = [pixels.open_picture(path) for path in some[:40]]
    made = [(config["pack"]["domain"][0], [(views_of(network, map(pixels.open_picture, own)), 1.0), (views_of(network, varied), 0.5)])]
    made.append((None, [(views_of(network, outliers.drawings(1, MOST["drawings"])), 1.0)]))
    made.append((None, [(views_of(network, outliers.noises(1, MOST["noise"])), 1.0),
                        (views_of(network, outliers.frames(1, MOST["frames"], photographs)), 1.0)]))
    if foreign:
        paths = foreign_pictures(foreign, True)[:MOST["foreign"]]
        if paths:
            made.append((None, [(views_of(network, (look.opened(path)[0] for path in paths)), 1.0)]))
    return made


def typicality(config, path, sources, foreign, advance):
    """decision.typicality of a variant, or why there is none."""
    from models.tools import fit_typicality, prepare as pixels, typicality as statistics
    pack, tensors = config["pack"], interior(path)
    if not tensors:
        return None, "the network has no feature map that statistics could be taken from"
    network = fit_typicality.Network(path, {"input": {**{k: pack[k] for k in ("mean", "std")}, "crop_fraction": pack["fraction"]}}, tensors)

    def views_of(network, images, views=1):
        found = []
        for image in images:
            found.append(network.pooled(image, views))
            advance()
        return np.stack(found)
    fitted_kinds = kinds(config, sources, foreign, network, views_of)
    width = fitted_kinds[0][1][0][0].shape[1]
    fitted = statistics.fit(tensors, fitted_kinds, min(32, width))
    seen = [source.path(i) for source in sources for i in source.indices("val")]
    validation = views_of(network, map(pixels.open_picture, seen), pack["views"])
    try:
        settled = statistics.settle(fitted, [(validation, config["answers"]["refused"])], 0.01)
    except ValueError as error:
        return None, str(error)
    return settled.to_json(), None


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
    told, calibration, entries = {}, {}, []
    for name, path in paths.items():
        with progress(f"{name}: temperature", None):
            calibration[name], figures = temperature(config, path, source, prior)
        told[name] = {"validation": figures}
        entry = pack.variant(path, name, name, *calibration[name])
        with progress(f"{name}: what it has learnt", None) as advance:
            learnt, why = typicality(config, path, sources, foreign, advance)
        entry["decision"] = {"prior": "training", "answer_p": 0, **({"typicality": learnt} if learnt else {})}
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
