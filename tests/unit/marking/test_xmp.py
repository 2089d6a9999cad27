import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Dialect, Fault, ImplicitLabel
from hegui.marking.reading import found
from hegui.marking.xmp import PacketUnusable, candidates, new_packet, unlabelled_packet, updated_packet

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
DC = "http://purl.org/dc/elements/1.1/"


def packet(inner: str, *, description: str = "", rdf: str = f'xmlns:rdf="{RDF}"') -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}>'
        f'<rdf:Description rdf:about="" xmlns:dc="{DC}" {description}>{inner}</rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def escaped(label: ImplicitLabel) -> str:
    return label.bare().replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def labels(data: bytes) -> list[tuple[Dialect, ImplicitLabel | None]]:
    read = [found(item) for item in candidates(data, offset=7)]
    assert all(item.offset == 7 for item in read)
    return [(item.dialect, item.strict()) for item in read]


@given(st.from_type(ImplicitLabel))
def test_a_new_packet_holds_the_label_as_another_xml_parser_reads_it(label):
    tree = ET.fromstring(new_packet(label.bare()))  # noqa: S314 - our own packet
    (element,) = tree.iter(f"{{{TC260}}}AIGC")
    assert element.text == label.bare()
    assert labels(new_packet(label.bare())) == [(Dialect.XMP_ELEMENT, label)]


@given(st.from_type(ImplicitLabel), st.from_type(ImplicitLabel))
def test_updating_replaces_the_label_and_updating_twice_is_updating_once(label, other):
    first = updated_packet(packet("<dc:title>kept</dc:title>"), label.bare())
    second = updated_packet(first, other.bare())
    assert labels(first) == [(Dialect.XMP_ELEMENT, label)]
    assert labels(second) == [(Dialect.XMP_ELEMENT, other)]
    assert updated_packet(second, label.bare()) == first
    assert b"<dc:title>kept</dc:title>" in second


def test_an_update_keeps_every_other_byte(label):
    data = (
        b"  <?xpacket begin=''?>"
        + packet("<dc:title a='>'>k &amp; k</dc:title>")
        + b" \n <?xpacket end='w'?>\0\0"
    )
    result = updated_packet(data, label.bare())
    start = data.index(b"</rdf:RDF>")
    assert result.startswith(data[:start])
    assert result.endswith(data[start:])


def test_the_new_description_is_about_the_same_thing(label):
    data = packet("").replace(b'rdf:about=""', b'rdf:about="uuid:1&amp;2"')
    assert updated_packet(data, label.bare()).count(b'rdf:about="uuid:1&amp;2"') == 2


@pytest.mark.parametrize(
    ("data", "dialect"),
    [
        ('<TC260:AIGC xmlns:TC260="{ns}">{text}</TC260:AIGC>', Dialect.XMP_ELEMENT),
        ('<t:aigc xmlns:t="{ns}"> {text}\n</t:aigc>', Dialect.XMP_ELEMENT),
        ("<TC260:AIGC>{text}</TC260:AIGC>", Dialect.XMP_ELEMENT),
        ('<TC260:AIGC xmlns:C260="{ns}">{text}</TC260:AIGC>', Dialect.XMP_ELEMENT),
        ('<e:AIGC xmlns:e="urn:else" e:why="a>b">{text}</e:AIGC>', Dialect.XMP_OTHER),
        ("<dc:aigc>{text}</dc:aigc>", Dialect.XMP_DC),
        ("<dc:aigc><i>{text}</i></dc:aigc>", Dialect.XMP_DC),
        ("<AIGC>{text}</AIGC>", Dialect.XMP_OTHER),
    ],
)
def test_elements_are_read_however_they_are_named_and_give_way_to_a_new_label(
    label, other_label, data, dialect
):
    data = packet(data.format(ns=TC260, text=escaped(other_label)))
    assert labels(data) == [(dialect, other_label)]
    assert labels(updated_packet(data, label.bare())) == [(Dialect.XMP_ELEMENT, label)]


