import gzip
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Carrier, Dialect, Fault, ImplicitLabel, MalformedFile, xmp
from hegui.marking.candidates import LARGEST_PACKET
from hegui.marking.elements import escaped
from hegui.marking.formats import characters, svg
from hegui.marking.formats.characters import TextTooLarge
from hegui.marking.formats.svg import SVG, SvgPacked
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable
from simulators.samples import svgs

START = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">'
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def embed(data: bytes | str, label: ImplicitLabel) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    result = spliced(data, SVG.write(data, label))
    prove(SVG, before=data, after=result, label=label)
    return result


def read(data: bytes | str):
    items = list(SVG.read(data.encode() if isinstance(data, str) else data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


@given(st.from_type(ImplicitLabel), st.data())
def test_what_is_embedded_is_what_is_extracted(label, data):
    drawing = svgs()[data.draw(st.sampled_from(sorted(svgs())))]
    ((item,), faults) = read(embed(drawing, label))
    assert (item.strict(), item.carrier, item.dialect, faults) == (
        label,
        Carrier.XMP,
        Dialect.XMP_ELEMENT,
        [],
    )


@pytest.mark.parametrize("kind", svgs())
def test_taking_out_what_came_in_gives_the_file_as_it_was(label, kind):
    before = svgs()[kind]
    after = embed(before, label)
    if kind == "with metadata":
        after = re.sub(rb"<rdf:Description (?:(?!<rdf:Description).)*TC260.*?</rdf:Description>", b"", after)
    else:
        after = re.sub(rb"<(s:)?metadata>.*</(s:)?metadata>", b"", after).replace(b"></svg>", b"/>")
    assert after in {before, before.replace(b"></svg>", b"/>")}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1"])
def test_a_drawing_in_another_encoding_stays_in_it(label, other_label, encoding):
    text = f"{START}<title>déjà</title></svg>"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    if encoding == "iso-8859-1":
        text = f'<?xml version="1.0" encoding="ISO-8859-1"?>{text}'
    data = mark + text.encode(encoding)
    once = embed(data, label)
    assert "déjà" in once.decode("utf-16" if mark else encoding)
    assert embed(embed(data, other_label), label) == once
    ((item,), _) = read(once)
    assert item.strict() == label


def test_metadata_without_a_packet_stay_and_get_a_neighbour(label):
    data = f"{START}<metadata id='m'><note>kept</note></metadata><metadata/></svg>"
    result = embed(data, label).decode()
    assert result.replace(re.search(r"<metadata><x:.*?</metadata>", result)[0], "") == data


def test_a_packet_whose_prefixes_the_root_declares_is_updated(label, other_label):
    # Inkscape writes so.
    element = f"<TC260:AIGC>{escaped(other_label.bare())}</TC260:AIGC>"
    description = f"<rdf:Description rdf:about=''>{element}</rdf:Description>"
    data = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:rdf="{RDF}" xmlns:TC260=\'{xmp.NAMESPACE}\'>'
        f"<metadata><rdf:RDF>{description}</rdf:RDF></metadata></svg>"
    )
    ((item,), _) = read(data)
    assert (item.strict(), item.dialect) == (other_label, Dialect.XMP_ELEMENT)
    result = embed(data, label).decode()
    assert result.count("<rdf:RDF>") == 1
    assert "<metadata><rdf:RDF><rdf:Description" in result


def test_labels_elsewhere_give_way(label, other_label):
    packet = xmp.new_element(other_label.bare())
    data = f"{START}{packet}<g><metadata>{packet}</metadata></g><metadata>{packet}</metadata></svg>"
    (labels, _) = read(data)
    assert [item.strict() for item in labels] == [other_label] * 3
    ((item,), _) = read(embed(data, label))
    assert item.strict() == label


def test_what_only_looks_like_metadata_is_left_alone(label):
    packet = xmp.new_element('{"x":1}')
    data = (
        f"{START}<!-- <metadata>{packet}</metadata> --><?x <metadata> ?>"
        f"<style><![CDATA[<metadata>{packet}]]></style><desc/></svg>"
    )
    assert read(data) == ([], [])
    assert embed(data, label).decode().endswith(data.removeprefix(START))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<metadata><rdf:RDF>", "metadata does not end"),
        ("</metadata><metadata><RDF>", "metadata does not end"),
        ("<metadata>&x;</metadata></svg>", "XMP packet at fault: undefined entity"),
        ("<metadata>" + "<a>" * 70 + "</a>" * 70 + "</metadata></svg>", "nested too deep"),
    ],
)
def test_metadata_that_cannot_be_read_are_a_fault(body, reason):
    (labels, (fault,)) = read(START + body)
    assert labels == []
    assert reason in fault.text.en


