"""What the ledger holds for a dossier: the newest entries of each kind, and what they add up to. Pure."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping

from hegui.core import BilingualText, Conflict, Json, Verdict
from hegui.corpus import DocumentTreatment, SourceKind
from hegui.dossier.model import Figure, RecordedWords
from hegui.gateway import Outcome
from hegui.ledger import Entry
from hegui.spotcheck import GATES_JUDGED, JUDGED_BY, gates_stand

_READ_BY_A_SCAN = ("files", "text_field", "modality")
"""What of a source decides what a scan reads."""


class EntryUnreadable(Conflict):
    """An entry does not hold what its kind should hold.

    Attributes:
        entry: its place.
        pointer: what is missing there.
    """

    def __init__(self, entry: Entry, pointer: str) -> None:
        """Name the entry, the place in it and the cure."""
        super().__init__(
            zh=f"记录 {entry.ref}（{entry.kind}）中缺 {pointer}；可能由其他版本写入，请重新运行产生它的命令",
            en=f"entry {entry.ref} ({entry.kind}) holds nothing at {pointer}; it may be of another version, "
            "so repeat the command that made it",
        )
        self.entry = str(entry.ref)
        self.pointer = pointer


@dataclasses.dataclass(frozen=True)
class SourceMaterial:
    """One source of training data.

    Attributes:
        registered: its newest registration.
        scanned: the newest scan of what is registered now; ``None`` where there is none.
        cleaned: the newest clean-up, where it took out what that scan found; ``None`` else.
    """

    registered: Entry
    scanned: Entry | None
    cleaned: Entry | None

    @property
    def kind(self) -> SourceKind:
        """How the material came into the provider's hands."""
        return SourceKind(str(value(self.registered, "/source/kind")))

    @property
    def rights(self) -> Verdict:
        """Whether the right to use it is proven."""
        return verdict(self.registered, "/rights/verdict")

    @property
    def content(self) -> Verdict:
        """Whether it holds too much illegal or unhealthy information."""
        return Verdict.NOT_ASSESSED if self.scanned is None else verdict(self.scanned, "/verdict/verdict")

    @property
    def caveat(self) -> RecordedWords | None:
        """What weakens the verdict on the content."""
        if self.scanned is None or value(self.scanned, "/verdict/caveat") is None:
            return None
        return recorded_words(self.scanned, "/verdict/caveat")


@dataclasses.dataclass(frozen=True)
class Material:
    """The entries a self-assessment is made from.

    Attributes:
        scope: the newest judgement of scope.
        sources: in order of their ids.
        checked: the newest check of the whole register; ``None`` where there is none of what it holds now.
        gates: the newest judgement of the gates of the training data.
        gates_stand: whether neither what they were judged by nor what is asked has changed since.
        evaluation: the newest completed run.
        runs: how many completed runs there are: the newest is shown, and nobody can hide the others.
        exchanges: how many exchanges of the gateway ended in each way.
        labelled: how many files and texts were labelled.
        erased: how many entries of these kinds have had their content erased.
    """

    scope: Entry | None
    sources: tuple[SourceMaterial, ...]
    checked: Entry | None
    gates: Entry | None
    gates_stand: bool
    evaluation: Entry | None
    runs: int
    exchanges: dict[Outcome, int]
    labelled: int
    erased: int

    @property
    def totals(self) -> dict[str, Json]:
        """What was counted over many entries: the document's own entry records it."""
        return {
            "runs": self.runs,
            "labelled": self.labelled,
            "exchanges": sum(self.exchanges.values()),
            "outcomes": {outcome.value: count for outcome, count in self.exchanges.items()},
            "erased": self.erased,
        }


_KINDS = (
    "scope.judged",
    "corpus.source_registered",
    "corpus.scanned",
    "corpus.cleaned",
    "corpus.provider_stated",
    "corpus.register_checked",
    GATES_JUDGED,
    "evaluation.run_completed",
    "gateway.exchanged",
    "marking.labelled",
)


def gather(entries: Iterable[Entry], *, asked: Mapping[str, str]) -> Material:
    """The material in ``entries``, which come by stream and position.

    Args:
        entries: of the whole ledger. There may be millions of exchanges, so they are counted, not kept.
        asked: what the gates of the training data are asked now.
    """
    kept: dict[str, list[Entry]] = {kind: [] for kind in _KINDS}
    outcomes: Counter[Outcome] = Counter()
    labelled = erased = 0
    changed: dict[str, int] = {}
    for entry in entries:
        if entry.kind in JUDGED_BY:
            changed[entry.kind] = entry.ref.seq
        if entry.kind not in kept:
            continue
        if entry.content is None:
            erased += 1
        elif entry.kind == "gateway.exchanged":
            outcomes[Outcome(str(value(entry, "/outcome")))] += 1
        elif entry.kind == "marking.labelled":
            labelled += 1
        else:
            kept[entry.kind].append(entry)
    gates = _last(kept[GATES_JUDGED])
    return Material(
        scope=_last(kept["scope.judged"]),
        sources=_sources(kept),
        checked=_current_check(kept),
        gates=gates,
        gates_stand=gates_stand(gates, changed.values(), asked=asked),
        evaluation=_last(kept["evaluation.run_completed"]),
        runs=len(kept["evaluation.run_completed"]),
        exchanges={outcome: outcomes[outcome] for outcome in Outcome},
        labelled=labelled,
        erased=erased,
    )


