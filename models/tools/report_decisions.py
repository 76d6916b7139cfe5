"""The card's part about what is answered, doubted and refused: from report/command.json and report/refused.json alone."""
import json

from models.tools import foreign


def share(value):
    return "–" if value is None else f"{100 * value:.1f} %"


def of(hits, count):
    """'71.0 % (69.0–73.0)', Wilson's interval."""
    low, high = foreign.wilson(hits, count)
    return f"{100 * hits / count:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def at_limit(group, figure, count, refused):
    """'94.7 % (91.9–96.5), n = 376, 15 more refused'."""
    n = group[count]
    return f"{of(round(group[figure] * n), n)}, n = {n}, {group[refused]} more refused"


def decided(run):
    """Rows of one run of `insitu evaluate --json` under the training prior."""
    decisions, sets, n = run["decisions"], run["sets"], run["n"]
    answer = decisions["answer"]
    rows = [("Answered", of(answer["n"], n)), ("Wrong among the answered", of(answer["wrong"], answer["n"])),
            ("Unsure", of(decisions["unsure"]["n"], n)), ("Refused", of(decisions["reject"]["n"], n)),
            ("Sets hold the right class", share(sets["coverage"])), ("Classes in a set", f"{sets['mean_size']:.2f}")]
    rows += [(f"… of {c['id']} (n = {c['n']})", f"{share(c['coverage'])}, {c['mean_size']:.2f}") for c in sets["per_class"] if c["n"]]
    for group in run["groups"]:
        rows += [(f"{group['id']}: sensitivity at its limit, of those not refused", at_limit(group, "sensitivity", "n", "rejected")),
                 (f"{group['id']}: specificity there, likewise", at_limit(group, "specificity", "others", "others_rejected")),
                 (f"{group['id']}: AUC", f"{group['auc']:.3f}")]
    rows += [(f"Error of the surest {share(at['coverage'])}", share(at["error"])) for at in run["selective"]["error_at"] if at["coverage"] < 1]
    return rows


def table(names, columns):
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    return lines + [f"| {rows[0][0]} | " + " | ".join(row[1] for row in rows) + " |" for rows in zip(*columns)]


def refused(found, names):
    lines = ["| | n | " + " | ".join(f"{name}: refused | {name}: AUROC" for name in names) + " |", "|---" * (2 * len(names) + 2) + "|"]
    for kind in found[names[0]]:
        cells = [found[name][kind] for name in names]
        shown = [f"{100 * c['refused']['value']:.1f} % ({100 * c['refused']['low']:.1f}–{100 * c['refused']['high']:.1f}) | {c.get('auroc', '–')}"
                 for c in cells]
        lines.append(f"| {'its own test side' if kind == 'own' else kind} | {cells[0]['n']} | " + " | ".join(shown) + " |")
    return lines


def section(folder, content, config):
    """Markdown; empty where the command has measured nothing yet."""
    path, names = folder / "report" / "command.json", [v["name"] for v in content["variants"]]
    if not path.is_file():
        return ""
    runs = json.loads(path.read_text())
    if any("decisions" not in runs[name]["training"] for name in names):
        return ""
    lines = ["", "## What it answers, doubts and refuses", config["about_decisions"], "",
             *table(names, [decided(runs[name]["training"]) for name in names])]
    kinds = folder / "report" / "refused.json"
    if kinds.is_file():
        found = json.loads(kinds.read_text())["variants"]
        lines += ["", "Pictures of other kinds, none of which fitted anything unless it says so. AUROC: how well typicality ranks them below",
                  "the test side, 1 is perfect.", "", *refused(found, names), "", config["about_refused"]]
    return "\n".join(lines) + "\n"
