"""SPDX: documents of version 2.3, and version 3 with its dataset profile, which is written too. Pure.

What SPDX has no word for stands in properties of our own, an extension that SPDX itself defines.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from hegui.core import Json, digest_value
from hegui.corpus.exchange.description import NAMESPACE, DatasetDescription, Reading, license_named, objects
from hegui.corpus.licenses import spdx_expression
from hegui.corpus.model import Modality, Origin, RegisteredSource
from hegui.corpus.provenance import PersonalContent, SourceKind

_CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_SAYS_NOTHING = frozenset({"NOASSERTION", "NONE"})
_IGNORED = frozenset({"SPDXID", "spdxId", "type", "creationInfo", "filesAnalyzed"})
_LICENSED = ("hasConcludedLicense", "hasDeclaredLicense")
_OURS = {"kind": SourceKind, "origin": Origin, "modality": Modality, "holds": PersonalContent}
_TEXTS = frozenset({"language", "name_zh", "identifier", "statement"})


def is_spdx(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document is of SPDX, of either version."""
    return "spdxVersion" in document or "spdx.org/rdf/3" in str(document.get("@context", ""))


def read_spdx(document: Mapping[str, Any]) -> tuple[DatasetDescription, ...]:
    """What a document says of each dataset in it; in version 2.3, of each package."""
    if "spdxVersion" in document:
        packages = objects(document.get("packages", []))
        return tuple(_package_2(each, f"packages[{index}]") for index, each in enumerate(packages))
    graph = objects(document.get("@graph", []))
    licenses = _licenses(graph)
    return tuple(
        _dataset(each, f"@graph[{index}]", licenses)
        for index, each in enumerate(graph)
        if each.get("type") == "dataset_DatasetPackage"
    )


def _package_2(package: Mapping[str, Any], place: str) -> DatasetDescription:
    said = {name: value for name, value in package.items() if str(value) not in _SAYS_NOTHING}
    reading = Reading(said, at=place)
    reading.take("name", "name", reading.text("name"))
    for name in ("description", "summary", "comment"):
        reading.take("statement", name, reading.text(name))
    for name in ("licenseConcluded", "licenseDeclared"):
        reading.take("license", name, license_named(reading.text(name)))
    for name in ("downloadLocation", "homepage"):
        reading.take("url", name, reading.text(name))
    return reading.done(ignoring=_IGNORED)


