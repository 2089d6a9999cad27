from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel
from hegui.marking.readback.proof import labels_in_xmp
from hegui.marking.xmp import new_packet


@given(st.from_type(ImplicitLabel))
def test_string_search_finds_what_the_xml_writer_wrote(label):
    assert labels_in_xmp(new_packet(label.bare())) == [label.bare()]


def test_a_packet_without_a_label_has_none_and_one_with_two_has_two(label):
    assert labels_in_xmp(b"<x/>") == []
    assert len(labels_in_xmp(new_packet(label.bare()) * 2)) == 2
