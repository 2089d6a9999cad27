import mmap
import re

import pytest

from hegui.marking import Carrier, Fault, MalformedFile
from hegui.marking.formats import pdf
from hegui.marking.formats.format import NoRoom
from hegui.marking.formats.pdf import PDF, PdfCertified, PdfProtected
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable, new_packet
from simulators import samples
from simulators.pdfs import CATALOG, PLAIN, packed, stream, with_stream, with_table

PDFS = samples.pdfs()
DESCRIBED = {**PLAIN, 1: CATALOG.replace(b">>", b" /Metadata 4 0 R>>")}
INFORMATION = b"/Info 3 0 R /ID [(first) <7365636F6E64>] "


def embed(data: bytes, label) -> bytes:
    result = spliced(data, PDF.write(data, label))
    prove(PDF, before=data, after=result, label=label)
    return result


def read(data: bytes):
    items = list(PDF.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes):
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


def text(label) -> bytes:
    return b"(%b)" % label.bare().replace("\\", "\\\\").encode()


@pytest.mark.parametrize("kind", PDFS)
def test_the_file_stays_as_it_was_and_the_label_stands_behind_it(kind, label):
    after = embed(PDFS[kind], label)
    assert after.startswith(PDFS[kind])
    ((item,), _) = read(after)
    assert (item.carrier, item.deviations) == (Carrier.PDF_INFORMATION, ())
    assert after[item.offset :].startswith(b"/AIGC (")
    assert item.offset > len(PDFS[kind])


@pytest.mark.parametrize("kind", PDFS)
def test_references_stay_of_the_kind_they_were(kind, label):
    data = PDFS[kind]
    added = embed(data, label)[len(data) :]
    assert (b"/Type /XRef" in added) is (b"/XRef" in data)
    assert (b"\nxref\n0 1\n0000000000 65535 f \n" in added) is (b"/XRef" not in data)
    assert b"%%EOF\n" in added


def test_the_rest_of_the_information_and_of_the_trailer_stays(label):
    data = with_table(
        {**PLAIN, 3: b"<</Title (kept) /Aigc (old)/Trapped /False % comment\n>>"},
        trailer=INFORMATION + b"/Kept (x) ",
    )
    after = embed(data, label)[len(data) :]
    assert b"<</Title (kept) /Trapped /False % comment\n/AIGC (" in after
    assert b"/Kept (x)" in after
    assert b"/Size 4" in after
    assert b"/Prev %d" % data.index(b"xref") in after
    (first, second) = re.search(rb"/ID \[<(\w+)> <(\w+)>\]", after).groups()
    assert first == b"first".hex().upper().encode()
    assert second != b"second".hex().upper().encode()
    assert len(second) == 32


@pytest.mark.parametrize(
    "data",
    [
        with_table(PLAIN),
        with_table(PLAIN, trailer=b"/Info 9 0 R /ID [(one)] "),
        with_table(PLAIN, trailer=b"/Info <</Title (kept)>> /ID (x) "),
        with_table({**PLAIN, 3: b"5"}, trailer=INFORMATION),
        with_stream(PLAIN),
        with_stream({2: PLAIN[2]}, inside={1: CATALOG, 3: b"<</Title (kept)>>"}, trailer=INFORMATION),
        b"HTTP/1.1 200 OK\r\n\r\n" + with_table(PLAIN),
        with_table(PLAIN, before=b"junk\n%PDF-1.4\n", counted_from=5),
        with_table(PLAIN) + b"\0\r\n",
    ],
    ids=[
        "none",
        "nowhere",
        "in the trailer",
        "no dictionary",
        "stream",
        "inside",
        "junk",
        "counted junk",
        "blanks",
    ],
)
def test_a_file_takes_a_label_wherever_its_information_stands(data, label, other_label):
    once = embed(data, label)
    assert extract(once) == label
    assert embed(once, label) == once
    assert embed(embed(data, other_label), label) == once
    assert once.count(b"/Title (kept)") == data.count(b"/Title") + (b"Title" in data or b"ObjStm" in data)


