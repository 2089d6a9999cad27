"""Croissant, as MLCommons specifies it: JSON-LD that describes one dataset. Pure.

What Croissant has no word for (kind, origin, personal information) stands under names of our own, which its
own reader keeps.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from hegui.core import Json
from hegui.corpus.exchange.description import (
    NAMESPACE,
    DatasetDescription,
    Reading,
    license_named,
    objects,
)
from hegui.corpus.licenses import spdx_expression
from hegui.corpus.model import Modality, Origin, RegisteredFile, RegisteredSource
from hegui.corpus.provenance import PersonalContent, SourceKind

VERSIONS = ("1.0", "1.1")
"""Those that can be written."""

_VERSION = "http://mlcommons.org/croissant/"
_PREFIX = "hegui:"
_IGNORED = frozenset({"@context", "@type", "@id", "conformsTo", "dct:conformsTo"})

_TERMS = (
    *("citeAs", "column", "conformsTo", "data", "dataType", "extract", "field", "fileObject", "fileProperty"),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path"),
    *("recordSet", "references", "regex", "repeated", "replace", "separator", "source", "subField"),
    "transform",
    "equivalentProperty",
    "samplingRate",
)
_MEDIA = {
    ".jsonl": "application/jsonlines",
    ".ndjson": "application/jsonlines",
    ".json": "application/json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".parquet": "application/x-parquet",
    ".gz": "application/gzip",
    ".warc": "application/warc",
}


def is_croissant(document: Mapping[str, Any]) -> bool:
    """Whether a JSON document describes a dataset as Croissant, or as the schema.org that it extends."""
    kinds = document.get("@type")
    return "@context" in document and any(
        str(each).rpartition(":")[2].rpartition("/")[2] == "Dataset"
        for each in (kinds if isinstance(kinds, list) else [kinds])
    )


def read_croissant(document: Mapping[str, Any]) -> tuple[DatasetDescription, ...]:
    """What a Croissant document says of its dataset."""
    members = {
        str(name).removeprefix("sc:").replace(NAMESPACE, _PREFIX): value for name, value in document.items()
    }
    reading = Reading(members)
    reading.take("name", "name", reading.text("name"))
    reading.take("name_zh", f"{_PREFIX}nameZh", reading.text(f"{_PREFIX}nameZh"))
    for place in (f"{_PREFIX}id", "alternateName", "identifier"):
        reading.take("identifier", place, reading.text(place))
    reading.take("statement", "description", reading.text("description"))
    reading.take("url", "url", reading.text("url"))
    reading.take("license", "license", license_named(reading.text("license")))
    reading.take("language", "inLanguage", reading.text("inLanguage"))
    reading.take("kind", f"{_PREFIX}kind", reading.one_of(SourceKind, f"{_PREFIX}kind"))
    reading.take("origin", f"{_PREFIX}origin", reading.one_of(Origin, f"{_PREFIX}origin"))
    reading.take("holds", f"{_PREFIX}holds", reading.one_of(PersonalContent, f"{_PREFIX}holds"))
    reading.take("items", f"{_PREFIX}items", reading.whole(f"{_PREFIX}items"))
    reading.take("modality", f"{_PREFIX}modality", reading.one_of(Modality, f"{_PREFIX}modality"))
    reading.take("size_bytes", f"{_PREFIX}sizeBytes", reading.whole(f"{_PREFIX}sizeBytes"))
    _distribution(reading)
    return (reading.done(ignoring=_IGNORED),)


def _distribution(reading: Reading) -> None:
    parts = objects(reading.get("distribution"))
    urls = [str(part["contentUrl"]) for part in parts if isinstance(part.get("contentUrl"), str)]
    beside = tuple(url for url in urls if "://" not in url)
    reading.take("files", "distribution.contentUrl", beside)
    if len(beside) < len(parts):
        reading.leave("distribution")
    sizes = [str(part.get("contentSize", "")).removesuffix(" B").removesuffix("B") for part in parts]
    if sizes and all(size.isdecimal() for size in sizes):
        reading.take("size_bytes", "distribution.contentSize", sum(map(int, sizes)))
    media = {str(part.get("encodingFormat", "")).partition("/")[0] for part in parts}
    if len(media) == 1 and (media & set(Modality)):
        reading.take("modality", "distribution.encodingFormat", Modality(media.pop()))


def write_croissant(
    registered: RegisteredSource, *, digests: Mapping[str, str], version: str = VERSIONS[-1]
) -> Json:
    """A source as a Croissant document.

    Args:
        registered: the source.
        digests: of each of its files, by their names.
        version: of :data:`VERSIONS`.
    """
    source = registered.source
    rights = source.rights
    described: dict[str, Json] = {
        "@context": _context(),
        "@type": "sc:Dataset",
        "conformsTo": f"{_VERSION}{version}",
        "name": source.name.en,
        "description": (rights.statement if rights else "") or source.name.zh,
        "inLanguage": source.language,
        "datePublished": registered.registered_at[: len("2026-11-22")],
        "url": source.url,
        "license": _license_page(rights.license) if rights and rights.license else None,
        "hegui:id": source.id,
        "hegui:nameZh": source.name.zh,
        "hegui:kind": source.kind.value,
        "hegui:origin": source.origin.value,
        "hegui:modality": source.modality.value,
        "hegui:holds": source.personal_information.holds.value if source.personal_information else None,
        "hegui:items": source.size.items if source.size else None,
        "hegui:sizeBytes": source.size.size_bytes if source.size else None,
        "hegui:vouchedBy": rights.vouched_by if rights else None,
        "hegui:proof": [
            {"hegui:kind": each.kind.value, "name": each.path, "sha256": _bare(each.digest)}
            for each in (rights.documents if rights else ())
        ],
        "distribution": [_file(each, digests) for each in registered.files],
    }
    return {name: value for name, value in described.items() if value not in (None, [])}


def _context() -> dict[str, Json]:
    context: dict[str, Json] = {name: f"cr:{name}" for name in _TERMS}
    return context | {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "conformsTo": "dct:conformsTo",
        "cr": _VERSION,
        "data": {"@id": "cr:data", "@type": "@json"},
        "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
        "dct": "http://purl.org/dc/terms/",
        "examples": {"@id": "cr:examples", "@type": "@json"},
        "hegui": NAMESPACE,
        "rai": f"{_VERSION}RAI/",
        "sc": "https://schema.org/",
    }


def _license_page(name: str) -> str:
    expression = spdx_expression(name)
    simple = expression is not None and " " not in expression and not expression.startswith("LicenseRef-")
    return f"https://spdx.org/licenses/{expression}" if simple else name


def _file(file: RegisteredFile, digests: Mapping[str, str]) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.size_bytes} B",
        "encodingFormat": _MEDIA.get(PurePosixPath(file.path).suffix.lower(), "application/octet-stream"),
        "sha256": _bare(digests[file.path]),
    }


def _bare(digest: str | None) -> str | None:
    """A digest as the field ``sha256`` has it."""
    return None if digest is None else digest.removeprefix("sha256:")