def _licenses(graph: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The licence of each element: the concluded one before the declared one."""
    expressions = {
        str(each.get("spdxId")): str(each.get("simplelicensing_licenseExpression", each.get("name", "")))
        for each in graph
        if "licensing_" in str(each.get("type"))
    }
    found: dict[str, str] = {}
    for kind in _LICENSED:
        for each in graph:
            if each.get("type") == "Relationship" and each.get("relationshipType") == kind:
                to = each.get("to")
                targets = [str(target) for target in (to if isinstance(to, list) else [to])]
                named = next((expressions[target] for target in targets if target in expressions), None)
                if named:
                    found.setdefault(str(each.get("from")), named)
    return found


def _dataset(package: Mapping[str, Any], place: str, licenses: Mapping[str, str]) -> DatasetDescription:
    reading = Reading(package, at=place)
    reading.take("name", "name", reading.text("name"))
    reading.take("url", "software_downloadLocation", reading.text("software_downloadLocation"))
    named = licenses.get(str(package.get("spdxId")))
    reading.take("license", "hasDeclaredLicense", license_named(named))
    _properties(reading)
    for name in ("description", "summary", "dataset_dataCollectionProcess"):
        reading.take("statement", name, reading.text(name))
    reading.take("size_bytes", "dataset_datasetSize", reading.whole("dataset_datasetSize"))
    kinds = reading.get("dataset_datasetType")
    modalities = [
        Modality(each) for each in (kinds if isinstance(kinds, list) else []) if each in set(Modality)
    ]
    if len(modalities) == 1:
        reading.take("modality", "dataset_datasetType", modalities[0])
    elif kinds:
        reading.leave("dataset_datasetType")
    sensitive = reading.text("dataset_hasSensitivePersonalInformation")
    if sensitive == "yes":
        reading.take("holds", "dataset_hasSensitivePersonalInformation", PersonalContent.SENSITIVE)
    elif sensitive == "no":
        # That there is nothing sensitive does not say that there is nothing personal.
        reading.leave("dataset_hasSensitivePersonalInformation")
    return reading.done(ignoring=_IGNORED)


def _properties(reading: Reading) -> None:
    for extension in objects(reading.get("extension") or []):
        for entry in objects(extension.get("extension_cdxProperty", [])):
            name = str(entry.get("extension_cdxPropName", ""))
            value = str(entry.get("extension_cdxPropValue", ""))
            word = name.removeprefix(NAMESPACE)
            if word in _OURS and value in set(_OURS[word]):
                reading.take(word, f"extension.{name}", _OURS[word](value))
            elif word in _TEXTS:
                reading.take(word, f"extension.{name}", value)
            elif word == "items" and value.isdecimal():
                reading.take(word, f"extension.{name}", int(value))
            else:
                reading.leave(f"extension.{name}")


def write_spdx(registered: Sequence[RegisteredSource], *, made_at: str, by: str) -> Json:
    """The sources as a document of SPDX 3.0.1 with the dataset profile.

    Args:
        registered: the sources.
        made_at: the instant, UTC.
        by: who makes the document.
    """
    place = f"{NAMESPACE}{digest_value([each.entry for each in registered])[-16:]}"
    info = "_:made"
    agent = f"{place}/maker"
    elements: list[Json] = [
        {
            "type": "CreationInfo",
            "@id": info,
            "specVersion": "3.0.1",
            "created": f"{made_at.partition('.')[0].removesuffix('Z')}Z",
            "createdBy": [agent],
        },
        {"type": "Agent", "spdxId": agent, "creationInfo": info, "name": by},
    ]
    packages: list[str] = []
    for each in registered:
        package = f"{place}/{each.source.id}"
        packages.append(package)
        elements += _written(each, package, info)
    elements.append(
        {
            "type": "SpdxDocument",
            "spdxId": f"{place}/document",
            "creationInfo": info,
            "name": "Hegui register",
            "rootElement": packages,
            "profileConformance": ["core", "software", "dataset", "simpleLicensing", "extension"],
        }
    )
    return {"@context": _CONTEXT, "@graph": elements}


def _written(registered: RegisteredSource, package: str, info: str) -> list[Json]:
    source = registered.source
    stated = source.personal_information
    sensitive = "noAssertion"
    if stated is not None:
        sensitive = "yes" if stated.holds is PersonalContent.SENSITIVE else "no"
    size = source.size.size_bytes if source.size else None
    described: dict[str, Json] = {
        "type": "dataset_DatasetPackage",
        "spdxId": package,
        "creationInfo": info,
        "name": source.name.en,
        "software_primaryPurpose": "data",
        "software_downloadLocation": source.url,
        "dataset_datasetType": [source.modality.value],
        "dataset_datasetSize": size
        if size is not None
        else sum(f.size_bytes for f in registered.files) or None,
        "dataset_hasSensitivePersonalInformation": sensitive,
        "extension": [_extension(registered)],
    }
    elements: list[Json] = [{name: value for name, value in described.items() if value is not None}]
    expression = spdx_expression(source.rights.license) if source.rights and source.rights.license else None
    if expression is not None:
        license_id = f"{package}/license"
        elements += [
            {
                "type": "simplelicensing_LicenseExpression",
                "spdxId": license_id,
                "creationInfo": info,
                "simplelicensing_licenseExpression": expression,
            },
            {
                "type": "Relationship",
                "spdxId": f"{package}/licensed",
                "creationInfo": info,
                "from": package,
                "relationshipType": "hasDeclaredLicense",
                "to": [license_id],
            },
        ]
    return elements


def _extension(registered: RegisteredSource) -> Json:
    source = registered.source
    said = {
        "identifier": source.id,
        "name_zh": source.name.zh,
        "kind": source.kind.value,
        "language": source.language,
        "origin": source.origin.value,
        "statement": source.rights.statement if source.rights else "",
        "holds": source.personal_information.holds.value if source.personal_information else "",
        "items": str(source.size.items) if source.size and source.size.items is not None else "",
    }
    return {
        "type": "extension_CdxPropertiesExtension",
        "extension_cdxProperty": [
            {
                "type": "extension_CdxPropertyEntry",
                "extension_cdxPropName": f"{NAMESPACE}{name}",
                "extension_cdxPropValue": value,
            }
            for name, value in said.items()
            if value
        ],
    }
