"""What changes for whom when another screen reads."""

from hegui.core import Record
from hegui.screening.model import Category, Direction, Rule
from hegui.screening.screen import Screen


class ChangedDetector(Record):
    """A detector or judge that is new, gone, or not the same any more: its digest before and after."""

    name: str
    before: str | None
    after: str | None


class ChangedDecision(Record):
    """What is done about a category of findings in one direction, before and after.

    ``None`` where it is not looked for.
    """

    direction: Direction
    category: Category
    before: Rule | None
    after: Rule | None


class ScreenDifference(Record):
    """What is looked for by others, and what is decided otherwise, direction by direction."""

    before: str
    after: str
    detectors: tuple[ChangedDetector, ...]
    decisions: tuple[ChangedDecision, ...]


def screen_difference(before: Screen, after: Screen) -> ScreenDifference:
    """Compare two screens by what they do; rules that lead to the same are the same."""
    old, new = before.digests, after.digests
    return ScreenDifference(
        before=before.digest,
        after=after.digest,
        detectors=tuple(
            ChangedDetector(name=name, before=old.get(name), after=new.get(name))
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        ),
        decisions=tuple(
            changed for direction in Direction for changed in _decisions(before, after, direction)
        ),
    )


def _decisions(before: Screen, after: Screen, direction: Direction) -> list[ChangedDecision]:
    old, new = before.decisions(direction), after.decisions(direction)
    return [
        ChangedDecision(direction=direction, category=category, before=was, after=becomes)
        for category in sorted(old.keys() | new.keys(), key=_order)
        for was, becomes in ((old.get(category), new.get(category)),)
        if _effect(was) != _effect(becomes)
    ]


def _effect(rule: Rule | None) -> tuple[str, str] | None:
    return None if rule is None else (rule.action, rule.cover)


def _order(category: Category) -> tuple[str, str, str]:
    return category.risk, category.kind, category.level
