"""A report's plots as SVG, from its JSON files alone; the same files give the same bytes.

Colours are told apart by people who see few (Okabe and Ito 2008), and lines by their marks too. Text stays text.
"""
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
MARKS = "osD^vPX"
TITLES = {"balanced_accuracy": "balanced accuracy", "macro_auc": "mean AUC"}


def pyplot():
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt
    matplotlib.rcParams.update({"svg.hashsalt": "insitu", "svg.fonttype": "none", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    return plt


def save(figure, path):
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    pyplot().close(figure)
    path.write_text("\n".join(line.rstrip() for line in path.read_text().splitlines()) + "\n")


def with_bounds(axes, x, figures, colour, label=None, mark="o"):
    axes.plot(x, [f["value"] for f in figures], color=colour, marker=mark, markersize=4, linewidth=1.4, label=label)
    axes.fill_between(x, [f["low"] for f in figures], [f["high"] for f in figures], color=colour, alpha=0.15, linewidth=0)


def robustness(found, path):
    """A panel a kind: balanced accuracy (of findings their mean AUC) and the share refused, by strength."""
    kinds, figure_of = found["kinds"], found.get("figure", "balanced_accuracy")
    across = 3
    figure, grid = pyplot().subplots(-(-len(kinds) // across), across, figsize=(9, 2.6 * -(-len(kinds) // across)), sharey=True, squeeze=False)
    for axes in grid.flat[len(kinds):]:
        axes.set_visible(False)
    for axes, (kind, steps) in zip(grid.flat, kinds.items()):
        x = range(len(steps) + 1)
        for colour, mark, name, label in ((COLOURS[0], "o", figure_of, TITLES[figure_of]), (COLOURS[1], "s", "refused", "refused")):
            with_bounds(axes, x, [found["clean"][name], *(step[name] for step in steps)], colour, label, mark)
        axes.set(title=kind, xlabel=found["units"].get(kind, ""), ylim=(0, 1), xticks=x, xticklabels=["–", *(f"{step['strength']:g}" for step in steps)])
    grid.flat[0].legend(frameon=False, fontsize=8)
    figure.tight_layout()
    save(figure, path)


def risk_coverage(found, path):
    figure, axes = pyplot().subplots(figsize=(4.6, 3.4))
    steps = found["risk_coverage"]
    with_bounds(axes, [step["coverage"] for step in steps], steps, COLOURS[0])
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="share of the pictures, the surest first", ylabel="wrong among them")
    figure.tight_layout()
    save(figure, path)


def precisions(found, path):
    """Size and macro AUC, and latency where it was measured, by precision."""
    latency = found.get("latency")
    figure, grid = pyplot().subplots(1, 2 if latency else 1, figsize=(9 if latency else 4.6, 3.2), squeeze=False)
    axes = grid[0][0]
    for colour, mark, (name, f) in zip(COLOURS, MARKS, found["figures"].items()):
        auc = f["macro_auc"]
        axes.errorbar(found["bytes"][name] / 1e6, auc["value"], yerr=[[auc["value"] - auc["low"]], [auc["high"] - auc["value"]]],
                      color=colour, marker=mark, label=name, capsize=3)
    axes.set(xlabel="megabytes", ylabel="macro AUC", xlim=(0, None))
    axes.legend(frameon=False, fontsize=8)
    if latency:
        axes, engines = grid[0][1], latency["least_ms"]
        wide = 0.8 / len(found["bytes"])
        for i, name in enumerate(found["bytes"]):
            axes.bar([e + (i - (len(found["bytes"]) - 1) / 2) * wide for e in range(len(engines))],
                     [min(times[name]) for times in engines.values()], wide, color=COLOURS[i], label=name)
        axes.set(xticks=range(len(engines)), xticklabels=list(engines), ylabel="milliseconds, least")
    figure.tight_layout()
    save(figure, path)


DRAWN = {"robustness": robustness, "operating": risk_coverage, "precisions": precisions}
FILES = {"robustness": "robustness.svg", "operating": "risk-coverage.svg", "precisions": "precisions.svg"}
