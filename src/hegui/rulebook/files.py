"""The data files: where each statement stands, so that a fault in it can be pointed at."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from hegui.core import InvalidDocument, NotFound, digest_bytes, digest_value, field_line, load_document
from hegui.rulebook.model import (
    Aspect,
    Book,
    Change,
    Clause,
    ContentCategory,
    Crosswalk,
    FactDefinition,
    Framework,
    Instrument,
    Milestone,
    Obligation,
    Overlay,
    Parameter,
    Penalty,
    Renumbering,
    Risk,
    RiskGroup,
    Source,
    Term,
)

T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Located(Generic[T]):
    """A statement and the place it was read from.

    Attributes:
        field: where in the file, ``clauses[3]``; empty for the whole file.
    """

    value: T
    path: Path
    field: str

    def fault(self, field: str, *, zh: str, en: str) -> InvalidDocument:
        """What is wrong with one field of the statement, at its line."""
        place = f"{self.field}.{field}".removeprefix(".")
        return InvalidDocument(path=self.path, line=field_line(self.path, place), field=place, zh=zh, en=en)


@dataclasses.dataclass(frozen=True)
class Reading:
    """A folder of data files, read but not yet checked against one another."""

    sources: tuple[Located[Source], ...]
    instruments: tuple[Located[Instrument], ...]
    clauses: tuple[Located[Clause], ...]
    facts: tuple[Located[FactDefinition], ...]
    terms: tuple[Located[Term], ...]
    obligations: tuple[Located[Obligation], ...]
    parameters: tuple[Located[Parameter], ...]
    risk_groups: tuple[Located[RiskGroup], ...]
    risks: tuple[Located[Risk], ...]
    aspects: tuple[Located[Aspect], ...]
    changes: tuple[Located[Change], ...]
    penalties: tuple[Located[Penalty], ...]
    categories: tuple[Located[ContentCategory], ...]
    frameworks: tuple[Located[Framework], ...]
    milestones: tuple[Located[Milestone], ...]
    crosswalks: tuple[Located[Crosswalk], ...]
    renumberings: tuple[Located[Renumbering], ...]
    overlays: tuple[Located[Overlay], ...]

    @property
    def book(self) -> Book:
        """What was read, without the places."""
        return Book(
            sources=_values(self.sources),
            instruments=_values(self.instruments),
            facts=_values(self.facts),
            terms=_values(self.terms),
            obligations=_values(self.obligations),
            parameters=_values(self.parameters),
            risk_groups=_values(self.risk_groups),
            risks=_values(self.risks),
            aspects=_values(self.aspects),
            changes=_values(self.changes),
            penalties=_values(self.penalties),
            categories=_values(self.categories),
            frameworks=_values(self.frameworks),
            milestones=_values(self.milestones),
            crosswalks=_values(self.crosswalks),
            renumberings=_values(self.renumberings),
            overlays=_values(self.overlays),
        )


def read_folder(folder: Path) -> Reading:
    """Read every data file under ``folder``.

    Raises:
        NotFound: there is no such folder.
        InvalidDocument: a file cannot be read, or does not describe what belongs there.
    """
    if not folder.is_dir():
        raise NotFound(zh=f"没有这个目录：{folder}", en=f"no such folder: {folder}")
    instruments = tuple(_instruments(folder / "instruments"))
    return Reading(
        sources=_listed(folder / "sources.yaml", Source),
        instruments=instruments,
        clauses=tuple(_clauses(instruments)),
        facts=_listed(folder / "facts.yaml", FactDefinition),
        terms=_listed(folder / "terms.yaml", Term),
        obligations=tuple(
            item
            for path in sorted((folder / "obligations").glob("*.yaml"))
            for item in _listed(path, Obligation)
        ),
        parameters=_listed(folder / "parameters.yaml", Parameter),
        risk_groups=_listed(folder / "risk_groups.yaml", RiskGroup),
        risks=_listed(folder / "risks.yaml", Risk),
        aspects=_listed(folder / "aspects.yaml", Aspect),
        changes=_listed(folder / "changes.yaml", Change),
        penalties=_listed(folder / "penalties.yaml", Penalty),
        categories=_listed(folder / "categories.yaml", ContentCategory),
        frameworks=_listed(folder / "frameworks.yaml", Framework),
        milestones=_listed(folder / "milestones.yaml", Milestone),
        crosswalks=_listed(folder / "crosswalks.yaml", Crosswalk),
        renumberings=_listed(folder / "renumberings.yaml", Renumbering),
        overlays=_listed(folder / "overlays.yaml", Overlay),
    )


def digest_folder(folder: Path) -> str:
    """One digest over every data file's name and bytes."""
    return digest_value(
        {
            path.relative_to(folder).as_posix(): digest_bytes(path.read_bytes())
            for path in sorted(folder.rglob("*.yaml"))
        }
    )


def _listed(path: Path, kind: type[T]) -> tuple[Located[T], ...]:
    values = load_document(path, tuple[kind, ...])  # type: ignore[valid-type]  # a type made at run time
    return tuple(Located(value, path, f"[{index}]") for index, value in enumerate(values))


def _instruments(folder: Path) -> Iterator[Located[Instrument]]:
    for path in sorted(folder.glob("*.yaml")):
        instrument = load_document(path, Instrument)
        clauses = tuple(
            msgspec.structs.replace(clause, instrument=instrument.id) for clause in instrument.clauses
        )
        yield Located(msgspec.structs.replace(instrument, clauses=clauses), path, "")


def _clauses(instruments: tuple[Located[Instrument], ...]) -> Iterator[Located[Clause]]:
    for instrument in instruments:
        for index, clause in enumerate(instrument.value.clauses):
            yield Located(clause, instrument.path, f"clauses[{index}]")


def _values(located: tuple[Located[T], ...]) -> tuple[T, ...]:
    return tuple(item.value for item in located)
