"""card.md of a pack of findings: a model card (Mitchell et al. 2019) from the pack, its texts and report/findings.json."""
from models.tools import blind, written


def figure(f, c):
    value, bounds = f["auc"][c], f["auc_bounds"][c]
    if value is None:
        return "–"
    return f"{value:.3f}" + (f" ({bounds[0]:.3f}–{bounds[1]:.3f})" if None not in bounds else "")


def table(content, texts, found):
    names = list(found["variants"])
    lines = ["| Finding | Pictures with it | " + " | ".join(f"AUC, {name}" for name in names) + " |", "|---" * (2 + len(names)) + "|"]
    for c, entry in enumerate(content["classes"]):
        label = texts["classes"][entry["id"]]["label"]
        lines.append(f"| {entry['id']} ({label}) | {found['positives'][c]} | " + " | ".join(figure(found["variants"][name], c) for name in names) + " |")
    means = [found["variants"][name]["macro_auc"] for name in names]
    return [*lines, "| Mean | | " + " | ".join(f"{m['value']:.3f} ({m['low']:.3f}–{m['high']:.3f})" for m in means) + " |"]


def framework(found):
    """What PyTorch answers to the same pictures; empty where it was not asked."""
    if "framework" not in found:
        return ""
    parts = [f"{name} differs from it by {f['from_framework']['largest']:.2g} of a probability at most, {f['from_framework']['mean']:.2g} on average"
             for name, f in found["variants"].items()]
    return f"\nPyTorch reaches a mean AUC of {found['framework']['macro_auc']['value']:.3f} on the same pictures; {'; '.join(parts)}.\n"


def write(folder, content, config, found):
    texts = written.read(folder / "texts" / f"{content['languages'][0]}.json")
    beginning = "" if config.get("pretrained", True) else "\nIts weights began at random: nothing was learnt before from other pictures.\n"
    again = f"`{config['command']}`"
    if "models.foundry" not in config["command"]:  # which does all of it
        again += ", then `python -m models.tools.make_findings` and `python -m models.tools.measure_findings`; see\n`models/tools/README.md`"
    variants = ", ".join(f"{v['name']} ({v['bytes']:,} bytes)" for v in content["variants"])
    (folder / content["card"]).write_text(f"""# {texts['name']}

Version {content['version']}. Weights: {content['licence']['weights']}, {config.get("about_licence", "as their data ask")}.

## What it is for
{texts['intended_use']}

## What it is not for
{texts['not_for']}

## The network
{config['about']} Input {content['input']['width']}×{content['input']['height']}, the centre of the picture. Variants: {variants}.
{beginning}
## The data
{content['licence']['data']}.

{config['about_data']} Split: {config['about_split']}. Nothing was trained on the test side, and every limit comes from validation.

## Figures
`{found['split']}`, n = {found['n']} in {found['groups']} groups ({found['group_name']}), by the command `insitu evaluate`: the product's own
decoder and engine. Each finding is judged by itself: AUC is that of the pictures that have it against those that have not. In
brackets: 95 % intervals, the percentile bootstrap over groups, 1,000 rounds. A finding without pictures here has no AUC, and no
part in the mean. Temperature, biases and thresholds were fitted on validation, for each variant on its own outputs;
sensitivity and specificity at the thresholds are in `report/findings.md`.

{chr(10).join(table(content, texts, found))}
{framework(found)}{blind.section(folder)}
## Limits
{chr(10).join(f"- {limit}" for limit in config['limits'])}

## To make it again
{again}.
{config.get('about_weights', '')}
""".rstrip() + "\n", encoding="utf-8")
