import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import fold
from hegui.screening.passages import PassageReader, Passages, PassageUnit, passages

ways = st.builds(
    Passages,
    unit=st.sampled_from(PassageUnit),
    longest=st.integers(8, 14),
    context=st.integers(0, 12),
)
texts = st.lists(
    st.sampled_from(["好的", "。", "！", "”", "\n", "\u200b", ". ", "3.14", "，", "…", "ａ", "彈", ")"])
    | st.text("ab，。 \u200b", max_size=9),
    max_size=14,
).map("".join)


def cut(text, places):
    bounds = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(bounds)]


@given(ways, texts, st.data())
def test_passages_are_the_same_however_a_text_is_cut(way, text, data):
    places = data.draw(st.lists(st.integers(0, len(text)), max_size=6))
    reader = PassageReader(way)
    found = [passage for piece in cut(text, places) for passage in reader.feed(piece)]
    found += reader.feed("", complete=True)
    assert found == passages(text, way)
    assert reader.position == len(text)


@given(ways, texts)
def test_passages_follow_one_another_and_leave_out_only_what_nobody_sees(way, text):
    found = passages(text, way)
    begins = [0, *(passage.end for passage in found)]
    assert [passage.start for passage in found] == begins[:-1]
    assert [passage.text for passage in found] == [text[p.start : p.end] for p in found]
    assert fold(text[begins[-1] :]) == ""


@given(ways, texts)
def test_a_passage_is_read_with_as_much_context_as_there_is(way, text):
    for passage in passages(text, way):
        assert text[: passage.start].endswith(passage.context)
        assert len(fold(passage.context)) == min(way.context, len(fold(text[: passage.start])))
        assert passage.read == passage.context + passage.text


@given(ways, texts)
def test_no_passage_but_the_whole_text_is_longer_than_declared(way, text):
    longest = max((len(fold(passage.text)) for passage in passages(text, way)), default=0)
    assert way.unit is PassageUnit.WHOLE or longest <= way.longest


@given(ways, texts, texts)
def test_a_copy_goes_on_by_itself(way, text, more):
    reader = PassageReader(way)
    reader.feed(text)
    other = reader.copy()
    ahead = other.feed(more, complete=True)
    assert reader.feed(more, complete=True) == ahead


@pytest.mark.parametrize("context", [0, 20])
def test_a_reader_keeps_no_more_than_a_passage_and_its_context(context):
    reader = PassageReader(Passages(longest=20, context=context))
    for _ in range(500):
        reader.feed("很好\u200b的一天，")
        reader.feed("\u200b。")
    assert len(reader._text) < 80
    assert len(reader._gaps) < 20


def test_a_whole_text_is_one_passage():
    (passage,) = passages("一。二。", Passages(unit=PassageUnit.WHOLE))
    assert (passage.start, passage.end, passage.context) == (0, 4, "")


def test_windows_have_their_length():
    found = passages("一二三四五六七八九十" * 2, Passages(unit=PassageUnit.WINDOW, longest=8, context=2))
    assert [passage.text for passage in found] == ["一二三四五六七八", "九十一二三四五六", "七八九十"]
    assert [passage.context for passage in found] == ["", "七八", "五六"]


def test_an_empty_text_has_no_passages():
    assert passages("", Passages()) == []
    assert passages("\u200b", Passages()) == []
