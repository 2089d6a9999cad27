"""Which sample is drawn on, and when another one has to be asked for."""

import msgspec
import pytest

from hegui.corpus import Population, PopulationFile
from hegui.spotcheck.drawing import (
    OtherSampleDrawn,
    PopulationChanged,
    begun_evidence,
    check_population,
    drawn_evidence,
    is_larger,
    sample_to_draw_on,
)

WIKI = {"wiki": "sha256:wiki"}


@pytest.fixture
def sample(inspected, source_report):
    """A sample of one source that was drawn."""
    return msgspec.structs.replace(inspected(source_report(), passes=3).sample, seed="one")


def test_the_newest_of_the_same_sources_and_seed_is_drawn_on(sample):
    newer = msgspec.structs.replace(sample, number=2, seed="two")
    known = (newer, sample)
    assert sample_to_draw_on(known, WIKI, seed=None, new=False) == newer
    assert sample_to_draw_on(known, WIKI, seed="one", new=False) == sample
    assert sample_to_draw_on(known, WIKI, seed=None, new=True) is None
    assert sample_to_draw_on((), WIKI, seed=None, new=False) is None


@pytest.mark.parametrize(("contents", "seed"), [(WIKI, "two"), ({"wiki": "sha256:other"}, None), ({}, None)])
def test_another_one_has_to_be_asked_for_once_anything_was_drawn(sample, contents, seed):
    with pytest.raises(OtherSampleDrawn):
        sample_to_draw_on((sample,), contents, seed=seed, new=False)
    begun = msgspec.structs.replace(sample, draw=None)
    assert sample_to_draw_on((begun,), contents, seed=seed, new=False) is None


def test_more_of_either_kind_is_larger(sample):
    assert not is_larger(sample, size=4_000, per_source=0)
    assert is_larger(sample, size=4_001, per_source=0)
    assert is_larger(sample, size=1, per_source=1)


def test_a_sample_grows_from_the_files_it_was_drawn_from_only(sample):
    file = PopulationFile(source="wiki", path="a", digest="", size_bytes=1, reading=None)
    population = Population(files=(file,))
    same = msgspec.structs.replace(sample.draw, population=population.digest)
    check_population(msgspec.structs.replace(sample, draw=same), population)
    check_population(msgspec.structs.replace(sample, draw=None), population)
    with pytest.raises(PopulationChanged):
        check_population(sample, population)


def test_evidence_says_what_was_drawn_and_what_before(sample):
    assert begun_evidence(sample)["sources"] == WIKI
    grown = drawn_evidence(sample, sample.draw)
    assert (grown["before"], grown["begun"], grown["whole"]) == ("main/7", "main/6", 3)
    assert drawn_evidence(msgspec.structs.replace(sample, draw=None), sample.draw)["before"] is None
