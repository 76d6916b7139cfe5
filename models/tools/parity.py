"""The same pictures through everything that runs a pack's network: accuracy and the largest difference of a probability.

  python -m models.tools.parity CONFIG PACK --data NAME=DIR... --work OUT [--checkpoint best.pt] [--count 200] [--variant V]

PyTorch (where its checkpoint is given) and LiteRT's interpreter, both with Pillow's decoder and our Python resize; the native
command and its WebAssembly builds under Node, with their own. Each answer is calibrated as the variant. Differences are from the
native command's. Writes report/parity.json, parity.csv and parity.md. Of a pack of findings the figure is their mean AUC, and
what counts is which findings reach their thresholds.
"""
import argparse

import numpy as np

from models.tools import abid, calibrate, command, findings_metrics, full_disk, metrics, report_files, runner, written

PYTORCH, LITERT = "PyTorch, float32", "LiteRT interpreter"


def is_of_findings(content):
    return content["task"] == "multilabel"


def calibrated(logits, content, entry):
    """Probabilities as the core makes them of raw logits: under the training prior, or of each finding by itself."""
    own = {**content["calibration"], **entry.get("calibration", {})}
    scores = calibrate.apply(logits, own["temperature"], own.get("bias", np.zeros(logits.shape[1])))
    if is_of_findings(content):
        return findings_metrics.sigmoid(scores)
    return metrics.probabilities(scores, np.array(content["calibration"]["training_prior"]))


def as_logits(outputs, content):
    """Of a network whose outputs are probabilities, as models/FORMAT.md says."""
    if content.get("output") != "probabilities":
        return outputs
    p = np.clip(outputs.astype(np.float64), 1e-7, 1 - 1e-7 if is_of_findings(content) else 1)
    return np.log(p / (1 - p)) if is_of_findings(content) else np.log(p)


def of_torch(config, content, checkpoint, pixels):
    import torch
    from models.tools import network
    model = network.load(config["network"], len(content["classes"]), checkpoint, **network.shape_of(config)).to(memory_format=torch.channels_last)
    logits = []
    with torch.no_grad():
        for i in range(0, len(pixels), 32):
            some = pixels[i:i + 32]
            views = [torch.from_numpy(np.ascontiguousarray(runner.turned(some, view))).permute(0, 3, 1, 2).float() / 255
                     for view in range(content["input"].get("views", 1))]
            logits.append(sum(model(x) for x in views) / len(views))
    return torch.cat(logits).numpy()


def apart(q, base):
    return {"largest_difference": float(f"{np.abs(q - base).max():.3g}"), "mean_difference": float(f"{np.abs(q - base).mean():.3g}")}


def compare(p, label):
    """[{engine, accuracy, right, other_top, largest_difference, mean_difference}], differences from the native command's."""
    base = p["native"]
    return [{"engine": name, "n": len(label), "accuracy": round(float((q.argmax(1) == label).mean()), 5), "right": int((q.argmax(1) == label).sum()),
             "accuracy_points_from_native": round(100 * float((q.argmax(1) == label).mean() - (base.argmax(1) == label).mean()), 3),
             "other_top_class": int((q.argmax(1) != base.argmax(1)).sum()), **apart(q, base)}
            for name, q in p.items()]


def compare_findings(p, target, thresholds):
    """[{engine, macro_auc, other_findings, largest_difference, mean_difference}] of p {engine: [n,classes]}; other_findings: how many pictures
    have another list of findings that reach their thresholds."""
    base, limits = p["native"], np.asarray(thresholds)
    own = findings_metrics.macro_auc(base, target)
    return [{"engine": name, "n": len(target), "macro_auc": round(findings_metrics.macro_auc(q, target), 5),
             "macro_auc_points_from_native": round(100 * (findings_metrics.macro_auc(q, target) - own), 3),
             "other_findings": int(((q >= limits) != (base >= limits)).any(1).sum()), **apart(q, base)}
            for name, q in p.items()]


COLUMNS = {"accuracy": ("Accuracy", "accuracy_points_from_native", "other_top_class", "Another top class"),
           "macro_auc": ("Mean AUC", "macro_auc_points_from_native", "other_findings", "Other findings")}


def markdown(found):
    prior = "each finding by itself" if found.get("task") == "multilabel" else "training prior"
    lines = [f"# {found['pack']} {found['version']}: one picture, one answer", "",
             f"{found['n']} pictures of the test side{found['drawn']}, {prior}. Differences are from the native command’s; the engines differ in "
             "decoder (Pillow’s libjpeg-turbo, our own) and in the order of sums.", ""]
    for name, rows in found["variants"].items():
        figure = "macro_auc" if "macro_auc" in rows[0] else "accuracy"
        title, points, other, of_other = COLUMNS[figure]
        lines += [f"**{name}**", "", f"| | {title} | Points from native | {of_other} | Largest difference of a probability | Mean |",
                  "|---|---|---|---|---|---|"]
        lines += [f"| {r['engine']} | {r[figure]:.4f} | {r[points] + 0.0:+.2f} | {r[other]} | "
                  f"{r['largest_difference']:.2g} | {r['mean_difference']:.2g} |"
                  for r in rows]
        lines.append("")
    return "\n".join(lines)


def write(pack, found):
    rows = [{"variant": name, **row} for name, table in found["variants"].items() for row in table]
    report_files.write(pack, "parity", found, rows, markdown(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    command.add_arguments(parser)
    parser.add_argument("--checkpoint", help="best.pt of the pack's network: PyTorch is compared too")
    parser.add_argument("--count", type=int, help="so many pictures of the test side, drawn at random (all)")
    parser.add_argument("--variant", help="this one alone (each of the pack's)")
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    ids = [c["id"] for c in content["classes"]]
    source, table, rows = abid.chosen(config, args.data, args.work, args.count)
    of_findings = is_of_findings(content)
    label = abid.truth(rows, ids, of_findings)
    by_name = {source.file(i): i for i in source.indices("test")}
    size = content["input"]
    pixels = source.inputs([by_name[r["image"]] for r in rows], size["width"], size["height"], size["crop_fraction"])
    found = {"pack": content["id"], "version": content["version"], **({"task": "multilabel"} if of_findings else {}), "n": len(rows), "variants": {},
             "drawn": ", drawn at random" if len(rows) < len(source.indices("test")) else ""}
    for entry in content["variants"]:
        if args.variant not in (None, entry["name"]):
            continue
        p = {}
        if args.checkpoint:
            p[PYTORCH] = calibrated(of_torch(config, content, args.checkpoint, pixels), content, entry)
        logits = runner.logits(args.pack / entry["file"], pixels, size["mean"], size["std"], size.get("views", 1))
        p[LITERT] = calibrated(as_logits(logits, content), content, entry)
        for build in command.BUILDS:
            prior = None if of_findings else "training"
            p[build] = command.evaluate(build, args.pack, entry["name"], prior, table, source.base, ids, args.work / "scores").p
        found["variants"][entry["name"]] = compare_findings(p, label, entry["decision"]["set"]["thresholds"]) if of_findings else compare(p, label)
    write(args.pack, found)
    print((args.pack / "report" / "parity.md").read_text())


if __name__ == "__main__":
    full_disk.started(main)
