"""What a description of a dataset says, in the register's words, and how it is read out of one. Pure."""

from collections.abc import Mapping
from typing import Any, TypeVar

from hegui.core import Record
from hegui.corpus.licenses import spdx_expression
from hegui.corpus.model import Modality, Origin, is_language
from hegui.corpus.provenance import PersonalContent, SourceKind

NAMESPACE = "urn:hegui:register#"
"""What other formats have no word for stands under names that begin so."""

E = TypeVar("E", SourceKind, Origin, Modality, PersonalContent)


_TEXTS = frozenset({"name", "name_zh", "identifier", "statement", "url", "license", "language"})


class TakenField(Record):
    """Something that was taken from a description.

    Attributes:
        field: of the register.
        place: where it stood.
        value: as it is taken.
    """

    field: str
    place: str
    value: str


class DatasetDescription(Record):
    """What one dataset is said to be; ``None`` where nothing is said.

    Attributes:
        name: what it is called.
        name_zh: in Chinese, where that is another name.
        identifier: short, where it has one.
        statement: what it is, in sentences.
        url: where it is published.
        license: SPDX expression, or the licence's own name.
        kind: how it came into the provider's hands.
        language: main language.
        origin: domestic or foreign.
        modality: what it is made of.
        items: how many.
        size_bytes: stored.
        holds: personal information.
        files: that lie beside the description.
        taken: where each of these stood.
        left: places that no word of the register fits, or whose value is not understood.
    """

    name: str | None = None
    name_zh: str | None = None
    identifier: str | None = None
    statement: str | None = None
    url: str | None = None
    license: str | None = None
    kind: SourceKind | None = None
    language: str | None = None
    origin: Origin | None = None
    modality: Modality | None = None
    items: int | None = None
    size_bytes: int | None = None
    holds: PersonalContent | None = None
    files: tuple[str, ...] = ()
    taken: tuple[TakenField, ...] = ()
    left: tuple[str, ...] = ()


class Reading:
    """One dataset of a document being read: what is taken is noted with its place, and so is what is left."""

    def __init__(self, members: Mapping[str, Any], *, at: str = "") -> None:
        """Read ``members``, which stand at ``at``."""
        self._members = members
        self._at = f"{at}." if at else ""
        self._asked: set[str] = set()
        self._values: dict[str, Any] = {}
        self._taken: list[TakenField] = []
        self._left: list[str] = []

    def get(self, place: str) -> Any:  # noqa: ANN401 - what strangers wrote may be anything
        """What stands at ``place``, which then does not count as left."""
        self._asked.add(place)
        return self._members.get(place)

    def text(self, place: str) -> str | None:
        """The text at ``place``: itself, the first of several, or the name of what stands there."""
        found = self.get(place)
        texts = [_plain(each) for each in (found if isinstance(found, list) else [found])]
        texts = [each for each in texts if each]
        if found and not texts:
            self.leave(place)
        if len(texts) > 1:
            self.leave(f"{place}[1:]")
        return texts[0] if texts else None

    def whole(self, place: str) -> int | None:
        """The whole number at ``place``, digits in a text too."""
        found = self.get(place)
        if isinstance(found, int) and not isinstance(found, bool) and found >= 0:
            return found
        if isinstance(found, str) and found.strip().isdecimal():
            return int(found)
        if found is not None:
            self.leave(place)
        return None

    def one_of(self, kind: type[E], place: str) -> E | None:
        """The word of ``kind`` at ``place``."""
        found = self.text(place)
        if found is None:
            return None
        try:
            return kind(found.lower())
        except ValueError:
            self.leave(place)
            return None

    def take(self, field: str, place: str, value: object) -> None:
        """Note ``value`` for a field that nothing was noted for yet; leave what the field cannot hold."""
        if value is None or value in ("", ()) or field in self._values:
            return
        if field in _TEXTS and not isinstance(value, str):
            self.leave(place)
            return
        if field == "language" and not is_language(str(value)):
            self.leave(place)
            return
        self._values[field] = value
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        self._taken.append(TakenField(field=field, place=self._at + place, value=shown))

    def leave(self, place: str) -> None:
        """Note that what stands at ``place`` is not taken."""
        self._left.append(self._at + place)

    def done(self, *, ignoring: frozenset[str] = frozenset()) -> DatasetDescription:
        """What was taken; what nobody asked for is left, but for names that say nothing of the dataset."""
        for place, value in self._members.items():
            if place not in self._asked | ignoring and value not in (None, "", [], {}):
                self.leave(str(place))
        left = tuple(dict.fromkeys(self._left))
        return DatasetDescription(**self._values, taken=tuple(self._taken), left=left)


def _plain(value: object) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return next(
            (
                str(value[name]).strip()
                for name in ("name", "@value", "@id", "url", "id")
                if isinstance(value.get(name), str)
            ),
            None,
        )
    return None


_LICENSE_PAGES = (
    ("spdx.org/licenses/", "{}"),
    ("creativecommons.org/licenses/", "CC-{}"),
    ("creativecommons.org/publicdomain/zero/", "CC0-{}"),
    ("opensource.org/licenses/", "{}"),
    ("opensource.org/license/", "{}"),
)


def license_named(said: str | None) -> str | None:
    """A licence as SPDX spells it, also where the page of its text is named; else what was said."""
    if said is None:
        return None
    address = (
        said.strip().rstrip("/").removesuffix(".html").removesuffix("/legalcode").removesuffix("/deed.en")
    )
    for page, form in _LICENSE_PAGES:
        if page in address:
            name = form.format(address.partition(page)[2].replace("/", "-"))
            return spdx_expression(name) or said
    return spdx_expression(said) or said


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects in ``value``: itself, or those of a list."""
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, Mapping)]
