"""Lots: the same whatever the cuts, the order and the grouping."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.corpus.account import LineFault, PartFault, PartFaultKind
from hegui.corpus.formats.document import CorpusDocument
from hegui.corpus.sampling import (
    Drawing,
    Lot,
    Population,
    PopulationFile,
    ShardLots,
    Urn,
    least,
    sampling_key,
)

KEY = sampling_key("seed")


def urn(**changes):
    return Urn(**({"key": KEY, "source": "wiki", "file": "a.jsonl", "digest": "sha256:00"} | changes))


def lots(count, source="wiki", *, key=KEY):
    mine = urn(source=source, key=key)
    made = [CorpusDocument(place, 1, f"text {place}") for place in range(count)]
    return [mine.lot(mine.number(each), each, line=each.offset + 1) for each in made]


@pytest.mark.parametrize(
    "other",
    [
        {"key": sampling_key("another")},
        {"source": "forum"},
        {"file": "b.jsonl"},
        {"digest": "sha256:01"},
    ],
)
def test_a_lot_depends_on_everything_that_makes_the_document(other):
    document = CorpusDocument(7, 4, "text")
    number = urn().number(document)
    assert number == urn().number(document)
    assert len(number) == 24
    assert number != urn(**other).number(document)
    assert number != urn().number(document._replace(offset=8))
    assert number != urn().number(document._replace(text="texts"))
    assert number != urn().number(document._replace(text=LineFault.NULL_BYTES))


def test_a_document_that_cannot_be_read_draws_a_lot_too():
    document = CorpusDocument(7, 4, LineFault.INVALID_JSON)
    lot = urn().lot(urn().number(document), document, line=3)
    assert (lot.fault, lot.line, lot.offset) == (LineFault.INVALID_JSON, 3, 7)


def test_half_a_surrogate_draws_a_lot():
    assert urn().number(CorpusDocument(0, 1, "\ud800"))


@given(
    counts=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(0, 40), min_size=1),
    size=st.integers(1, 30),
    more=st.integers(0, 30),
    per_source=st.integers(0, 10),
    data=st.data(),
)
def test_the_sample_is_the_same_however_lots_come_and_the_beginning_of_a_larger_one(
    counts, size, more, per_source, data
):
    every = [lot for source, count in counts.items() for lot in lots(count, source)]
    parts = [(source, [lot]) for source, count in counts.items() for lot in lots(count, source)]
    drawing, larger = Drawing(size=size, per_source=per_source), Drawing(size=size + more)
    for source, part in data.draw(st.permutations(parts)):
        ceiling = drawing.ceiling(source)
        # What is above the ceiling changes nothing.
        drawing.add(source, [lot for lot in part if ceiling is None or lot.number <= ceiling])
        larger.add(source, part)
    assert drawing.whole == least(every, size)
    assert larger.whole[:size] == drawing.whole
    for source, stratum in drawing.strata.items():
        assert stratum == least((lot for lot in every if lot.source == source), per_source)
    assert len({lot.number for lot in drawing.whole}) == min(size, len(every))


def test_every_document_is_drawn_about_as_often_as_any_other():
    drawn = [0] * 40
    for seed in range(400):
        for lot in least(lots(40, key=sampling_key(str(seed))), 10):
            drawn[lot.offset] += 1
    # 100 times each is expected; five standard deviations are 43.
    assert all(57 <= count <= 143 for count in drawn)
    assert sum(drawn) == 4_000


def test_lots_are_numbered_in_their_order():
    assert all(one.number < two.number for one, two in pairwise(least(lots(50), 50)))


def test_lots_of_a_part_are_counted_from_the_beginning_of_the_file():
    lot = Lot(number="00", source="wiki", file="a", line=2, offset=9)
    part = ShardLots(read=3, lots=(lot,)).shifted(10)
    assert part.lots[0].line == 12


def population_file(path="a.jsonl", **changes):
    made = PopulationFile(
        source="wiki", path=path, digest="sha256:00", size_bytes=9, reading=None, read=10, empty=1
    )
    return msgspec.structs.replace(made, **changes)


def test_a_population_adds_up_and_is_named_by_one_digest_in_any_order():
    fault = PartFault(kind=PartFaultKind.DAMAGED, offset=0)
    one, two = population_file(), population_file("b.jsonl", source="forum", faults=(fault,))
    population = Population(files=(one, two))
    assert (population.documents, population.faults) == (18, 1)
    assert population.by_source == {"forum": 9, "wiki": 9}
    assert population == Population(files=(two, one))
    assert population.digest == Population(files=(two, one)).digest
    altered = population_file(digest="sha256:01")
    assert population.digest != Population(files=(altered, two)).digest
