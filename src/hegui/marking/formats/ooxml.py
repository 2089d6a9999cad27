"""Word, Excel and PowerPoint files (OOXML): the label is the property AIGC in ``docProps/custom.xml``.

Such a file is a ZIP archive. The part with the properties, its content type and the relationship that leads
to it are made where they are missing; every other part keeps its packed bytes. Both sets of namespaces are
known, the transitional one that programs write and the strict one of ISO/IEC 29500.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeVar

from hegui.core import InvalidInput
from hegui.marking.candidates import Candidate, fault, names_label
from hegui.marking.elements import XmlElement, XmlRefused, elements, escaped
from hegui.marking.explicit import (
    ExplicitLabel,
    NoMiddle,
    Placement,
    Prominence,
    Shown,
    Treatment,
    words_in_text,
)
from hegui.marking.formats.archive import Archive, archive_in, content, is_safe, with_files
from hegui.marking.formats.format import Format, MalformedFile, ReadableText
from hegui.marking.formats.office_text import shown_text
from hegui.marking.formats.sheet_text import shared_strings, sheet_text
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.ooxml import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "_rels/.rels"
_HOME = "docProps/custom.xml"
_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_FIRST_ID = 2
_FIRST_NAME = 30
_DOCUMENT = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml[^>]*\?>)?\s*<((?:[^\s<>:/?!]+:)?)document[\s>]")
_BODY = re.compile(rb"<(?:[^\s<>:/?!]+:)?body(?:\s[^<>]*)?>")
_READ = re.compile(
    r"word/(?:document|header|footer)\d*\.xml|ppt/slides/slide\d+\.xml|xl/drawings/drawing\d+\.xml"
)
_SHEET = re.compile(r"xl/(?:work|chart)sheets/sheet\d+\.xml")
_SHARED_STRINGS = "xl/sharedstrings.xml"  # names of parts are alike in either case
_NUMBER = re.compile(r"[0-9]{1,9}")
_Sound = TypeVar("_Sound")

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class _Edition(NamedTuple):
    """The words that one set of namespaces has for the same things."""

    document: str
    relationship: str
    properties: str
    types: str


_OPEN = "http://schemas.openxmlformats.org/officeDocument/2006/"
_ISO = "http://purl.oclc.org/ooxml/officeDocument/"
_TRANSITIONAL = _Edition(
    document=f"{_OPEN}relationships/officeDocument",
    relationship=f"{_OPEN}relationships/custom-properties",
    properties=f"{_OPEN}custom-properties",
    types=f"{_OPEN}docPropsVTypes",
)
_STRICT = _Edition(
    document=f"{_ISO}relationships/officeDocument",
    relationship=f"{_ISO}relationships/customProperties",
    properties=f"{_ISO}customProperties",
    types=f"{_ISO}docPropsVTypes",
)
_EDITIONS = (_TRANSITIONAL, _STRICT)
_SIGNED = "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin"


class PackageSigned(InvalidInput):
    """An Office file with a digital signature, which a label would break."""

    def __init__(self) -> None:
        """Say in which order it works."""
        super().__init__(
            zh="该 Office 文件带有数字签名，加标识会使其失效；没有改动。请先加标识再签名",
            en="the Office file is digitally signed, and a label would break the signature; nothing was "
            "changed. Label it first, then sign it",
        )


class PackageEncrypted(InvalidInput):
    """An Office file that a password protects."""

    def __init__(self) -> None:
        """Say what to do first."""
        super().__init__(
            zh="该 Office 文件已加密；没有改动。请去掉打开密码、加标识，再重新加密",
            en="the Office file is encrypted; nothing was changed. Take the password off, label it, then "
            "encrypt it again",
        )


class NoOfficeDocument(InvalidInput):
    """A package that is built like an Office file and is none."""

    def __init__(self) -> None:
        """Say what can be labelled."""
        super().__init__(
            zh="这个包不是 Word、Excel 或 PowerPoint 文件；没有改动，请另存为 .docx、.xlsx 或 .pptx 再加标识",
            en="the package is no Word, Excel or PowerPoint file; nothing was changed, save it as .docx, "
            ".xlsx or .pptx, then label",
        )


class NoRunningText(InvalidInput):
    """An Office file that has no running text for a label to stand in."""

    def __init__(self) -> None:
        """Say what can be done."""
        super().__init__(
            zh="只能在 Word 文档中添加显式标识；表格和演示文稿请在生成时写在页面上，再来添加隐式标识",
            en="an explicit label can be put into Word documents only; write it onto the sheets or slides "
            "when they are made, then add the implicit label here",
        )


class _Part(NamedTuple):
    """A part of the package that is XML, and its elements; the first is around all others."""

    name: str
    start: int
    xml: bytes
    elements: tuple[XmlElement, ...]

    def appended(self, text: str) -> Splice:
        """What puts an element last in the root."""
        root = self.elements[0]
        if root.inner == root.end:  # it closes itself
            return Splice(root.end - len("/>"), root.end, f">{text}</{root.tag}>".encode())
        return Splice(root.inner_end, root.inner_end, text.encode())


def _recognises(data: Buffer) -> bool:
    if data[:4] != b"PK\3\4":
        return _is_encrypted(data)
    archive = archive_in(data)
    if isinstance(archive, Fault):
        return data[_FIRST_NAME : _FIRST_NAME + len(_TYPES)] == _TYPES.encode()
    return _TYPES.casefold() in archive.entries


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    if _is_encrypted(data):
        yield fault(0, zh="文件已加密，没有读取", en="the file is encrypted, and was not read")
        return
    archive = archive_in(data)
    if isinstance(archive, Fault):
        yield archive
        return
    relationships = _part(data, archive, _RELATIONSHIPS)
    if isinstance(relationships, Fault):
        yield relationships
        targets = [_HOME]
    else:
        targets = [_target(element) for element in _leading(relationships)] or [_HOME]
    for target in dict.fromkeys(targets):
        if target.casefold() in archive.entries:
            part = _part(data, archive, target)
            yield from [part] if isinstance(part, Fault) else _labels(part)


def _labels(part: _Part) -> Iterator[Candidate]:
    for index, element in enumerate(part.elements):
        if _is_label(element):
            text = element.text
            for inner in itertools.takewhile(element.holds, part.elements[index + 1 :]):
                text += inner.text
            yield Candidate(value=text.strip(), carrier=Carrier.CUSTOM_PROPERTY, offset=part.start)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    if _is_encrypted(data):
        raise PackageEncrypted
    archive = _sound(archive_in(data))
    types, relationships = (_sound(_part(data, archive, name)) for name in (_TYPES, _RELATIONSHIPS))
    edition = _edition(archive, relationships)
    leading = _leading(relationships)
    path = _target(leading[0]) if leading else _HOME
    if len(leading) > 1 or not (is_safe(path) and path.isascii()):
        raise _malformed(
            relationships.start,
            zh="自定义属性的关系有误",
            en="the relationships of its properties are at fault",
        )
    files = {path: _new_properties(label, edition)}
    if path.casefold() in archive.entries:
        files[path] = _updated_properties(_sound(_part(data, archive, path)), label)
    if not leading:
        files[_RELATIONSHIPS] = _related(relationships, edition, path)
    typed = _typed(types, path)
    if typed is not None:
        files[_TYPES] = typed
    return with_files(data, archive, files, name=OOXML.name)


def _show(data: Buffer, explicit: ExplicitLabel, _prominence: Prominence) -> Shown:
    """The document with a paragraph for its readers before or behind its text.

    Raises:
        NoRunningText: it is no document of Word.
        NoMiddle: the middle was asked for; which paragraphs belong together cannot be told from outside.

    Basis:
        GB-45438 5.1
    """
    archive = _sound(archive_in(data))
    relationships = _sound(_part(data, archive, _RELATIONSHIPS))
    edition = _edition(archive, relationships)
    target = next(
        _target(item) for item in relationships.elements if item.attributes.get("Type") == edition.document
    )
    entry = archive.entries.get(target.casefold())
    xml = b"" if entry is None else _sound(content(data, archive, entry))
    root = _DOCUMENT.match(xml)
    body = root and _BODY.search(xml, root.end())
    if entry is None or root is None or body is None:
        raise NoRunningText
    if explicit.placement is Placement.MIDDLE:
        raise NoMiddle
    prefix, words = root[1].decode(), words_in_text(explicit)
    # As references, which say the same in every encoding.
    said = escaped(f"【{words}】").encode("ascii", "xmlcharrefreplace").decode()
    notice = f"<{prefix}p><{prefix}r><{prefix}t>{said}</{prefix}t></{prefix}r></{prefix}p>".encode()
    if notice in xml:
        return Shown(data, words, Treatment.KEPT)
    place = body.end() if explicit.placement is Placement.START else _text_end(xml, prefix)
    files = {entry.name: xml[:place] + notice + xml[place:]}
    result = spliced(data, with_files(data, archive, files, name=OOXML.name))
    return Shown(result, words, Treatment.KEPT)


def _text(data: Buffer) -> ReadableText:
    """What people read: documents with their headers and footers, slides, and sheets with theirs."""
    archive = archive_in(data)
    if isinstance(archive, Fault):
        return ReadableText("")
    texts, faults = [], []
    strings: list[str] = []
    # The texts that cells name stand in a part of their own, in whichever place; it sorts before the sheets.
    for name in sorted(archive.entries):
        is_sheet = _SHEET.fullmatch(name)
        if name != _SHARED_STRINGS and not is_sheet and not _READ.fullmatch(name):
            continue
        part = content(data, archive, archive.entries[name])
        if isinstance(part, Fault):
            faults.append(part)
        elif name == _SHARED_STRINGS:
            strings = shared_strings(part)
        else:
            texts.append(sheet_text(part, strings) if is_sheet else shown_text(part))
    return ReadableText("\n".join(texts), tuple(faults))


def _text_end(xml: bytes, prefix: str) -> int:
    """Behind the last paragraph or table, before what describes the pages, where anything does."""
    section = xml.rfind(f"<{prefix}sectPr".encode())
    behind = max(xml.rfind(f"</{prefix}{name}>".encode()) for name in ("p", "tbl"))
    return section if section > behind else xml.rfind(f"</{prefix}body".encode())


def _edition(archive: Archive, relationships: _Part) -> _Edition:
    """Which namespaces the file is written in.

    Raises:
        PackageSigned: it is signed.
        NoOfficeDocument: nothing in it says that it is an Office file.
    """
    kinds = {element.attributes.get("Type") for element in relationships.elements}
    if _SIGNED in kinds or any(name.startswith("_xmlsignatures/") for name in archive.entries):
        raise PackageSigned
    for edition in _EDITIONS:
        if edition.document in kinds:
            return edition
    raise NoOfficeDocument


def _new_properties(label: ImplicitLabel, edition: _Edition) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<Properties xmlns="{edition.properties}">{_property(label, edition, _FIRST_ID)}</Properties>'
    ).encode()


def _updated_properties(part: _Part, label: ImplicitLabel) -> bytes:
    """The properties with the label among them, once; the others stay as they are.

    Basis:
        GB-45438 6.1
    """
    root, *others = part.elements
    edition = next((item for item in _EDITIONS if item.properties == root.namespace), None)
    if edition is None or root.name != "Properties":
        raise _malformed(part.start, zh=f"{part.name} 不是自定义属性", en=f"{part.name} holds no properties")
    labels = [element for element in others if _is_label(element)]
    taken = {_number(element) for element in others if element not in labels}
    number = next(number for number in itertools.count(_FIRST_ID) if number not in taken)
    if labels and _number(labels[0]) >= _FIRST_ID and _number(labels[0]) not in taken:
        number = _number(labels[0])
    text = _property(label, edition, number, prefix=root.prefix)
    splices = [Splice(element.start, element.end, b"") for element in labels]
    if labels:
        splices[0] = splices[0]._replace(data=text.encode())
    else:
        splices.append(part.appended(text))
    return spliced(part.xml, splices)


def _property(label: ImplicitLabel, edition: _Edition, number: int, *, prefix: str = "") -> str:
    # The element of the value declares its own prefix: it stays right wherever it is moved.
    return (
        f'<{prefix}property fmtid="{_FORMAT_ID}" pid="{number}" name="{ELEMENT}">'
        f'<vt:lpwstr xmlns:vt="{edition.types}">{escaped(label.bare())}</vt:lpwstr></{prefix}property>'
    )


def _related(part: _Part, edition: _Edition, path: str) -> bytes:
    """The relationships with one that leads to the properties."""
    taken = {element.attributes.get("Id") for element in part.elements}
    name = next(name for name in map("rId{}".format, itertools.count(1)) if name not in taken)
    prefix = part.elements[0].prefix
    text = f'<{prefix}Relationship Id="{name}" Type="{edition.relationship}" Target="{path}"/>'
    return spliced(part.xml, [part.appended(text)])


def _typed(part: _Part, path: str) -> bytes | None:
    """The content types with that of the properties; ``None`` where it is among them."""
    text = f'<{part.elements[0].prefix}Override PartName="/{path}" ContentType="{_CONTENT_TYPE}"/>'
    for element in part.elements:
        if element.attributes.get("PartName", "").casefold() == f"/{path}".casefold():
            if element.attributes.get("ContentType") == _CONTENT_TYPE:
                return None
            return spliced(part.xml, [Splice(element.start, element.end, text.encode())])
    return spliced(part.xml, [part.appended(text)])


def _leading(relationships: _Part) -> list[XmlElement]:
    """The relationships that lead to properties."""
    kinds = {edition.relationship for edition in _EDITIONS}
    return [element for element in relationships.elements if element.attributes.get("Type") in kinds]


def _target(element: XmlElement) -> str:
    return element.attributes.get("Target", "").removeprefix("/")


def _is_label(element: XmlElement) -> bool:
    return element.depth == 1 and names_label(element.attributes.get("name", ""))


def _number(element: XmlElement) -> int:
    text = element.attributes.get("pid", "")
    return int(text) if _NUMBER.fullmatch(text) else 0


def _part(data: Buffer, archive: Archive, name: str) -> _Part | Fault:
    entry = archive.entries.get(name.casefold())
    if entry is None:
        return fault(archive.start, zh=f"缺少 {name}", en=f"{name} is missing")
    xml = content(data, archive, entry)
    if isinstance(xml, Fault):
        return xml
    try:
        return _Part(entry.name, entry.start, xml, elements(xml))
    except XmlRefused as error:
        return fault(entry.start, zh=f"{name} 不能读取：{error}", en=f"{name} cannot be read: {error}")


def _sound(part: _Sound | Fault) -> _Sound:
    if isinstance(part, Fault):
        raise _malformed(part.offset, zh=part.text.zh, en=part.text.en)
    return part


def _malformed(offset: int, *, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=OOXML.name, offset=offset, zh=zh, en=en)


def _is_encrypted(data: Buffer) -> bool:
    """Whether it is the other kind of container, in which Office keeps packages that have a password."""
    return data[: len(_COMPOUND)] == _COMPOUND and data.find(_ENCRYPTED) >= 0


OOXML = Format(
    name="OOXML",
    suffixes=(
        ".docx",
        ".xlsx",
        ".pptx",
        ".docm",
        ".xlsm",
        ".pptm",
        ".dotx",
        ".xltx",
        ".potx",
        ".dotm",
        ".xltm",
        ".potm",
        ".ppsx",
        ".ppsm",
    ),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=_show,
    text=_text,
)