def test_what_was_written_since_the_last_label_stays(label, other_label):
    once = embed(with_table({**PLAIN, 3: b"<<>>"}, trailer=INFORMATION), other_label)
    since = with_table(
        {2: b"<</Type /Pages /Kids [] /Count 0 /Kept 1>>", 3: b"<</AIGC %b>>" % text(other_label)},
        before=once,
        trailer=INFORMATION + b"/Prev %d " % once.rindex(b"xref\n0"),
    )
    again = embed(since, label)
    assert again.startswith(since)
    assert extract(again) == label


@pytest.mark.parametrize(
    "value",
    [
        text,
        lambda label: b"<%b>" % label.bare().encode().hex().encode(),
        lambda label: b"<feff%b>" % label.bare().encode("utf-16-be").hex().encode(),
        lambda label: b"<fffe%b>" % label.bare().encode("utf-16-le").hex().encode(),
        lambda label: b"<efbbbf%b>" % label.bare().encode().hex().encode(),
        lambda label: b"5 0 R",
    ],
)
def test_however_a_label_is_written_it_is_read_and_replaced(value, label, other_label):
    data = with_table(
        {**PLAIN, 3: b"<</aigc %b>>" % value(other_label), 5: text(other_label)}, trailer=INFORMATION
    )
    assert extract(data) == other_label
    assert extract(embed(data, label)) == label


def test_a_label_that_is_no_text_is_read_as_it_stands(label):
    data = with_table({**PLAIN, 3: b"<</AIGC <</Label (1)>>>>"}, trailer=INFORMATION)
    ((item,), _) = read(data)
    assert (item.dialect, item.raw) == ("unreadable", "/AIGC <</Label (1)>>")
    assert extract(embed(data, label)) == label


def test_two_entries_are_two_labels_and_both_give_way(label, other_label):
    data = with_table({**PLAIN, 3: b"<</AIGC %b /AIGC (x)>>" % text(other_label)}, trailer=INFORMATION)
    assert len(read(data)[0]) == 2
    assert extract(embed(data, label)) == label


@pytest.mark.parametrize("coded", [stream, packed])
def test_a_label_in_the_packet_is_misplaced_and_gives_way(coded, label, other_label):
    packet = new_packet(other_label.bare())
    data = with_table({**DESCRIBED, 4: coded(packet, b"/Type /Metadata /Subtype /XML ")})
    ((item,), _) = read(data)
    assert (item.carrier, item.strict()) == (Carrier.PDF_ELSEWHERE, other_label)
    assert [(deviation.instrument, deviation.binding) for deviation in item.deviations] == [
        ("TC260-PG-20258A", False)
    ]
    assert item.offset == data.index(b"4 0 obj")
    after = embed(data, label)
    assert extract(after) == label
    assert b"</Type /Metadata\n/Subtype /XML\n/Length" in after
    assert embed(after, label) == after


def test_a_packet_without_a_label_stays_even_where_it_is_not_well_formed(label):
    data = with_table({**DESCRIBED, 4: stream(b"<x:xmpmeta")})
    assert embed(data, label).count(b"<x:xmpmeta") == 1


def test_a_packet_that_cannot_be_changed_keeps_its_label_and_the_file(label, other_label):
    data = with_table({**DESCRIBED, 4: stream(new_packet(other_label.bare()) + b"<")})
    with pytest.raises(PacketUnusable):
        embed(data, label)


@pytest.mark.parametrize("metadata", [b"5", b"<</Filter /LZWDecode /Length 1>>\nstream\n \nendstream"])
def test_a_packet_that_cannot_be_read_is_a_fault(metadata, label):
    data = with_table({**DESCRIBED, 3: b"<</AIGC %b>>" % text(label), 4: metadata}, trailer=INFORMATION)
    (labels, faults) = read(data)
    assert [item.strict() for item in labels] == [label]
    assert len(faults) == 1


@pytest.mark.parametrize("kind", samples.encrypted_pdfs())
def test_an_encrypted_file_is_inconclusive_and_refused(kind, label):
    data = samples.encrypted_pdfs()[kind]
    (labels, (fault,)) = read(data)
    assert labels == []
    assert "encrypted" in fault.text.en
    with pytest.raises(PdfProtected, match="DRM"):
        PDF.write(data, label)


