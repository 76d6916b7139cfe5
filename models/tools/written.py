"""JSON that people write: configs, pack.json, texts. A key that is written twice is an error, where Python's reader would
let the last one count in silence; what is no JSON is told with its line. And files that are there whole, or not at all."""
import contextlib
import json
import pathlib


class Doubled(dict):
    """An object in whose text `doubled` keys stand twice."""
    doubled = ()


def object_of(pairs):
    made = Doubled(pairs)
    names = [name for name, _ in pairs]
    made.doubled = sorted({name for name in names if names.count(name) > 1}, key=names.index)
    return made


def named(path):
    """A path as people write it: variants[1].calibration.bias."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).lstrip(".")


def doubled_keys(value, path=()):
    """Paths of the keys that stand twice in one object."""
    here = [named((*path, key)) for key in getattr(value, "doubled", ())]
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return here + [found for key, entry in entries for found in doubled_keys(entry, (*path, key))]


def parsed(text):
    """(value, sentences of what is wrong with it); value is None where it is no JSON."""
    try:
        value = json.loads(text, object_pairs_hook=object_of)
    except json.JSONDecodeError as error:
        return None, [f"line {error.lineno}, column {error.colno}: {error.msg}; it must be JSON"]
    return value, [f"{key} is written twice, and only one of them could count; keep the one that is meant" for key in doubled_keys(value)]


@contextlib.contextmanager
def whole(path, mark=""):
    """A path beside it to write to, which becomes `path` at the end; where that fails, as on a full disk, nothing of it stays.
    mark: in that path's name, where several processes may write the same."""
    partial = path.with_name(f"{path.name}{mark}.partial")
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def write_whole(path, text):
    """The file is there with all of the text, or as it was."""
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def read(path):
    """The file's value; ends the program with a sentence for each thing that is wrong."""
    path = pathlib.Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SystemExit(f"{path}: is no UTF-8 text at byte {error.start}; save it as UTF-8") from None
    value, problems = parsed(text)
    if problems:
        raise SystemExit("\n".join(f"{path}: {problem}" for problem in problems))
    return value
