"""CycloneDX: bills of materials with data, or models with the data they were made of. Pure."""

from collections.abc import Mapping
from typing import Any

from hegui.corpus.exchange.description import NAMESPACE, DatasetDescription, Reading, license_named, objects
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import SourceKind

_IGNORED = frozenset({"type", "bom-ref"})


def is_cyclonedx(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is such a bill."""
    return document.get("bomFormat") == "CycloneDX"


def read_cyclonedx(document: Mapping[str, Any]) -> tuple[DatasetDescription, ...]:
    """What a bill says of each dataset in it."""
    found: list[DatasetDescription] = []
    for index, component in enumerate(objects(document.get("components", []))):
        place = f"components[{index}]"
        if component.get("type") == "data":
            found.append(_component(component, place))
        elif component.get("type") == "machine-learning-model":
            found += _of_model(component, place)
    return tuple(found)


def _component(component: Mapping[str, Any], place: str) -> DatasetDescription:
    reading = Reading(component, at=place)
    reading.take("name", "name", reading.text("name"))
    reading.take("statement", "description", reading.text("description"))
    reading.take("license", "licenses", _license(reading))
    addresses = [
        str(each["url"])
        for each in objects(reading.get("externalReferences") or [])
        if each.get("type") in {"distribution", "website", "documentation"} and each.get("url")
    ]
    reading.take("url", "externalReferences", addresses[0] if addresses else None)
    _data(reading, objects(reading.get("data") or []))
    _properties(reading)
    return reading.done(ignoring=_IGNORED)


def _of_model(component: Mapping[str, Any], place: str) -> list[DatasetDescription]:
    card = component.get("modelCard")
    parameters = card.get("modelParameters") if isinstance(card, Mapping) else None
    datasets = parameters.get("datasets") if isinstance(parameters, Mapping) else None
    found = []
    for index, dataset in enumerate(objects(datasets or [])):
        # A mere reference names a component, which is read where it stands.
        if "ref" not in dataset:
            reading = Reading(dataset, at=f"{place}.modelCard.modelParameters.datasets[{index}]")
            reading.take("name", "name", reading.text("name"))
            reading.take("statement", "description", reading.text("description"))
            contents = reading.get("contents")
            url = contents.get("url") if isinstance(contents, Mapping) else None
            reading.take("url", "contents.url", url)
            found.append(reading.done(ignoring=_IGNORED))
    return found


def _license(reading: Reading) -> str | None:
    names = []
    for choice in objects(reading.get("licenses") or []):
        named = choice.get("license")
        license_of = named if isinstance(named, Mapping) else {}
        names.append(choice.get("expression") or license_of.get("id") or license_of.get("name"))
    told = [str(name) for name in names if name]
    if len(told) > 1:
        reading.leave("licenses[1:]")
    return license_named(told[0]) if told else None


def _data(reading: Reading, parts: list[Mapping[str, Any]]) -> None:
    for index, part in enumerate(parts):
        contents = part.get("contents")
        url = contents.get("url") if isinstance(contents, Mapping) else None
        reading.take("url", f"data[{index}].contents.url", url)
        reading.take("statement", f"data[{index}].description", part.get("description"))
        for name in part:
            if name not in {"type", "name", "contents", "description", "bom-ref"}:
                reading.leave(f"data[{index}].{name}")


def _properties(reading: Reading) -> None:
    ours = {"kind": SourceKind, "origin": Origin, "modality": Modality}
    for each in objects(reading.get("properties") or []):
        name, value = str(each.get("name", "")), each.get("value")
        word = name.removeprefix(NAMESPACE)
        if name.startswith(NAMESPACE) and word in ours and str(value) in set(ours[word]):
            reading.take(word, f"properties.{name}", ours[word](str(value)))
        elif name.startswith(NAMESPACE) and word == "language":
            reading.take(word, f"properties.{name}", value)
        else:
            reading.leave(f"properties.{name}")
