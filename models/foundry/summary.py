"""`report`: one page that a person reads before signing: what the pictures were, how training went, how good the pack is, and
what its weak points ask for; beside it the pack with the report for a reviewer (models/tools/full_report.py).

Markdown, with plots as SVG beside it. Every figure comes from a step's file; none is measured here.
"""
import json
import pathlib
import shutil
import sys
import time

from models.foundry import child, command, prepare, several, ship
from models.foundry.problem import Problem
from models.foundry.run import taken


FIGURES = {"Accuracy, training prior": "accuracy", "Balanced accuracy, uniform prior": "balanced_accuracy", "Macro AUC": "macro_auc", "ECE": "ece"}
NOTHING = "Nothing stands out. Read the card's limits all the same, and try pictures of your own."
LOW = {"recall": 0.5, "ece": 0.1, "answered": 0.5, "lost": 0.05}


def curve(log, path):
    """Loss and the watched figure over the minutes, as SVG."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(5, 3))
    minutes = [line["minutes"] for line in log]
    axes.plot(minutes, [line["loss"] for line in log], color="tab:grey", label="loss (training)")
    axes.set(xlabel="minutes of training", ylabel="loss")
    right = axes.twinx()
    right.plot(minutes, [line["kept"] for line in log], marker="o", markersize=3, label="watched figure (validation)")
    right.set(ylabel="watched figure")
    figure.legend(loc="upper center", ncols=2, fontsize=7)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def read_log(folder):
    lines = []
    for line in (folder / "log.jsonl").read_text().splitlines():
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return lines


def shown(entry, figure, bounds, c=None):
    value, (low, high) = (entry[figure], bounds[figure]) if c is None else (entry[figure][c], bounds[figure][c])
    return f"{value:.3f} ({low:.3f}–{high:.3f})"


def figures(config, pack):
    """The table of the command's figures, all variants side by side."""
    from models.tools import report
    runs = json.loads((pack / "report" / "command.json").read_text())
    names = list(runs)
    of = {name: report.of_command(runs[name]) for name in names}
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for title, figure in FIGURES.items():
        lines.append(f"| {title} | " + " | ".join(shown(of[n], figure, runs[n]["bounds"]) for n in names) + " |")
    for c, label in enumerate(config["classes"]):
        lines.append(f"| Recall of {label} | " + " | ".join(shown(of[n], "recall", runs[n]["bounds"], c) for n in names) + " |")
    return lines, runs, of


def same_lines(pack, converted):
    told, same = json.loads((converted / "converted.json").read_text()), json.loads((pack / "report" / "same.json").read_text())
    lines = ["", "## The same answer on the computer and on the phone", "", f"The float32 file differs by {told['difference']:.2g} from "
             f"{told['framework']} on noise. On the test "
             "side, the command (the product's own decoder and engine) beside the reference interpreter:", "", "| Variant | Pictures | Same top "
             "class | Largest difference of a probability |", "|---|---|---|---|"]
    return lines + [f"| {name} | {s['n']} | {s['same_top']} | {s['largest_difference']:.4f} |" for name, s in same.items()]


def advice(config, steps, pack, runs, of):
    """What is bad, and what to do about it: docs/tutorial.md says more."""
    default = config["pack"]["default_variant"]
    told = json.loads((steps["calibrate"] / "calibrated.json").read_text())
    ranges = steps["quantise"] / "ranges.json"
    lines, result, run = [], of[default], runs[default]["training"]
    if ranges.is_file() and "warning" in json.loads(ranges.read_text()):
        lines.append(json.loads(ranges.read_text())["warning"] + ".")
    low = [(label, recall) for label, recall in zip(config["classes"], result["recall"]) if recall < LOW["recall"]]
    lines += [f"**{label}** is found in {recall:.0%} of its pictures: get more of them, or raise it in draw_boost." for label, recall in low]
    if result["ece"] > LOW["ece"]:
        lines.append(f"Probabilities are off by {result['ece']:.2f} on average (ECE): validation and test differ, or validation is small.")
    answered, n = run["decisions"]["answer"]["n"], run["n"]
    if answered < LOW["answered"] * n:
        lines.append(f"Only {answered / n:.0%} of the pictures get an answer: the network is too unsure. More training, a larger size, or more "
                     f"pictures; `search` tries networks.")
    if run["decisions"]["reject"]["n"] > LOW["lost"] * n:
        lines.append(f"{run['decisions']['reject']['n'] / n:.0%} of its own test pictures are refused: they look unlike those of training. Draw the "
                     f"split by another group, or lower answers.refused.")
    for name, told_of in told.items():
        lines += [f"{name}: {told_of[what]}." for what in ("lost", "typicality") if what in told_of]
    best = max(runs, key=lambda name: of[name]["balanced_accuracy"])
    if of[best]["balanced_accuracy"] - result["balanced_accuracy"] > 0.02:
        lines.append(f"{default} loses {of[best]['balanced_accuracy'] - result['balanced_accuracy']:.3f} of balanced accuracy to {best}: raise "
                     f"pack.calibration_pictures, or ship {best}.")
    return lines


