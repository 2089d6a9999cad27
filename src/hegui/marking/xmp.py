"""XMP packets: labels found as elements and as attributes, written as the guide shows.

The XML parser knows no entities: a packet with a document type is refused, so that nothing outside the
file is ever read and nothing inside it can multiply.
"""

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from hegui.core import InvalidInput
from hegui.marking.candidates import LARGEST_PACKET, Candidate, fault
from hegui.marking.elements import escaped
from hegui.marking.model import Carrier, Dialect, Fault
from hegui.marking.splices import Buffer, Splice, spliced

NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_PROPERTY = "aigc"
_NO_PREFIXES: Mapping[str, str] = {}
_DEEPEST = 64
_BLANK = b" \t\r\n\0"
_TWO_BYTE_CHARACTERS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ATTRIBUTE = re.compile(rb"\s+([^\s=/>]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NAME = re.compile(rb"<[^\s/>]+")


class PacketUnusable(InvalidInput):
    """An XMP packet that is there but cannot be changed without harm."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with the packet, and the way out."""
        super().__init__(
            zh=f"文件里已有的 XMP 数据包不能更新：{zh}；请先用写它的软件修复，再加标识",
            en=f"the XMP packet in the file cannot be updated: {en}; repair it with the software that wrote "
            "it, then label",
        )


class _Property(NamedTuple):
    """A property called AIGC. ``start`` and ``end`` are those of its element, or of its attribute."""

    value: str
    start: int
    end: int
    dialect: Dialect
    at_home: bool


class _Scan(NamedTuple):
    """What a packet holds, as far as it could be read."""

    properties: tuple[_Property, ...]
    rdf_end: int | None
    about: str
    fault: str | None


def candidates(
    packet: bytes, *, offset: int, prefixes: Mapping[str, str] = _NO_PREFIXES
) -> Iterator[Candidate | Fault]:
    """Every label in a packet, however it is written.

    Args:
        packet: the packet's bytes.
        offset: where the structure that holds it begins in the file.
        prefixes: namespaces by their prefixes, where what is around the packet declares them.
    """
    scan = _scanned(packet, prefixes)
    for found in scan.properties:
        yield Candidate(value=found.value.strip(), carrier=Carrier.XMP, offset=offset, dialect=found.dialect)
    if scan.fault is not None:
        yield fault(offset, zh=f"XMP 数据包有误：{scan.fault}", en=f"XMP packet at fault: {scan.fault}")


def candidates_at(data: Buffer, start: int, end: int, *, offset: int) -> Iterator[Candidate | Fault]:
    """Every label in a packet that stands in a file as it is.

    Args:
        data: the file.
        start: where the packet begins.
        end: where it ends.
        offset: where the structure that holds it begins.
    """
    if end - start > LARGEST_PACKET:
        yield fault(offset, zh="XMP 数据包过大，没有读取", en="the XMP packet is too large, and was not read")
    else:
        yield from candidates(data[start:end], offset=offset)


def packet_at(data: Buffer, start: int, end: int) -> bytes:
    """A packet that stands in a file as it is.

    Raises:
        PacketUnusable: it is larger than any that is read.
    """
    if end - start > LARGEST_PACKET:
        raise PacketUnusable(zh=f"它有 {end - start} 字节，过大", en=f"its {end - start} bytes are too many")
    return data[start:end]


def new_packet(text: str) -> bytes:
    """A packet that holds one label and nothing else.

    Args:
        text: the label as JSON without the outer object.
    """
    packet = f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{new_element(text)}<?xpacket end="w"?>'
    return packet.encode()


def new_element(text: str) -> str:
    """What is in such a packet, for formats that are XML themselves."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{_RDF}">{_description(text, about="")}</rdf:RDF></x:xmpmeta>'
    )


def updated_packet(packet: bytes, text: str, *, prefixes: Mapping[str, str] = _NO_PREFIXES) -> bytes:
    """The packet with the label in it, once; everything else in it stays as it is.

    Args:
        packet: the packet as it stands in the file.
        text: the label as JSON without the outer object.
        prefixes: namespaces by their prefixes, where what is around the packet declares them.

    Raises:
        PacketUnusable: the packet is not well-formed, or holds no RDF.

    Basis:
        GB-45438 6.1
    """
    scan = _usable(packet, prefixes)
    splices = [Splice(found.start, found.end, b"") for found in scan.properties]
    home = next((index for index, found in enumerate(scan.properties) if found.at_home), None)
    if home is not None:
        splices[home] = splices[home]._replace(data=_element(text).encode())
    else:
        if scan.rdf_end is None:
            raise PacketUnusable(zh="里面没有 rdf:RDF", en="there is no rdf:RDF in it")
        splices.append(Splice(scan.rdf_end, scan.rdf_end, _description(text, about=scan.about).encode()))
    return spliced(packet, splices)


def unlabelled_packet(packet: bytes, *, prefixes: Mapping[str, str] = _NO_PREFIXES) -> bytes:
    """A further packet of the same file without the label it held, since a file has one.

    Args:
        packet: the packet as it stands in the file.
        prefixes: namespaces by their prefixes, where what is around the packet declares them.

    Raises:
        PacketUnusable: the packet is not well-formed.
    """
    scan = _usable(packet, prefixes)
    return spliced(packet, (Splice(found.start, found.end, b"") for found in scan.properties))


def unpadded(packet: bytes) -> bytes:
    """The packet without the blanks before its end, which are there for it to grow into."""
    body, mark, end = packet.rpartition(b"<?xpacket end=")
    return body.rstrip(_BLANK) + mark + end


def _usable(packet: bytes, prefixes: Mapping[str, str]) -> _Scan:
    if b"\0" in packet.strip(_BLANK):
        raise PacketUnusable(zh="它不是 UTF-8", en="it is not UTF-8")
    scan = _scanned(packet, prefixes)
    if scan.fault is not None:
        raise PacketUnusable(zh=scan.fault, en=scan.fault)
    return scan


def _element(text: str) -> str:
    # The element declares its own prefix: it stays right wherever it is moved.
    return f'<TC260:AIGC xmlns:TC260="{NAMESPACE}">{escaped(text)}</TC260:AIGC>'


def _description(text: str, *, about: str) -> str:
    start = f'<rdf:Description xmlns:rdf="{_RDF}" rdf:about="{escaped(about)}">'
    return f"{start}{_element(text)}</rdf:Description>"


def _scanned(packet: bytes, prefixes: Mapping[str, str]) -> _Scan:
    # Padding around the packet is no part of the XML; blanks before it would be an error. In characters
    # of two bytes a zero is half a character, not padding.
    blank = b"" if packet.startswith(_TWO_BYTE_CHARACTERS) else _BLANK
    lead = len(packet) - len(packet.lstrip(blank))
    scanner = _Scanner(packet, lead, prefixes)
    problem = scanner.scan(packet[lead:].rstrip(blank))
    return _Scan(
        properties=tuple(scanner.properties), rdf_end=scanner.rdf_end, about=scanner.about, fault=problem
    )


class _Refused(Exception):
    """The packet asks for something no packet needs."""


class _Open(NamedTuple):
    """An element that has begun."""

    name: str
    start: int
    prefixes: dict[str, str]


class _Scanner:
    """Expat's events, with the byte each begins at.

    Prefixes are resolved here and not by expat, because packets in the field use prefixes they do not
    declare, and expat would stop there.
    """

    def __init__(self, packet: bytes, lead: int, prefixes: Mapping[str, str]) -> None:
        self._packet = packet
        self._lead = lead
        self._prefixes = prefixes
        self._open: list[_Open] = []
        self._label: tuple[int, Dialect, bool] | None = None
        self._text: list[str] = []
        self.properties: list[_Property] = []
        self.rdf_end: int | None = None
        self.about = ""
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def scan(self, xml: bytes) -> str | None:
        """Read the packet; return what stopped it, if anything did."""
        try:
            self._parser.Parse(xml, True)  # noqa: FBT003 - expat's signature
        except expat.ExpatError as error:
            return str(error)
        except _Refused as error:
            return str(error)
        return None

    def _doctype(self, *_: object) -> None:
        raise _Refused("a document type is not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= _DEEPEST:
            raise _Refused("elements are nested too deep")
        declared = {key[6:]: value for key, value in attributes.items() if key.startswith("xmlns:")}
        self._open.append(_Open(name, self._parser.CurrentByteIndex + self._lead, declared))
        prefix, _, local = name.rpartition(":")
        if self._label is not None:
            return
        if self._namespace(prefix) == _RDF and local == "Description":
            self.about = self.about or attributes.get(f"{prefix}:about", "")
        if local.casefold() == _PROPERTY:
            at_home = self._namespace(prefix) == NAMESPACE and self._parent_is_description()
            self._label = (len(self._open), self._dialect(prefix, Dialect.XMP_ELEMENT), at_home)
        else:
            self._take_attributes(attributes)

    def _end(self, name: str) -> None:
        position = self._parser.CurrentByteIndex + self._lead
        if self._label is not None and self._label[0] == len(self._open):
            _, dialect, at_home = self._label
            start = self._open[-1].start
            end = self._closed_by_itself(start) or self._packet.find(b">", position) + 1
            self.properties.append(_Property("".join(self._text), start, end, dialect, at_home))
            self._label = None
            self._text.clear()
        elif self.rdf_end is None and self._is_rdf(name) and not self._closed_by_itself(self._open[-1].start):
            self.rdf_end = position
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._label is not None:
            self._text.append(text)

    def _take_attributes(self, attributes: dict[str, str]) -> None:
        spans: dict[bytes, tuple[int, int]] | None = None
        for key, value in attributes.items():
            prefix, _, local = key.rpartition(":")
            if local.casefold() != _PROPERTY or prefix == "xmlns":
                continue
            if spans is None:
                spans = self._attribute_spans(self._open[-1].start)
            start, end = spans.get(key.encode(), (0, 0))
            self.properties.append(
                _Property(value, start, end, self._dialect(prefix, Dialect.XMP_ATTRIBUTE), at_home=False)
            )

    def _attribute_spans(self, start: int) -> dict[bytes, tuple[int, int]]:
        """Where each attribute of the tag at ``start`` stands, with the blanks before it."""
        spans = {}
        match = _NAME.match(self._packet, start)
        while match:
            match = _ATTRIBUTE.match(self._packet, match.end())
            if match:
                spans[match[1]] = match.span()
        return spans

    def _closed_by_itself(self, start: int) -> int | None:
        """The end of the tag at ``start`` if it closes itself; attribute values may hold a ``/>`` as well."""
        spans = self._attribute_spans(start)
        end = self._packet.find(b">", max((end for _, end in spans.values()), default=start)) + 1
        return end if self._packet[end - 2 : end] == b"/>" else None

    def _dialect(self, prefix: str, native: Dialect) -> Dialect:
        namespace = self._namespace(prefix)
        if namespace == NAMESPACE or (namespace is None and prefix.casefold() == "tc260"):
            return native
        return Dialect.XMP_DC if namespace == _DC else Dialect.XMP_OTHER

    def _namespace(self, prefix: str) -> str | None:
        return next(
            (element.prefixes[prefix] for element in reversed(self._open) if prefix in element.prefixes),
            self._prefixes.get(prefix),
        )

    def _parent_is_description(self) -> bool:
        return len(self._open) > 1 and self._open[-2].name.rpartition(":")[2] == "Description"

    def _is_rdf(self, name: str) -> bool:
        prefix, _, local = name.rpartition(":")
        return local == "RDF" and self._namespace(prefix) == _RDF
