import json
import pathlib
import subprocess
import sys

import pytest

from models.tools import written

MODELS = pathlib.Path(written.__file__).parents[1]
WRITTEN = sorted([*(MODELS / "tools" / "configs").rglob("*.json"), *MODELS.glob("*/pack.json"), *MODELS.glob("*/texts/*.json"), *MODELS.glob("*.json")])
CONFIG = '{"classes": ["dots", "lines"], "sources": [{"name": "shapes", "group": "a",\n "group": "b"}], "seed": 1, "batch": 8, "seed": 2}'
SENTENCES = ["seed is written twice, and only one of them could count; keep the one that is meant",
             "sources[0].group is written twice, and only one of them could count; keep the one that is meant"]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: str(p.relative_to(MODELS)))
def test_no_file_here_has_a_key_twice(path):
    assert written.parsed(path.read_text(encoding="utf-8"))[1] == []


def test_a_key_that_stands_twice_is_named_with_its_path():
    value, problems = written.parsed(CONFIG)
    assert problems == SENTENCES
    assert value["seed"] == 2  # what Python's reader would have gone on with
    assert written.parsed('{"a": {"x": 1}, "b": {"x": 1}}') == ({"a": {"x": 1}, "b": {"x": 1}}, [])


def run(*words):
    return subprocess.run([sys.executable, "-m", *map(str, words)], cwd=MODELS.parent, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("train", "{}", "--data", "x", "--out", "{out}"), ("sides", "{}", "--data", "x", "--side", "test", "--out", "{out}/x.csv"),
                                   ("make_pack", "{}", "--checkpoint", "x", "--data", "x", "--out", "{out}")], ids=lambda words: words[0])
def test_a_module_refuses_a_config_with_a_key_twice(tmp_path, words):
    pytest.importorskip("torch")
    path = tmp_path / "twice.json"
    path.write_text(CONFIG)
    module, *rest = words
    told = run(f"models.tools.{module}", *(word.replace("{out}", str(tmp_path)).replace("{}", str(path)) for word in rest))
    assert told.returncode == 1
    assert told.stderr.splitlines() == [f"{path}: {sentence}" for sentence in SENTENCES]


def test_the_foundry_refuses_a_config_with_a_key_twice(tmp_path):
    pytest.importorskip("tomllib")
    from models.foundry import config
    from models.foundry.problem import Problem
    path = tmp_path / "twice.json"
    path.write_text(CONFIG)
    with pytest.raises(Problem) as found:
        config.load(path)
    assert list(found.value.sentences) == [f"{path}: {sentence}" for sentence in SENTENCES]
    toml = tmp_path / "twice.toml"
    toml.write_text('seed = 1\nclasses = ["dots", "lines"]\nseed = 2\n')
    with pytest.raises(Problem, match=r"twice\.toml: .*line 3.*each key once"):
        config.load(toml)


def test_a_pack_with_a_key_twice_is_read_by_no_module(tmp_path):
    source = MODELS / "colorectal" / "pack.json"
    text = source.read_text(encoding="utf-8")
    assert json.loads(text)["format"] == 2
    path = tmp_path / "pack.json"
    path.write_text(text.replace('"format": 2,', '"format": 2, "id": "another",', 1))
    with pytest.raises(SystemExit, match=f"{path}: id is written twice"):
        written.read(path)
    config = tmp_path / "config.json"
    config.write_text("{}")
    told = run("models.tools.foreign", config, tmp_path, "--data", tmp_path)
    assert told.returncode == 1 and told.stderr.startswith(f"{path}: id is written twice")


@pytest.mark.parametrize("content, message", [(b"{\"a\": 1,}", "line 1, column "), (b"\xff{}", "is no UTF-8 text at byte 0"), (None, "No such file")])
def test_what_is_no_json_is_told(tmp_path, content, message):
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit, match=f"{path}: {message}"):
        written.read(path)
