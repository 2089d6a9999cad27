"""The rulebook: what the law says, looked up by name and day."""

import bisect
import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec

from hegui.core import BilingualText, NotFound, Period, Record, nearest
from hegui.rulebook.conditions import Condition, Vocabulary
from hegui.rulebook.files import digest_folder, read_folder
from hegui.rulebook.model import (
    Aspect,
    Book,
    Change,
    Clause,
    ContentCategory,
    Crosswalk,
    FactDefinition,
    Force,
    Framework,
    Instrument,
    Milestone,
    Numbered,
    Obligation,
    Overlay,
    Parameter,
    Penalty,
    Renumbering,
    Risk,
    RiskGroup,
    Source,
    Term,
    strongest,
)
from hegui.rulebook.references import check

DATA = Path(__file__).parent / "data"
COMPILED = DATA / "book.json"
"""The checked data files as one document, because reading YAML takes thirty times as long."""

T = TypeVar("T")


class Compiled(Record):
    """A checked book, with the digest of the files it was read from."""

    digest: str
    book: Book


class LiveObligation(NamedTuple):
    """An obligation on a legal day, with what the book says of it whatever the service.

    Attributes:
        verified: whether every cited clause was checked.
        evidence: what the obligation says is kept, or else what its clauses say.
        penalties: identifiers of the penalties for a breach that are in force.
        parameters: identifiers of its thresholds and time limits that are set.
    """

    obligation: Obligation
    condition: Condition
    force: Force
    verified: bool
    evidence: tuple[BilingualText, ...]
    penalties: tuple[str, ...]
    parameters: tuple[str, ...]