@pytest.mark.parametrize(
    ("data", "dialect"),
    [
        ('xmlns:TC260="{ns}" TC260:AIGC="{text}"', Dialect.XMP_ATTRIBUTE),
        ("xmlns:TC260='{ns}'\n  TC260:AIGC =\t'{text}' dc:format='TC260:AIGC=\"x\"'", Dialect.XMP_ATTRIBUTE),
        ('TC260:AIGC="{text}"', Dialect.XMP_ATTRIBUTE),
        ('dc:aigc="{text}"', Dialect.XMP_DC),
        ('xmlns:e="urn:else" e:Aigc="{text}"', Dialect.XMP_OTHER),
    ],
)
def test_attributes_are_read_however_they_are_named_and_give_way_to_a_new_label(
    label, other_label, data, dialect
):
    data = packet("<dc:title>kept</dc:title>", description=data.format(ns=TC260, text=escaped(other_label)))
    assert labels(data) == [(dialect, other_label)]
    result = updated_packet(data, label.bare())
    assert labels(result) == [(Dialect.XMP_ELEMENT, label)]
    assert b"<dc:title>kept</dc:title>" in result
    assert (b"dc:format='TC260:AIGC=\"x\"'" in result) is (b"dc:format" in data)


def test_two_labels_in_one_packet_are_both_read_and_one_is_left(label, other_label):
    element = f'<TC260:AIGC xmlns:TC260="{TC260}">{escaped(other_label)}</TC260:AIGC>'
    text = escaped(other_label)
    data = packet(element + element, description=f'dc:aigc="{text}" dc:AIGC="{text}"')
    assert len(labels(data)) == 4
    assert labels(updated_packet(data, label.bare())) == [(Dialect.XMP_ELEMENT, label)]


def test_an_empty_element_is_an_unreadable_label_and_is_filled(label):
    data = packet(f'<TC260:AIGC xmlns:TC260="{TC260}" dc:why="/>"/>')
    assert labels(data) == [(Dialect.XMP_ELEMENT, None)]
    assert labels(updated_packet(data, label.bare())) == [(Dialect.XMP_ELEMENT, label)]


def test_a_further_packet_loses_its_label_and_nothing_else(other_label):
    data = packet("<dc:title>kept</dc:title>", description=f'dc:aigc="{escaped(other_label)}"')
    assert unlabelled_packet(data) == data.replace(f' dc:aigc="{escaped(other_label)}"'.encode(), b"")


HOSTILE = {
    "an outside file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    "a billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
    "an outside document type": '<!DOCTYPE x SYSTEM "http://localhost/x.dtd"><x/>',
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_document_type_is_refused_before_it_does_anything(label, data):
    (fault,) = candidates(data.encode(), offset=7)
    assert isinstance(fault, Fault)
    assert "a document type is not allowed" in fault.text.en
    with pytest.raises(PacketUnusable, match="a document type is not allowed"):
        updated_packet(data.encode(), label.bare())
    with pytest.raises(PacketUnusable):
        unlabelled_packet(data.encode())


@pytest.mark.parametrize("data", [b"", b"<x>", b"no xml", b"<x>&unknown;</x>", b"<a>" * 65 + b"</a>" * 65])
def test_a_broken_packet_is_a_fault_and_is_not_written_into(label, data):
    (fault,) = candidates(data, offset=7)
    assert isinstance(fault, Fault)
    assert fault.offset == 7
    with pytest.raises(PacketUnusable, match="repair it"):
        updated_packet(data, label.bare())


def test_what_stands_before_the_break_is_still_read(label):
    data = packet(f'<TC260:AIGC xmlns:TC260="{TC260}">{escaped(label)}</TC260:AIGC>')
    first, second = candidates(data[: data.index(b"</rdf:D")], offset=7)
    assert found(first).strict() == label
    assert isinstance(second, Fault)


def test_a_packet_in_two_byte_characters_is_read_but_not_written_into(label):
    text = packet(f'<TC260:AIGC xmlns:TC260="{TC260}">{escaped(label)}</TC260:AIGC>').decode()
    data = ("\ufeff" + text).encode("utf-16-le")
    assert labels(data) == [(Dialect.XMP_ELEMENT, label)]
    with pytest.raises(PacketUnusable, match="not UTF-8"):
        updated_packet(data, label.bare())


@pytest.mark.parametrize(
    "rdf", [b"<x/>", f'<x><r:RDF xmlns:r="{RDF}"/></x>'.encode(), b'<r:RDF xmlns:r="urn:else"></r:RDF>']
)
def test_a_packet_without_rdf_has_no_place_for_a_label(label, rdf):
    with pytest.raises(PacketUnusable, match="no rdf:RDF"):
        updated_packet(rdf, label.bare())


@given(st.data())
def test_no_bytes_make_the_reader_fail(data):
    base = packet(f'<TC260:AIGC xmlns:TC260="{TC260}">{{}}</TC260:AIGC>', description='dc:aigc="{}"')
    position = data.draw(st.integers(0, len(base)))
    damage = data.draw(st.binary(max_size=8))
    list(candidates(base[:position] + damage + base[position + len(damage) :], offset=0))
    list(candidates(base[:position], offset=0))
