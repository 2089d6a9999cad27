"""Tallies and results of shards add up, however they are grouped."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus.account import (
    LineFault,
    PartFault,
    PartFaultKind,
    SetAside,
    ShardResult,
    Tally,
    in_runs,
)
from hegui.corpus.duplicates import Sketching
from hegui.corpus.joining import Joined
from hegui.corpus.profile import Profile, Sighting

counts = st.integers(0, 1000)
by_name = st.dictionaries(st.sampled_from(["A.1.f", "A.2.e", "A.3.e"]), st.integers(1, 50))


@st.composite
def tallies(draw):
    parts = {name: draw(counts) for name in ("scanned", "empty", "unparsable", "over_long")}
    return Tally(
        read=sum(parts.values()),
        unsafe=draw(counts),
        with_personal_information=draw(counts),
        risks=draw(by_name),
        personal_information=draw(by_name),
        **parts,
    )


@st.composite
def results(draw):
    faults = draw(st.lists(st.sampled_from(list(LineFault)[:3]), max_size=4))
    set_aside = in_runs(
        tuple(
            SetAside(line=index + 1, offset=index * 10, length=9, fault=fault)
            for index, fault in enumerate(faults)
        )
    )
    sketching = Sketching()
    sketching.add(Joined(draw(st.lists(st.text(max_size=8), max_size=3))))
    seen = draw(st.lists(st.builds(Sighting, order=counts, file=st.just("f"), line=counts), max_size=3))
    return ShardResult(
        tally=draw(tallies()),
        profile=Profile(languages=draw(by_name), sightings={"A.1.f": tuple(seen)} if seen else {}).merge(
            Profile()
        ),
        duplicates=sketching.sketch(),
        set_aside=set_aside,
        faults=tuple(
            draw(
                st.lists(st.builds(PartFault, kind=st.sampled_from(PartFaultKind), offset=counts), max_size=2)
            )
        ),
    )


def test_a_tally_that_has_lost_a_line_is_refused():
    with pytest.raises(ValueError, match="3 lines read"):
        Tally(read=3, scanned=1, empty=1)


def test_only_what_nobody_could_look_at_is_unscreened():
    assert Tally(read=10, scanned=4, empty=3, unparsable=2, over_long=1).unscreened == 3


@settings(max_examples=50)
@given(tallies(), tallies(), tallies())
def test_tallies_merge_in_any_order_and_grouping(a, b, c):
    assert a.merge(b) == b.merge(a)
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert a.merge(Tally()) == a


@settings(max_examples=50)
@given(results(), results(), results())
def test_parts_that_follow_one_another_merge_in_any_grouping(a, b, c):
    assert a.merge(b).merge(c) == a.merge(b.merge(c))
    assert ShardResult().merge(a) == a == a.merge(ShardResult())


def test_lines_of_a_following_part_are_counted_on():
    first = ShardResult(tally=Tally(read=7, scanned=7))
    bad = SetAside(line=2, offset=40, length=3, fault=LineFault.INVALID_JSON)
    seen = Profile(sightings={"pii": (Sighting(order=1, file="f", line=1),)})
    second = ShardResult(tally=Tally(read=2, scanned=1, unparsable=1), set_aside=(bad,), profile=seen)
    merged = first.merge(second)
    assert [(each.line, each.offset) for each in merged.set_aside] == [(9, 40)]
    assert merged.profile.sightings["pii"][0].line == 8


@settings(max_examples=80)
@given(
    st.lists(st.sampled_from([LineFault.BLANK_LINE, LineFault.INVALID_JSON, None]), max_size=12), st.data()
)
def test_runs_are_the_same_however_they_are_joined(faults, data):
    lines = tuple(
        SetAside(line=index + 1, offset=index * 10, length=9, fault=fault)
        for index, fault in enumerate(faults)
        if fault is not None
    )
    whole = in_runs(lines)
    cut = data.draw(st.integers(0, len(lines)))
    assert in_runs((*in_runs(lines[:cut]), *in_runs(lines[cut:]))) == whole
    assert sum(each.lines for each in whole) == len(lines)
    assert len(whole) == sum(
        1
        for index, fault in enumerate(faults)
        if fault is not None and (index == 0 or faults[index - 1] is not fault)
    )


def test_a_run_ends_where_its_last_line_ends():
    lines = [SetAside(line=n, offset=n * 5, length=4, fault=LineFault.BLANK_LINE) for n in (1, 2, 3)]
    (run,) = in_runs(tuple(lines))
    assert (run.line, run.offset, run.length, run.lines) == (1, 5, 14, 3)
    apart = msgspec.structs.replace(lines[1], offset=12)
    assert len(in_runs((lines[0], apart))) == 2


@pytest.mark.parametrize("words", [LineFault, PartFaultKind])
def test_every_word_has_a_text_in_both_languages(words):
    for word in words:
        assert word.text.zh
        assert word.text.en


def test_only_lines_without_text_are_empty():
    assert {fault for fault in LineFault if fault.is_empty} == {LineFault.BLANK_LINE, LineFault.EMPTY_TEXT}
