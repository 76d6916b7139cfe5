"""What a person reads of a pack: the files of the config's texts folder, which a person writes.

Owns the placeholders of a new one, and which of them are still unwritten.
"""
import shutil

from models.foundry.config import UNWRITTEN, named
from models.foundry.problem import Problem, number
from models.tools import written


def placeholders(classes, language):
    """A language's file with a line to replace for each text."""
    def wanted(text):
        return f"{UNWRITTEN} {text}"
    return {
        "language": language, "reviewed": False, "name": wanted("the pack's name, a few words"),
        "intended_use": wanted("who may use it, for which pictures and which question"),
        "not_for": wanted("what it must not be used for, and which pictures it was not made for"),
        "notices": [wanted("what stands beside each answer: that it can be wrong, and whom to ask")],
        "heading": wanted("the question that a picture answers"),
        "take": wanted("how to take a picture, in one sentence"),
        "classes": {c: {"label": wanted(f"what people call {c}"), "text": wanted(f"what {c} is, in two sentences"),
                        "advice": wanted(f"what to do when a picture looks like {c}")} for c in classes},
    }


def folder_of(config, config_folder):
    return config_folder / config["texts"]


def read(config, config_folder):
    """{language: texts}; a Problem names what is missing or no JSON."""
    found = {}
    for language in config["pack"]["languages"]:
        path = folder_of(config, config_folder) / f"{language}.json"
        if not path.is_file():
            raise Problem(f"{path}: no such file, which pack.languages asks for; `python -m models.foundry init` writes one to fill in")
        found[language], problems = written.parsed(path.read_text(encoding="utf-8"))
        if problems:
            raise Problem(*(f"{path}: {sentence}" for sentence in problems))
    return found


def copy(config, config_folder, pack):
    """Into a pack's folder, with what the groups need where nothing is written yet."""
    read(config, config_folder)
    (pack / "texts").mkdir(exist_ok=True)
    for language in config["pack"]["languages"]:
        shutil.copy(folder_of(config, config_folder) / f"{language}.json", pack / "texts" / f"{language}.json")


def unwritten(value, path=()):
    """Paths of texts that nobody has written."""
    if isinstance(value, str):
        return [named(path)] if value.startswith(UNWRITTEN) else []
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, entry in entries for found in unwritten(entry, (*path, key))]


def all_unwritten(config, config_path):
    """One sentence a file."""
    found = [(folder_of(config, config_path.parent) / f"{language}.json", unwritten(content))
             for language, content in read(config, config_path.parent).items()]
    found.append((config_path, unwritten({k: v for k, v in config.items() if k != "sources"})))
    return [f"{path}: {number(len(names), 'text')} to be written ({UNWRITTEN}): {', '.join(names)}" for path, names in found if names]