class Rulebook:
    """What the law says, as data. Reads only; made once and shared."""

    def __init__(self, book: Book, digest: str) -> None:
        """Index a book that was checked.

        Args:
            book: the statements.
            digest: of the files they were read from; it names this state of the law in evidence.
        """
        self.digest = digest
        self.sources: tuple[Source, ...] = book.sources
        self.instruments: tuple[Instrument, ...] = book.instruments
        self.obligations: tuple[Obligation, ...] = book.obligations
        self.parameters: tuple[Parameter, ...] = book.parameters
        self.risk_groups: tuple[RiskGroup, ...] = book.risk_groups
        self.risks: tuple[Risk, ...] = book.risks
        self.aspects: tuple[Aspect, ...] = book.aspects
        self.terms: tuple[Term, ...] = book.terms
        self.changes: tuple[Change, ...] = book.changes
        self.penalties: tuple[Penalty, ...] = book.penalties
        self.categories: tuple[ContentCategory, ...] = book.categories
        self.frameworks: tuple[Framework, ...] = book.frameworks
        self.milestones: tuple[Milestone, ...] = book.milestones
        self.crosswalks: tuple[Crosswalk, ...] = book.crosswalks
        self.renumberings: tuple[Renumbering, ...] = book.renumberings
        self.overlays: tuple[Overlay, ...] = book.overlays
        self.facts: dict[str, FactDefinition] = {fact.name: fact for fact in book.facts}
        self.vocabulary = Vocabulary(book.facts, book.terms)
        self._instruments = {instrument.id: instrument for instrument in book.instruments}
        self._live: dict[int, tuple[Obligation, ...]] = {}
        self._particulars: dict[int, tuple[LiveObligation, ...]] = {}
        self._risks = {risk.id: risk for risk in book.risks}

    @classmethod
    def load(cls, folder: Path = DATA) -> "Rulebook":
        """The rulebook of the data files under ``folder``.

        The compiled book is used where it was made from exactly these files.

        Raises:
            NotFound: there is no such folder, or a file that every book has is missing.
            InvalidDocument: a file cannot be read, or the files do not fit together.
        """
        digest = digest_folder(folder)
        compiled = folder / COMPILED.name
        if compiled.exists():
            known = msgspec.json.decode(compiled.read_bytes(), type=Compiled)
            if known.digest == digest:
                return cls(known.book, digest)
        return cls(read_book(folder), digest)

    def instrument(self, identifier: str) -> Instrument:
        """The instrument of that identifier.

        Raises:
            NotFound: there is none.
        """
        if identifier not in self._instruments:
            raise _not_found("文件", "instrument", identifier, self._instruments)
        return self._instruments[identifier]

    def clause(self, instrument: str, identifier: str) -> Clause:
        """A clause by its instrument's identifier and its own.

        Raises:
            NotFound: there is no such instrument, or it has no such clause here.
        """
        self.instrument(instrument)
        return self.cited(f"{instrument} {identifier}")

    def cited(self, citation: str) -> Clause:
        """The clause that ``citation`` names, as ``IM 4.1``.

        Raises:
            NotFound: there is none.
        """
        if citation not in self._clauses:
            raise _not_found("条款", "clause", citation, self._clauses)
        return self._clauses[citation]

    def period_of(self, clause: Clause) -> Period:
        """The days on which ``clause`` is in force."""
        return clause.period or self.instrument(clause.instrument).period

    def parameter(self, identifier: str, *, on: dt.date) -> Parameter:
        """The parameter of that identifier in force on a legal day.

        Raises:
            NotFound: there is none, or none on that day.
        """
        versions = [parameter for parameter in self.parameters if parameter.id == identifier]
        if not versions:
            raise _not_found("参数", "parameter", identifier, (known.id for known in self.parameters))
        for version in versions:
            if version.period.contains(on):
                return version
        earliest = min(version.period.since for version in versions)
        raise NotFound(
            zh=f"参数 {identifier} 在 {on} 没有有效的版本；最早自 {earliest} 起",
            en=f"no version of parameter {identifier} is in force on {on}; the first is from {earliest}",
        )

    def risk(self, identifier: str) -> Risk:
        """One of the 31 main safety risks by its official number, ``A.1.f``.

        Basis:
            TC260-003 A
            GBT-45654 A

        Raises:
            NotFound: there is no such risk.
        """
        if identifier not in self._risks:
            raise _not_found("风险", "risk", identifier, self._risks)
        return self._risks[identifier]

    def obligations_on(self, day: dt.date) -> tuple[Obligation, ...]:
        """The versions of obligations that are in force, or proposed, on a legal day."""
        epoch = bisect.bisect_right(self._turning_days, day)
        if epoch not in self._live:
            self._live[epoch] = tuple(o for o in self.obligations if o.period.contains(day))
        return self._live[epoch]

    def live_on(self, day: dt.date) -> tuple[LiveObligation, ...]:
        """The obligations of a legal day, each with what the book says of it."""
        epoch = bisect.bisect_right(self._turning_days, day)
        if epoch not in self._particulars:
            threatening = {p.id for p in self.penalties if self.is_threatened(p, on=day)}
            setting = {p.id for p in self.parameters if p.period.contains(day)}
            self._particulars[epoch] = tuple(
                LiveObligation(
                    obligation=o,
                    condition=self.condition(o),
                    force=self.force(o),
                    verified=self.is_verified(o),
                    evidence=self._evidence(o),
                    penalties=tuple(p.id for p in self.penalties_for(o) if p.id in threatening),
                    parameters=tuple(name for name in o.parameters if name in setting),
                )
                for o in self.obligations_on(day)
            )
        return self._particulars[epoch]

    def _evidence(self, obligation: Obligation) -> tuple[BilingualText, ...]:
        clauses = () if obligation.evidence else map(self.cited, obligation.clauses)
        return obligation.evidence or tuple(dict.fromkeys(kept for c in clauses for kept in c.evidence))

    def condition(self, ruled: Obligation | Overlay) -> Condition:
        """The condition on which an obligation or an overlay applies."""
        return self._conditions[ruled.when]

    def obligation(self, identifier: str, *, on: dt.date) -> Obligation:
        """The version of an obligation that is in force, or proposed, on a legal day.

        Raises:
            NotFound: there is none, or none on that day.
        """
        for obligation in self.obligations:
            if obligation.id == identifier and obligation.period.contains(on):
                return obligation
        raise _not_found("义务", "obligation", identifier, (known.id for known in self.obligations_on(on)))

    def force(self, obligation: Obligation) -> Force:
        """How strongly ``obligation`` binds: as strongly as the strongest clause it cites."""
        return self._forces[obligation.id, obligation.period.since]

    def is_verified(self, obligation: Obligation) -> bool:
        """Whether every clause that ``obligation`` cites was checked."""
        return self._verified[obligation.id, obligation.period.since]

    def changes_between(self, earlier: str, later: str) -> tuple[Change, ...]:
        """What became of the clauses of one instrument in another, in the order of the data.

        Args:
            earlier: identifier of the earlier text, ``IM-DRAFT``.
            later: identifier of the later text, ``IM``.

        Raises:
            NotFound: there is no such instrument, or no comparison of the two.
        """
        pair = {self.instrument(earlier).id, self.instrument(later).id}
        found = tuple(c for c in self.changes if {_instrument_of(i) for i in c.earlier + c.later} <= pair)
        first = {_instrument_of(citation) for change in found for citation in change.earlier}
        if first != {earlier}:
            raise NotFound(
                zh=f"没有从 {earlier} 到 {later} 的比较；changes.yaml 中有 IM-DRAFT 到 IM",
                en=f"there is no comparison of {earlier} with {later}; changes.yaml has IM-DRAFT with IM",
            )
        return found

    def penalties_for(self, obligation: Obligation) -> tuple[Penalty, ...]:
        """What the law threatens a breach of ``obligation`` with, its own instrument's threats included."""
        return self._penalties[obligation.id, obligation.period.since]

    def is_threatened(self, penalty: Penalty, *, on: dt.date) -> bool:
        """Whether the clause that threatens ``penalty`` is in force on a legal day."""
        return self.period_of(self.cited(penalty.clause)).contains(on)

    def first_of(self, penalty: Penalty, *, on: dt.date | None = None) -> tuple[Penalty, ...]:
        """The penalties to which ``penalty`` sends a breach first and that are in force on a legal day.

        Args:
            penalty: whose own sanctions follow where those are silent.
            on: the day; without one, those of every edition.
        """
        return tuple(
            other
            for other in self.penalties
            if other.id in penalty.first and (on is None or self.is_threatened(other, on=on))
        )

    def overlays_on(self, day: dt.date) -> tuple[Overlay, ...]:
        """The special rules that some clause in force on a legal day lays over general ones."""
        return tuple(
            overlay
            for overlay in self.overlays
            if any(self.period_of(self.cited(citation)).contains(day) for citation in overlay.clauses)
        )

    def categories_of(self, risk: str) -> tuple[ContentCategory, ...]:
        """The kinds of content that one of the 31 main safety risks belongs to.

        Raises:
            NotFound: there is no such risk.
        """
        identifier = self.risk(risk).id
        return tuple(category for category in self.categories if identifier in category.risks)

    def crosswalks_for(self, citation: str) -> tuple[Crosswalk, ...]:
        """Where others speak of the matter of a clause or of the article it belongs to; indicative."""
        return tuple(
            crosswalk
            for crosswalk in self.crosswalks
            if any(citation == c or citation.startswith(f"{c}.") for c in crosswalk.clauses)
        )

    def renumbered(self, citation: str, *, on: dt.date) -> Numbered:
        """The article that ``citation`` means on a legal day, with its number in the other edition.

        A bare ``CSL 47`` means the edition in force on that day: ``CSL-2017 47`` on 2024-01-01, with
        ``CSL 49`` elsewhere; ``CSL 47`` itself on 2026-01-01, with ``CSL-2017 45`` elsewhere. A citation
        that names an edition by its own identifier, ``CSL-2017 47``, keeps it. Items and paragraphs keep
        their place: ``CSL 21.3`` in 2024 is ``CSL-2017 21.3``, elsewhere ``CSL 23.3``. A citation to an
        instrument that was never renumbered is returned as it stands. Whether the rulebook holds a
        statement on the article is another question: see :meth:`cited`.

        Args:
            citation: identifier of an instrument and a clause, ``CSL 47``.
            on: the legal day on which the citation was written or is to be read.

        Raises:
            NotFound: there is no such instrument, or the edition has no such article.
        """
        identifier, _, clause = citation.partition(" ")
        self.instrument(identifier)
        for renumbering in self.renumberings:
            if identifier == renumbering.earlier:
                return self._numbered(renumbering, clause, earlier=True)
            if identifier == renumbering.later:
                edition = self.instrument(renumbering.later)
                return self._numbered(renumbering, clause, earlier=on < edition.period.since)
        return Numbered(citation=citation)

    def _numbered(self, renumbering: Renumbering, clause: str, *, earlier: bool) -> Numbered:
        article, dot, item = clause.partition(".")
        here, there = renumbering.later, renumbering.earlier
        pairs = {a.later: (a.earlier, a.changed) for a in renumbering.articles if a.later}
        if earlier:
            here, there = there, here
            pairs = {a.earlier: (a.later, a.changed) for a in renumbering.articles if a.earlier}
        if article not in pairs:
            raise _not_found("条款", "clause", f"{here} {clause}", (f"{here} {known}" for known in pairs))
        number, changed = pairs[article]
        elsewhere = () if number is None else (f"{there} {number}{dot}{item}",)
        return Numbered(citation=f"{here} {clause}", elsewhere=elsewhere, changed=changed)

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        return {clause.citation: clause for i in self.instruments for clause in i.clauses}

    @cached_property
    def _turning_days(self) -> list[dt.date]:
        """The days on which an obligation, a number or a threat begins or ends; between them nothing does."""
        periods = [ruled.period for ruled in self.obligations + self.parameters]
        periods += [self.period_of(self.cited(penalty.clause)) for penalty in self.penalties]
        days = {period.since for period in periods} | {period.until for period in periods}
        return sorted(day for day in days if day is not None)

    @cached_property
    def _forces(self) -> dict[tuple[str, dt.date], Force]:
        return {
            (o.id, o.period.since): strongest(
                self._instruments[self.cited(citation).instrument].force for citation in o.clauses
            )
            for o in self.obligations
        }

    @cached_property
    def _verified(self) -> dict[tuple[str, dt.date], bool]:
        return {
            (o.id, o.period.since): all(self.cited(citation).verification.verified for citation in o.clauses)
            for o in self.obligations
        }

    @cached_property
    def _penalties(self) -> dict[tuple[str, dt.date], tuple[Penalty, ...]]:
        return {
            (o.id, o.period.since): tuple(p for p in self.penalties if any(map(p.covers, o.clauses)))
            for o in self.obligations
        }

    @cached_property
    def _conditions(self) -> dict[str, Condition]:
        return {ruled.when: self.vocabulary.parse(ruled.when) for ruled in self.obligations + self.overlays}


