"""What a person reads: plots, tables and the model card, all from measured figures handed in. Computes none itself
beyond the bins of a reliability plot."""
import csv
import json

import numpy as np

from models.tools import attributes, blind, dataset, folds, metrics, report_decisions, report_others, written


def pictures(folder, name, ids, scores, label, prior):
    """Writes confusion-NAME.png (uniform prior, rows sum to 1) and reliability-NAME.png (training prior)."""
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    folder.mkdir(parents=True, exist_ok=True)
    counts = metrics.confusion(label, metrics.probabilities(scores).argmax(1), len(ids))
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    figure, axes = pyplot.subplots(figsize=(5, 4.6), dpi=90)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for i, j in np.ndindex(*counts.shape):
        axes.text(j, i, counts[i, j], ha="center", va="center", color="white" if shares[i, j] > 0.5 else "black", fontsize=8)
    axes.set(xticks=range(len(ids)), yticks=range(len(ids)), xticklabels=ids, yticklabels=ids, xlabel="named by the model",
             ylabel="true class", title=f"{name}, test, uniform prior (pictures)")
    figure.tight_layout()
    figure.savefig(folder / f"confusion-{name}.png")
    pyplot.close(figure)

    p = metrics.probabilities(scores, prior)
    top, right = p.max(1), p.argmax(1) == label
    bins = np.minimum((top * 10).astype(int), 9)
    used = [b for b in range(10) if (bins == b).sum() > 0]
    figure, axes = pyplot.subplots(figsize=(4.6, 4.4), dpi=90)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1, linestyle="--")
    axes.plot([top[bins == b].mean() for b in used], [right[bins == b].mean() for b in used], marker="o")
    for b in used:
        axes.annotate(f"{(bins == b).sum()}", (top[bins == b].mean(), right[bins == b].mean()), fontsize=7,
                      textcoords="offset points", xytext=(4, -10))
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="probability of the top class", ylabel="share that was right",
             title=f"{name}, test, training prior (n a bin)")
    figure.tight_layout()
    figure.savefig(folder / f"reliability-{name}.png")
    pyplot.close(figure)


def tables(folder, split, ids, results, side="test"):
    """Writes metrics.json (everything) and metrics.csv (one row a variant and figure)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metrics.json").write_text(json.dumps({"split": f"{split}={side}", "classes": ids, **results}, indent=1) + "\n")
    with open(folder / "metrics.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["variant", "split", "n", "figure", "value", "low95", "high95"])
        for name, result in results.items():
            for figure in ("accuracy", "balanced_accuracy", "macro_auc", "ece"):
                writer.writerow([name, split, result["test"]["n"], figure, f"{result['test'][figure]:.4f}",
                                 *(f"{v:.4f}" for v in result["bounds"][figure])])
            for c, label in enumerate(ids):
                writer.writerow([name, split, result["test"]["n"], f"recall_{label}", f"{result['test']['recall'][c]:.4f}",
                                 *(f"{v:.4f}" for v in result["bounds"]["recall"][c])])


def shown(result, figure, c=None):
    """'0.812 (0.790–0.833)'."""
    value, bounds = result["test"][figure], result["bounds"][figure]
    if c is not None:
        value, bounds = value[c], bounds[c]
    return f"{value:.3f} ({bounds[0]:.3f}–{bounds[1]:.3f})"


def of_command(runs):
    """The figures, as metrics.figures_of names them, of a variant's two runs of `insitu evaluate --json`."""
    trained, uniform = runs["training"], runs["uniform"]
    return {"n": trained["n"], "accuracy": trained["accuracy"], "balanced_accuracy": uniform["balanced_accuracy"],
            "macro_auc": trained["macro_auc"], "ece": trained["ece"],
            "recall": [float("nan") if c["recall"] is None else c["recall"] for c in uniform["per_class"]]}


def sources(folder, names, reference):
    """The figures that the card shows, and the words that say whose they are: the command's where it measured them."""
    if not (folder / "report" / "command.json").is_file():
        return reference, "the reference interpreter of LiteRT"
    kept = json.loads((folder / "report" / "command.json").read_text())  # models.tools.native
    results = {n: {"test": of_command(kept[n]), "bounds": kept[n]["bounds"]} for n in names}
    return results, ("the command `insitu evaluate` (`report/command.json`): the product's own decoder and engine, which answer\n"
                     "within 0.001 of it in a browser (`tests/parity`)")