def _last(entries: list[Entry]) -> Entry | None:
    return entries[-1] if entries else None


def _sources(kept: dict[str, list[Entry]]) -> tuple[SourceMaterial, ...]:
    by_id: dict[str, list[Entry]] = {}
    for entry in kept["corpus.source_registered"]:
        by_id.setdefault(str(value(entry, "/source/id")), []).append(entry)
    scans = _newest_by_source(kept["corpus.scanned"])
    cleanings = _newest_by_source(kept["corpus.cleaned"])
    return tuple(_source(by_id[name], scans.get(name), cleanings.get(name)) for name in sorted(by_id))


def _newest_by_source(entries: list[Entry]) -> dict[str, Entry]:
    return {str(value(entry, "/source")): entry for entry in entries}


_CHECKED = ("corpus.source_registered", "corpus.scanned", "corpus.provider_stated")
"""What a check of the register looks at: it says nothing of what came after it."""


def _current_check(kept: dict[str, list[Entry]]) -> Entry | None:
    check = _last([each for each in kept["corpus.register_checked"] if value(each, "/whole") is True])
    if check is None or any(entry.ref.seq > check.ref.seq for kind in _CHECKED for entry in kept[kind]):
        return None
    return check


def _source(registrations: list[Entry], scan: Entry | None, cleaning: Entry | None) -> SourceMaterial:
    """A scan from before the source became what it is now says nothing of what it is now."""
    registered = registrations[-1]
    since = registered
    for earlier in reversed(registrations):
        if _what_is_read(earlier) != _what_is_read(registered):
            break
        since = earlier
    scanned = scan if scan is not None and scan.ref.seq > since.ref.seq else None
    taken_out = scanned is not None and cleaning is not None and _takes_out(cleaning, scanned)
    return SourceMaterial(registered=registered, scanned=scanned, cleaned=cleaning if taken_out else None)


def _takes_out(cleaning: Entry, scan: Entry) -> bool:
    """Whether a clean-up left out what a scan found: it read the same bytes by the same screen."""
    return (
        value(cleaning, "/policy/unsafe") != DocumentTreatment.KEEP.value
        and value(cleaning, "/screen") == value(scan, "/screen")
        and _bytes_read(cleaning) == _bytes_read(scan)
    )


def _bytes_read(entry: Entry) -> list[tuple[Json, Json]]:
    return [
        (value(entry, f"/files/{n}/path"), value(entry, f"/files/{n}/digest"))
        for n in range(len(items(entry, "/files")))
    ]


def _what_is_read(registration: Entry) -> list[Json]:
    return [value(registration, f"/source/{name}") for name in _READ_BY_A_SCAN]


def value(entry: Entry, pointer: str) -> Json:
    """What an entry's content holds at a JSON pointer.

    Raises:
        EntryUnreadable: there is nothing.
    """
    found: Json = entry.content
    for name in pointer.split("/")[1:]:
        if isinstance(found, dict) and name in found:
            found = found[name]
        elif isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            raise EntryUnreadable(entry, pointer)
    return found


def items(entry: Entry, pointer: str) -> list[Json]:
    """The list an entry holds at a JSON pointer."""
    found = value(entry, pointer)
    if not isinstance(found, list):
        raise EntryUnreadable(entry, pointer)
    return found


def items_if_any(entry: Entry, pointer: str) -> list[Json]:
    """The list an entry holds at a JSON pointer; none where an earlier version wrote none there."""
    try:
        return items(entry, pointer)
    except EntryUnreadable:
        return []


def members(entry: Entry, pointer: str) -> dict[str, Json]:
    """The object an entry holds at a JSON pointer."""
    found = value(entry, pointer)
    if not isinstance(found, dict):
        raise EntryUnreadable(entry, pointer)
    return found


def verdict(entry: Entry, pointer: str) -> Verdict:
    """The verdict an entry holds at a JSON pointer."""
    return Verdict(str(value(entry, pointer)))


def integer(entry: Entry, pointer: str) -> Figure:
    """A count as the entry holds it."""
    found = value(entry, pointer)
    if type(found) is not int:
        raise EntryUnreadable(entry, pointer)
    return Figure(entry=entry.ref, pointer=pointer, value=found, form="integer")


def written(entry: Entry, pointer: str, form: str = "text") -> Figure:
    """A share, a date or a name as the entry holds it."""
    return Figure(entry=entry.ref, pointer=pointer, value=str(value(entry, pointer)), form=form)


def recorded_words(entry: Entry, pointer: str) -> RecordedWords:
    """Words as the entry holds them in both languages."""
    text = BilingualText(zh=str(value(entry, f"{pointer}/zh")), en=str(value(entry, f"{pointer}/en")))
    return RecordedWords(entry=entry.ref, pointer=pointer, text=text)
