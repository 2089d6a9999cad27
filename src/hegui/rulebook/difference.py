"""Two texts side by side: what became of each clause of the earlier one in the later one.

Where the book states it, the kind of change is stated; where it only links clauses or numbers, the two are
put side by side and nothing is claimed about the change.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

from hegui.core import BilingualText, NotFound, Record
from hegui.rulebook.model import Change, ChangeKind, Clause, Instrument, Parameter
from hegui.rulebook.service import Rulebook


class Ground(StrEnum):
    """What a comparison rests on."""

    STATED = "stated"
    NUMBERS = "numbers"
    LINKS = "links"

    @property
    def text(self) -> BilingualText:
        """The ground in words."""
        return _GROUNDS[self]


_GROUNDS = {
    Ground.STATED: BilingualText(zh="逐条比较", en="compared clause by clause"),
    Ground.NUMBERS: BilingualText(
        zh="依据新旧条号对照表；改了措辞的，改得如何未作判断",
        en="by the table of renumbered articles; where words changed, how is not judged",
    ),
    Ground.LINKS: BilingualText(
        zh="依据条款之间的对应关系；是否有变化未作判断",
        en="by links between clauses; whether they changed is not judged",
    ),
}


class Juxtaposition(Record):
    """Clauses of the earlier text beside what became of them.

    Attributes:
        kind: what became of them; ``None`` where it is not judged.
        text: what changed, in words.
        earlier: citations in the earlier text.
        later: citations in the later text.
        clauses: what the book has of all the cited clauses.
        survives_in: citations elsewhere that still ask what was removed or softened.
        reworded: whether the words changed, where a table of numbers says so.
        verified: whether the statement of the change was checked.
    """

    kind: ChangeKind | None
    earlier: tuple[str, ...]
    later: tuple[str, ...]
    also: tuple[ChangeKind, ...] = ()
    text: BilingualText | None = None
    clauses: tuple[Clause, ...] = ()
    survives_in: tuple[str, ...] = ()
    reworded: bool | None = None
    verified: bool = True


class ParameterPair(Record):
    """A parameter that both texts set."""

    id: str
    text: BilingualText
    earlier: str
    later: str

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.earlier != self.later


class Difference(Record):
    """What became of one text in another.

    Attributes:
        earlier: identifier of the earlier text.
        later: identifier of the later text.
        silent_earlier: clauses of the earlier text that nothing is said of here.
        silent_later: clauses of the later text that nothing is said of here.
    """

    earlier: str
    later: str
    ground: Ground
    changes: tuple[Juxtaposition, ...]
    parameters: tuple[ParameterPair, ...] = ()
    silent_earlier: tuple[str, ...] = ()
    silent_later: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[ChangeKind, int]:
        """How many changes there are of each kind, in the order of the kinds."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ChangeKind if counted[kind]}


def difference(rulebook: Rulebook, one: str, other: str) -> Difference:
    """What became of the earlier of two instruments in the later.

    Args:
        rulebook: where to look.
        one: identifier of an instrument.
        other: identifier of another; which of the two is earlier is decided by their days.

    Raises:
        NotFound: there is no such instrument, or the book relates the two in no way.
    """
    earlier, later = sorted(map(rulebook.instrument, (one, other)), key=lambda i: i.period.since)
    for ground, compared in (
        (Ground.STATED, _stated(rulebook, earlier, later)),
        (Ground.NUMBERS, _numbered(rulebook, earlier, later)),
        (Ground.LINKS, _linked(earlier, later)),
    ):
        if compared:
            spoken = {citation for change in compared for citation in (*change.earlier, *change.later)}
            return Difference(
                earlier=earlier.id,
                later=later.id,
                ground=ground,
                changes=compared,
                parameters=tuple(_parameters(rulebook, earlier, later)),
                silent_earlier=_silent(earlier, spoken),
                silent_later=_silent(later, spoken),
            )
    raise NotFound(
        zh=f"规则库没有 {earlier.id} 与 {later.id} 的对应关系；两者可能并非同一文件的前后文本",
        en=f"the rulebook relates {earlier.id} and {later.id} in no way; are they two texts of one thing?",
    )


def _stated(rulebook: Rulebook, earlier: Instrument, later: Instrument) -> tuple[Juxtaposition, ...]:
    try:
        changes = rulebook.changes_between(earlier.id, later.id)
    except NotFound:
        return ()
    return tuple(_of_change(rulebook, change) for change in changes)


def _of_change(rulebook: Rulebook, change: Change) -> Juxtaposition:
    return Juxtaposition(
        kind=change.kind,
        also=change.also,
        text=change.text,
        earlier=change.earlier,
        later=change.later,
        clauses=tuple(map(rulebook.cited, (*change.earlier, *change.later, *change.survives_in))),
        survives_in=change.survives_in,
        verified=change.verification.verified,
    )


def _numbered(rulebook: Rulebook, earlier: Instrument, later: Instrument) -> tuple[Juxtaposition, ...]:
    entered = {clause.citation: clause for clause in (*earlier.clauses, *later.clauses)}
    found = []
    for table in rulebook.renumberings:
        if (table.earlier, table.later) != (earlier.id, later.id):
            continue
        for row in table.articles:
            then = (f"{earlier.id} {row.earlier}",) if row.earlier else ()
            now = (f"{later.id} {row.later}",) if row.later else ()
            found.append(
                Juxtaposition(
                    kind=_kind(row.earlier, row.later, changed=row.changed),
                    earlier=then,
                    later=now,
                    clauses=tuple(entered[citation] for citation in (*then, *now) if citation in entered),
                    reworded=row.changed if then and now else None,
                    verified=table.verification.verified,
                )
            )
    return tuple(found)


def _kind(earlier: str | None, later: str | None, *, changed: bool) -> ChangeKind | None:
    if changed or earlier is None or later is None:
        return None
    return ChangeKind.KEPT if earlier == later else ChangeKind.MOVED


def _linked(earlier: Instrument, later: Instrument) -> tuple[Juxtaposition, ...]:
    then = {clause.citation: clause for clause in earlier.clauses}
    found = []
    for clause in later.clauses:
        partners = tuple(
            citation
            for citation, other in then.items()
            if citation in clause.same_as or clause.citation in other.same_as
        )
        if partners:
            found.append(
                Juxtaposition(
                    kind=None,
                    earlier=partners,
                    later=(clause.citation,),
                    clauses=(*(then[citation] for citation in partners), clause),
                )
            )
    return tuple(found)


def _parameters(rulebook: Rulebook, earlier: Instrument, later: Instrument) -> Iterator[ParameterPair]:
    then = {p.id: p for p in rulebook.parameters if p.instrument == earlier.id}
    for parameter in rulebook.parameters:
        if parameter.instrument == later.id and parameter.id in then:
            yield ParameterPair(
                id=parameter.id,
                text=parameter.text,
                earlier=_value(then[parameter.id]),
                later=_value(parameter),
            )


def _value(parameter: Parameter) -> str:
    return f"{parameter.comparison} {parameter.value} {parameter.unit}"


def _silent(instrument: Instrument, spoken: Iterable[str]) -> tuple[str, ...]:
    """The clauses that nothing is said of, neither of themselves nor of the article above or below them."""
    told = set(spoken)
    return tuple(
        clause.citation
        for clause in instrument.clauses
        if not any(_related(clause.citation, citation) for citation in told)
    )


def _related(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
