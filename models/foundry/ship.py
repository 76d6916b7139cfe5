"""`pack`: the measured draft with a person's words: refuses what nobody has written, writes the card, runs the self-test."""
import json
import pathlib
import shutil

from models.foundry import command, several, texts
from models.foundry.problem import Problem

ABOUT = {
    "about_decisions": "Under the training prior. Sets, limits and the least share of an answer were fitted on validation; what holds on the test "
                       "side is in the table. "
                       "In brackets: 95 % intervals (Wilson).",
    "about_refused": "Drawn pictures, noise and empty frames are made, from other seeds than those that fitted the statistics; a kind that they "
                     "never met is not measured here.",
}


def key(config, config_path, reported_key):
    words = {name: value for name, value in config.items() if name.startswith("about") or name in ("limits", "pack", "command", "others", "other_split")}
    return [reported_key, words, texts.read(config, config_path.parent), [source.get("group_name") for source in config["sources"]]]


def for_card(config, prepared):
    """The config with words for what the card asks and the config leaves out, all from what was measured."""
    import csv

    from models.foundry import prepare
    made = {**config, "sources": prepare.tools_sources(config)}
    name = config["sources"][0]["name"]
    with open(prepared / name / "labels.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = [sum(row["split"] == side for row in rows) for side in ("train", "val", "test")]
    given = "as the data's own column says" if "split" in config["sources"][0] else f"drawn by {made['sources'][0]['group_name']}"
    filled = {"about": f"{config.get('model', config['network'])}.", "about_data": f"{len(rows):,} pictures of {len(config['classes'])} classes "
              f"after cleaning.",
              "about_split": f"{given}: {counts[0]:,} / {counts[1]:,} / {counts[2]:,} pictures for training, validation and test", **ABOUT}
    made.update({name: text for name, text in filled.items() if not made.get(name)})
    made.setdefault("command", f"python -m models.foundry all {config['id']}.toml --data DIR --out OUT")
    return made


def make(config, config_path, reported, prepared, folder, insitu):
    from models.tools import pack, report
    missing = texts.all_unwritten(config, config_path)
    if missing:
        raise Problem(*missing, "the pack is not shipped before a person has written them; everything else is there, and the same command ends the work. "
                      f"The draft can be tried meanwhile: {reported / config['id']}")
    made = pathlib.Path(shutil.copytree(reported / config["id"], folder / config["id"]))
    texts.copy(config, config_path.parent, made)
    content = json.loads((made / "pack.json").read_text(encoding="utf-8"))
    spec = config["pack"]
    content.update({field: spec[field] for field in ("version", "languages", "domain", "centred", "licence", "card") if field in spec})
    if several.are(config):
        several.card(made, content, config, prepared)
    else:
        report.card(made, content, for_card(config, prepared), json.loads((made / "report" / "metrics.json").read_text()))
    pack.write(content, made)
    command.run([insitu, "selftest", made])