@pytest.mark.parametrize("permissions", [b"<</DocMDP 9 0 R>>", b"7 0 R"])
def test_a_certified_file_is_refused_and_can_be_read(permissions, label):
    catalog = CATALOG.replace(b">>", b" /Perms " + permissions + b">>")
    data = with_table({**PLAIN, 1: catalog, 7: b"<</DocMDP 9 0 R>>"})
    assert read(data) == ([], [])
    with pytest.raises(PdfCertified, match="Label it first"):
        PDF.write(data, label)


@pytest.mark.parametrize(
    ("form", "signed"),
    [(b"<</SigFlags 3>>", True), (b"<</SigFlags 2>>", False), (b"<<>>", False), (b"null", False)],
)
def test_a_signed_file_is_told(form, signed, label):
    data = with_table({**PLAIN, 1: CATALOG.replace(b">>", b" /AcroForm 7 0 R>>"), 7: form})
    assert PDF.signed(data) is signed
    assert extract(embed(data, label)) == label
    assert not PDF.signed(data[:-30])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.4\n", "does not say where"),
        (with_table(PLAIN).replace(b"%%EOF", b"%%OF"), "the file should end here"),
        (with_table(PLAIN) + b"7 0 obj\n<<", "the file should end here"),
        (with_table(PLAIN).replace(b"/Root 1", b"/Root 9"), "no catalog"),
        (with_table(PLAIN).replace(b"/Size 3", b"/Size 8388607"), "more than 1048576 objects"),
        (with_table(PLAIN).replace(b" n \n2 1", b" x \n2 1"), "the cross-reference table is broken"),
    ],
)
def test_a_damaged_file_is_not_written_into(data, reason, label):
    with pytest.raises(MalformedFile, match=reason):
        PDF.write(data, label)


def test_labels_are_seen_in_a_file_whose_structure_is_broken(label, other_label):
    data = embed(PDFS["by typst"], label)
    (labels, faults) = read(data[:-20])
    assert [item.strict() for item in labels] == [label]
    assert len(faults) == 1
    assert read(b"%PDF-1.4 /aigc <2> /AIGC (" + b"%PDF /AIGC <<>>")[0][0].raw == " "


def test_no_more_labels_are_seen_in_a_broken_file_than_are_reported(monkeypatch):
    monkeypatch.setattr(pdf, "_MOST_SEEN", 3)
    assert len(read(b"%PDF-1.4" + b"/AIGC (x)" * 9)[0]) == 3


def test_a_text_about_pdf_is_none():
    assert PDF.recognises(b"%PDF-")
    assert PDF.recognises(b"junk " + with_table(PLAIN))
    assert not PDF.recognises(b"A file begins with %PDF-1.7 and ends with startxref.")
    assert not PDF.recognises(b"startxref 7")


def test_an_update_like_ours_that_is_not_ours_is_left_alone(label, other_label, monkeypatch):
    once = embed(with_table(PLAIN), other_label)
    for changed in (
        once.replace(b"/Info 3 0 R", b"/Info 3 0 R "),
        once.replace(b"%PDF-1.4\n", b"%PDF-1.4\n", 1).replace(b"startxref\n", b"startxref \n"),
    ):
        if extract(changed) == other_label:
            assert embed(changed, label).startswith(changed)
    monkeypatch.setattr(pdf, "_LARGEST_UPDATE", 10)
    assert embed(once, label).startswith(once)


@pytest.mark.parametrize("kind", ["table", "stream"])
def test_a_file_of_more_than_ten_gigabytes_needs_references_in_a_stream(label, tmp_path, kind):
    path = tmp_path / "large.pdf"
    made = with_table(PLAIN) if kind == "table" else with_stream(PLAIN)
    tail = made[made.rindex(b"startxref") :]
    with path.open("wb") as file:
        file.write(made)
        file.seek(10**10)  # a hole: it takes no room on the disk
        file.write(b"\n" + tail)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if kind == "table":
            with pytest.raises(NoRoom, match="too large"):
                PDF.write(data, label)
            return
        (added,) = PDF.write(data, label)
        assert b"/W [1 8 2]" in added.data