ALWAYS, FULL = ("operating",), ("abid", "robustness", "parity")  # modules of models/tools, each of which writes into the pack's report/
OF_FINDINGS = (), FULL


def reviewer(config, steps, prepared, folder, work, full, progress):
    """The pack with the report that a reviewer reads, by models/tools; -> its folder."""
    made = pathlib.Path(shutil.copytree(steps["evaluate"] / config["id"], folder / config["id"]))
    told = folder / "config.json"
    told.write_text(json.dumps(ship.for_card(config, prepared), indent=1) + "\n")
    data = [word for argument in prepare.data_arguments(config, prepared) for word in ("--data", argument)]
    always, more = OF_FINDINGS if several.are(config) else (ALWAYS, FULL)
    names = always + (more if full else ())
    with progress("for a reviewer", len(names) + 1) as advance:
        for name in names:
            weights = ["--checkpoint", steps["train"] / "best.pt"] if name in ("abid", "parity") and "train" in steps else []
            begun = time.monotonic()
            module(name, told, made, *data, "--work", work, *weights)
            advance(told=f"for a reviewer: {name}, {taken(time.monotonic() - begun)}")
        module("full_report", told, made)
        advance()
    return made


def module(name, *words):
    done = child.run([sys.executable, "-m", f"models.tools.{name}", *words], cwd=command.ROOT)
    if done.returncode:
        raise Problem(f"models.tools.{name} ended with status {done.returncode}: {(done.stderr.strip().splitlines() or ['it said nothing'])[-1]}")


def training_lines(config, log, folder):
    """How the weights came to be; draws the curve where there were steps."""
    best, keep = max(log, key=lambda line: line["kept"]), " and ".join(config["keep"])
    if "head_only" in config:
        return [f"The last layer alone was fitted, with {len(log)} strengths; the one with the best {keep} on validation ({best['kept']:.3f}) "
                f"was taken: {best['strength']:g}."]
    curve(log, folder / "training.svg")
    return [f"{log[-1]['minutes']:.1f} minutes, {log[-1]['epochs']:.1f} epochs; the weights with the best {keep} on validation ({best['kept']:.3f}) "
            "were taken.", "", "![Training](training.svg)"]


def make(config, steps, prepared, folder, work, full, progress):
    """steps: {name: folder} of what is there."""
    pack = reviewer(config, steps, prepared, folder, work, full, progress)
    pictures_report = prepared / "report.md"
    lines, same = [f"# {config['id']}: report", ""], []
    if several.are(config):
        table, bad = several.report_lines(config, steps, pack)
    else:
        table, runs, of = figures(config, pack)
        lines += [f"n = {runs[next(iter(runs))]['training']['n']} on the test side, by the command; 95 % intervals by bootstrap over groups.", ""]
        bad, same = advice(config, steps, pack, runs, of), same_lines(pack, steps["convert"])
    shortcut = prepare.told(config, json.loads((prepared / "blind.json").read_text()))
    bad = ([shortcut] if shortcut else []) + bad
    lines += [*table, "", "## What to look at", "", *(f"- {line}" for line in bad or [NOTHING]), *same]
    tried = steps["quantise"] / "int8.json"
    if tried.is_file():
        from models.tools import improve_int8
        lines += ["", "## What was tried with int8", "", improve_int8.markdown(json.loads(tried.read_text())).rstrip()]
    if "train" in steps:
        lines += ["", "## Training", "", *training_lines(config, read_log(steps["train"]), folder)]
    strange = json.loads((pack / "report" / "refused.json").read_text())["variants"][config["pack"]["default_variant"]]
    lines += ["", "## What it refuses", "", "| Pictures | n | Refused |", "|---|---|---|"]
    lines += [f"| {'its own test side' if name == 'own' else name} | {row['n']} | {row['refused']['value']:.1%} "
              f"({row['refused']['low']:.1%}–{row['refused']['high']:.1%}) |"
              for name, row in strange.items()]
    lines += ["", *pictures_report.read_text(encoding="utf-8").replace("\n#", "\n##").replace("# The pictures", "## The pictures", 1).splitlines()]
    (folder / "report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
