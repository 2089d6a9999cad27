import pytest

from hegui.marking.formats import pdffile
from hegui.marking.formats.cos import BrokenPdf, Reference
from hegui.marking.formats.pdffile import NULL, PdfFile
from simulators.pdfs import CATALOG, PLAIN, packed, references, stream, with_stream, with_table

SAID = {**PLAIN, 3: b"(said)"}


def opened(data: bytes) -> PdfFile:
    return PdfFile(data, len(data))


def third(data: bytes):
    return opened(data).thing(Reference(3, 0)).value


@pytest.mark.parametrize(
    "data",
    [
        with_table(SAID),
        with_stream(SAID),
        with_stream(SAID, form="packed"),
        with_stream(SAID, form="plain"),
        with_stream({2: PLAIN[2]}, inside={1: CATALOG, 3: b"(said)"}),
        with_table({3: b"(said)"}, before=with_table({**PLAIN, 3: b"(before)"}), trailer=b"/Prev 131"),
        b"junk " + with_table(SAID),
        with_table(SAID, before=b"junk %PDF-1.4\n"),
    ],
    ids=[
        "table",
        "stream",
        "packed",
        "plain",
        "inside",
        "updated",
        "from the header",
        "from the start",
    ],
)
def test_an_object_is_found_by_its_number(data):
    if data.count(b"startxref") == 2:
        data = data.replace(b"/Prev 131", b"/Prev %d" % data.index(b"xref"))
    assert third(data) == b"said"
    assert opened(data).thing(Reference(9, 0)) == NULL
    assert opened(data).thing(5).value == 5
    assert opened(data).size >= 4


def test_a_number_that_is_free_or_has_no_place_is_nothing():
    assert third(with_table(PLAIN, free={3: 1})) is None
    data = with_table(SAID)
    place = b"%010d" % data.index(b"3 0 obj")
    assert third(data.replace(place, b"0000000000")) is None


def hybrid(table: bytes) -> bytes:
    """A file whose third object only programs see that know streams; ``table`` makes the rest of it."""
    before = b"%%PDF-1.5\n3 0 obj\n(said)\nendobj\n"
    rows, said = references({3: (1, before.index(b"3 0 obj"), 0)})
    before += b"4 0 obj\n%b\nendobj\n" % packed(rows, said)
    return with_table(
        PLAIN, before=before, trailer=b"/XRefStm %d " % before.index(b"4 0 obj") + table, free={3: 0}
    )


def test_the_hidden_stream_knows_what_the_table_has_as_free():
    assert third(hybrid(b"")) == b"said"
    assert opened(hybrid(b"")).thing(Reference(1, 0)).value.get("Type") == "Catalog"
    assert opened(hybrid(b"")).thing(Reference(7, 0)) == NULL
    assert not opened(hybrid(b"")).sections[0].is_stream


def test_the_length_of_a_stream_may_be_an_object():
    body = b"<</Length 4 0 R>>\nstream\nendstream's\nendstream"

    def content(data: bytes) -> bytes:
        file = opened(data)
        return file.stream(file.thing(Reference(3, 0)))

    assert content(with_table({**PLAIN, 3: body, 4: b"11"})) == b"endstream's"
    # One that stands in a stream of objects, or nowhere, is not looked for: the word ends the stream.
    assert content(with_stream({**PLAIN, 3: body}, inside={4: b"11"})) == b""
    assert content(with_table({**PLAIN, 3: body})) == b""


def test_what_is_no_stream_is_a_fault():
    file = opened(with_table(SAID))
    for number in (1, 3):
        with pytest.raises(BrokenPdf, match="a stream should be here"):
            file.stream(file.thing(Reference(number, 0)))


def test_rows_that_are_missing_say_nothing():
    data = with_stream(SAID, form="plain").replace(
        b"/Index [0 1 1 1 2 1 3 1 4 1]", b"/Index [0 1 1 1 2 1 3 1 4 9]"
    )
    assert opened(data).thing(Reference(8, 0)) == NULL


def test_rows_without_a_kind_are_objects_in_the_file():
    before = b"%PDF-1.5\n"
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % item for item in SAID.items())
    places = {number: (0, (before + body).index(b"%d 0 obj" % number), 0) for number in SAID}
    rows, said = references(places, widths=(0, 2, 1))
    start = len(before + body)
    said = said.replace(b"/Index [1 1 2 1 3 1]", b"") + b"/Root 1 0 R "
    rows = bytes(3) + rows
    data = before + body + b"4 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, said), start)
    assert third(data) == b"said"


