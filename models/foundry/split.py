"""Draws the sides train, val and test by groups, where a source says none: the same on every machine.

Groups (patients, lesions; near twins join theirs) are never cut, and each class is spread alike. Refuses a side that would
lack a class.
"""
import collections

from models.foundry.problem import Problem
from models.tools import dataset

SIDES = ("train", "val", "test")


def joined(groups, twins):
    """Groups that share a near twin are one: the first group's name a picture."""
    leader = {}

    def top(name):
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name
    first = {}
    for group, twin in zip(groups, twins):
        if twin >= 0:
            a, b = top(group), top(first.setdefault(twin, group))
            leader[max(a, b)] = min(a, b)
    return [top(group) for group in groups]


def draw(labels, groups, shares, seed, name):
    """{group: side}. Of each class (a group's commonest) its groups go, by their digest, to test and val until these have
    their share of the pictures."""
    of_group = collections.defaultdict(collections.Counter)
    for label, group in zip(labels, groups):
        of_group[group][label] += 1
    by_class = collections.defaultdict(list)
    for group, counts in of_group.items():
        by_class[min(counts, key=lambda c: (-counts[c], c))].append(group)
    side = {}
    for label, members in sorted(by_class.items()):
        if len(members) < 3:
            raise Problem(f"{name}: class {label!r} has {len(members)} group(s) of pictures, and each of {', '.join(SIDES)} needs one; add "
                          f"pictures, name another "
                          "group, or join it with another class in map")
        members.sort(key=lambda group: dataset.digest_share(f"{seed} {group}"))
        total, at = sum(sum(of_group[g].values()) for g in members), 0
        for part in ("test", "val"):
            taken = 0
            while (taken == 0 or taken < shares[part] * total) and len(members) - at > (2 if part == "test" else 1):
                side[members[at]] = part
                taken += sum(of_group[members[at]].values())
                at += 1
        side.update({group: "train" for group in members[at:]})
    return side


def require_sides(table, classes, name, given):
    """A Problem where a side lacks a class, or a group lies on two sides."""
    for part in SIDES:
        rows = table[table["split"] == part]
        absent = [c for c in classes if c not in set(rows["label"])]
        if rows.empty:
            raise Problem(f"{name}: side {part!r} has no picture; " + (f"name its values in split of source {name!r}" if given else "add pictures"))
        if absent:
            raise Problem(f"{name}: side {part!r} has no picture of class {absent[0]!r}; "
                          + ("move some there, or leave split out so that prepare draws one" if given else "add pictures of it"))
    require_whole_groups(table, name)


def require_whole_groups(table, name):
    """A Problem where a group lies on two sides."""
    for group, sides in table.groupby("group")["split"]:
        if sides.nunique() > 1:
            a, b = table.loc[sides.index[0]], table.loc[sides.index[sides != sides.iloc[0]][0]]
            raise Problem(f"{name}: group {group!r} lies on {a['split']} ({a['image']}{row_of(a)}) and on {b['split']} ({b['image']}{row_of(b)}); "
                          f"figures of such a split "
                          "flatter: put it on one side, leave split out, or allow it with groups_may_cross")


def row_of(row):
    return f", row {row['row']}" if row["row"] else ""
