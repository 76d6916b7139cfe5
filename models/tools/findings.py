"""Pictures with several labels or none: the cell of a table that names a picture's findings → 0/1 for each class.

A source's "findings" says how it is read:

  column     whose cells name the findings ("findings")
  separator  between two of them ("|")
  none       the value that says that nothing was found; an empty cell says nothing, and is an error

"map" and "skip" of the source are of single findings: "skip" leaves out the rows that have one (or, with "", whose cell is
empty). Refuses to take a name that it does not know for none.
"""
import numpy as np


def are_findings(config):
    """Whether the config's pictures have several labels; an error where its sources, or its pack, do not agree."""
    told = {"findings" in source for source in config["sources"]}
    if len(told) > 1:
        raise SystemExit("some of the config's sources have \"findings\" and some have none; a network learns several labels a picture, or one")
    found = told.pop()
    task = config.get("pack", {}).get("task", "multilabel" if found else "multiclass")
    if found != (task == "multilabel"):
        raise SystemExit(f"the config's pack.task is {task!r}, but its sources have {'' if found else 'no '}\"findings\"; "
                         f"write {'multilabel' if found else 'multiclass'!r}, or change the sources")
    return found


class Reader:
    """How one source's cells are read; `where` begins each error."""

    def __init__(self, spec, classes, where):
        form = spec["findings"]
        self.column, self.separator, self.none = form.get("column", "findings"), form.get("separator", "|"), form.get("none")
        self.classes, self.map, self.skip, self.name, self.where = classes, spec.get("map", {}), set(spec.get("skip", [])), spec["name"], where
        if not self.separator:
            raise SystemExit(f"source {self.name!r}: findings.separator is empty; give what stands between two findings of a cell, as \"|\"")
        if self.none in classes:
            raise SystemExit(f"source {self.name!r}: findings.none is {self.none!r}, which is a class; a picture without findings has no class of its own")

    def read(self, number, cell):
        """uint8 [classes] of the row with that number, or None where the source leaves such rows out."""
        parts = [part.strip() for part in cell.split(self.separator)]
        if self.skip.intersection(parts):
            return None
        place = f"{self.where}: row {number}: {self.column}"
        if parts == [""]:
            raise SystemExit(f"{place} is empty; write {self.none or 'a name'!r} there if nothing was found, or leave such rows out with "
                             f"\"skip\": [\"\"] of source {self.name!r}")
        target = np.zeros(len(self.classes), np.uint8)
        if parts == [self.none]:
            return target
        for part in parts:
            if part == self.none:
                raise SystemExit(f"{place} is {cell!r}: it says {self.none!r} and names a finding; one of the two is wrong")
            if part == "":
                raise SystemExit(f"{place} is {cell!r}: nothing stands beside a {self.separator!r}; take the {self.separator!r} out")
            name = self.map.get(part, part)
            if name not in self.classes:
                raise SystemExit(f"{place} is {cell!r}: {part!r} is none of {', '.join(self.classes)} (between two findings stands {self.separator!r}); "
                                 f"name it in \"map\" or \"skip\" of source {self.name!r}")
            target[self.classes.index(name)] = 1
        return target


def cell(target, classes):
    """The findings of a row as the command reads them: ids with | between, nothing where there are none."""
    return "|".join(name for name, has in zip(classes, target) if has)


def rarest(target):
    """[n]: of each row's findings the one that fewest rows have; -1 where it has none."""
    counts = np.where(target > 0, target.sum(0), np.iinfo(np.int64).max)
    return np.where(target.any(1), counts.argmin(1), -1)
