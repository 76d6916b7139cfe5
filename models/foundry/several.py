"""Pictures of several findings, or none: what the steps do otherwise where a source has "findings".

prepare lays the findings out as one column (`label`, findings with | between, NONE where there are none) and draws sides by the
rarest finding of each picture; `calibrate` fits temperature, biases and a threshold of each finding; `evaluate` measures each by
itself, by the command and by PyTorch; `report` and `pack` tell that. The fits and figures are those of models/tools.
"""
import collections
import json
import pathlib
import shutil

import numpy as np

from models.foundry import texts
from models.foundry.problem import Problem

SEPARATOR, NONE = "|", "-"  # in what prepare lays out; no class is called so
LEAST_GROUPS = 3  # one for each side


def are(config):
    return any("findings" in source for source in config["sources"])


def form(source):
    """How models/tools read the laid-out table."""
    return {"column": "label", "separator": SEPARATOR, "none": NONE}


def cells(path, values, rows, source, classes):
    """Cells of the source's own table as they are laid out (None: the row is left out); a Problem names the first that cannot be read."""
    from models.tools import findings
    made = []
    try:
        reader = findings.Reader(source, classes, path)
        for value, row in zip(values, rows):
            target = reader.read(row, value)
            made.append(None if target is None else findings.cell(target, classes) or NONE)
    except SystemExit as error:
        raise Problem(str(error)) from None
    return made


def named(cell):
    """The findings of a laid-out cell."""
    return [] if cell == NONE else cell.split(SEPARATOR)


def kinds(labels, groups):
    """What a picture counts as where sides are drawn: of its findings the rarest that enough groups have."""
    counts, places = collections.Counter(), collections.defaultdict(set)
    for cell, group in zip(labels, groups):
        for name in named(cell):
            counts[name] += 1
            places[name].add(group)
    few = sorted(name for name in counts if len(places[name]) < LEAST_GROUPS)
    if few:
        raise Problem(f"finding {few[0]!r} has {len(places[few[0]])} group(s) of pictures, and each side needs one; add pictures, name another group, "
                      "or take the finding out with map")
    return [min(named(cell), key=lambda name: (counts[name], name)) if named(cell) else NONE for cell in labels]


def require_sides(table, classes, name):
    """A Problem where training lacks a finding, or another side has none that could be judged."""
    for part in ("train", "val", "test"):
        rows = [set(named(cell)) for cell in table.loc[table["split"] == part, "label"]]
        absent = [c for c in classes if not any(c in row for row in rows)]
        judged = [c for c in classes if 0 < sum(c in row for row in rows) < len(rows)]
        if part == "train" and absent:
            raise Problem(f"{name}: side 'train' has no picture with {absent[0]!r}; add pictures with it, or take it out of classes and name it in skip")
        if not judged:
            raise Problem(f"{name}: side {part!r} has no finding with pictures that have it and pictures that have not; nothing can be judged there")


def shortcuts(source, side):
    """blind.json: how far a linear model gets that sees nothing of the subject, each finding by itself."""
    from models.tools import blind
    return blind.measure_findings(source, side)


def shortcut(found):
    """The finding that is told best without a look at the subject, as a sentence; None where none is told well."""
    best, (name, figure) = max(((name, f["highest"]) for name, f in found["measures"].items()), key=lambda pair: pair[1][1])
    if figure > 0.75:
        return (f"**From {best} alone {name!r} can be told at {figure:.2f} (chance 0.50).** Pictures with it were probably taken by other people, with "
                "other devices or on other days. A network will learn that first. Get pictures with it and without it from each device.")
    return None


def seen_without(found):
    lines = ["", "## What needs no look at the subject", "", "Linear models on a few numbers a picture, one for each finding, fitted on train, measured on "
             f"val (n = {found['n']}); 0.5 is chance.", "", "| Seen | Mean balanced accuracy | The finding that is told best |", "|---|---|---|"]
    lines += [f"| {name} | {f['balanced_accuracy']:.3f} | {f['highest'][0]}, {f['highest'][1]:.3f} |" for name, f in found["measures"].items()]
    return lines + (["", shortcut(found)] if shortcut(found) else [])


def scores(config, path, source, side):
    """Logits [n,classes] of the reference interpreter."""
    from models.tools import runner
    pack = config["pack"]
    found = runner.logits(path, source.inputs(source.indices(side), pack["width"], pack["height"], pack["fraction"]), pack["mean"], pack["std"],
                          pack["views"], threads=2)
    if pack["output"] == "probabilities":  # as the core does (models/FORMAT.md)
        found = np.clip(found, 1e-7, 1 - 1e-7)
        found = np.log(found / (1 - found))
    return found