def test_metadata_in_no_encoding_or_without_end_are_a_fault(label):
    data = f"{START}<metadata>é</metadata></svg>".encode("latin-1")
    assert read(data)[1][0].text.en == "the metadata are not text in utf-8"
    data = f"{START}<metadata>{' ' * LARGEST_PACKET}</metadata></svg>"
    assert "too large" in read(data)[1][0].text.en
    with pytest.raises(MalformedFile, match="too large"):
        SVG.write(data.encode(), label)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (f"{START}<g></svg>", "mismatched tag"),
        (f"{START}</svg><svg/>", "junk after document element"),
        (f'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>{START}&a;</svg>', "declares entities"),
        (f"<!DOCTYPE svg [<!ENTITY % a 'b'>]>{START}</svg>", "declares entities"),
        (f"<!DOCTYPE svg [<!ENTITY a 'b'><!ENTITY b '&a;&a;'>]>{START}&b;</svg>", "declares entities"),
        (f"<!DOCTYPE svg [<!ENTITY a '{'x' * 101}'>]>{START}</svg>", "declares entities"),
        (f'<?xml version="1.0" encoding="EBCDIC"?>{START}</svg>', "'EBCDIC' is not known"),
        ("<g/>", "no root element"),
    ],
)
def test_what_is_damaged_or_could_grow_is_not_written_into(label, data, reason):
    with pytest.raises(MalformedFile, match=reason):
        SVG.write(data.encode(), label)


def test_entities_in_a_large_drawing_are_refused(label, monkeypatch):
    monkeypatch.setattr(svg, "_LARGEST_WITH_ENTITIES", 10)
    with pytest.raises(MalformedFile, match="declares entities"):
        SVG.write(svgs()["with entities"], label)


def test_a_packet_with_an_entity_of_the_document_is_not_written_into(label):
    data = f"<!DOCTYPE svg [<!ENTITY a 'b'>]>{START}<metadata><r:RDF>&a;</r:RDF></metadata></svg>"
    with pytest.raises(PacketUnusable, match="undefined entity"):
        SVG.write(data.encode(), label)


def test_a_packed_drawing_is_read_and_refused(label):
    data = gzip.compress(embed(svgs()["by typst"], label))
    assert SVG.recognises(data)
    ((item,), faults) = read(data)
    assert (item.strict(), faults) == (label, [])
    with pytest.raises(SvgPacked, match=r"gunzip -S \.svgz"):
        SVG.write(data, label)
    assert read(data[:-9])[1] != []
    assert not SVG.recognises(gzip.compress(b"text"))
    assert not SVG.recognises(b"\x1f\x8b\xff" + bytes(30))
    assert read(b"\x1f\x8b\xff")[1][0].text.en == "there is no root element svg"


def test_a_drawing_that_is_too_long_is_read_in_part_and_refused(label, monkeypatch):
    data = embed(svgs()["by typst"], label) + b" " * 99
    monkeypatch.setattr(svg, "LARGEST_TEXT", len(data) - 9)
    monkeypatch.setattr(characters, "LARGEST_TEXT", len(data) - 9)
    ((item,), (fault,)) = read(data)
    assert item.strict() == label
    assert "too large" in fault.text.en
    with pytest.raises(TextTooLarge):
        SVG.write(data, label)


@pytest.mark.parametrize(
    "data",
    [
        b"<!--" * 200_000 + b"<svg/>",
        b"<!DOCTYPE svg [" + b"<!--" * 200_000,
        b"<svg>" + b"<!--" * 200_000,
        b"<svg>" + b"<![CDATA[" * 200_000,
        b"<svg>" + b"<metadata a='" * 200_000,
        b"<svg>" + b"<metadata>" * 200_000,
        b"<svg " + b"a='b' " * 200_000,
        b"<?" * 200_000,
    ],
    ids=range(8),
)
@pytest.mark.timeout(10)
def test_what_never_ends_is_read_soon(data):
    SVG.recognises(data)
    assert list(SVG.read(data)) is not None


def test_it_is_told_by_its_root():
    assert SVG.recognises(b"\xef\xbb\xbf <?xml version='1.0'?><!-- x --><!DOCTYPE svg [<!-- ] -->]> <s:svg>")
    for other in (b"<html><svg/></html>", b"<svgs/>", b"svg", b"", b"<!-- <svg> -->", b"<svg"):
        assert not SVG.recognises(other)
