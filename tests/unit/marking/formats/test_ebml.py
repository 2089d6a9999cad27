import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import Fault
from hegui.marking.formats import ebml
from hegui.marking.formats.ebml import Element, elements, inside, made, void


def every(data: bytes) -> list[Element | Fault]:
    return list(elements(data, 0, len(data)))


@given(st.sampled_from([b"\xa3", b"\x4d\xbb", b"\x2a\xd7\xb1", b"\x1f\x43\xb6\x75"]), st.binary(max_size=300))
def test_what_is_made_is_found(name, body):
    data = made(name, body)
    (element,) = every(data)
    assert (element.name, ebml.content(data, element), element.end) == (name, body, len(data))


def test_elements_follow_one_another_and_hold_elements():
    data = made(b"\xae", made(b"\xd7", b"\1") + made(b"\x83", b"\2")) + made(b"\xec", b"")
    first, second = every(data)
    assert [element.name for element in inside(data, first)] == [b"\xd7", b"\x83"]
    assert second.name == ebml.VOID


@pytest.mark.parametrize("width", range(1, 9))
def test_a_length_may_take_more_bytes_than_it_needs_and_all_ones_mean_unknown(width):
    data = b"\xa3" + ebml.length(1, width) + b"x"
    assert every(data) == [Element(b"\xa3", 0, 1, 1 + width, 2 + width)]
    unknown = b"\xa3" + ebml.length((1 << 7 * width) - 1, width)
    assert every(unknown + made(b"\xa1", b"")) == [
        Element(b"\xa3", 0, 1, 1 + width, 1 + width, known=False),
        Element(b"\xa1", 1 + width, 2 + width, 3 + width, 3 + width),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\xa3",  # no length
        b"\x00\x81x",  # no identifier
        b"\x08\0\0\0\0\x81x",  # an identifier of five bytes
        b"\xa3\x00",  # a length of nine bytes
        b"\xa3\x40",  # cut off in its length
        b"\xa3\x82x",  # beyond the end
    ],
)
def test_an_element_that_does_not_fit_is_a_fault(data):
    (fault,) = every(data)
    assert fault.text.en == "the length of an element is wrong"


def test_more_elements_than_a_file_has_are_not_followed(monkeypatch):
    monkeypatch.setattr(ebml, "_MOST_ELEMENTS", 3)
    *found, fault = every(made(b"\xa3", b"") * 4)
    assert (len(found), fault.offset) == (3, 6)


@pytest.mark.parametrize("size", [0, *range(2, 300), 70_000])
def test_empty_space_has_exactly_the_length_asked_for(size):
    data = void(size)
    assert len(data) == size
    assert all(element.name == ebml.VOID for element in every(data))
