"""models.tools.attributes: what a reviewer asks for, from the pack's own files."""
import json
import pathlib
import shutil

import pytest

from models.tools import attributes, blind

MODELS = pathlib.Path(__file__).parents[2] / "models"


def config(name):
    return json.loads((MODELS / "tools" / "configs" / f"{name}.json").read_text())


def of(folder, name):
    return attributes.section(folder, json.loads((folder / "pack.json").read_text()), config(name))


def answers(text):
    """{title: answer} of the first table."""
    lines = [line for line in text.split("## Where")[0].splitlines() if line.startswith("| ") and "**" not in line and line != "| | |"]
    return dict([c.strip() for c in line.strip("|").replace("\\|", "¦").split("|")] for line in lines)


def test_there_are_the_rules_31_attributes_and_each_is_answered_or_said_to_be_missing():
    folder = MODELS / "skin"
    facts = attributes.Facts(folder, json.loads((folder / "pack.json").read_text()), config("skin"))
    assert [len(some) for _, some in attributes.rows(facts)] == [4, 4, 2, 4, 2, 4, 5, 4, 2]
    assert all(answers(of(folder, "skin")).values())


def test_answers_are_the_packs_own_words():
    folder = MODELS / "chest-xray"
    texts = json.loads((folder / "texts" / "en.json").read_text())
    found = answers(of(folder, "chest-xray"))
    assert found["Intended use"] == texts["intended_use"]
    assert found["Tasks, situations and populations to keep it from"] == texts["not_for"]
    assert found["Validity on other data"] == "Not measured."


def test_what_was_not_measured_or_said_is_not_claimed(tmp_path):
    folder = tmp_path / "skin"
    (folder / "report").mkdir(parents=True)
    shutil.copytree(MODELS / "skin" / "texts", folder / "texts")
    shutil.copy(MODELS / "skin" / "pack.json", folder)
    text = of(folder, "skin")
    assert answers(text)["Fairness on data of the same source"] == "Not stated."
    assert "| Robustness | Not measured. |" in text and "| Performance in subgroups | Not measured. |" in text


def test_subgroups_are_claimed_only_where_the_report_has_some():
    assert json.loads((MODELS / "colorectal" / "report" / "operating.json").read_text())["subgroups"] == {}
    assert "| Performance in subgroups | Not measured. |" in of(MODELS / "colorectal", "colorectal")
    assert "| Performance in subgroups | report/report.md |" in of(MODELS / "skin", "skin")


def test_the_map_is_called_checked_only_where_a_run_of_the_command_checked_it(tmp_path):
    folder = tmp_path / "skin"
    (folder / "report").mkdir(parents=True)
    shutil.copytree(MODELS / "skin" / "texts", folder / "texts")
    shutil.copy(MODELS / "skin" / "pack.json", folder)
    runs = json.loads((MODELS / "skin" / "report" / "command.json").read_text())
    for found, said in ((None, "not measured for this pack"), ({"n": 3}, "checked by `insitu evaluate --explain`")):
        if found:
            next(iter(runs.values()))["training"]["explain"] = found
        (folder / "report" / "command.json").write_text(json.dumps(runs))
        line = next(line for line in of(folder, "skin").splitlines() if line.startswith("| Explanation of answers |"))
        assert said in line and "(`--map`)" in line


def test_a_split_by_lists_has_a_column_too():
    spec = config("skin")
    spec["sources"][0]["split"] = {"lists": {"train": "train.txt", "test": "test.txt"}}
    folder = MODELS / "skin"
    found = answers(attributes.section(folder, json.loads((folder / "pack.json").read_text()), spec))
    assert found["Validity on data of the same source"].endswith(", `list`.")


def test_a_configs_own_sentence_is_taken_and_cannot_break_the_table():
    folder, spec = MODELS / "skin", config("skin")
    spec["attributes"] = {"funding": "A grant | of\n two lines."}
    text = attributes.section(folder, json.loads((folder / "pack.json").read_text()), spec)
    assert "| Funding of the technical implementation | A grant \\| of two lines. |" in text


def test_a_source_of_which_a_side_was_learnt_is_not_called_external():
    assert answers(of(MODELS / "skin-phone", "skin-phone"))["Validity on other data"] == "Not measured."
    found = answers(of(MODELS / "skin-open", "skin-open-pack"))
    assert found["Data, setting or environment other than training's and testing's"].startswith("ham10000: ")


@pytest.mark.parametrize("pack", sorted(path.parent.name for path in MODELS.glob("*/pack.json")))
def test_a_committed_card_says_what_its_reports_have(pack):
    """A report that is measured later makes the card's "Not measured" untrue until it is made anew."""
    folder = MODELS / pack
    name = f"{pack}-pack" if (MODELS / "tools/configs" / f"{pack}-pack.json").is_file() else pack
    card = (folder / "card.md").read_text()
    assert of(folder, name).strip() in card
    assert blind.section(folder).strip() in card and (folder / "report/blind.json").is_file()
