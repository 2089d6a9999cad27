"""A source of the register, made from what others say of it and what is said here. Pure."""

import re
from collections.abc import Sequence
from pathlib import Path

from hegui.core import BilingualText, InvalidInput, Record
from hegui.corpus.exchange.description import DatasetDescription
from hegui.corpus.exchange.reading import DescriptionFormat
from hegui.corpus.model import Modality, Origin, RegisteredSource, Source
from hegui.corpus.provenance import (
    DocumentKind,
    PersonalContent,
    PersonalInformationStatement,
    ProofDocument,
    Rights,
    SourceKind,
    SourceSize,
)

_NO_ID = re.compile("[^a-z0-9]+")
_LONGEST_ID = 63


class GivenFacts(Record):
    """What the provider says of datasets that others describe; it goes before what they say.

    Attributes:
        identifier: of the source, where one dataset is described.
        kind: how the material came into the provider's hands.
        language: main language.
        origin: domestic or foreign.
        files: files, folders, patterns and URLs.
        vouched_by: who answers for the rights.
    """

    identifier: str | None = None
    kind: SourceKind | None = None
    language: str | None = None
    origin: Origin | None = None
    files: tuple[str, ...] = ()
    vouched_by: str | None = None


class SeveralDescribed(InvalidInput):
    """A description tells of several datasets where it can be of one only.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, *, zh: str, en: str) -> None:
        """Say what cannot be of several."""
        super().__init__(zh=f"{path}：{zh}", en=f"{path}: {en}")
        self.path = path


class ImportedSource(Record):
    """One dataset of a description, and what became of it.

    Attributes:
        description: what was taken, from where, and what was left.
        missing: what has to be given before it can be registered.
        registered: the source; ``None`` where something is missing.
    """

    description: DatasetDescription
    missing: tuple[str, ...]
    registered: RegisteredSource | None = None


class Import(Record):
    """A file of descriptions, and what became of each dataset in it.

    Attributes:
        path: the file.
        format: it is in.
        sources: in the order of the file.
    """

    path: str
    format: DescriptionFormat
    sources: tuple[ImportedSource, ...]


def sources_of(
    described: Sequence[DatasetDescription], given: GivenFacts, *, path: Path
) -> tuple[tuple[Source | None, tuple[str, ...]], ...]:
    """A source for each dataset of a file, or what is missing of it.

    Args:
        described: what others say.
        given: what the provider says.
        path: the file.

    Raises:
        SeveralDescribed: an identifier or files are given for several, or two would get one identifier.
    """
    if len(described) > 1 and (given.identifier or given.files):
        raise SeveralDescribed(
            path,
            zh=f"描述了 {len(described)} 个数据集，编号和文件只能给一个；请写进各自的描述，或拆开文件",
            en=f"it describes {len(described)} datasets, and an id and files are of one; write them into the "
            "descriptions, or split the file",
        )
    made = tuple(source_of(each, given, path=path.name) for each in described)
    seen: set[str] = set()
    for source, _ in made:
        if source is not None and source.id in seen:
            raise SeveralDescribed(
                path,
                zh=f"两个数据集都会以 {source.id} 登记；请各写编号",
                en=f"{source.id} for two; give each its own id",
            )
        seen.update({source.id} if source else ())
    return made


def source_of(
    described: DatasetDescription, given: GivenFacts, *, path: str
) -> tuple[Source | None, tuple[str, ...]]:
    """A source, or what is missing of it.

    Where somebody vouches, the licence and the description itself are among what is said of the rights; the
    documents that prove them have still to be supplied.

    Args:
        described: what others say.
        given: what the provider says.
        path: the file that the description stands in.
    """
    name = described.name_zh or described.name
    identifier = given.identifier or _id(described.identifier) or _id(described.name)
    kind = given.kind or described.kind
    language = given.language or described.language
    origin = given.origin or described.origin
    if identifier is None or kind is None or language is None or origin is None:
        found = {"id": identifier, "kind": kind, "language": language, "origin": origin}
        return None, tuple(each for each, value in found.items() if value is None)
    source = Source(
        id=identifier,
        name=BilingualText(zh=name or identifier, en=described.name or name or identifier),
        kind=kind,
        language=language,
        origin=origin,
        files=given.files or described.files,
        modality=described.modality or Modality.TEXT,
        url=described.url,
        size=_size(described),
        personal_information=_holds(described.holds),
        rights=_rights(described, given, path),
    )
    return source, ()


def _id(said: str | None) -> str | None:
    return _NO_ID.sub("-", (said or "").lower()).strip("-")[:_LONGEST_ID].strip("-") or None


def _size(described: DatasetDescription) -> SourceSize | None:
    if described.items is None and described.size_bytes is None:
        return None
    return SourceSize(items=described.items, size_bytes=described.size_bytes)


def _holds(holds: PersonalContent | None) -> PersonalInformationStatement | None:
    return None if holds is None else PersonalInformationStatement(holds=holds)


def _rights(described: DatasetDescription, given: GivenFacts, path: str) -> Rights | None:
    if given.vouched_by is None:
        return None
    return Rights(
        vouched_by=given.vouched_by,
        license=described.license,
        statement=described.statement or "",
        documents=(ProofDocument(kind=DocumentKind.DESCRIPTION, path=path),),
    )