def other_split(folder, config):
    """What models.tools.evaluate measured of the same data split otherwise; empty where the config names nothing."""
    if "other_split" not in config:
        return ""
    found = json.loads((folder / config["other_split"]["file"]).read_text())
    low, high = found["bounds"]["accuracy"]
    return "\n" + config["other_split"]["text"].format(accuracy=found["figures"]["accuracy"], low=low, high=high, n=found["figures"]["n"],
                                                       size=found["size"], views=found["views"]) + "\n"


def card(folder, content, config, reference):
    """Writes card.md: a model card (Mitchell et al. 2019) with the measured figures.

    reference: by the variant's name, the reference interpreter's figures and bounds (report/metrics.json)."""
    texts = written.read(folder / "texts" / f"{content['languages'][0]}.json")
    names = [variant["name"] for variant in content["variants"]]
    results, measured_by = sources(folder, names, reference)
    rows = [("Accuracy, training prior", "accuracy"), ("Balanced accuracy, uniform prior", "balanced_accuracy"),
            ("Macro AUC", "macro_auc"), ("Calibration error (ECE), training prior", "ece")]
    table = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    table += [f"| {title} | " + " | ".join(shown(results[n], key) for n in names) + " |" for title, key in rows]
    table += [f"| Recall of {c['id']} ({texts['classes'][c['id']]['label']}), uniform prior | "
              + " | ".join(shown(results[n], "recall", i) for n in names) + " |" for i, c in enumerate(content["classes"])]
    count = results[names[0]]["test"]["n"]
    views = {1: "", 2: "; scores are the mean over it and its mirror image",
             4: "; scores are the mean over it, its mirror image, and both upside down"}[content["input"].get("views", 1)]
    by_reference = "" if results is reference else (
        "\nThe reference interpreter of LiteRT, with Pillow's decoder, gives on the same pictures:\n" + ";\n".join(
            f"{n} accuracy {t['accuracy']:.3f}, balanced accuracy {t['balanced_accuracy']:.3f}, macro AUC {t['macro_auc']:.3f}, "
            f"ECE {t['ece']:.3f}" for n, t in ((n, reference[n]["test"]) for n in names))
        + "\n(`report/metrics.csv`, with its own intervals). The two plots below are of that run.\n")
    source = config["sources"][0]
    split = dataset.split_column(source["split"])
    not_commercial = " (not for commercial use)" if "-NC" in content["licence"]["weights"] else ""
    text = f"""# {texts['name']}

Version {content['version']}. Weights: {content['licence']['weights']}{not_commercial}, {config.get("about_licence", "as their data asks")}.

## What it is for
{texts['intended_use']}

## What it is not for
{texts['not_for']}

## The network
{config['about']} Input {content['input']['width']}×{content['input']['height']}, the centre
of the picture{views}. Variants: {", ".join(f"{v['name']} ({v['bytes']:,} bytes)" for v in content['variants'])}.

## The data
{content['licence']['data']}.

{config['about_data']} Split `{split}` ({config['about_split']}).
Nothing was trained on the test side, and every limit comes from validation.

## Figures
`{split}` = {dataset.test_value(source['split'])}, n = {count}. Measured with {measured_by}.
Temperature and biases were fitted on validation, for each variant on its own outputs.
In brackets: 95 % intervals, the percentile bootstrap (Efron and Tibshirani 1993, chapter 13) over {source.get('group_name', 'lesions')}, 1,000 rounds;
where every answer is right, or none, the exact one of a share (Clopper and Pearson 1934). An AUC of 1 has one without width, and is no certainty.
The ECE of finitely many pictures is biased upwards (Kumar, Liang and Ma 2019), and that of a resample once more: its
interval lies too high, with the value near its lower end.

{chr(10).join(table)}
{by_reference}{other_split(folder, config)}
Two priors: under the training prior a class's share in the data counts, which gives the best accuracy and probabilities
for a crowd like that of the data; under the uniform prior every class weighs the same, which finds more of the rare ones.
{report_decisions.section(folder, content, config)}{report_others.section(folder, config)}{folds.section(folder)}{blind.section(folder)}
![Confusion](report/confusion-{content['default_variant']}.png) ![Reliability](report/reliability-{content['default_variant']}.png)

## Limits
{chr(10).join(f"- {limit}" for limit in config['limits'])}
{attributes.section(folder, content, config)}
## To make it again
`{config['command']}`, then `python -m models.tools.make_pack`; see `models/tools/README.md`.
{config['about_weights']}
"""
    (folder / "card.md").write_text(text)
