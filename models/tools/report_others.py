"""The card's part about pictures from other sources than its figures', from report/others.json (models.tools.others) alone."""
import json

TITLES = {"balanced_accuracy": "Balanced accuracy", "answered": "Answered", "unsure": "Unsure", "refused": "Refused",
          "wrong": "Wrong among the answered"}


def title(figure):
    kind, _, name = figure.partition("_")
    return TITLES.get(figure) or f"{'AUC' if kind == 'auc' else 'Recall'} of {name}"


def section(folder, config):
    """Markdown; empty where nothing was measured or the config names no other source."""
    path = folder / "report" / "others.json"
    if "others" not in config or not path.is_file():
        return ""
    lines = ["", "## Pictures from elsewhere", config["about_others"]]
    for name, found in json.loads(path.read_text()).items():
        variants = found["variants"]
        lines += ["", f"**{name}**: {found['about']} n = {found['n']} in {found['groups']} groups, uniform prior.", "",
                  "| | " + " | ".join(variants) + " |", "|---" * (len(variants) + 1) + "|"]
        for figure in next(iter(variants.values())):
            cells = [v.get(figure) for v in variants.values()]
            lines.append(f"| {title(figure)} | " + " | ".join(
                "–" if c is None else f"{c['value']:.3f} ({c['low']:.3f}–{c['high']:.3f})" for c in cells) + " |")
    return "\n".join(lines) + "\n"
