"""`search`: networks, sizes and widths under a budget of milliseconds and bytes; which is worth its time, and why.

Optuna proposes (TPE, several objectives). A network is exported, quantised and timed by `insitu bench` before it is trained,
so that what is too slow or too large costs seconds. The figure is that of its int8 file on validation, with a standard error by
bootstrap over groups. OUT/search/ has a folder of trials for each set of pictures, a file a trial, written whole: the same command
goes on. Then pareto.csv, pareto.svg, search.md. Refuses the test side.
"""
import csv
import itertools
import json
import os
import sys

import numpy as np

from models.foundry import child, command, config as configs, limits, prepare, several, training
from models.foundry.problem import Problem
from models.foundry.run import digest, disk
from models.tools.written import whole, write_whole

FIELDS = ("network", "size", "width", "figure", "error", "milliseconds", "bytes", "state")
BEYOND = "beyond the budget"
ROUNDS = 200  # of the bootstrap
MOST_PROPOSED = 20  # times the number of trials: a small space is soon told in full


def variant_of(config, network, size, width):
    """The config with this network, its stages and sizes anew."""
    shape = configs.FIXED_SIZES.get(network, [size, size])
    made = {k: v for k, v in config.items() if k not in ("stages", "validate_size", "network_options", "sources", "model")}
    made.update(network=network, size=shape, stages=configs.stages(network, shape), validate_size=shape, budget_minutes=config["search"]["minutes"])
    made["report_minutes"] = min(config["report_minutes"], config["search"]["minutes"] / 2)
    if network.startswith("efficientnet"):
        made["network_options"] = {**configs.NETWORK_OPTIONS, **({"width": width} if width != 1 else {})}
    else:
        made["head_factor"], made["mixup"] = 1, 0
    made["sources"] = [{**source, "store": [round(side * 1.15) for side in shape]} for source in config["sources"]]
    made["pack"] = {**config["pack"], "height": shape[0], "width": shape[1]}
    return made


def name_of(network, size, width):
    return f"{network}-{size}-{width:g}"


def int8_file(config, model, prepared, folder):
    """An int8 file of these weights."""
    from models.tools import dataset, export, prepare as pixels, quantise
    pack, whole, target = config["pack"], folder / "float32.tflite", folder / "int8.tflite"
    export.export(model.eval().network, pack["width"], pack["height"], whole)
    sources = dataset.open_sources({**config, "sources": prepare.tools_sources(config)}, prepare.data_arguments(config, prepared))
    drawn = quantise.draw(sources, min(100, pack["calibration_pictures"]), pack["width"], pack["height"], pack["fraction"])
    quantise.quantise(whole, target, pixels.normalise(drawn, pack["mean"], pack["std"]))
    whole.unlink()
    return target


def measured(config, prepared, folder, insitu):
    """{milliseconds, bytes} of the untrained network: weights do not change them."""
    from models.tools import network
    model = network.build(config["network"], len(config["classes"]), pretrained=False, **network.shape_of(config))
    path = int8_file(config, model, prepared, folder)
    found = command.milliseconds(insitu, path)
    return {"milliseconds": found["steady_ms"]["min"], "bytes": path.stat().st_size}


def trained(config, prepared, folder):
    """Weights after the trial's minutes."""
    from models.tools import network
    given = {name: value for name, value in config.items() if name != "distil"}  # trials are short and learn from labels alone
    write_whole(folder / "config.json", json.dumps({**given, "sources": prepare.tools_sources(config)}) + "\n")
    words = [sys.executable, "-m", "models.tools.train", folder / "config.json", "--out", folder]
    words += ["--threads", config["threads"]] if "threads" in config else []
    words += [word for argument in prepare.data_arguments(config, prepared) for word in ("--data", argument)]
    done = child.run(words, cwd=training.ROOT, env={**os.environ, "PYTHONPATH": str(training.ROOT)})
    if done.returncode:
        raise Problem(f"training of {folder.name} ended with status {done.returncode}: {(done.stderr.strip().splitlines() or [''])[-1]}")
    return network.load(config["network"], len(config["classes"]), folder / "best.pt", **network.shape_of(config))


def figure_of(config, path, prepared):
    """(the mean of the config's kept figures of an int8 file on validation, its standard error)."""
    from models.tools import findings_metrics, metrics
    source = limits.opened(config, prepared)[0]
    val = source.indices("val")
    if several.are(config):
        scores, truth = several.scores(config, path, source, "val"), source.target[val]

        def of(rows):
            return findings_metrics.macro_auc(scores[rows], truth[rows])
    else:
        scores, truth, prior = limits.scores(config, path, source, "val"), source.label[val], source.prior(source.indices("train"))

        def of(rows):
            found = metrics.figures(scores[rows], truth[rows], prior)
            return sum(found[name] for name in config["keep"]) / len(config["keep"])
    return of(np.arange(len(val))), float(np.nanstd([of(rows) for rows in findings_metrics.resamples(source.group[val], ROUNDS)]))


