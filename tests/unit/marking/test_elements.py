import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.elements import MOST_ELEMENTS, XmlRefused, elements, escaped

XML = (
    b"\xef\xbb\xbf<?xml version='1.0'?><!-- <c/> -->\n<a xmlns='urn:a' x:y=\"/>\" xmlns:x='urn:x'>one &amp; "
    b"<x:b z = '>' />two<![CDATA[<c/>]]><c\n>three</c ></a>"
)


def test_every_element_has_its_names_its_text_and_its_places():
    a, b, c = elements(XML)
    assert (a.namespace, a.name, a.tag, a.prefix, a.depth, a.text) == (
        "urn:a",
        "a",
        "a",
        "",
        0,
        "one & two<c/>",
    )
    assert a.attributes == {"urn:x y": "/>"}
    assert (b.namespace, b.name, b.tag, b.prefix, b.depth, b.text) == ("urn:x", "b", "x:b", "x:", 1, "")
    assert XML[b.start : b.end] == b"<x:b z = '>' />"
    assert b.inner == b.inner_end == b.end
    assert XML[c.start : c.end] == b"<c\n>three</c >"
    assert XML[c.inner : c.inner_end] == b"three"
    assert XML[a.start : a.start + 2] + XML[a.inner_end : a.end] == b"<a</a>"
    assert (a.holds(b), a.holds(c), b.holds(c), c.holds(a)) == (True, True, False, False)


def test_an_element_without_a_namespace_has_none():
    (element,) = elements(b"<a/>")
    assert (element.namespace, element.name) == ("", "a")


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (b"", "no element"),
        (b"<a>", "no element"),
        (b"<a></b>", "mismatched"),
        (b"<a>&b;</a>", "undefined entity"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (b"<a>" * 65 + b"</a>" * 65, "too deep"),
        (b"<a>" + b"<b/>" * MOST_ELEMENTS + b"</a>", "too many"),
        ("<a/>".encode("utf-16"), "not UTF-8"),
    ],
)
def test_what_cannot_be_trusted_is_refused(xml, reason):
    with pytest.raises(XmlRefused, match=reason):
        elements(xml)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_escaped_text_reads_as_it_was(text):
    (element,) = elements(f'<a b="{escaped(text)}">{escaped(text)}</a>'.encode())
    assert element.text == text
    assert element.attributes["b"] == text