def calibrate(config, config_folder, quantised, prepared, foreign, folder, progress, say):
    """Fills `folder` with a draft pack and calibrated.json."""
    from models.foundry import learnt, limits, networks
    from models.tools import findings_fit, make_findings, pack
    sources = limits.opened(config, prepared)
    source, draft = sources[0], folder / config["id"]
    draft.mkdir()
    trained = {} if "model" not in config else {"weigh_power": 0}  # a network from elsewhere: nothing is known of its weights
    start = findings_fit.begin(source.prior(source.indices("train")), {**config, **trained})
    paths = {name: pathlib.Path(shutil.copy(path, draft / f"{config['id']}-{name}.tflite")) for name, path in networks.files(config, quantised).items()}
    with progress("pictures of its kind and of others", None) as advance:
        inputs = learnt.Inputs(config, sources, foreign, advance)
    told, calibration, entries = {}, {}, []
    for name, path in paths.items():
        with progress(f"{name}: temperature and thresholds", None):
            temperature, bias, found, told[name] = make_findings.calibrated(scores(config, path, source, "val"), source, source.indices("val"), start)
        told[name].pop("line")
        calibration[name] = temperature, bias
        with progress(f"{name}: what it has learnt", inputs.count()) as advance:
            statistics, why = learnt.typicality(config, path, inputs, advance)
        if why:
            told[name]["typicality"] = why
        entries.append({**pack.variant(path, name, name, temperature, bias), "decision": {"set": found, **({"typicality": statistics} if statistics else {})}})
        unfitted = told[name]["thresholds_not_fitted"]
        if unfitted:
            say(f"{name}: {', '.join(unfitted)}: too few validation pictures for a threshold; one half was taken")
    texts.copy(config, config_folder, draft)
    (draft / config["pack"]["card"]).write_text("A draft: nothing was measured yet.\n")
    pack.write(make_findings.content_of(config["id"], config, entries, make_findings.self_tests(draft, paths, calibration, config["pack"])), draft)
    (folder / "calibrated.json").write_text(json.dumps(told, indent=1) + "\n")


def evaluate(config, calibrated, prepared, foreign, folder, progress, insitu, checkpoint):
    """Fills `folder` with the pack, whose report/ holds every figure."""
    import tempfile

    from models.foundry import limits, measure
    from models.tools import measure_findings
    source = limits.opened(config, prepared)[0]
    made = pathlib.Path(shutil.copytree(calibrated / config["id"], folder / config["id"]))
    content = json.loads((made / "pack.json").read_text(encoding="utf-8"))
    (made / "report").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        scratch = pathlib.Path(scratch)
        with progress("each finding", None):
            found = measure_findings.measure(config, content, made, source, scratch / "work", checkpoint, insitu)
        measure_findings.write(made, found)
        with progress("what needs no look at the subject", None):
            blind = shortcuts(source, "test")
        with progress("other pictures", None):
            strange = measure.refused(config, made, content, source, foreign, insitu, scratch)
    for name, value in (("blind", blind), ("refused", strange)):
        (made / "report" / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


LOW = {"auc": 0.7, "lost": 0.05}


def advice(config, steps, found):
    """What is bad, and what to do about it."""
    default = config["pack"]["default_variant"]
    told, own = json.loads((steps["calibrate"] / "calibrated.json").read_text()), found["variants"][default]
    lines = [f"**{name}** is told from the rest at an AUC of {auc:.2f}: get more pictures with it ({count} on the test side)."
             for name, auc, count in zip(found["classes"], own["auc"], found["positives"]) if auc is not None and auc < LOW["auc"]]
    lines += [f"**{name}** has no picture on the test side, or every one: nothing is known of it."
              for name, auc in zip(found["classes"], own["auc"]) if auc is None]
    if own["rejected"] > LOW["lost"] * found["n"]:
        lines.append(f"{own['rejected'] / found['n']:.0%} of its own test pictures are refused: they look unlike those of training.")
    for name, of in told.items():
        if of["thresholds_not_fitted"]:
            lines.append(f"{name}: {', '.join(of['thresholds_not_fitted'])}: too few validation pictures for a threshold; it is one half.")
        if "typicality" in of:
            lines.append(f"{name}: {of['typicality']}.")
    return lines


def report_lines(config, steps, pack):
    """(the first part of report.md, what to look at)."""
    from models.tools import measure_findings
    found = json.loads((pack / "report" / "findings.json").read_text())
    table = measure_findings.markdown(found).replace("\n## ", "\n### ").split("\n", 2)[2].strip("\n").splitlines()
    return table, advice(config, steps, found)


def card(made, content, config, prepared):
    """A person's words and the figures, as the pack's card."""
    from models.foundry import ship
    from models.tools import findings_card
    found = json.loads((made / "report" / "findings.json").read_text())
    findings_card.write(made, content, ship.for_card(config, prepared), found)


def tools_source(source):
    """What models/tools' config says of it beside the rest."""
    return {"findings": form(source)} if "findings" in source else {}


def counted(rows, classes):
    """[(title, [bool of each row])] for the table of counts."""
    has = [set(named(cell)) for cell in rows["label"]]
    return [*((name, np.array([name in one for one in has], bool)) for name in classes), ("none of them", np.array([not one for one in has], bool))]
