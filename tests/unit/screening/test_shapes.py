import re

from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.shapes import chain, either, literal, maybe, one, some

leaves = st.one_of(
    st.builds(literal, st.text("ab1", min_size=1, max_size=2)),
    st.builds(one, st.sampled_from(["a-b", "0-9", "ab1"])),
    st.builds(
        lambda allowed, least, more: some(allowed, least, least + more),
        st.sampled_from(["a-b", "0-9", "ab1"]),
        st.integers(1, 2),
        st.integers(0, 2),
    ),
)
shapes = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(lambda several: chain(*several), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda several: either(*several), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part, tail: chain(maybe(part), tail), parts, leaves),
    ),
    max_leaves=5,
)


@given(shapes, st.data())
def test_every_beginning_of_a_match_matches_as_broken(shape, data):
    text = data.draw(st.from_regex(shape.whole, fullmatch=True))
    assert len(text) <= shape.longest
    for end in range(1, len(text) + 1):
        assert re.match(shape.broken, text[:end])


@given(shapes, st.text("ab1", max_size=6), st.text("ab1", max_size=6))
def test_what_more_text_could_complete_matches_as_broken(shape, text, more):
    match = re.match(shape.whole, text + more)
    if text and match and match.end() >= len(text):
        assert re.match(shape.broken, text)


def test_a_literal_may_hold_characters_that_mean_something_to_a_pattern():
    shape = literal("(+86)")
    assert re.fullmatch(shape.whole, "(+86)")
    assert re.fullmatch(shape.broken, "(+8")
    assert not re.search(shape.broken, "(+8]")
