"""The file in which a provider declares its sources, and what makes a declaration unusable."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from hegui.core import InvalidDocument, InvalidInput, Record, digest_file, field_line, load_document
from hegui.corpus.blocking import UnusableBlockList, read_block_list
from hegui.corpus.model import RegisteredSource, Source, is_language
from hegui.corpus.opening import is_remote
from hegui.corpus.planning import READABLE, canonical, form_of, found_files
from hegui.corpus.provenance import DocumentKind, PersonalContent, ProofDocument, ProviderStatement

_ID = re.compile("[a-z0-9][a-z0-9-]{0,62}")


class Declaration(Record):
    """What a ``corpus.yaml`` says.

    Attributes:
        sources: each source of training data.
        provider: how the provider looks after all of them.
    """

    sources: Annotated[tuple[Source, ...], msgspec.Meta(min_length=1)]
    provider: ProviderStatement | None = None


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


def load_declaration(path: Path, *, registered: Iterable[RegisteredSource] = ()) -> Declaration:
    """Read a declaration and make sure that what it names is there.

    Args:
        path: of the file.
        registered: what is on the register; what the file declares anew takes its place.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: it is not a declaration, declares an id twice, or names files that cannot be read
            or that are of two sources.
    """
    declaration = load_document(path, Declaration)
    for field, flaw in _flaws(declaration, path.parent, registered):
        raise InvalidDocument(path=path, line=field_line(path, field), field=field, zh=flaw.zh, en=flaw.en)
    return declaration


def _flaws(
    declaration: Declaration, root: Path, registered: Iterable[RegisteredSource]
) -> Iterator[tuple[str, Flaw]]:
    for place, flaw in _source_flaws(declaration, root):
        yield f"sources[{place}].{flaw.field}", flaw
    declared = {source.id: found_files(root.resolve(), source.files) for source in declaration.sources}
    for source, flaw in shared_flaws(declared, registered):
        yield f"sources[{list(declared).index(source)}].{flaw.field}", flaw
    if declaration.provider is not None:
        for flaw in document_flaws(declaration.provider.documents, root, within="provider"):
            yield flaw.field, flaw


def _source_flaws(declaration: Declaration, root: Path) -> Iterator[tuple[int, Flaw]]:
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
    if not is_language(source.language):
        yield Flaw(
            field="language",
            zh=f"{source.language!r} 不是 BCP 47 语言标签；请写成 zh、en、zh-Hant 这样",
            en=f"{source.language!r} is no BCP 47 tag; write one as in zh, en, zh-Hant",
        )
    yield from _file_flaws(source, root)
    if source.rights is not None:
        yield from document_flaws(source.rights.complete().documents, root, within="rights")
    stated = source.personal_information
    if stated is not None and stated.children and stated.holds is not PersonalContent.SENSITIVE:
        # By PIPL 28 whatever is known of a child under fourteen is sensitive.
        yield Flaw(
            field="personal_information.holds",
            zh="不满十四周岁未成年人的个人信息属于敏感个人信息；请写 holds: sensitive，或更正 children",
            en="information of children under fourteen is sensitive; write holds: sensitive, or correct "
            "children",
        )
    assessment = source.assessed_before
    if assessment is not None and assessment.unsafe > assessment.sampled:
        yield Flaw(
            field="assessed_before.unsafe",
            zh=f"{assessment.unsafe} 条不合格多于抽样的 {assessment.sampled} 条；请更正",
            en=f"{assessment.unsafe} unsafe are more than the {assessment.sampled} sampled; correct it",
        )


def shared_flaws(
    declared: Mapping[str, Iterable[tuple[str, str]]], registered: Iterable[RegisteredSource]
) -> Iterator[tuple[str, Flaw]]:
    """Files that belong to two sources, whose documents would be counted twice; each with the later source.

    A link and what it leads to are two files, as a copy would be.

    Args:
        declared: by the ids of sources, the name and the place of each of their files.
        registered: the other sources; what is registered under the id of a declared one does not count.
    """
    others = {each.source.id: _places(each) for each in registered if each.source.id not in declared}
    owners: dict[str, str] = {}
    for source, files in (*others.items(), *declared.items()):
        for name, place in files:
            owner = owners.setdefault(canonical(place), source)
            if owner != source and source in declared:
                yield (
                    source,
                    Flaw(
                        field="files",
                        zh=f"{name} 也是来源 {owner} 的文件，会被重复计数；请只留在一个来源里",
                        en=f"{name} is a file of source {owner}, too, and would be counted twice; leave it "
                        "in one of the two",
                    ),
                )


def _places(registered: RegisteredSource) -> Iterator[tuple[str, str]]:
    """The name and the place of each file as it lay when the source was registered."""
    for file in registered.files:
        yield file.path, file.path if is_remote(file.path) else str(registered.base / file.path)


def _file_flaws(source: Source, root: Path) -> Iterator[Flaw]:
    for index, name in enumerate(source.files):
        field = f"files[{index}]"
        found = list(found_files(root, (name,)))
        if name in source.files[:index]:
            yield Flaw(
                field=field,
                zh=f"{name} 列了两次，会被重复计数；请删去一个",
                en=f"{name} is listed twice and would be counted twice; remove one",
            )
        elif not found:
            yield Flaw(
                field=field,
                zh=f"{name}：里面没有文件；相对路径从 {root.absolute()} 算起",
                en=f"{name}: there is no file in it; relative paths start from {root.absolute()}",
            )
        elif found == [(name, str(root / name))]:
            yield from _absent(field, root, name)
            if form_of(name) is None:
                yield Flaw(
                    field=field,
                    zh=f"{name}：只能扫描 {'、'.join(READABLE)}；请先转换",
                    en=f"{name}: only {', '.join(READABLE)} can be scanned; convert it",
                )


def document_flaws(documents: Sequence[ProofDocument], root: Path, *, within: str) -> Iterator[Flaw]:
    """What makes ``documents``, which ``within`` lists, unusable."""
    for index, document in enumerate(documents):
        field = f"{within}.documents[{index}]"
        path = root / document.path
        absent = tuple(_absent(f"{field}.path", root, document.path))
        yield from absent
        if absent:
            continue
        if document.kind is DocumentKind.BLOCK_LIST:
            yield from _unusable_list(f"{field}.path", path)
        if document.digest is None:
            continue
        found = digest_file(path)
        if found != document.digest:
            yield Flaw(
                field=f"{field}.digest",
                zh=f"{path} 的摘要是 {found}，不是所写的 {document.digest}；请确认文件没有被改动，再更新摘要",
                en=f"{path} has digest {found}, not {document.digest}; make sure that nobody altered the "
                "file, then update the digest",
            )


def _unusable_list(field: str, path: Path) -> Iterator[Flaw]:
    try:
        read_block_list(path)
    except UnusableBlockList as error:
        yield Flaw(field=field, zh=error.text.zh, en=error.text.en)


def _absent(field: str, root: Path, name: str) -> Iterator[Flaw]:
    if not (root / name).is_file():
        yield Flaw(
            field=field,
            zh=f"没有这个文件：{name}；相对路径从 {root.absolute()} 算起",
            en=f"no such file: {name}; relative paths start from {root.absolute()}",
        )
