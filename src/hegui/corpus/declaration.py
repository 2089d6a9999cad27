"""The file in which a provider declares its sources, and what makes a declaration unusable."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from hegui.core import InvalidDocument, InvalidInput, Record, digest_file, field_line, load_document
from hegui.corpus.model import Rights, Source

READABLE = (".jsonl", ".ndjson")
"""Endings of the files that can be scanned."""

_ID = re.compile("[a-z0-9][a-z0-9-]{0,62}")


class Declaration(Record):
    """What a ``corpus.yaml`` says."""

    sources: Annotated[tuple[Source, ...], msgspec.Meta(min_length=1)]


class Flaw(Record):
    """Something that makes a source unusable as declared.

    Attributes:
        field: where in the source, as ``rights.documents[0].path``.
        zh: what is wrong and what to do, in Chinese.
        en: the same in English.
    """

    field: str
    zh: str
    en: str


class UnusableSource(InvalidInput):
    """A source that cannot be registered as declared.

    Attributes:
        source: its id.
        field: where in the source.
    """

    def __init__(self, source: str, flaw: Flaw) -> None:
        """Put the source and the field before the message."""
        super().__init__(
            zh=f"来源 {source}：{flaw.field}：{flaw.zh}", en=f"source {source}: {flaw.field}: {flaw.en}"
        )
        self.source = source
        self.field = flaw.field


def load_declaration(path: Path) -> Declaration:
    """Read a declaration and make sure that what it names is there.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it is not a declaration, declares an id twice, or names files that cannot be read.
    """
    declaration = load_document(path, Declaration)
    for index, flaw in _flaws(declaration, path.parent):
        field = f"sources[{index}].{flaw.field}"
        raise InvalidDocument(path=path, line=field_line(path, field), field=field, zh=flaw.zh, en=flaw.en)
    return declaration


def _flaws(declaration: Declaration, root: Path) -> Iterator[tuple[int, Flaw]]:
    seen: dict[str, int] = {}
    for index, source in enumerate(declaration.sources):
        if source.id in seen:
            first = seen[source.id]
            yield (
                index,
                Flaw(
                    field="id",
                    zh=f"{source.id} 与 sources[{first}] 重名；每个来源要有自己的 id",
                    en=f"{source.id} is also the id of sources[{first}]; give each source its own",
                ),
            )
        seen[source.id] = index
        for flaw in flaws(source, root=root):
            yield index, flaw


def flaws(source: Source, *, root: Path) -> Iterator[Flaw]:
    """What makes ``source`` unusable, its relative paths starting from ``root``."""
    if not _ID.fullmatch(source.id):
        yield Flaw(
            field="id",
            zh=f"{source.id!r} 不能作 id；请用小写字母、数字和连字符，至多 63 个字符，如 news-2025",
            en=f"{source.id!r} cannot be an id; use small letters, digits and hyphens, 63 characters "
            "at most, as in news-2025",
        )
    yield from _file_flaws(source, root)
    if source.rights is not None:
        yield from _document_flaws(source.rights, root)


def _file_flaws(source: Source, root: Path) -> Iterator[Flaw]:
    for index, name in enumerate(source.files):
        field = f"files[{index}]"
        if name in source.files[:index]:
            yield Flaw(
                field=field,
                zh=f"{name} 列了两次，会被重复计数；请删去一个",
                en=f"{name} is listed twice and would be counted twice; remove one",
            )
        elif Path(name).suffix not in READABLE:
            yield Flaw(
                field=field,
                zh=f"{name}：目前只能扫描 {'、'.join(READABLE)}；请先转换为 JSON Lines",
                en=f"{name}: only {' and '.join(READABLE)} can be scanned; convert it to JSON Lines",
            )
        else:
            yield from _absent(field, root / name)


def _document_flaws(rights: Rights, root: Path) -> Iterator[Flaw]:
    for index, document in enumerate(rights.documents):
        field = f"rights.documents[{index}]"
        path = root / document.path
        absent = tuple(_absent(f"{field}.path", path))
        yield from absent
        if absent or document.digest is None:
            continue
        found = digest_file(path)
        if found != document.digest:
            yield Flaw(
                field=f"{field}.digest",
                zh=f"{path} 的摘要是 {found}，不是所写的 {document.digest}；请确认文件没有被改动，再更新摘要",
                en=f"{path} has digest {found}, not {document.digest}; make sure that nobody altered the "
                "file, then update the digest",
            )


def _absent(field: str, path: Path) -> Iterator[Flaw]:
    if not path.is_file():
        yield Flaw(
            field=field,
            zh=f"没有这个文件：{path}；相对路径从声明文件所在目录算起",
            en=f"no such file: {path}; relative paths start from the directory of the declaration",
        )
