"""What gates are judged by, and the views beside them."""

from decimal import Decimal

import msgspec
import pytest

from hegui.corpus import RecommendedUse
from hegui.ledger import Entry, EntryRef
from hegui.spotcheck.gates import (
    GateKind,
    GateReport,
    citation,
    gates_stand,
    risks_found,
    weighted,
)


def test_the_thresholds_are_those_of_the_rulebook(asked):
    assert (asked.size.value, str(asked.rate.value), str(asked.technical.value)) == (4_000, "0.96", "0.98")
    assert (str(asked.share.value), str(asked.limit.value)) == ("0.10", "0.05")


def test_what_must_not_be_trained_on_is_told_apart(inspected, source_report):
    made = inspected(source_report("a"), source_report("b", use=RecommendedUse.EXCLUDE), passes=10)
    assert [each.registered.source.id for each in made.trained] == ["a"]
    assert made.excluded == ("b",)
    assert (len(made.whole), len(made.of("b"))) == (5, 5)


def test_sources_are_weighed_by_their_size(inspected, source_report):
    # Two sources, one after the other in the list: the first half of what fails is of the first.
    made = inspected(source_report("a"), source_report("b"), passes=3, fails=1)
    assert weighted(made) == "0.7500"
    draw = msgspec.structs.replace(made.sample.draw, by_source={"a": 900, "b": 100})
    skewed = made._replace(sample=msgspec.structs.replace(made.sample, draw=draw))
    # Of a both pass, of b one of two.
    assert weighted(skewed) == "0.9500"


def test_without_a_settled_document_of_each_source_nothing_is_weighed(inspected, source_report):
    made = inspected(source_report("a"), source_report("b"), passes=1)
    assert weighted(made) is None
    assert weighted(made._replace(sample=None)) is None
    draw = msgspec.structs.replace(made.sample.draw, by_source={"a": 9, "b": 0})
    only = made._replace(sample=msgspec.structs.replace(made.sample, draw=draw))
    assert weighted(only) == "1.0000"


def test_risks_are_counted_in_the_sample_of_the_whole(inspected, source_report):
    assert risks_found(inspected(source_report(), passes=3, fails=2, extra=4)) == {"A.1.f": 2}


def test_a_citation_is_verified_where_every_number_is(asked):
    assert citation(asked.rate, asked.size).verified
    assert not citation(asked.technical, asked.share).verified


def test_two_reports_say_the_same_whenever_they_were_made():
    report = GateReport(
        sources=(),
        excluded=(),
        sample=None,
        samples=0,
        gates=(),
        weighted=None,
        risks={},
        agreement=None,
        correction=None,
        rulebook="sha256:00",
        judged_at="1",
        entry="main/1",
    )
    later = msgspec.structs.replace(report, judged_at="2", entry="")
    assert report.says_the_same(later)
    assert not report.says_the_same(msgspec.structs.replace(later, samples=1))
    assert report.evidence["entry"] == ""
    assert all(kind.text.zh for kind in GateKind)


@pytest.fixture
def judged():
    """Makes a judgement that stands seventh in the ledger."""

    def make(content):
        return Entry(
            ref=EntryRef(stream="main", seq=7),
            time="2026-11-22T00:00:00.000Z",
            kind="corpus.gates_judged",
            actor="test",
            content=content,
            leaf="07" * 32,
        )

    return make


def test_gates_stand_until_anything_that_they_are_judged_by_comes_after_them(judged):
    asked = {"manual-pass-rate": ">= 0.96"}
    made = judged({"asked": asked})
    assert not gates_stand(None, [], asked=asked)
    assert gates_stand(made, [None, 3, 6], asked=asked)
    assert not gates_stand(made, [3, 8], asked=asked)


def test_gates_stand_until_the_rulebook_asks_something_else(judged, asked):
    assert asked.asked["manual-pass-rate"] == ">= 0.96"
    assert asked.asked["source-unsafe-share"] == "> 0.05"
    made = judged({"asked": asked.asked})
    assert gates_stand(made, [], asked=asked.asked)
    stricter = asked._replace(rate=msgspec.structs.replace(asked.rate, value=Decimal("0.97")))
    assert not gates_stand(made, [], asked=stricter.asked)


def test_gates_do_not_stand_where_what_they_were_asked_is_not_on_record(judged, asked):
    assert not gates_stand(judged({"gates": []}), [], asked=asked.asked)
    assert not gates_stand(judged(None), [], asked=asked.asked)
