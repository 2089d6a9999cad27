"""The gate of every source."""

import datetime as dt
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Verdict
from hegui.corpus.account import Tally
from hegui.corpus.gate import BANK_SIZE, PARAMETER, joined, judge_source, share_text
from hegui.corpus.model import Modality
from hegui.corpus.profile import Profile

DAY = dt.date(2026, 11, 22)
ORDER = [Verdict.NOT_MET, Verdict.NOT_ASSESSED, Verdict.MET]


def tally(*, scanned, unsafe=0, unparsable=0, empty=0, unjudged=0):
    return Tally(
        read=scanned + unparsable + empty,
        scanned=scanned,
        unparsable=unparsable,
        empty=empty,
        unsafe=unsafe,
        unjudged=unjudged,
    )


@pytest.fixture(scope="module")
def judge(rulebook):
    limit, bank_size = (rulebook.parameter(name, on=DAY) for name in (PARAMETER, BANK_SIZE))

    def judge(counted, modality=Modality.TEXT, keywords=20_000, unread=0, profile=None):
        return judge_source(
            counted,
            modality=modality,
            keywords=keywords,
            limit=limit,
            bank_size=bank_size,
            unread=unread,
            profile=profile or Profile(),
        )

    return judge


@pytest.mark.parametrize(
    ("counted", "verdict"),
    [
        (tally(scanned=100, unsafe=0), Verdict.MET),
        (tally(scanned=100, unsafe=5), Verdict.MET),
        (tally(scanned=10_000, unsafe=501), Verdict.NOT_MET),
        (tally(scanned=100, unsafe=6), Verdict.NOT_MET),
        (tally(scanned=0), Verdict.NOT_ASSESSED),
        (tally(scanned=0, empty=9), Verdict.NOT_ASSESSED),
        (tally(scanned=0, unparsable=9), Verdict.NOT_ASSESSED),
        (tally(scanned=100, unsafe=5, empty=50), Verdict.MET),
        (tally(scanned=95, unparsable=5), Verdict.MET),
        (tally(scanned=94, unparsable=6), Verdict.NOT_ASSESSED),
        (tally(scanned=100, unsafe=6, unparsable=900), Verdict.NOT_MET),
        (tally(scanned=100, unsafe=2, unjudged=3), Verdict.MET),
        (tally(scanned=100, unsafe=2, unjudged=4), Verdict.NOT_ASSESSED),
    ],
)
def test_five_in_a_hundred_is_the_limit_and_the_unknown_is_never_a_pass(judge, counted, verdict):
    assert judge(counted).verdict is verdict


@pytest.mark.parametrize("modality", [Modality.IMAGE, Modality.AUDIO, Modality.VIDEO])
def test_texts_beside_pictures_say_nothing_of_the_pictures(judge, modality):
    assert judge(tally(scanned=100), modality).verdict is Verdict.NOT_ASSESSED
    assert judge(tally(scanned=100, unsafe=6), modality).verdict is Verdict.NOT_MET


def test_the_verdict_cites_its_clause_and_its_figures(judge):
    verdict = judge(tally(scanned=300, unsafe=1))
    assert "5.1a" in " ".join([verdict.citation.clause, *verdict.citation.same_as])
    assert (verdict.unsafe, verdict.scanned, verdict.share) == (1, 300, "0.003333")
    assert "5 %" in verdict.reason.zh
    assert "5 %" in verdict.reason.en


def test_personal_information_does_not_enter_the_share(judge):
    crowded = msgspec.structs.replace(tally(scanned=100), with_personal_information=100)
    assert judge(crowded).verdict is Verdict.MET


def test_a_pass_by_a_small_bank_says_so(judge):
    small = judge(tally(scanned=100), keywords=9_999)
    assert small.verdict is Verdict.MET
    assert "9999" in small.caveat.zh
    assert "10000" in small.caveat.en
    assert judge(tally(scanned=100), keywords=10_000).caveat is None
    assert judge(tally(scanned=100, unsafe=50), keywords=10).caveat is None


def test_what_a_guard_model_was_not_asked_about_is_never_passed_off_as_clean(judge):
    counted = tally(scanned=100)
    some = judge(counted, profile=Profile(asked={"guard": 40, "second": 100}, objected={"guard": 2}))
    assert some.verdict is Verdict.MET
    assert "asked about 40 of 100 documents and found 2" in some.caveat.en
    assert "second" not in some.caveat.en
    assert "40" in judge(counted, keywords=10, profile=Profile(asked={"guard": 40})).caveat.zh
    many = judge(counted, profile=Profile(asked={"guard": 40}, objected={"guard": 3}))
    assert many.verdict is Verdict.NOT_ASSESSED
    assert "corpus_share" in many.reason.zh
    silent = {"asked": {"guard": 60}, "unanswered": {"guard": 20}}
    assert judge(counted, profile=Profile(**silent, objected={"guard": 2})).verdict is Verdict.MET
    assert "3 of the 40" in judge(counted, profile=Profile(**silent, objected={"guard": 3})).reason.en
    none = judge(counted, profile=Profile(asked={"guard": 0}))
    assert (none.verdict, "0 of 100" in none.caveat.en) == (Verdict.MET, True)
    assert judge(counted, profile=Profile(asked={"guard": 100})).caveat is None


def test_without_keywords_nothing_is_assessed(judge):
    assert judge(tally(scanned=100), keywords=0).verdict is Verdict.NOT_ASSESSED


@settings(max_examples=80)
@given(unsafe=st.integers(0, 60), clean=st.integers(0, 200), unparsable=st.integers(0, 30))
def test_one_more_clean_document_never_hurts(judge, rulebook, unsafe, clean, unparsable):
    before, after = (
        judge(tally(scanned=unsafe + clean + more, unsafe=unsafe, unparsable=unparsable)) for more in (0, 1)
    )
    assert ORDER.index(after.verdict) >= ORDER.index(before.verdict)
    if after.verdict is Verdict.MET:
        worst = Fraction(unsafe + unparsable, after.scanned + unparsable)
        assert not rulebook.parameter(PARAMETER, on=DAY).holds(worst)


def test_a_share_of_nothing_is_no_number():
    assert share_text(0, 0) is None
    assert share_text(1, 3) == "0.333333"
    assert share_text(0, 7) == "0.000000"


@pytest.mark.parametrize("scanned", [0, 100])
def test_a_source_that_could_not_be_read_to_its_end_is_never_within_the_limit(judge, scanned):
    judged = judge(tally(scanned=scanned), unread=2)
    assert judged.verdict is Verdict.NOT_ASSESSED
    assert judged.unread == 2
    assert "2 parts of files could not be read" in judged.reason.en


def test_a_source_over_the_limit_stays_so_whatever_could_not_be_read(judge):
    assert judge(tally(scanned=100, unsafe=6), unread=2).verdict is Verdict.NOT_MET


def test_caveats_are_said_one_after_the_other():
    one, two = BilingualText(zh="一", en="one"), BilingualText(zh="二", en="two")
    assert joined([]) is None
    assert joined([one, two]) == BilingualText(zh="一；二", en="one; two")