def trial(config, network, size, width, prepared, folder, insitu):
    """What is known of one network; nothing of it is trained where the budget does not allow it."""
    folder.mkdir(parents=True, exist_ok=True)
    one = variant_of(config, network, size, width)
    told = {"network": network, "size": size, "width": width, "figure": None, "error": None, **measured(one, prepared, folder, insitu)}
    if is_beyond(config, told):
        return {**told, "state": BEYOND}
    model = trained(one, prepared, folder)
    figure, error = figure_of(one, int8_file(one, model, prepared, folder), prepared)
    return {**told, "figure": figure, "error": error, "state": "tried"}


def space(config):
    """{name: choices}"""
    return {name: config["search"][f"{name}s"] for name in ("network", "size", "width")}


def normal(network, size, width):
    """Networks of one size and width are one point, whatever was proposed."""
    if network in configs.FIXED_SIZES:
        return network, configs.FIXED_SIZES[network][0], 1.0
    return network, size, float(width)


def proposals(config, told):
    """Endless (network, size, width) by Optuna, which learns from `told`."""
    import optuna
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=["maximize", "minimize", "minimize"],
                                sampler=optuna.samplers.TPESampler(seed=config["seed"] + len(told), n_startup_trials=min(5, config["search"]["trials"])))
    choices = {name: optuna.distributions.CategoricalDistribution(values) for name, values in space(config).items()}

    def learn(one):
        params = {name: one[name] for name in choices}
        if one["figure"] is not None and all(params[name] in space(config)[name] for name in choices):
            study.add_trial(optuna.trial.create_trial(params=params, distributions=choices, values=[one["figure"], one["milliseconds"], one["bytes"]]))
    for one in told:
        learn(one)
    while True:
        asked = study.ask(choices)
        answer = yield normal(asked.params["network"], asked.params["size"], asked.params["width"])
        if answer is None or answer["figure"] is None:
            study.tell(asked, state=optuna.trial.TrialState.FAIL)
        else:
            study.tell(asked, [answer["figure"], answer["milliseconds"], answer["bytes"]])


def front(told):
    """Those that nothing else beats in figure, time and bytes at once, the fastest first."""
    tried = [one for one in told if one["figure"] is not None]

    def beats(a, b):
        at_least = a["figure"] >= b["figure"] and a["milliseconds"] <= b["milliseconds"] and a["bytes"] <= b["bytes"]
        return at_least and (a["figure"], a["milliseconds"], a["bytes"]) != (b["figure"], b["milliseconds"], b["bytes"])
    return sorted((b for b in tried if not any(beats(a, b) for a in tried)), key=lambda one: one["milliseconds"])


def rising(ranked):
    """Of the front those that are better than all faster ones: what a line over milliseconds can show; others are there for their bytes."""
    return [one for i, one in enumerate(ranked) if all(one["figure"] > before["figure"] for before in ranked[:i])]


def ms(value):
    """'0.64', '12.3'"""
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def choice(told, n):
    """(the chosen, the best, the standard error of its figure): the fastest that is no worse than the best by more than chance."""
    ranked = front(told)
    best = max(ranked, key=lambda one: one["figure"])
    error = max(best["error"], 0.5 / n)  # where nothing was wrong, no resample tells how far that is chance: half a picture
    return next(one for one in ranked if one["figure"] >= best["figure"] - error), best, error


def lines_of(config, told, n):
    """search.md."""
    budget, keep = config["search"], " and ".join(config["keep"])
    lines = ["# Search", "", f"{len(told)} networks of {len({normal(*point) for point in points(config)})}; at most {budget['milliseconds']:g} ms a "
                             f"picture (the least of 30 runs of `insitu "
             f"bench`, int8, one thread, on this machine) and {budget['bytes']:,} bytes; {budget['minutes']:g} minutes of training each. The "
             f"figure: the mean of {keep} of the int8 file on "
             f"validation, n = {n}.", "", "| Network | Size | Width | Figure | ms | Bytes | |", "|---|---|---|---|---|---|---|"]
    best = front(told)
    for one in sorted(told, key=lambda one: -(one["figure"] or 0)):
        state = "on the front" if one in best else one["state"]
        lines.append(f"| {one['network']} | {one['size']} | {one['width']:g} | {'–' if one['figure'] is None else format(one['figure'], '.3f')} | "
                     f"{ms(one['milliseconds'])} | "
                     f"{one['bytes']:,} | {state} |")
    if not best:
        return [*lines, "", "Nothing was within the budget: raise search.milliseconds or search.bytes, or add smaller sizes and widths."]
    chosen, top, error = choice(told, n)
    why = (f"It has the best figure, {top['figure']:.3f}, and nothing faster is within its standard error ({error:.3f})." if chosen == top else
           f"The best figure is {top['figure']:.3f} ({name_of(top['network'], top['size'], top['width'])}, {ms(top['milliseconds'])} ms), with a "
           f"standard error of {error:.3f}. "
           f"The chosen one has {chosen['figure']:.3f}, which is no worse as far as {n} pictures can tell, and takes {ms(chosen['milliseconds'])} ms.")
    shape = configs.FIXED_SIZES.get(chosen["network"], [chosen["size"]] * 2)
    toml = [f"network = \"{chosen['network']}\"", f"size = {shape}"] + ([f"network_options = "
                                                                         f"{{width = {chosen['width']:g}}}"] if chosen["width"] != 1 else [])
    return [*lines, "", "![Front](pareto.svg)", "", f"**{name_of(chosen['network'], chosen['size'], chosen['width'])}.** {why} In the "
                                                    f"config:", "", "```toml", *toml, "```", "",
            "Trials are short: a larger network may need more minutes before it shows what it can."]


