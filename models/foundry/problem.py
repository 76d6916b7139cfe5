"""What is wrong with what a person gave: one sentence or several, each with the file, the value and what to do."""
import difflib


class Problem(Exception):
    """`sentences`: what is wrong. The command prints them and ends with exit status 1."""

    def __init__(self, *sentences):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def nearest(word, words, ending="; did you mean {!r}?"):
    """The name that a typo was probably meant to be, as the end of a sentence; empty where none is near."""
    found = difflib.get_close_matches(str(word), list(map(str, words)), 1, 0.6)
    return ending.format(found[0]) if found else ""


def number(count, thing):
    """'1 text', '18 texts'"""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def some(things, most=10):
    """A list that stays short: 'a, b, c and 12 more'."""
    things = list(map(str, things))
    return ", ".join(things[:most]) + (f" and {len(things) - most} more" if len(things) > most else "")
