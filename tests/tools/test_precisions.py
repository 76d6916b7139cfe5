"""report/precisions.json of each pack here is of the files that the pack ships."""
import hashlib
import json
import pathlib

import pytest

MODELS = pathlib.Path(__file__).parents[2] / "models"
MEASURED = sorted(path.parents[1] for path in MODELS.glob("*/report/precisions.json"))


@pytest.mark.parametrize("folder", MEASURED, ids=lambda folder: folder.name)
def test_the_table_of_precisions_is_of_the_packs_files(folder):
    said = json.loads((folder / "report" / "precisions.json").read_text())
    shipped = {v["name"]: (folder / v["file"]).read_bytes() for v in json.loads((folder / "pack.json").read_text())["variants"]}
    both = [name for name in said["sha256"] if name in shipped]
    assert both
    for name in both:
        assert said["sha256"][name] == hashlib.sha256(shipped[name]).hexdigest(), name
        assert said["bytes"][name] == len(shipped[name]), name
