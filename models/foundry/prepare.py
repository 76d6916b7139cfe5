"""`prepare`: the pictures looked at, cleaned, split and laid out as models/tools read them, with a report that a person reads.

Fills a folder: table.csv (every picture, with why it is left out), <source>/labels.csv and <source>/images/ (links to the
pictures; what the core does not read is there as PNG), blind.json (how far a model gets that sees nothing of the subject),
report.md. Changes nothing in the data's own folder.
"""
import json
import os
import pathlib

import pandas

from models.foundry import look, several, split, table
from models.foundry.config import SHARES
from models.foundry.problem import number
from models.foundry.run import digest
from models.tools import blind, dataset


def listing(folder):
    """What the folder holds, so that a change is noticed: names, sizes and times."""
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(files):
            path = os.path.join(place, name)
            stat = os.stat(path) if os.path.exists(path) else os.lstat(path)  # a link that leads nowhere
            found.append([os.path.relpath(os.path.join(place, name), folder), stat.st_size, stat.st_mtime_ns])
    return digest(found)


def key(config, folders):
    parts = {name: config[name] for name in ("classes", "sources", "clean", "seed")}
    return [parts, {name: listing(folder) for name, folder in sorted(folders.items())}]


def sides(rows, source, seed):
    """The kept rows with a side each, drawn where the source says none."""
    rows = rows.copy()
    given = (rows["split"] != "").any()
    if not given:
        rows["group"] = split.joined(rows["group"], rows["twin"])
        kinds = several.kinds(rows["label"], rows["group"]) if "findings" in source else rows["label"]
        drawn = split.draw(kinds, rows["group"], source.get("shares", SHARES), seed, source["name"])
        rows["split"] = [drawn[group] for group in rows["group"]]
    return rows, given


def of_source(source, config, folder, progress, say):
    """(all rows with reasons, the kept ones with sides) of one source."""
    found = table.read(source, config["classes"], folder)
    unread = found.attrs.get("unread")
    if unread:
        say(f"left out: {sum(unread.values())} files of {folder} ({', '.join(f'{n} {ending}' for ending, n in unread.most_common())}), which are not "
            "read; save them as JPEG or PNG")
    with progress(f"looking at {source['name']}", len(found)) as advance:
        found, thumbs = look.look(found, advance)
    found = look.judge(found, thumbs, config["clean"], source["name"])
    kept, given = sides(found[found["reason"] == ""], source, config["seed"])
    kept = kept[kept["split"] != ""]
    if len(config["sources"]) == 1:
        if source.get("groups_may_cross"):
            kept["group"] = kept["group"] + "/" + kept["split"]
        if "findings" in source:
            several.require_sides(kept, config["classes"], source["name"])
            split.require_whole_groups(kept, source["name"])
        else:
            split.require_sides(kept, config["classes"], source["name"], given)
    found["split"] = kept["split"].reindex(found.index).fillna("")
    return found, kept


OWN = ("image", "label", "split", "group", "path", "row", "broken", "width", "height", "digest", "stays", "hash", "twin", "reason")


def name_of(row):
    """Where the picture lies under images/: as the core reads it."""
    path = pathlib.PurePosixPath(row.image)
    return row.image if row.stays else f"{path.with_suffix('')}{path.suffix.replace('.', '-')}.png"


def lay_out(kept, folder, progress):
    """labels.csv and images/ of one source; the source's other columns stay."""
    (folder / "images").mkdir(parents=True)
    names = []
    with progress(f"laying out {folder.name}", len(kept)) as advance:
        for row in kept.itertuples(index=False):
            names.append(name_of(row))
            target = folder / "images" / names[-1]
            target.parent.mkdir(parents=True, exist_ok=True)
            if row.stays:
                target.symlink_to(pathlib.Path(row.path).resolve())
            else:
                look.opened(pathlib.Path(row.path))[0].save(target)
            advance()
    more = kept[[c for c in kept.columns if c not in OWN]]
    made = pandas.concat([pandas.DataFrame({"image": names, "label": kept["label"].to_numpy(), "split": kept["split"].to_numpy(),
                                            "group": kept["group"].to_numpy(), "digest": kept["digest"].to_numpy()}), more.reset_index(drop=True)], axis=1)
    made.to_csv(folder / "labels.csv", index=False, lineterminator="\n")


def tools_sources(config):
    """The config's sources as models/tools see what was laid out."""
    plain = {"split": {"column": "split"}, "group": "group"}
    keep = ("name", "store", "grey", "share", "augment", "group_name")
    made = []
    for source in config["sources"]:
        one = {**{k: source[k] for k in keep if k in source}, **several.tools_source(source), **plain}
        if len(config["sources"]) > 1:
            one["split"] = {"column": "split", **{side: [] for side in source.get("split", {}) if source["split"][side] == []}}
        made.append({"group_name": "groups of pictures", **one})
    return made


def data_arguments(config, folder):
    """--data values for models/tools."""
    return [f"{source['name']}={folder / source['name']}" for source in config["sources"]]


