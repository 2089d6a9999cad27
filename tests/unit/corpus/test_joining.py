"""Many texts as one."""

from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.joining import Joined


@given(st.lists(st.text(alphabet="ab版𠀀\ud800\n", max_size=6), max_size=5))
def test_each_text_is_found_again(texts):
    joined = Joined(texts)
    places = zip(joined.begins.tolist(), joined.lengths.tolist(), strict=True)
    assert [joined.text[begin : begin + length] for begin, length in places] == texts
    assert joined.points.tolist() == list(map(ord, joined.text))
