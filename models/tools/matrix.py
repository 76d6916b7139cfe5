"""What each pack refuses, side by side: kind of picture × pack, from every pack's report/refused.json, into one page.

  python -m models.tools.matrix models > models/refused.md

Measures nothing (models/tools/foreign.py does). Of each pack its default variant. A kind that the pack has learnt, or that is its
own from another source, is to be answered: its row says so, or its cell.
"""
import argparse
import pathlib

from models.tools import written

REFUSED, LOST = 0.95, 0.05  # what is asked: of other kinds at least, of its own test side at most


def read(folder):
    """{pack: {kind: row}} of those that have such a report."""
    found = {}
    for path in sorted(folder.glob("*/report/refused.json")):
        content = written.read(path.parents[1] / "pack.json")
        found[content["id"]] = written.read(path)["variants"][content["default_variant"]]
    return found


def cell(kind, row):
    """'100.0 % of 200'; bold where it is not what is asked, with (learnt) where nothing is."""
    value = row["refused"]["value"]
    text = f"{100 * value:.1f} % of {row['n']}"
    if kind == "own":
        return f"**{text}**" if value > LOST else text
    if "learnt" in kind:
        return f"{text} (learnt)"
    return f"**{text}**" if value < REFUSED and "another source" not in kind else text


def plain(kind):
    return kind.split(" (")[0]


def page(found):
    """Markdown."""
    kinds = list(dict.fromkeys(plain(kind) for rows in found.values() for kind in rows))
    lines = ["# What each pack refuses", "", "Made by `python -m models.tools.matrix models` from each pack’s `report/refused.json`, which has intervals and "
             "reasons. Default variants, by the command. Asked: of other kinds at least 95 % refused, of its own test side at most 5 % lost; what is not "
             "so is bold. “learnt”: the pack has learnt that kind, so it is to be answered, as is its own kind of “another source”. “–”: not measured, or "
             "its own kind. Where a limit was settled with such pictures in sight, the pack’s card says so.", "",
             "| | " + " | ".join(found) + " |", "|---" * (len(found) + 1) + "|"]
    for kind in kinds:
        cells = [next((cell(name, row) for name, row in rows.items() if plain(name) == kind), "–") for rows in found.values()]
        lines.append(f"| {'its own test side' if kind == 'own' else kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path, help="of the packs")
    print(page(read(parser.parse_args().folder)), end="")


if __name__ == "__main__":
    main()
