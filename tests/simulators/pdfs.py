"""PDF files by hand, so that tests say what stands where: tables, streams of references, packed objects."""

import zlib
from collections.abc import Mapping

CATALOG = b"<</Type /Catalog /Pages 2 0 R>>"
PAGES = b"<</Type /Pages /Kids [] /Count 0>>"
PLAIN = {1: CATALOG, 2: PAGES}
"""The least that a PDF has."""

Objects = Mapping[int, bytes]


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """The body of a stream."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def packed(content: bytes, entries: bytes = b"") -> bytes:
    """The same, compressed."""
    return stream(zlib.compress(content), b"/Filter /FlateDecode " + entries)


def with_table(
    objects: Objects,
    *,
    trailer: bytes = b"",
    before: bytes = b"%PDF-1.4\n",
    counted_from: int = 0,
    free: Mapping[int, int] | None = None,
) -> bytes:
    """A file, or its next state, whose cross-references are a table.

    Args:
        objects: the bodies by their numbers.
        trailer: what else the trailer says; ``/Root 1 0 R`` is there.
        before: what stands before: the header, or the earlier state.
        counted_from: where the places begin to count.
        free: further numbers that the table has as free, with their generations.
    """
    result = bytearray(before)
    rows = {0: b"0000000000 65535 f \n"}
    rows |= {number: b"0000000000 %05d f \n" % generation for number, generation in (free or {}).items()}
    for number, body in objects.items():
        rows[number] = b"%010d 00000 n \n" % (len(result) - counted_from)
        result += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(result) - counted_from
    result += b"xref\n" + b"".join(b"%d 1\n%b" % row for row in sorted(rows.items()))
    result += b"trailer\n<</Size %d /Root 1 0 R %b>>\n" % (max(rows) + 1, trailer)
    return bytes(result + b"startxref\n%d\n%%%%EOF\n" % start)


def references(
    places: Mapping[int, tuple[int, int, int]], *, widths: tuple[int, int, int] = (1, 4, 2)
) -> tuple[bytes, bytes]:
    """The rows of a stream of references, and what it says of them."""
    rows = b"".join(
        b"".join(value.to_bytes(width, "big") for value, width in zip(place, widths, strict=True))
        for _, place in sorted(places.items())
    )
    index = b" ".join(b"%d 1" % number for number in sorted(places))
    return rows, b"/Type /XRef /W [%d %d %d] /Index [%b] /Size %d " % (*widths, index, max(places) + 1)


def with_stream(
    objects: Objects,
    *,
    inside: Objects | None = None,
    trailer: bytes = b"",
    before: bytes = b"%PDF-1.5\n",
    form: str = "predicted",
) -> bytes:
    """A file, or its next state, whose cross-references are a stream.

    Args:
        objects: the bodies by their numbers.
        inside: those that stand in a stream of objects.
        trailer: what else the stream says; ``/Root 1 0 R`` is there.
        before: what stands before: the header, or the earlier state.
        form: how the references are encoded: ``plain``, ``packed`` or ``predicted``.
    """
    result = bytearray(before)
    objects = dict(objects)
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    highest = max([*objects, *(inside or {})])
    if inside:
        highest += 1
        starts, bodies = [], b""
        for index, (number, body) in enumerate(inside.items()):
            starts.append(b"%d %d" % (number, len(bodies)))
            bodies += body + b"\n"
            places[number] = (2, highest, index)
        head = b" ".join(starts) + b"\n%% as qpdf writes it 7\n"
        objects[highest] = packed(head + bodies, b"/Type /ObjStm /N %d /First %d " % (len(inside), len(head)))
    for number, body in objects.items():
        places[number] = (1, len(result), 0)
        result += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(result)
    places[highest + 1] = (1, start, 0)
    rows, said = references(places)
    said += b"/Root 1 0 R " + trailer
    if form == "predicted":
        previous, coded = bytes(7), b""
        for place in range(0, len(rows), 7):
            row = rows[place : place + 7]
            coded += b"\2" + bytes((one - other) & 0xFF for one, other in zip(row, previous, strict=True))
            previous = row
        body = packed(coded, said + b"/DecodeParms <</Predictor 12 /Columns 7>> ")
    else:
        body = (packed if form == "packed" else stream)(rows, said)
    result += b"%d 0 obj\n%b\nendobj\n" % (highest + 1, body)
    return bytes(result + b"startxref\n%d\n%%%%EOF\n" % start)
