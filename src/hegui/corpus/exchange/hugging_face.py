"""Dataset cards of the Hugging Face Hub: a README whose front matter is YAML. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from hegui.corpus.exchange.description import DatasetDescription, Reading, license_named, objects
from hegui.corpus.model import Modality

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_UNNAMED = frozenset({"other", "unknown"})


def front_matter(text: str) -> tuple[str, str] | None:
    """The YAML of a card and the text below it; ``None`` where there is none."""
    found = _FRONT.match(text)
    return (found[1], text[found.end() :]) if found else None


def read_card(front: Mapping[str, Any], body: str) -> tuple[DatasetDescription, ...]:
    """What a card says of its dataset.

    Args:
        front: the front matter.
        body: the text below it.
    """
    reading = Reading(front)
    reading.take("name", "pretty_name", reading.text("pretty_name"))
    heading = _HEADING.search(body)
    reading.take("name", "# heading", heading[1] if heading else None)
    _license(reading)
    reading.take("language", "language", reading.text("language"))
    _modality(reading)
    _sizes(reading)
    return (reading.done(),)


def _license(reading: Reading) -> None:
    said, name = reading.text("license"), reading.text("license_name")
    if said is not None and said.lower() not in _UNNAMED:
        reading.take("license", "license", license_named(said))
    reading.take("license", "license_name", license_named(name))
    if said is not None and name is None and said.lower() in _UNNAMED:
        reading.leave("license")


def _modality(reading: Reading) -> None:
    tags = reading.get("tags")
    named = [str(tag).removeprefix("modality:") for tag in (tags if isinstance(tags, list) else [])]
    modalities = [Modality(name) for name in named if name in set(Modality)]
    if len(modalities) == 1:
        reading.take("modality", "tags", modalities[0])
    if len(named) > len(modalities) or len(modalities) > 1:
        reading.leave("tags")


def _sizes(reading: Reading) -> None:
    subsets = objects(reading.get("dataset_info"))
    splits = [split for subset in subsets for split in objects(subset.get("splits", []))]
    if not subsets:
        return
    for field, member in (("items", "num_examples"), ("size_bytes", "num_bytes")):
        counts = [count for split in splits if type(count := split.get(member)) is int and count >= 0]
        if counts and len(counts) == len(splits):
            reading.take(field, f"dataset_info.splits.{member}", sum(counts))
    reading.leave("dataset_info.features")
