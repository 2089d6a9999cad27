"""SVG: the label is the XMP packet in ``<metadata>``.

The guide for images says which property it is and in what, but not where in an SVG; the place is that of the
XMP specification (part 3). The drawing is searched and not written anew: everything outside the packet stays.
No entity is ever replaced by what it stands for.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar
from xml.parsers import expat

from hegui.core import BilingualText, InvalidInput
from hegui.marking import xmp
from hegui.marking.candidates import LARGEST_PACKET, Allowance, Candidate, fault
from hegui.marking.formats.characters import LARGEST_TEXT, Characters, characters, check_size, too_long
from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.model import ELEMENT, Fault, ImplicitLabel
from hegui.marking.readback.svg import read_back
from hegui.marking.splices import Buffer, Splice

_HEAD_BYTES = 1 << 16
_PACKED = b"\x1f\x8b"
_GZIP_BITS = 16 + zlib.MAX_WBITS

# No group is possessive, as in hypertext.py, and nothing can be matched in two ways.
_PREFIX = r"(?:[^\s<>/:=\"']++:)?"
_ATTRIBUTES = r"(?:\s++[^\s=/>]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))*"
# What is never closed reaches to the end: a second try would read it again for every other beginning.
_ASIDE = r"<!--[^-]*+(?:-(?!->)[^-]*+)*(?:-->|\Z)|<\?[^?]*+(?:\?(?!>)[^?]*+)*(?:\?>|\Z)"
_QUOTED = r"\"[^\"]*+\"|'[^']*+'"
_INSIDE = rf"{_ASIDE}|{_QUOTED}|(?!<!--|<\?)[^\]\"']"
_TYPE = rf"<!DOCTYPE(?:[^\[>\"']|{_QUOTED})*(?:\[(?:{_INSIDE})*\]\s*+)?>"
_ROOT = re.compile(
    rf"(?P<prologue>\s*+(?:(?:{_ASIDE}|{_TYPE})\s*+)*)"
    rf"<(?![!?])(?P<tag>(?P<prefix>{_PREFIX})svg)(?P<attributes>{_ATTRIBUTES})\s*+(?P<closed>/?)>"
)
_ISLAND = re.compile(
    rf"{_ASIDE}|<!\[CDATA\[(?s:.)*?(?:\]\]>|\Z)|"
    rf"<(?P<end>/?){_PREFIX}(?:metadata|xmpmeta|RDF){_ATTRIBUTES}\s*+(?P<closed>/?)>"
)
_RDF = re.compile(rb"<(?:[^\s<>/:=]+:)?RDF[\s/>]")
_DECLARED = re.compile(r"<\?xml\s[^>]*?\bencoding\s*=\s*[\"']([\w.-]+)")
_ENCODING = re.compile(r"utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]", re.IGNORECASE)
_NAMESPACE = re.compile(r"\sxmlns:([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY = re.compile(r"<!ENTITY\s+(?:[^\s%\"']+\s+(\"[^\"&%]{0,100}\"|'[^'&%]{0,100}')\s*>)?")
_LARGEST_WITH_ENTITIES = 4 << 20
_Sound = TypeVar("_Sound")


class SvgPacked(InvalidInput):
    """An SVG in a gzip envelope (SVGZ)."""

    def __init__(self) -> None:
        """Say how to take it out."""
        super().__init__(
            zh="该 SVG 是 gzip 压缩的（SVGZ），加标识会改动每个字节；没有改动。请先用 gunzip -S .svgz 解开",
            en="the SVG is compressed (SVGZ), and a label would change every byte of it; nothing was "
            "changed. Unpack it first: gunzip -S .svgz",
        )


class _Drawing(NamedTuple):
    """An SVG whose root was found.

    Attributes:
        characters: its text.
        root: the tag of its root, with what stands before it.
        codec: what its text is written in.
    """

    characters: Characters
    root: re.Match[str]
    codec: str

    @property
    def prefixes(self) -> Mapping[str, str]:
        """What the root declares."""
        return {name: one or other for name, one, other in _NAMESPACE.findall(self.root["attributes"])}


class _Island(NamedTuple):
    """Where metadata stand, in characters, and what they are in UTF-8."""

    start: int
    end: int
    packet: bytes


def _recognises(data: Buffer) -> bool:
    head = data[:_HEAD_BYTES]
    if head.startswith(_PACKED):
        head, _ = Allowance().begun(head, most=_HEAD_BYTES, wbits=_GZIP_BITS)
    return _ROOT.match(characters(head).text) is not None


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    whole = True
    if data[: len(_PACKED)] == _PACKED:
        data, whole = Allowance().begun(data[:LARGEST_TEXT], most=LARGEST_TEXT, wbits=_GZIP_BITS)
    drawing = _drawing(data)
    if isinstance(drawing, Fault):
        yield drawing
        return
    for island in _islands(data, drawing):
        if isinstance(island, Fault):
            yield island
        else:
            offset = drawing.characters.place(island.start)
            yield from xmp.candidates(island.packet, offset=offset, prefixes=drawing.prefixes)
    if not whole or len(data) > LARGEST_TEXT:
        yield too_long(LARGEST_TEXT)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    if data[: len(_PACKED)] == _PACKED:
        raise SvgPacked
    check_size(data, SVG.name, most=LARGEST_TEXT)
    drawing = _sound(_drawing(data))
    _check(data, drawing)
    homes, splices = 0, []
    for item in _islands(data, drawing):
        island = _sound(item)
        if not homes and _RDF.search(island.packet):
            homes += 1
            packet = xmp.updated_packet(island.packet, label.bare(), prefixes=drawing.prefixes)
        elif ELEMENT.lower().encode() in island.packet.lower():
            packet = xmp.unlabelled_packet(island.packet, prefixes=drawing.prefixes)
        else:
            continue
        start, end = (drawing.characters.place(index) for index in (island.start, island.end))
        splices.append(Splice(start, end, packet.decode().encode(drawing.codec)))
    return (*splices, *([] if homes else [_new_metadata(drawing, label)]))


def _new_metadata(drawing: _Drawing, label: ImplicitLabel) -> Splice:
    """What puts the element first in the drawing."""
    _, root, _ = drawing
    text = f"<{root['prefix']}metadata>{xmp.new_element(label.bare())}</{root['prefix']}metadata>"
    start = end = root.end()
    if root["closed"]:
        start, text = end - len("/>"), f">{text}</{root['tag']}>"
    place = drawing.characters.place
    return Splice(place(start), place(end), drawing.characters.encoded(text))


def _drawing(data: Buffer) -> _Drawing | Fault:
    text = characters(data)
    root = _ROOT.match(text.text)
    if root is None:
        return fault(text.start, zh="没有 svg 根元素", en="there is no root element svg")
    declared = _DECLARED.match(text.text)
    codec = declared[1] if declared and text.width == 1 else "utf-8" if text.width == 1 else text.encoding
    if text.width == 1 and not _ENCODING.fullmatch(codec):
        return fault(0, zh=f"不支持的编码 {codec!r}", en=f"the encoding {codec!r} is not known here")
    return _Drawing(text, root, codec)


def _islands(data: Buffer, drawing: _Drawing) -> Iterator[_Island | Fault]:
    """The outermost elements that metadata stand in."""
    text, root, _ = drawing
    depth = start = 0
    for match in _ISLAND.finditer(text.text, root.end()):
        if match["closed"] is None or (match["closed"] and not match["end"]):
            continue  # an aside, or an element with nothing in it
        if not match["end"]:
            start = start if depth else match.start()
            depth += 1
        elif depth:
            depth -= 1
            if not depth:
                yield _island(data, drawing, start, match.end())
    if depth:
        yield fault(text.place(start), zh="metadata 没有结束", en="metadata does not end")


def _island(data: Buffer, drawing: _Drawing, start: int, end: int) -> _Island | Fault:
    first, last = drawing.characters.place(start), drawing.characters.place(end)
    if last - first > LARGEST_PACKET:
        return fault(first, zh="元数据过大，没有读取", en="the metadata are too large, and were not read")
    try:
        return _Island(start, end, data[first:last].decode(drawing.codec).encode())
    except UnicodeError:
        return fault(
            first, zh=f"元数据不是 {drawing.codec} 文字", en=f"the metadata are not text in {drawing.codec}"
        )


def _check(data: Buffer, drawing: _Drawing) -> None:
    """Refuse what is not well-formed, and entities that could multiply.

    The second parser replaces entities in attributes, as every XML parser does; those that drawing programs
    declare stand for the name of a namespace.

    Raises:
        MalformedFile: it is either.
    """
    entities = _ENTITY.findall(drawing.root["prologue"])
    if not all(entities) or (entities and len(data) > _LARGEST_WITH_ENTITIES):
        raise _malformed(
            drawing.characters.start,
            zh="文档类型声明了外部的或会膨胀的实体",
            en="its document type declares entities that are elsewhere, or could grow",
        )
    parser = expat.ParserCreate()
    parser.DefaultHandler = lambda _: None  # with it, no entity is replaced in content
    try:
        parser.Parse(data[:], True)  # noqa: FBT003 - expat's signature
    except expat.ExpatError as error:
        raise _malformed(parser.ErrorByteIndex, zh=str(error), en=str(error)) from error


def _sound(item: _Sound | Fault) -> _Sound:
    if isinstance(item, Fault):
        raise _malformed(item.offset, zh=item.text.zh, en=item.text.en)
    return item


def _malformed(offset: int, *, zh: str, en: str) -> MalformedFile:
    return MalformedFile(format_name=SVG.name, offset=offset, zh=zh, en=en)


SVG = Format(
    name="SVG",
    suffixes=(".svg", ".svgz"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    convention=BilingualText(
        zh="图片指南规定了 XMP 属性，没有说它在 SVG 中的位置；按 XMP 规范放在 <metadata> 中",
        en="the image guide names the XMP property, but not its place in an SVG; <metadata> is that of the "
        "XMP specification",
    ),
)
