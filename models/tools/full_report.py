"""A pack's report for a reviewer: report/report.md and, self-contained, report/report.html, from the JSON files beside them.

  python -m models.tools.full_report CONFIG PACK

Measures nothing and types nothing twice: a part is there where its file is (command.json by models.tools.native, findings.json
by measure_findings, precisions.json by abid, parity.json, robustness.json, operating.json, folds.json, blind.json, refused.json,
others.json), and the parts that the card has are the card's own. The HTML holds its plots, asks for nothing, and runs no script.
"""
import argparse
import html
import json
import pathlib
import re

from models.tools import abid, blind, folds, full_disk, measure_findings, metrics, parity, plots, report_decisions, report_others, written
from models.tools.metrics import span

STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;display:block;overflow-x:auto;margin:1rem 0}
td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:start;font-variant-numeric:tabular-nums}
.interval{white-space:nowrap}th{background:#f1f3f5}svg{max-width:100%;height:auto}code{background:#f1f3f5;padding:0 .2em}
:root{color-scheme:light dark}
@media (prefers-color-scheme:dark){body{color:#e8e8e8;background:#141414}th,code{background:#262626}td,th{border-color:#555}svg{background:#fff}}"""


def load(pack, name):
    path = pack / "report" / f"{name}.json"
    return json.loads(path.read_text()) if path.is_file() else None


def words(name):
    return name.replace("_", " ")


def points(text):
    """A part's Markdown one heading lower."""
    return re.sub(r"^#", "##", text, flags=re.MULTILINE)


def table(names, rows):
    """Markdown of [[cell]], the first of a row its title."""
    return "\n".join(["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|", *("| " + " | ".join(row) + " |" for row in rows)])


def operating_part(found):
    lines = ["## Where its groups can be worked at",
             f"{found['variant']}, n = {found['n']}, training prior. Points of this test side’s own ROC curve: what a limit chosen here",
             "would give, a little too good. What the pack’s own limit gives is under “What it answers, doubts and refuses”. Told apart: the likeliest",
             "class is on the right side.", ""]
    if found["groups"]:
        names = list(next(iter(found["groups"].values())))
        lines.append(table([words(n) for n in names], [[group, *(span(f[n]) for n in names)] for group, f in found["groups"].items()]))
    else:
        lines.append("The pack has no groups.")
    c = found["calibration"]
    lines += ["", "## Calibration",
              "Brier (0 to 2) and the calibration error (ECE, 15 bins), before the temperature and biases that validation gave, and after.", "",
              table(["Before", "After"], [[name, span(c[f"{name.lower()}_before"]), span(c[f"{name.lower()}_after"])] for name in ("Brier", "ECE")]),
              "", "## Risk and coverage", "How many are wrong among the surest share of the pictures.", "", "![Risk and coverage](risk-coverage.svg)"]
    for name, some in found["subgroups"].items():
        figures = list(dict.fromkeys(figure for part in some.values() for figure, f in part.items() if isinstance(f, dict)))
        rows = [[word, str(part["n"]), f"{part['refused']:.3f}", *(span(part[f]) if f in part else "–" for f in figures)] for word, part in some.items()]
        lines += ["", f"## By {name}", "", table(["n", "Refused", *(words(f) for f in figures)], rows)]
    return "\n".join(lines) + "\n"


def robustness_part(found):
    figure = found.get("figure", "balanced_accuracy")
    told = {"balanced_accuracy": "Balanced accuracy under the training prior", "macro_auc": "Mean AUC of its findings"}[figure]
    rows = [[f"{kind} ({found['units'].get(kind, '')}: {', '.join(format(s['strength'], 'g') for s in steps)})",
             *(f"{s[figure]['value']:.3f} ({s['refused']['value']:.2f})" for s in steps)] for kind, steps in found["kinds"].items()]
    return "\n".join(["## Pictures made worse",
                      f"{found['variant']}, {found['n']} pictures of the test side, drawn at random. {told},",
                      f"in brackets the share refused. Unharmed: {span(found['clean'][figure])}, refused "
                      f"{found['clean']['refused']['value']:.3f}.", "",
                      table([str(i + 1) for i in range(max(map(len, found["kinds"].values())))], rows), "",
                      "![Pictures made worse](robustness.svg)"]) + "\n"


def figures_part(runs):
    """Of report/command.json."""
    def of(part, name):
        return [span(metrics.told(run[part][name], run["bounds"][name], 9)) for run in runs.values()]
    rows = [["n", *(str(run["training"]["n"]) for run in runs.values())], ["Accuracy, training prior", *of("training", "accuracy")],
            ["Balanced accuracy, uniform prior", *of("uniform", "balanced_accuracy")], ["Macro AUC", *of("training", "macro_auc")],
            ["Calibration error (ECE), training prior", *of("training", "ece")]]
    return "## Figures of the test side\n\n" + table(list(runs), rows) + "\n"


def text_of(pack, config, content):
    """The whole report as Markdown."""
    parts = [f"# Report: {content['id']} {content['version']}\n",
             f"Made by `models.tools.full_report` from the files beside it; the card is [card.md](../{content['card']}).\n"]
    makers = {"command": figures_part, "findings": lambda found: points(measure_findings.markdown(found)), "folds": folds.markdown, "operating": operating_part,
              "precisions": lambda found: points(abid.markdown(found)) + "\n![Four precisions](precisions.svg)\n",
              "parity": lambda found: points(parity.markdown(found)), "robustness": robustness_part}
    for name, made in makers.items():
        found = load(pack, name)
        if found:
            parts.append(made(found))
        if name == "command":
            parts.append(report_decisions.section(pack, content, config))
    parts += [report_others.section(pack, config), blind.section(pack)]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part.strip())


def page(markdown, folder, language="en"):
    """One HTML file of the Markdown, each SVG that it shows put into it."""
    from markdown_it import MarkdownIt
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)

    body = re.sub(r"<td>.*?</td>", lambda cell: re.sub(r"[-−]?\d[\d.]*–[-−]?\d[\d.]*", r'<span class="interval">\g<0></span>', cell[0]), body, flags=re.DOTALL)

    def drawn(match):
        path = folder / match["file"]
        svg = path.read_text()
        svg = svg[svg.index("<svg"):]
        prefix = path.stem  # ids of several plots in one page
        svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
        svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", svg)
        return svg.replace("<svg ", f'<svg role="img" aria-label="{match["alt"]}" ', 1)
    body = re.sub(r'<img src="(?P<file>[\w.-]+\.svg)" alt="(?P<alt>[^"]*)" ?/>', drawn, body)
    title = html.escape(markdown.splitlines()[0].lstrip("# "))
    return (f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'; img-src data:">\n'
            f"<title>{title}</title><style>{STYLE}</style></head><body>\n{body}</body></html>\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("config", type=pathlib.Path)
    parser.add_argument("pack", type=pathlib.Path)
    args = parser.parse_args()
    config, content = written.read(args.config), written.read(args.pack / "pack.json")
    folder = args.pack / "report"
    for name, draw in plots.DRAWN.items():
        found = load(args.pack, name)
        if found:
            draw(found, folder / plots.FILES[name])
    text = text_of(args.pack, config, content)
    (folder / "report.md").write_text(text)
    (folder / "report.html").write_text(page(text, folder))
    print(f"{folder / 'report.html'}: {(folder / 'report.html').stat().st_size} bytes")


if __name__ == "__main__":
    full_disk.started(main)
