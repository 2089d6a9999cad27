"""PDF: the label is the entry AIGC of the information dictionary, so says the text guide, TC260-PG-20258A.

It is written as an update behind the file, which stays as it was: whoever signed it signed the same bytes.
The next label takes the place of that update. Read as well where programs copy such entries to: the XMP
packet of the document. A file whose structure is broken is searched for labels that can be seen in its bytes.
"""

import codecs
import hashlib
import itertools
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.marking import xmp
from hegui.marking.candidates import LARGEST_PACKET, MOST_PARTS, Candidate, decoded, fault, names_label
from hegui.marking.formats.cos import BrokenPdf, CosEntry, Dictionary, Value, escaped, value_at
from hegui.marking.formats.format import Format, MalformedFile, NoRoom
from hegui.marking.formats.pdffile import HEADER, IN_FILE, LATEST_HEADER, PdfFile, Thing
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.pdf import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_VERSION = re.compile(rb"%PDF-\d\.\d")
_ENDING = re.compile(rb"startxref[\0\t\n\f\r ]+\d")
_TAIL_BYTES = 1024
_SEEN = re.compile(rb"/(?:TC260:)?AIGC[\0\t\n\f\r ]*+(?=[(<])", re.IGNORECASE)
_MOST_SEEN = 100
_SEPARATOR = b"\n"
_LARGEST_UPDATE = 2 * LARGEST_PACKET
_MOST_OF_OURS = 4
_TABLE_LIMIT = 10**10  # a table has ten digits for a place
_SHORT_LIMIT = 1 << 32
_HALVES = 2
_SIGNATURES_EXIST = 1
_ENCODING = {"Length", "Filter", "DecodeParms", "DL"}
_REWRITTEN = {"Type", "Size", "Prev", "Info", "ID", "XRefStm", "W", "Index", *_ENCODING}
_MARKS = {codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF8: "utf-8"}


