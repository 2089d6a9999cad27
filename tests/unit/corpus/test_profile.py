"""What documents are like adds up in any order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus.profile import SIGHTINGS, Profile, Sighting, added, least

names = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 9))
sightings = st.lists(
    st.builds(Sighting, order=st.integers(0, 99), file=st.sampled_from("fg"), line=st.integers(1, 9)),
    max_size=5,
)
profiles = st.builds(
    lambda characters, one, two, seen: Profile(
        characters=characters,
        languages=one,
        lengths=two,
        encodings=one,
        markers=two,
        groups=one,
        risks_by_language={"zh": one} if one else {},
        sightings={"A.1.f": least(tuple(seen))} if seen else {},
    ).merge(Profile()),
    st.integers(0, 99),
    names,
    names,
    sightings,
)


@settings(max_examples=80)
@given(profiles, profiles, profiles)
def test_profiles_merge_in_any_order_and_grouping(a, b, c):
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(Profile()) == a


def test_counts_are_added_and_sorted():
    assert list(added({"b": 1, "a": 2}, {"c": 3, "a": 1}).items()) == [("a", 3), ("b", 1), ("c", 3)]


@given(sightings)
def test_those_named_are_the_least_of_all(seen):
    named = least(tuple(seen))
    assert len(named) == min(SIGHTINGS, len(seen))
    assert list(named) == sorted(seen, key=lambda each: (each.order, each.file, each.line))[: len(named)]


def test_lines_are_shifted():
    profile = Profile(sightings={"pii": (Sighting(order=1, file="f", line=2),)})
    assert profile.shifted(10).sightings["pii"][0].line == 12
