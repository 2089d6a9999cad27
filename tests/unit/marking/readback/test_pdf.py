import io
import re

import pytest

from hegui.marking.formats.pdf import PDF
from hegui.marking.readback.pdf import read_back
from hegui.marking.splices import spliced
from hegui.marking.xmp import new_packet
from simulators.pdfs import CATALOG, PLAIN, packed, references, stream, with_stream, with_table
from simulators.samples import pdfs

EVERY = 3
INFORMATION = b"/Info 3 0 R "


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", pdfs())
def test_it_reads_the_label_and_notices_every_change_to_any_object(kind, label):
    data = pdfs()[kind]
    result = back(spliced(data, PDF.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    unseen = set()
    for place in range(0, len(data), EVERY):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        if coded == result.coded:
            unseen.add(place)
    # Header, trailers, and what is metadata.
    objects = [match.span() for match in re.finditer(rb"\d+ 0 obj.*?endobj", data, re.DOTALL)]
    seen_in = [
        (start, end)
        for start, end in objects
        if not re.search(rb"/(Metadata|XRef|Producer|Creator|Title)\b", data[start:end])
    ]
    assert not [place for place in unseen if any(start <= place < end for start, end in seen_in)]


@pytest.mark.parametrize("value", [b"(a \\(b\\) (c) \\n)", b"<61202862292028632920 0A>", b"5 0 R"])
def test_it_reads_every_way_of_writing_a_text(value):
    data = with_table(
        {**PLAIN, 3: b"<</#41igc %b /Kept [1 <</A (x)>>] >>" % value, 5: b"(a \\(b\\) \\(c\\) \\\n\\n)"},
        trailer=INFORMATION,
    )
    assert back(data).labels == ("a (b) (c) \n",)


def test_it_counts_labels_in_packets():
    catalog = CATALOG.replace(b">>", b"/Metadata 4 0 R>>")
    for made in (stream, packed):
        data = with_table({**PLAIN, 1: catalog, 4: made(new_packet("{}"))})
        assert back(data).labels == ("{}",)
    assert (
        back(with_table({**PLAIN, 1: catalog, 4: b"<</Length 5 0 R>>\nstream\nx\nendstream", 5: b"1"})).labels
        == ()
    )
    assert back(with_table({**PLAIN, 1: catalog, 4: b"5"})).labels == ()


@pytest.mark.parametrize("form", ["plain", "packed", "predicted"])
def test_it_reads_objects_inside_others(form):
    data = with_stream(
        {2: PLAIN[2]}, inside={1: CATALOG, 3: b"<</AIGC (x) /Kept 1>>"}, trailer=INFORMATION, form=form
    )
    assert back(data).labels == ("x",)


def test_it_undoes_a_prediction_from_the_byte_before():
    rows, said = references({0: (0, 0, 0), 1: (1, 9, 0)}, widths=(1, 1, 1))
    coded = b"\1" + rows[:3] + b"\1" + bytes((rows[3], rows[4] - rows[3], (rows[5] - rows[4]) & 0xFF))
    said += b"/Root 1 0 R /DecodeParms <</Predictor 11 /Columns 3>> "
    body = b"%PDF-1.5\n1 0 obj\n<<>>\nendobj\n"
    data = body + b"2 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (packed(coded, said), len(body))
    plain = data.replace(b"1 0 obj\n<<>>", b"1 0 obj\n<<//>")
    assert back(data).coded != back(plain).coded


def test_it_sees_the_objects_that_only_the_hidden_stream_knows():
    before = b"%PDF-1.5\n3 0 obj\n<</AIGC (x)>>\nendobj\n"
    rows, said = references({3: (1, 9, 0)})
    start = len(before)
    before += b"4 0 obj\n%b\nendobj\n" % packed(rows, said)
    data = with_table(PLAIN, before=before, trailer=INFORMATION + b"/XRefStm %d " % start, free={3: 0})
    assert back(data).labels == ("x",)


def test_places_count_from_the_header_or_from_the_start():
    data = with_table({**PLAIN, 3: b"<</AIGC (x)>>"}, trailer=INFORMATION)
    other = with_table({**PLAIN, 3: b"<</AIGC (x)>>"}, trailer=INFORMATION, before=b"junk\n%PDF-1.4\n")
    assert back(b"junk\n" + data).labels == back(other).labels == ("x",)
    assert back(b"junk\n" + data).coded == back(other).coded == back(data).coded


def test_objects_that_are_not_there_are_hashed_as_nothing():
    data = with_table({**PLAIN, 3: b"(x)"})
    place = b"%010d" % data.index(b"3 0 obj")
    assert back(data.replace(place, b"9999999999")).coded == back(data.replace(place, b"8888888888")).coded
    assert back(data.replace(place, b"0000000000")).labels == ()


def test_blanks_behind_an_object_are_nobodys():
    data = with_table({**PLAIN, 3: b"(x)"})
    blank = data[:-1].replace(
        b"startxref\n%d" % data.index(b"xref"), b"startxref\n%d" % (data.index(b"xref") + 69999)
    )
    assert back(blank.replace(b"endobj\nxref", b"endobj" + b" " * 70000 + b"xref")).coded == back(data).coded


def test_objects_that_two_numbers_share_are_read_once():
    data = with_table({**PLAIN, 3: b"(x)", 4: b"(y)"})
    places = [b"%010d" % data.index(b"%d 0 obj" % number) for number in (3, 4)]
    assert back(data.replace(*places)).labels == ()


@pytest.mark.parametrize(
    "data",
    [
        with_table(PLAIN).replace(b"trailer", b"trail"),
        with_table({**PLAIN, 3: b"<</AIGC (x"}, trailer=INFORMATION),
        with_table({**PLAIN, 1: b"<</Metadata 4 0 R>>", 4: b"<<>>\nStream stream"}).replace(
            b"<<>>\nStream", b"<<"
        ),
    ],
)
def test_what_does_not_end_ends_the_reading(data):
    with pytest.raises(EOFError):
        back(data)


def test_rows_that_are_missing_are_none():
    data = with_stream(PLAIN, form="plain").replace(b"/Index [0 1 1 1 2 1 3 1]", b"/Index [0 1 1 1 2 1 3 9]")
    assert back(data).coded == back(with_stream(PLAIN, form="plain")).coded
