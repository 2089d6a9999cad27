import re

from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.shapes import (
    ahead,
    chain,
    edge,
    either,
    literal,
    maybe,
    narrowed,
    one,
    repeat,
    some,
    unless,
    words,
)

several = st.lists(st.text("ab1", min_size=1, max_size=3), min_size=1, max_size=12)
leaves = st.one_of(
    st.builds(literal, st.text("ab1", min_size=1, max_size=2)),
    st.builds(one, st.sampled_from(["a-b", "0-9", "ab1"])),
    st.builds(words, several),
    st.builds(
        lambda allowed, least, more: some(allowed, least, least + more),
        st.sampled_from(["a-b", "0-9", "ab1"]),
        st.integers(0, 2),
        st.integers(1, 2),
    ),
)
shapes = st.recursive(
    leaves,
    lambda parts: st.one_of(
        st.builds(lambda several: chain(*several), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda several: either(*several), st.lists(parts, min_size=1, max_size=3)),
        st.builds(lambda part, tail: chain(maybe(part), tail), parts, leaves),
        st.builds(
            lambda part, least, more: repeat(part, least, least + more),
            parts,
            st.integers(0, 2),
            st.integers(1, 2),
        ),
    ),
    max_leaves=5,
)
# A condition on what follows makes no text of its own.
conditional = st.one_of(
    st.builds(lambda part, tail: chain(part, ahead(tail)), shapes, leaves),
    st.builds(lambda part, tail: chain(part, unless(tail)), shapes, leaves),
    st.builds(lambda part, tail: chain(part, either(edge("(?!1)"), ahead(tail))), shapes, leaves),
)


@given(shapes, st.data())
def test_every_beginning_of_a_match_matches_as_broken(shape, data):
    text = data.draw(st.from_regex(shape.whole, fullmatch=True))
    assert shape.shortest <= len(text) <= shape.longest
    for end in range(1, len(text) + 1):
        assert re.match(shape.broken, text[:end])


@given(shapes, st.data())
def test_no_match_begins_otherwise_than_the_shape_says(shape, data):
    text = data.draw(st.from_regex(shape.whole, fullmatch=True))
    assert re.fullmatch(shape.start + shape.whole, text)


@given(shapes, st.data())
def test_no_match_ends_otherwise_than_the_shape_says(shape, data):
    text = data.draw(st.from_regex(shape.whole, fullmatch=True))
    assert not text or re.fullmatch(f"[{shape.lasts}]", text[-1])


@given(shapes | conditional, st.text("ab1", max_size=6), st.text("ab1", max_size=6))
def test_more_text_decides_only_what_is_broken_off(shape, text, more):
    now, later = re.match(shape.whole, text), re.match(shape.whole, text + more)
    if text and not re.match(shape.broken, text):
        assert (now and now.end()) == (later and later.end())


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


def test_words_prefer_the_longer():
    assert re.match(words(["街", "街道"]).whole, "街道").group() == "街道"


def test_what_is_narrowed_begins_as_before():
    shape = narrowed(some("0-9", 3, 3), "1[0-9]{2}")
    assert not re.fullmatch(shape.whole, "200")
    assert re.fullmatch(shape.whole, "100")
    assert re.fullmatch(shape.broken, "20")


def test_a_condition_takes_nothing_of_the_text():
    shape = chain(literal("ab"), ahead(literal("1")), unless(literal("12")))
    assert re.match(shape.whole, "ab1").group() == "ab"
    assert not re.match(shape.whole, "ab12")
    assert not re.match(shape.whole, "abb")
    assert re.match(shape.broken, "ab1")
    assert not re.match(shape.broken, "ab13")