class PdfProtected(InvalidInput):
    """A PDF that is encrypted, whether or not it asks for a password."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(
            zh="PDF 是加密的（或受 DRM 保护），没有改动；请由有权的人解除保护后加标识，再重新保护",
            en="the PDF is encrypted (or under DRM), and nothing was changed; let whoever may lift the "
            "protection do so, label it, and protect it again",
        )


class PdfCertified(InvalidInput):
    """A PDF whose author signed that nothing may be changed but what the signature allows."""

    def __init__(self) -> None:
        """Say the way out."""
        super().__init__(
            zh="PDF 带有认证签名（DocMDP），任何改动都会使其失效；没有改动。请先加标识，再签名",
            en="the PDF is certified (DocMDP), and any change would break the signature; nothing was "
            "changed. Label it first, then sign it",
        )


class _Written(NamedTuple):
    """An object of an update."""

    number: int
    generation: int
    body: bytes


def _recognises(data: Buffer) -> bool:
    if data[: len(HEADER)] == HEADER:
        return True
    # Something stands before the header. What ends like a PDF is one; a text may speak of them.
    tail = data[max(len(data) - _TAIL_BYTES, 0) : len(data)]
    return bool(_VERSION.search(data[:LATEST_HEADER])) and bool(_ENDING.search(tail))


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    try:
        file = PdfFile(data, len(data))
        encrypted = _is_encrypted(file)
        labels = [] if encrypted else list(_in_information(file))
    except BrokenPdf as error:
        yield error.fault
        yield from _seen(data)
        return
    if encrypted:
        yield fault(
            file.sections[0].start,
            zh="文件是加密的，没有读取其中的标识",
            en="the file is encrypted, and labels in it were not read",
        )
        return
    yield from labels
    try:
        yield from _in_packet(file)
    except BrokenPdf as error:
        yield error.fault


def _is_encrypted(file: PdfFile) -> bool:
    return file.thing(file.trailer.get("Encrypt")).value is not None


def _in_information(file: PdfFile) -> Iterator[Candidate]:
    information = file.thing(file.trailer.get("Info"))
    for entry in _labels(information):
        in_file = information.source is file.data
        value = file.thing(entry.value).value
        if not isinstance(value, bytes):
            value = information.source[entry.start : entry.end]
        yield Candidate(
            value=_text(value),
            carrier=Carrier.PDF_INFORMATION,
            offset=entry.start if in_file else information.offset,
        )


def _in_packet(file: PdfFile) -> Iterator[Candidate | Fault]:
    packet = _packet(file)
    if packet is None:
        return
    for item in xmp.candidates(file.stream(packet), offset=packet.offset):
        yield item._replace(carrier=Carrier.PDF_ELSEWHERE) if isinstance(item, Candidate) else item


def _seen(data: Buffer) -> Iterator[Candidate | Fault]:
    """The labels that stand in the bytes of a broken file as they are, those of earlier states among them."""
    for match in itertools.islice(_SEEN.finditer(data), _MOST_SEEN):
        with suppress(BrokenPdf):
            value, _ = value_at(data, match.end(), len(data))
            if isinstance(value, bytes):
                yield Candidate(value=_text(value), carrier=Carrier.PDF_INFORMATION, offset=match.start())


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    """The update that gives the file its label.

    Basis:
        GB-45438 6.1
        PG-20258A 6.3
    """
    try:
        file = _sound(data, len(data))
        before = _before_ours(file) or file
        return (Splice(before.end, len(data), _update(before, label.bare().encode())),)
    except BrokenPdf as error:
        raise _malformed(error.fault) from error


def _sound(data: Buffer, end: int) -> PdfFile:
    """The file, whole and open to everybody."""
    file = PdfFile(data, end)
    if _is_encrypted(file):
        raise PdfProtected
    file.check_tables()
    if "DocMDP" in _keys(file, _catalog(file).get("Perms")):
        raise PdfCertified
    if file.size >= MOST_PARTS:
        raise BrokenPdf(
            file.sections[0].start,
            zh=f"对象超过 {MOST_PARTS} 个",
            en=f"it has more than {MOST_PARTS} objects",
        )
    return file


def _before_ours(file: PdfFile) -> PdfFile | None:
    """The file as it was before the label that we wrote last, if nothing was written since.

    Ours is what we would write for that label, byte by byte.
    """
    labels = _labels(file.thing(file.trailer.get("Info")))
    numbers = [number for numbers in file.sections[0].numbers for number in numbers[:_MOST_OF_OURS]]
    places = [place for number in numbers[:_MOST_OF_OURS] if (place := file.sections[0].place(number))]
    starts = [place.where for place in places if place.kind == IN_FILE]
    if len(labels) != 1 or not isinstance(labels[0].value, bytes) or not starts:
        return None
    end = file.base + min(starts) - len(_SEPARATOR)
    if not 0 < end < file.end or file.end - end > _LARGEST_UPDATE:
        return None
    try:
        before = _sound(file.data, end)
        update = _update(before, labels[0].value)
    except (BrokenPdf, InvalidInput):
        return None
    return before if update == file.data[end : file.end] else None


def _update(file: PdfFile, text: bytes) -> bytes:
    """What is written behind the file: the objects that change, and where they are."""
    information = _information(file, text)
    written = sorted([information, *_unlabelled(file)])
    update = bytearray(_SEPARATOR)
    origin = file.end - file.base
    places = []
    for item in written:
        places.append((item.number, item.generation, origin + len(update)))
        update += b"%d %d obj\n%b\nendobj\n" % item
    start = origin + len(update)
    size = max(file.size, written[-1].number + 1)
    said = [
        *(
            file.data[entry.start : entry.end]
            for entry in file.trailer.entries
            if entry.key not in _REWRITTEN
        ),
        b"/Prev %d" % file.start,
        b"/Info %d %d R" % information[:2],
        *_renewed(file, text),
    ]
    if file.sections[0].is_stream:
        update += _as_stream([*places, (size, 0, start)], said)
    else:
        update += _as_table(places, [*said, b"/Size %d" % size])
    return bytes(update + b"startxref\n%d\n%%%%EOF\n" % start)


def _information(file: PdfFile, text: bytes) -> _Written:
    """The information dictionary with the label in it, once; everything else in it stays as it is."""
    found = file.thing(file.trailer.get("Info"))
    body = b"<<>>"
    if isinstance(found.value, Dictionary):
        body = found.source[found.value.start : found.value.end]
        splices = [
            Splice(entry.start - found.value.start, entry.end - found.value.start, b"")
            for entry in _labels(found)
        ]
        body = spliced(body, splices)
    body = body.removesuffix(b">>") + b"/%b %b>>" % (ELEMENT.encode(), escaped(text))
    return _Written(found.number or file.size, found.generation, body)


def _unlabelled(file: PdfFile) -> Iterator[_Written]:
    """The XMP packet without a label, where it has one: a file has one."""
    packet = _packet(file)
    if packet is None or not isinstance(packet.value, Dictionary):
        return
    content = file.stream(packet)
    if not any(isinstance(item, Candidate) for item in xmp.candidates(content, offset=0)):
        return
    content = xmp.unlabelled_packet(content)
    said = b"\n".join(
        packet.source[entry.start : entry.end] for entry in packet.value.entries if entry.key not in _ENCODING
    )
    body = b"<<%b\n/Length %d>>\nstream\n%b\nendstream" % (said, len(content), content)
    yield _Written(packet.number, packet.generation, body)


def _renewed(file: PdfFile, text: bytes) -> Iterator[bytes]:
    """The identifier, whose second half says which state of the file this is; none, where there was none."""
    value = file.thing(file.trailer.get("ID")).value
    halves = [half for half in value if isinstance(half, bytes)] if isinstance(value, list) else []
    if len(halves) == _HALVES:
        first, second = halves
        new = hashlib.sha256(second + text).hexdigest()[:32].upper()
        yield b"/ID [<%b> <%b>]" % (first.hex().upper().encode(), new.encode())


def _as_table(places: list[tuple[int, int, int]], said: list[bytes]) -> bytes:
    if places[-1][2] >= _TABLE_LIMIT:
        raise NoRoom(PDF.name)
    rows = b"".join(
        b"%d 1\n%010d %05d n \n" % (number, place, generation) for number, generation, place in places
    )
    return b"xref\n0 1\n0000000000 65535 f \n%btrailer\n<<%b>>\n" % (rows, b"\n".join(said))


def _as_stream(places: list[tuple[int, int, int]], said: list[bytes]) -> bytes:
    number, generation, place = places[-1]
    width = 4 if place < _SHORT_LIMIT else 8
    rows = b"".join(
        bytes((IN_FILE,)) + where.to_bytes(width, "big") + used.to_bytes(2, "big")
        for _, used, where in places
    )
    index = b" ".join(b"%d 1" % one for one, _, _ in places)
    own = [b"/Type /XRef", b"/Size %d" % (number + 1), b"/W [1 %d 2]" % width, b"/Index [%b]" % index]
    said = [*own, *said, b"/Length %d" % len(rows)]
    return b"%d %d obj\n<<%b>>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        generation,
        b"\n".join(said),
        rows,
    )


def _labels(information: Thing) -> list[CosEntry]:
    """The entries of the information dictionary that call themselves labels."""
    if not isinstance(information.value, Dictionary):
        return []
    return [entry for entry in information.value.entries if names_label(entry.key)]


def _signed(data: Buffer) -> bool:
    """Whether there are signatures in the document."""
    try:
        file = PdfFile(data, len(data))
        form = file.thing(_catalog(file).get("AcroForm")).value
    except BrokenPdf:
        return False
    flags = form.get("SigFlags") if isinstance(form, Dictionary) else None
    return isinstance(flags, int) and bool(flags & _SIGNATURES_EXIST)


def _keys(file: PdfFile, value: Value) -> set[str]:
    found = file.thing(value).value
    return {entry.key for entry in found.entries} if isinstance(found, Dictionary) else set()


def _catalog(file: PdfFile) -> Dictionary:
    """The dictionary that everything in the document hangs on.

    Raises:
        BrokenPdf: there is none.
    """
    catalog = file.thing(file.trailer.get("Root")).value
    if not isinstance(catalog, Dictionary):
        raise BrokenPdf(file.sections[0].start, zh="没有文档目录", en="there is no catalog of the document")
    return catalog


def _packet(file: PdfFile) -> Thing | None:
    """The XMP packet of the whole document."""
    packet = file.thing(_catalog(file).get("Metadata"))
    return None if packet.value is None else packet


def _text(value: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if value.startswith(mark):
            return value.removeprefix(mark).decode(encoding, "replace")
    return decoded(value)


def _malformed(item: Fault) -> MalformedFile:
    return MalformedFile(format_name=PDF.name, offset=item.offset, zh=item.text.zh, en=item.text.en)


PDF = Format(
    name="PDF",
    suffixes=(".pdf",),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    signed=_signed,
)
