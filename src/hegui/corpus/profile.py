"""What the documents of a source are like: languages, lengths, marks, groups. Pure."""

from collections.abc import Mapping

import msgspec

from hegui.core import Record

SIGHTINGS = 3
"""How many documents are named for each risk and each kind of personal information."""


class Sighting(Record):
    """A document in which something was found.

    Attributes:
        order: a hash of its place; those with the least are named, so that nobody chooses which.
        file: as the source declares it.
        line: counted from 1.
    """

    order: int
    file: str
    line: int


class Profile(Record):
    """What was counted of the documents that were screened.

    Attributes:
        characters: in all of them.
        languages: documents by language, told by script, as a BCP 47 tag.
        lengths: documents by the greatest power of two that is not above their number of characters.
        encodings: documents by the encoding of their file or line.
        markers: documents by what they say of rights, or of having been generated.
        groups: documents by the group of people they name, as ``A.2.e female``.
        risks_by_language: for each language, documents by the risk found in them.
        sightings: for each risk and kind, a few of the documents it was found in.
        asked: for each guard model, the documents that it was asked about; of the others it said nothing.
        unanswered: for each guard model, those among them that it did not judge.
        objected: for each guard model, those among them that are unsafe by what it said.
    """

    characters: int = 0
    languages: dict[str, int] = msgspec.field(default_factory=dict)
    lengths: dict[str, int] = msgspec.field(default_factory=dict)
    encodings: dict[str, int] = msgspec.field(default_factory=dict)
    markers: dict[str, int] = msgspec.field(default_factory=dict)
    groups: dict[str, int] = msgspec.field(default_factory=dict)
    risks_by_language: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    sightings: dict[str, tuple[Sighting, ...]] = msgspec.field(default_factory=dict)
    asked: dict[str, int] = msgspec.field(default_factory=dict)
    unanswered: dict[str, int] = msgspec.field(default_factory=dict)
    objected: dict[str, int] = msgspec.field(default_factory=dict)

    def merge(self, other: "Profile") -> "Profile":
        """The profile over both; associative and commutative."""
        languages = sorted(self.risks_by_language.keys() | other.risks_by_language.keys())
        sighted = sorted(self.sightings.keys() | other.sightings.keys())
        return Profile(
            characters=self.characters + other.characters,
            languages=added(self.languages, other.languages),
            lengths=added(self.lengths, other.lengths),
            encodings=added(self.encodings, other.encodings),
            markers=added(self.markers, other.markers),
            groups=added(self.groups, other.groups),
            risks_by_language={
                language: added(
                    self.risks_by_language.get(language, {}), other.risks_by_language.get(language, {})
                )
                for language in languages
            },
            sightings={
                name: least((*self.sightings.get(name, ()), *other.sightings.get(name, ())))
                for name in sighted
            },
            asked=added(self.asked, other.asked),
            unanswered=added(self.unanswered, other.unanswered),
            objected=added(self.objected, other.objected),
        )

    def shifted(self, lines: int) -> "Profile":
        """The same, its lines counted from ``lines`` lines before."""
        return msgspec.structs.replace(
            self,
            sightings={
                name: tuple(msgspec.structs.replace(each, line=each.line + lines) for each in seen)
                for name, seen in self.sightings.items()
            },
        )

    def judged(self, guard: str) -> int:
        """How many documents a guard model judged; it was asked about no less."""
        return self.asked[guard] - self.unanswered.get(guard, 0)


def least(seen: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """The few that are named."""
    return tuple(sorted(seen, key=lambda each: (each.order, each.file, each.line))[:SIGHTINGS])


def added(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    """Both counts together, in order of their keys."""
    return {key: left.get(key, 0) + right.get(key, 0) for key in sorted(left.keys() | right.keys())}