def make(config, folders, folder, progress, say):
    """Fills `folder`."""
    everything = []
    for source in config["sources"]:
        found, kept = of_source(source, config, folders[source["name"]], progress, say)
        for row in found[found["broken"] != ""].to_dict("records"):
            say(f"left out: {look.place(row)} does not open ({row['broken']}); put a whole file there, or delete it")
        lay_out(kept, folder / source["name"], progress)
        everything.append(found.assign(source=source["name"], path=found["path"].map(str)).drop(columns=["stays", "broken"]))
    whole = pandas.concat(everything, ignore_index=True)
    whole["hash"] = [f"{value:016x}" for value in whole["hash"]]
    whole.to_csv(folder / "table.csv", index=False, lineterminator="\n")
    first = dataset.open_sources({"classes": config["classes"], "sources": tools_sources(config)}, data_arguments(config, folder))[0]
    with progress("looking for shortcuts", None):
        shortcuts = several.shortcuts(first, "val") if several.are(config) else blind.measure(first, "val")
    (folder / "blind.json").write_text(json.dumps(shortcuts, indent=1) + "\n")
    (folder / "report.md").write_text(report(whole, config, shortcuts), encoding="utf-8")
    say(summary(whole))
    if told(config, shortcuts):
        say(told(config, shortcuts).replace("*", ""))


def told(config, shortcuts):
    """What is to be said at once of the shortcuts; None where there are none."""
    return (several.shortcut if several.are(config) else shortcut)(shortcuts)


def summary(whole):
    kept = whole[whole["split"] != ""]
    counts = kept["split"].value_counts()
    return (f"{len(kept)} of {len(whole)} pictures stay: " + ", ".join(f"{counts.get(side, 0)} {side}" for side in split.SIDES)
            + (f"; {len(whole) - len(kept)} left out, table.csv says why" if len(kept) < len(whole) else ""))


def report(whole, config, shortcuts):
    """Markdown: counts, what was left out and why, near twins, shortcuts."""
    lines = ["# The pictures", "", summary(whole) + ".", ""]
    for name, rows in whole.groupby("source", sort=False):
        kept = rows[rows["split"] != ""]
        lines += [f"## {name}", "", "| Class | " + " | ".join(split.SIDES) + " | Groups | Left out |", "|---" * 6 + "|"]
        for label, has in counted(rows, config):
            mine = rows[has & (rows["split"] != "").to_numpy()]
            lines.append(f"| {label} | " + " | ".join(str((mine["split"] == side).sum()) for side in split.SIDES)
                         + f" | {mine['group'].nunique()} | {(has & (rows['split'] == '').to_numpy()).sum()} |")
        if len(kept):
            widths, heights = kept["width"], kept["height"]
            lines += ["", f"Sizes from {widths.min()} x {heights.min()} to {widths.max()} x {heights.max()}, the median {widths.median():.0f} x "
                          f"{heights.median():.0f}."]
        lines += left_out(rows) + near(kept)
    return "\n".join(lines + (several.seen_without if several.are(config) else seen_without)(shortcuts)) + "\n"


def counted(rows, config):
    """[(class, which rows count as it)]"""
    if several.are(config):
        return several.counted(rows, config["classes"])
    return [(label, (rows["label"] == label).to_numpy()) for label in config["classes"]]


def left_out(rows):
    gone = rows[rows["reason"] != ""]
    if gone.empty:
        return ["", "Nothing was left out."]
    return ["", "### Left out", ""] + [f"- {row['image']}{split.row_of(row)}: {row['reason']}" for row in gone.head(50).to_dict("records")] + (
        [f"- and {len(gone) - 50} more (`table.csv`)"] if len(gone) > 50 else [])


def near(kept):
    """Near twins that stay; with two labels they are worth a look."""
    found = [rows for _, rows in kept[kept["twin"] >= 0].groupby("twin") if len(rows) > 1]
    lines = ["", f"{sum(map(len, found))} pictures are near twins of one another in {number(len(found), 'set')}, each on one side; `table.csv` names them "
             "(twin)."] if found else []
    lines += [f"- look at {', '.join(rows['image'])}: near twins with the labels "
              f"{', '.join(sorted(set(rows['label'])))}" for rows in found if rows["label"].nunique() > 1][:30]
    return lines


def shortcut(found):
    """What tells the classes apart without a look at the subject, as a sentence; None where nothing does."""
    chance = found["measures"]["the commonest class"]["balanced_accuracy"]
    best, figure = max(((n, f["balanced_accuracy"]) for n, f in found["measures"].items()), key=lambda pair: pair[1])
    if figure > chance + 0.5 * (1 - chance):
        return (f"**From {best} alone the classes can be told at {figure:.2f} (chance {chance:.2f}).** They were probably taken by other people, with "
                "other devices or on other days. A network will learn that first, and its good figures will not hold elsewhere. Get pictures of all "
                "classes from each device.")
    return None


def seen_without(found):
    """The class-blind baselines: what a network may have learnt instead of the subject."""
    lines = ["", "## What needs no look at the subject", "", f"A linear model on a few numbers a picture, fitted on train, measured on val (n = "
             f"{found['n']}).", "",
             "| Seen | Accuracy | Balanced accuracy |", "|---|---|---|"]
    lines += [f"| {name} | {f['accuracy']['value']:.3f} ({f['accuracy']['low']:.3f}–{f['accuracy']['high']:.3f}) | {f['balanced_accuracy']:.3f} "
              f"|" for name, f in found["measures"].items()]
    return lines + (["", shortcut(found)] if shortcut(found) else [])
