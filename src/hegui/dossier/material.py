"""What the ledger holds for a dossier: the newest entries of each kind, and what they add up to."""

import dataclasses
from collections import Counter
from collections.abc import Iterable

from hegui.core import Json, Verdict
from hegui.dossier.model import Figure
from hegui.ledger import Entry, resolve_pointer


@dataclasses.dataclass
class Material:
    """The entries a self-assessment is made from.

    Attributes:
        scope: the newest judgement of scope.
        sources: the newest registration of each source, by its id.
        scans: the newest scan of each source, by its id.
        evaluation: the newest completed run.
        exchanges: how many exchanges of the gateway ended in each way.
        labelled: how many files and texts were labelled.
    """

    scope: Entry | None = None
    sources: dict[str, Entry] = dataclasses.field(default_factory=dict)
    scans: dict[str, Entry] = dataclasses.field(default_factory=dict)
    evaluation: Entry | None = None
    exchanges: Counter[str] = dataclasses.field(default_factory=Counter)
    labelled: int = 0

    @property
    def totals(self) -> dict[str, Json]:
        """What was counted over many entries: the document's own entry records it."""
        return {
            "labelled": self.labelled,
            "exchanges": sum(self.exchanges.values()),
            "outcomes": dict(sorted(self.exchanges.items())),
        }


def gather(entries: Iterable[Entry]) -> Material:
    """The material in ``entries``, which come in the order they were recorded. Erased ones are left out."""
    material = Material()
    for entry in entries:
        if entry.content is None:
            continue
        match entry.kind:
            case "scope.judged":
                material.scope = entry
            case "corpus.source_registered":
                material.sources[str(value(entry, "/source/id"))] = entry
            case "corpus.scanned":
                material.scans[str(value(entry, "/source"))] = entry
            case "evaluation.run_completed":
                material.evaluation = entry
            case "gateway.exchanged":
                material.exchanges[str(value(entry, "/outcome"))] += 1
            case "marking.labelled":
                material.labelled += 1
    return material


def value(entry: Entry, pointer: str) -> Json:
    """What an entry's content holds at a JSON pointer."""
    found: Json = resolve_pointer(entry.content, pointer)
    return found


def verdict(entry: Entry, pointer: str) -> Verdict:
    """The verdict an entry holds at a JSON pointer."""
    return Verdict(str(value(entry, pointer)))


def integer(entry: Entry, pointer: str) -> Figure:
    """A count as the entry holds it."""
    found = value(entry, pointer)
    assert isinstance(found, int)  # noqa: S101 - the rooms write integers there
    return Figure(entry=entry.ref, pointer=pointer, value=found, form="integer")


def written(entry: Entry, pointer: str, form: str) -> Figure:
    """A share, a date or words as the entry holds them."""
    return Figure(entry=entry.ref, pointer=pointer, value=str(value(entry, pointer)), form=form)