def read_book(folder: Path) -> Book:
    """The book of the data files under ``folder``, read and checked.

    Raises:
        NotFound: there is no such folder, or a file that every book has is missing.
        InvalidDocument: a file cannot be read, or the files do not fit together.
    """
    reading = read_folder(folder)
    check(reading)
    return reading.book


def compile_book(folder: Path) -> bytes:
    """The compiled book of the data files under ``folder``: one line per statement.

    Raises:
        NotFound: there is no such folder, or a file that every book has is missing.
        InvalidDocument: a file cannot be read, or the files do not fit together.
    """
    book = read_book(folder)
    parts = [
        f'"{part}":[\n'.encode() + b",\n".join(map(msgspec.json.encode, getattr(book, part))) + b"\n]"
        for part in Book.__struct_fields__
    ]
    digest = msgspec.json.encode(digest_folder(folder))
    return b'{"digest":' + digest + b',"book":{\n' + b",\n".join(parts) + b"\n}}\n"


def _instrument_of(citation: str) -> str:
    return citation.partition(" ")[0]


def _not_found(zh: str, en: str, name: str, known: Iterable[str]) -> NotFound:
    close = nearest(name, known)
    return NotFound(
        zh=f"没有{zh} {name!r}" + (f"；是不是 {close}？" if close else "；hegui law list 列出全部"),
        en=f"there is no {en} {name!r}" + (f"; did you mean {close}?" if close else "; see hegui law list"),
    )
