"""The Data Provenance Standards of the Data & Trust Alliance, 1.0.0: JSON, or a table. Pure.

Where data come from is told by countries of ISO 3166: China is domestic, everything else is not.
"""

from collections.abc import Mapping
from typing import Any

from hegui.corpus.exchange.description import DatasetDescription, Reading, license_named, objects
from hegui.corpus.model import Modality, Origin

_CHINA = frozenset({"CN", "CHN", "CHINA", "中国"})
_GROUPS = ("source", "provenance", "use")
TITLE = "Dataset title/name"
"""The column that every table of this standard has."""


def is_data_provenance(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is such metadata."""
    source = document.get("source")
    return isinstance(source, Mapping) and "title" in source and "provenance" in document


def read_data_provenance(document: Mapping[str, Any]) -> tuple[DatasetDescription, ...]:
    """What such metadata says of its dataset."""
    flat: dict[str, Any] = {}
    for group, members in document.items():
        if group in _GROUPS and isinstance(members, Mapping):
            flat |= {f"{group}.{name}": value for name, value in members.items()}
        else:
            flat[group] = members
    reading = Reading(flat)
    countries = [str(each.get("country", "")) for each in objects(reading.get("provenance.origin-geography"))]
    return (
        _read(
            reading,
            {
                "name": "source.title",
                "identifier": "source.id",
                "url": "source.location",
                "statement": "source.description",
                "license": "use.license",
                "modality": "provenance.format",
            },
            ("provenance.origin-geography", countries),
        ),
    )


def read_data_provenance_row(row: Mapping[str, str], *, place: str) -> DatasetDescription:
    """What a row of such a table says of its dataset.

    Args:
        row: the cells by their columns.
        place: where the row stands.
    """
    reading = Reading(row, at=place)
    column = "Data origin geography country"
    countries = (reading.text(column) or "").replace(";", ",").split(",")
    return _read(
        reading,
        {
            "name": TITLE,
            "identifier": "Unique metadata identifier",
            "url": "Metadata location",
            "statement": "Description of the dataset",
            "license": "License to use",
            "modality": "Data format",
        },
        (column, countries),
    )


def _read(
    reading: Reading, places: Mapping[str, str], countries: tuple[str, list[str]]
) -> DatasetDescription:
    for field, place in places.items():
        said = reading.text(place)
        if field == "license":
            reading.take(field, place, license_named(said))
        elif field == "modality":
            _modality(reading, place, said)
        else:
            reading.take(field, place, said)
    place, named = countries
    codes = {each.strip().upper() for each in named if each.strip()}
    if codes and codes <= _CHINA:
        reading.take("origin", place, Origin.DOMESTIC)
    elif codes and not codes & _CHINA:
        reading.take("origin", place, Origin.FOREIGN)
    elif codes:
        reading.leave(place)
    return reading.done()


def _modality(reading: Reading, place: str, said: str | None) -> None:
    word = (said or "").partition("/")[0].lower()
    if word in set(Modality):
        reading.take("modality", place, Modality(word))
    elif said is not None:
        reading.leave(place)
