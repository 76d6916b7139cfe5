"""The card's part for those who buy or review: the 31 source attributes of HTI-1, and where CLAIM's subjects are answered.

45 CFR 170.315(b)(11)(iv)(B) (ONC's rule HTI-1, 2024) lists what a user of a predictive intervention must be able to read of it.
Each answer comes from what the pack's files say already: its texts, pack.json, the config and the JSON files of report/; what
only people know is the config's "attributes" (a key below: a sentence), and what nobody said reads "Not stated." CLAIM 2024
(Tejani et al., Radiology: Artificial Intelligence 6, e240300) is a checklist for articles: its subjects, and where they stand.
Measures nothing.
"""
import json
import re

from models.tools import dataset, written

UNKNOWN = "Not stated."
NAMES = {"multiclass": "Which of the learnt classes the picture is most like, a probability of each, a set of classes, and a step to take; "
                       "or that it is not answered.",
         "multilabel": "Of each finding by itself a probability; or that the picture is not answered."}


class Facts:
    """What is known of a pack. Every method is a cell of the table, or None."""

    def __init__(self, folder, content, config):
        self.folder, self.content, self.config = folder, content, config
        self.texts = written.read(folder / "texts" / f"{content['languages'][0]}.json")
        self.said = config.get("attributes", {})

    def has(self, name):
        """Whether a part was measured."""
        if name == "external":
            return self.others() is not None
        if name == "subgroups":
            return bool(self.columns())
        if name == "explain":
            path = self.folder / "report" / "command.json"
            return path.is_file() and any("explain" in run for runs in json.loads(path.read_text()).values() for run in runs.values())
        return (self.folder / "report" / f"{name}.json").is_file()

    def own(self, key, otherwise=None):
        return self.said.get(key, otherwise)

    def columns(self):
        """Columns by which people are told apart in the report."""
        path = self.folder / "report" / "operating.json"
        found = list(json.loads(path.read_text())["subgroups"]) if path.is_file() else []
        return found

    def populations(self):
        return f"By {', '.join(self.columns())}: report.md, with intervals." if self.columns() else None

    def others(self):
        """Measured sources of which no side was learnt."""
        if "others" not in self.config or not self.has("others"):
            return None
        learnt = {source["name"] for source in self.config["sources"]}
        found = json.loads((self.folder / "report" / "others.json").read_text())
        return ", ".join(name for name in found if name not in learnt and not self.config["others"].get(name, {}).get("learnt")) or None


def rows(f):
    """[(group, [(attribute, answer)])] of a pack's Facts: 31 attributes."""
    task = f.content["task"]
    split = dataset.split_column(f.config["sources"][0]["split"])
    external = f.others()
    return [
        ("Details and output", [
            ("Developer and contact", f.own("developer")),
            ("Funding of the technical implementation", f.own("funding")),
            ("Value that it puts out", NAMES[task]),
            ("Kind of output", "Classification." if task == "multiclass" else "Classification, one finding at a time.")]),
        ("Purpose", [
            ("Intended use", f.texts["intended_use"]),
            ("Intended patients", f.own("patients")),
            ("Intended users", f.own("users")),
            ("Role in decisions", f.own("role", "None in care: see the next two lines."))]),
        ("Cautioned out-of-scope use", [
            ("Tasks, situations and populations to keep it from", f.texts["not_for"]),
            ("Known risks and limits", "“Limits” in this card.")]),
        ("Development and input", [
            ("What was taken into training and what was left out", f.config["about_data"]),
            ("Demographic and other variables that are its input", "None. The picture is its only input."),
            ("Who is represented", f.own("represented")),
            ("How the training data fits where it is meant to be used", f.own("relevance"))]),
        ("Fairness in development", [
            ("Approach to a fair output", f.own("fairness")),
            ("Approaches against bias", f.own("bias"))]),
        ("External validation", [
            ("Data, setting or environment other than training's and testing's", f"{external}: “Pictures from elsewhere”." if external else "None was made."),
            ("Who tested there", f.own("external_party", "The makers themselves, with public data." if external else "Nobody.")),
            ("Who is represented there", f.own("external_represented", "As their sources tell it; no more was looked at." if external else "Nobody.")),
            ("How", f.config.get("about_others", UNKNOWN) if external else "Not done.")]),
        ("Figures", [
            ("Validity on data of the same source", f"“Figures” and “What it answers, doubts and refuses”, `{split}`."),
            ("Fairness on data of the same source", f.populations()),
            ("Validity on other data", "“Pictures from elsewhere”." if external else "Not measured."),
            ("Fairness on other data", f.own("external_fairness", "Not measured.")),
            ("Studies of outcomes in use", f.own("outcomes", "None."))]),
        ("Maintenance", [
            ("How its validity is watched over time", "Not at all by the software: no picture and no answer leaves the device."),
            ("Validity on local data", "Whoever has labelled pictures measures it: `insitu evaluate`, or several pictures with their labels in the page."),
            ("How its fairness is watched over time", "Not at all, for the same reason."),
            ("Fairness on local data", "As its validity, with one table of labels for each part of the people.")]),
        ("Updates", [
            ("How, and how often, it is updated", f.own("updates", "By a new version of the pack, at no fixed times; the page says that there is one.")),
            ("How often faults in validity or fairness are corrected", f.own("corrections", "At no fixed times; what is known is in this card."))]),
    ]


# (subject, where it is answered, what must have been measured for that if anything, what is said otherwise: "Not measured.")
CLAIM = [
    ("Purpose, background, intended role", "What it is for; What it is not for"),
    ("Data sources, selection, preparation, what is missing", "The data; `models/tools/README.md`"),
    ("Reference standard and who annotated", "The data"),
    ("Partitions, and on which level they are apart", "The data; Figures"),
    ("Model, software, start and training, choice of the final weights", "The network; To make it again"),
    ("Metrics and their uncertainty", "Figures; What it answers, doubts and refuses"),
    ("Robustness", "report/report.md", "robustness"),
    ("Explanation of answers", "the map of where it looked (`--map`), checked by `insitu evaluate --explain`: report/command.json", "explain",
     "the map of where it looked (`--map`); not measured for this pack"),
    ("Tests on other data", "Pictures from elsewhere", "external"),
    ("Performance in subgroups", "report/report.md", "subgroups"),
    ("What sees nothing of the subject", "its own part of this card", "blind"),
    ("Failures", "Figures (confusion); Limits"),
    ("Limits", "Limits"),
    ("Code, data and weights", "`models/tools/`; The data; this pack"),
]


def cell(text):
    """A table's cell: one line, no bar."""
    return re.sub(r"\s*\n\s*", " ", text or UNKNOWN).replace("|", "\\|")


def section(folder, content, config):
    """Markdown for the card."""
    facts = Facts(folder, content, config)
    lines = ["", "## Source attributes",
             "What 45 CFR 170.315(b)(11)(iv)(B) (HTI-1) asks of a predictive intervention, 31 attributes in its order. That they are listed",
             "is no claim that this pack is one, or that it is certified.", "", "| | |", "|---|---|"]
    for group, some in rows(facts):
        lines.append(f"| **{group}** | |")
        lines += [f"| {title} | {cell(answer)} |" for title, answer in some]
    lines += ["", "## Where CLAIM’s subjects are answered",
              "Of the checklist for articles on AI in medical imaging (CLAIM 2024, Tejani et al. 2024), without what only an article has.",
              "", "| | |", "|---|---|"]
    for title, where, *needs in CLAIM:
        lines.append(f"| {title} | {where if not needs or facts.has(needs[0]) else [*needs, 'Not measured.'][1]} |")
    return "\n".join(lines) + "\n"
