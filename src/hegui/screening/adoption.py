"""Adoptions: which version of which part of the screen was taken into use, when, by whom. Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import cast

import msgspec

from hegui.core import Json, Record
from hegui.ledger import Entry


class Part(StrEnum):
    """What a workspace's screen is put together from."""

    BANK = "bank"
    CLASSIFIER = "classifier"
    SCREEN = "screen"
    """The declaration that says how."""
    RECURRENCE = "recurrence"
    """The rules by which a person keeps illegal content from coming again."""

    @property
    def kind(self) -> str:
        """The kind of the entries that record its adoption."""
        return f"screening.{self}_adopted"


class Adoption(Record):
    """A version of a part of the screen, and who took it into use when.

    Attributes:
        part: of what.
        name: what people call it; each classifier has versions of its own.
        digest: of the content, under which it is kept.
        replaces: the version in use before, if there was one.
        screen: the digest of the whole screen that came of it; the earliest entries do not tell it.
        words: how many a bank holds.
        by: who.
        at: when, in UTC.
        entry: the evidence.
    """

    part: Part
    name: str
    digest: str
    replaces: str | None
    screen: str | None = None
    words: int | None = None
    by: str = ""
    at: str = ""
    entry: str = ""

    @property
    def content(self) -> Json:
        """What evidence says of it."""
        told: dict[str, Json] = {
            "name": self.name,
            "digest": self.digest,
            "replaces": self.replaces,
            "screen": self.screen,
        }
        return told if self.words is None else {**told, "words": self.words}

    @classmethod
    def of(cls, part: Part, entry: Entry) -> "Adoption":
        """The adoption that an entry records."""
        recorded = cast("dict[str, Json]", entry.content)
        return msgspec.convert(
            {**recorded, "part": part, "by": entry.actor, "at": entry.time, "entry": str(entry.ref)}, cls
        )

    def concerns(self, other: "Adoption") -> bool:
        """Whether ``other`` is a version of the same thing."""
        return self.part is other.part and (self.part is not Part.CLASSIFIER or self.name == other.name)


def versions(history: Sequence[Adoption], part: Part) -> Iterator[Adoption]:
    """What was in use as ``part``, the latest first."""
    return (each for each in history if each.part is part)