def plot(config, told, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
    figure, axes = pyplot.subplots(figsize=(6, 4))
    tried, best = [one for one in told if one["figure"] is not None], front(told)
    sizes = [20 + one["bytes"] / 40_000 for one in tried]
    colours = ["tab:blue" if one in best else "lightgrey" for one in tried]
    axes.scatter([one["milliseconds"] for one in tried], [one["figure"] for one in tried], s=sizes, color=colours)
    line = rising(best)
    axes.plot([one["milliseconds"] for one in line], [one["figure"] for one in line], color="tab:blue", linewidth=1)
    for one in tried:
        axes.annotate(name_of(one["network"], one["size"], one["width"]), (one["milliseconds"], one["figure"]), fontsize=6, xytext=(4, 4),
                      textcoords="offset points")
    axes.axvline(config["search"]["milliseconds"], color="tab:red", linewidth=1, linestyle="--")
    axes.set(xlabel="ms a picture (int8, one thread; area: bytes)", ylabel=" and ".join(config["keep"]) + ", validation")
    figure.tight_layout()
    with whole(path) as partial:
        figure.savefig(partial, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def write(config, told, folder, n):
    with whole(folder / "pareto.csv") as partial, open(partial, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*FIELDS, "front"])
        writer.writerows([*(one[name] for name in FIELDS), one in front(told)] for one in told)
    plot(config, told, folder / "pareto.svg")
    write_whole(folder / "search.md", "\n".join(lines_of(config, told, n)) + "\n")


def key_of(config, prepared):
    """Trials of other pictures or another budget of minutes are no trials of this."""
    kept = {k: config[k] for k in training.CHOICES if k in config and k not in ("network", "network_options", "validate_size", "stages")}
    return digest([kept, config["search"]["minutes"], training.tables_digest(config, prepared)])


def is_beyond(config, told):
    return told["milliseconds"] > config["search"]["milliseconds"] or told["bytes"] > config["search"]["bytes"]


def known_trials(config, folder):
    """Those that are there, the oldest first. What an earlier budget did not allow and this one does is tried again; what that allowed
    and this one does not keeps its file, and has no figure here."""
    told = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)]
    return [{**one, "figure": None, "error": None, "state": BEYOND} if is_beyond(config, one) else one
            for one in told if one.get("error") is not None or is_beyond(config, one)]


def make(config, prepared, out, progress, insitu, say):
    """Goes on from the trials that are there. -> the path of search.md"""
    folder = out / "search" / key_of(config, prepared)[:12]
    folder.mkdir(parents=True, exist_ok=True)
    told = known_trials(config, folder)
    wanted = min(config["search"]["trials"], len({normal(*point) for point in points(config)}))
    asking, known = proposals(config, told), {(one["network"], one["size"], one["width"]): one for one in told}
    point = next(asking)
    with disk(out), progress("searching", wanted, len(told)) as advance:
        for _ in range(MOST_PROPOSED * wanted):
            if len(known) >= wanted:
                break
            if point not in known:
                one = known[point] = trial(config, *point, prepared, folder / name_of(*point), insitu)
                write_whole(folder / f"{name_of(*point)}.json", json.dumps(one, indent=1) + "\n")
                figure = one["state"] if one["figure"] is None else f"{one['figure']:.3f}"
                advance(1, f"{name_of(*point)}: {figure}, {ms(one['milliseconds'])} ms, {one['bytes']:,} bytes")
            point = asking.send(known[point])
    write(config, list(known.values()), out / "search", len(limits.opened(config, prepared)[0].indices("val")))
    say(f"search: {out / 'search' / 'search.md'}")
    return out / "search" / "search.md"


def points(config):
    return itertools.product(*space(config).values())
