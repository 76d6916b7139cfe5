import copy
import json
import pathlib

import pytest

pytest.importorskip("tomllib")
from models.foundry import config  # noqa: E402
from models.foundry.problem import Problem  # noqa: E402

CONFIGS = sorted((pathlib.Path(config.__file__).parents[1] / "tools" / "configs").glob("*.json"))
WHOLE = """
classes = ["dots", "lines", "plain"]
[[sources]]
name = "shapes"
"""


def problem(tmp_path, text, name="shapes.toml"):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Problem) as found:
        config.load(tmp_path / name)
    return [sentence.replace(f"{tmp_path}/", "") for sentence in found.value.sentences]


@pytest.mark.parametrize("path", [p for p in CONFIGS if "network" in json.loads(p.read_text())], ids=lambda p: p.stem)
def test_the_schema_knows_every_key_of_the_configs_here(path):
    assert config.load(path)["classes"] == json.loads(path.read_text())["classes"]


def test_what_is_left_out_has_a_value(tmp_path):
    (tmp_path / "shapes.toml").write_text(WHOLE + "[pack]\nversion = \"2.0.0\"\n")
    made = config.load(tmp_path / "shapes.toml")
    assert (made["id"], made["network"], made["pack"]["version"], made["pack"]["default_variant"]) == ("shapes", "efficientnet_lite0", "2.0.0", "int8")
    assert made["validate_size"] == made["stages"][-1]["size"] == [192, 192] and made["sources"][0]["store"] == [221, 221]
    assert config.completed(copy.deepcopy(made), tmp_path / "shapes.toml") == made  # completing what is complete changes nothing


@pytest.mark.parametrize("text, sentence", [
    ("budget_minute = 3" + WHOLE, "shapes.toml: budget_minute is no key; did you mean 'budget_minutes'?"),
    ("network = \"efficientnet_lite9\"" + WHOLE, 'shapes.toml: network is "efficientnet_lite9"; it must be one of "efficientnet_lite0", '
                                                 '"efficientnet_lite1", '
     '"efficientnet_lite2", "dai2019", "densenet121"; did you mean \'efficientnet_lite2\'?'),
    ("batch = \"many\"" + WHOLE, 'shapes.toml: batch is "many"; it must be a whole number'),
    ("warm_up = 2" + WHOLE, "shapes.toml: warm_up is 2; it must be at most 1"),
    (WHOLE + "labl = \"dx\"", "shapes.toml: sources[0].labl is no key of sources[0]; did you mean 'label'?"),
    (WHOLE + "[pack.actions]\ndots = \"show\"\nline = \"show\"\nplain = \"watch\"", "shapes.toml: pack.actions names \"line\", which is none of the classes "
     "dots, lines, plain; did you mean 'lines'?"),
    (WHOLE + "[pack.actions]\ndots = \"show\"", "shapes.toml: pack.actions leaves out lines, plain; every class must have an action, or none"),
    (WHOLE + "[pack]\nvariants = [\"float16\"]\ndefault_variant = \"int8\"", 'shapes.toml: pack.default_variant is "int8", which is none of '
     'pack.variants float16'),
    (WHOLE + "[pack]\nimprove_int8 = [\"equalize\"]", 'shapes.toml: pack.improve_int8[0] is "equalize"; it must be one of "equalise", "correct_bias", '
     '"aware"; did you mean \'equalise\'?'),
    (WHOLE + "[pack]\nvariants = [\"float16\"]\nimprove_int8 = [\"equalise\"]", 'shapes.toml: pack.improve_int8 is ["equalise"], but pack.variants '
     'float16 has no int8; name it there, or leave improve_int8 out'),
    ("network = \"densenet121\"" + WHOLE + "[pack]\nimprove_int8 = [\"aware\"]", 'shapes.toml: pack.improve_int8 has "aware", which trains EfficientNets '
     'alone, and network is "densenet121"; leave "aware" out'),
    ("model = \"own.keras\"" + WHOLE + "[pack]\nimprove_int8 = [\"equalise\", \"aware\"]", 'shapes.toml: pack.improve_int8 has "aware", which trains '
     'EfficientNets of the training here alone, and model is "own.keras"; leave "aware" out'),
    (WHOLE + "group_pattern = \"P[0-9]+\"", 'shapes.toml: sources.shapes.group_pattern is "P[0-9]+"; it must have a bracket round what names the '
                                            'group, as in "^(P[0-9]+)_"'),
    (WHOLE + "split = {column = \"side\"}\nshares = {val = 0.1, test = 0.1}", "shapes.toml: sources.shapes has both split and shares; keep split "
     "where a column says "
     "the side, shares where it is to be drawn"),
    ("network = \"dai2019\"" + WHOLE, 'shapes.toml: size is null; network "dai2019" takes [90, 120] alone'),
    ("classes = [\"dots\"]\n[[sources]]\nname = \"a\"", 'shapes.toml: classes is ["dots"]; it must have at least 2 entries'),
    ("[[sources]]\nname = \"a\"", "shapes.toml: classes is missing"),
    *((f"distil = {{share = 0.7, temperature = 1.5, stored_views = {wrong}}}\nteachers = [\"best.pt\"]" + WHOLE,
       f"shapes.toml: distil.stored_views is {wrong}; it must be {words}") for wrong, words in (
           (0, "at least 1"), (-2, "at least 1"), (65, "at most 64"), (2.5, "a whole number"))),
    ("distil = {share = 0.7, temperature = 1.5, stored_views = 16}" + WHOLE, "shapes.toml: distil.stored_views is 16, but there is no teacher to be asked; "
     "name its best.pt in teachers, or leave stored_views out"),
    ("distil = {share = 0.7, temperature = 1.5, stored_views = 16}\nteachers = [\"best.pt\"]\nhead_only = {strengths = [1]}" + WHOLE,
     "shapes.toml: distil.stored_views does not go with head_only, which learns from labels alone; leave one of them out"),
    ("teachers = [\"best.pt\"]" + WHOLE, "shapes.toml: distil is missing; teachers need its share of the loss and its temperature, as in distil = "
     "{share = 0.75, temperature = 1.5}"),
])
def test_a_wrong_value_is_one_sentence(tmp_path, text, sentence):
    assert problem(tmp_path, text) == [sentence]


def test_several_faults_are_named_at_once(tmp_path):
    assert len(problem(tmp_path, "budget_minute = 3\nbatch = 0\nseed = \"x\"" + WHOLE)) == 3


@pytest.mark.parametrize("name, text, words", [
    ("a.toml", "classes = [\"dots\", lines]", "a.toml: Invalid value (at line 1, column 20); it must be TOML"),
    ("a.json", '{"classes": ["dots",]}', "a.json: line 1, column 2"),
    ("a.json", "[1]", "a.json: it must be an object"),
])
def test_text_that_is_no_config_says_where(tmp_path, name, text, words):
    assert problem(tmp_path, text, name)[0].startswith(words)


def test_a_config_that_is_not_there_says_how_to_get_one(tmp_path):
    with pytest.raises(Problem, match="no such file; `python -m models.foundry init DIR`"):
        config.load(tmp_path / "none.toml")
    with pytest.raises(Problem, match="is a folder"):
        config.load(tmp_path)