TABLE, STREAM = with_table(SAID), with_stream(SAID, form="plain")
INSIDE = with_stream({2: PLAIN[2]}, inside={1: CATALOG, 3: b"(said)"})
FIRST = INSIDE[INSIDE.index(b"/First") : INSIDE.index(b"/Length")].rstrip()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4", "does not say where"),
        (TABLE.replace(b"startxref\n", b"startxref\n9"), "lead nowhere"),
        (TABLE.replace(b"%%EOF", b"%%OF"), "the file should end here"),
        (TABLE + b"7 0 obj\n<<", "the file should end here"),
        (TABLE.replace(b"/Root", b"/Prev (x) /Root"), "the place of an earlier section is none"),
        (TABLE.replace(b"/Root", b"/Prev -5 /Root"), "lead nowhere"),
        (TABLE.replace(b"/Root", b"/Prev %d /Root" % TABLE.index(b"xref")), "lead nowhere"),
        (TABLE.replace(b"trailer", b"trail"), "table is broken"),
        (TABLE.replace(b"trailer\n", b"trailer 5 "), "the trailer is no dictionary"),
        (TABLE.replace(b"0 1\n0", b"0 1\nx"), "table is broken"),
        (TABLE.replace(b"xref\n0 1\n", b"xref\n0 99999\n"), "table is broken"),
        (TABLE.replace(b"3 0 obj", b"5 0 obj"), "object 3 should be here, and it is 5"),
        (TABLE.replace(b"3 0 obj", b"3 0 obi"), "an object should begin here"),
        (TABLE.replace(b"00000 n \ntrailer", b"00000 x \ntrailer"), "table is broken"),
        (STREAM.replace(b"/XRef", b"/Xref"), "the stream of cross-references is broken"),
        (STREAM.replace(b"/W [1 4 2]", b"/W [1 4]"), "the stream of cross-references is broken"),
        (STREAM.replace(b"/W [1 4 2]", b"/W [1 9 2]"), "the stream of cross-references is broken"),
        (STREAM.replace(b"/W [1 4 2]", b"/W [1 -4 2]"), "the stream of cross-references is broken"),
        (STREAM.replace(b"/Index [0 1 1", b"/Index [0 1 (1)"), "the stream of cross-references is broken"),
        (STREAM.replace(b"4 0 obj\n<<", b"4 0 obj\n5 <<"), "a stream should be here"),
        (INSIDE.replace(FIRST, b"/First xx"), "not written as one"),
        (INSIDE.replace(FIRST, b"/First []"), "the list of a stream of objects is broken"),
        (INSIDE.replace(FIRST, b"/First 05"), "the list of a stream of objects is broken"),
    ],
)
def test_what_leads_nowhere_is_a_fault(data, reason):
    with pytest.raises(BrokenPdf, match=reason):
        third(data)


def test_a_stream_of_objects_does_not_stand_in_another():
    before = with_stream({2: PLAIN[2]}, inside={1: CATALOG})
    rows, said = references({3: (2, 4, 0), 4: (2, 3, 0), 5: (0, 0, 0)})
    data = before + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (stream(rows, said), len(before))
    with pytest.raises(BrokenPdf, match="a stream should be here"):
        third(data)


def test_every_row_is_looked_at_before_anything_is_written():
    broken = TABLE.replace(b"00000 n \n2 1", b"00000 x \n2 1")
    opened(TABLE).check_tables()
    opened(STREAM).check_tables()
    with pytest.raises(BrokenPdf, match="table is broken"):
        opened(broken).check_tables()


def test_sections_without_end_are_not_followed_for_ever(monkeypatch):
    data = with_table(PLAIN)
    for _ in range(3):
        data = with_table(PLAIN, before=data, trailer=b"/Prev %d " % data.rindex(b"xref\n0"))
    assert len(opened(data).sections) == 4
    monkeypatch.setattr(pdffile, "_MOST_SECTIONS", 3)
    with pytest.raises(BrokenPdf, match="lead nowhere"):
        opened(data)


def test_what_is_read_in_all_is_limited(monkeypatch):
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", 500)
    with pytest.raises(BrokenPdf, match="too much to be read"):
        third(with_table({**PLAIN, 3: b"(" + b"a" * 500 + b")"}))
