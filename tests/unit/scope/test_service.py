"""Judging a service and leaving evidence of it."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Period, canonical_json, digest_value, to_json
from hegui.rulebook import (
    Book,
    Clause,
    FactDefinition,
    FactType,
    Force,
    Instrument,
    InstrumentKind,
    Obligation,
    OverlayEffect,
    Party,
    Rulebook,
    Status,
    Verification,
    facts_of,
)
from hegui.scope import InvalidFact, Judgement, Scope, ServiceProfile
from hegui.scope.service import judge_all

WORD = BilingualText(zh="词", en="word")
DAY = dt.date(2026, 11, 22)
SINCE = Period(since=dt.date(2020, 1, 1))
FACTS = ("a", "b", "c")


def obligation(name: str, when: str, *unless: str, period: Period = SINCE) -> Obligation:
    return Obligation(
        id=name,
        clauses=("LAW 1",),
        text=WORD,
        bound=(Party.PROVIDER,),
        when=when,
        period=period,
        unless=unless,
    )


def book(*obligations: Obligation) -> Rulebook:
    clause = Clause(
        id="1",
        number="第一条",
        heading=WORD,
        text=WORD,
        verification=Verification(verified=False),
        instrument="LAW",
    )
    law = Instrument(
        id="LAW",
        title=WORD,
        short=WORD,
        issuer=WORD,
        kind=InstrumentKind.LAW,
        status=Status.IN_FORCE,
        period=SINCE,
        verification=Verification(verified=False),
        clauses=(clause,),
    )
    facts = tuple(FactDefinition(name=n, type=FactType.BOOL, label=WORD, question=WORD) for n in FACTS)
    return Rulebook(Book(instruments=(law,), facts=facts, obligations=obligations), "sha256:test")


def judgements(rulebook: Rulebook, facts: dict, on: dt.date = DAY) -> dict[str, Judgement]:
    return {item.obligation: item.judgement for item in judge_all(rulebook, facts, on=on)}


A, N, X = Judgement.APPLIES, Judgement.DOES_NOT_APPLY, Judgement.CANNOT_TELL
EXCEPTIONS = book(obligation("general", "a", "special"), obligation("special", "b", "gone"))


@pytest.mark.parametrize(
    ("facts", "general", "special"),
    [
        ({"a": True, "b": True}, N, A),
        ({"a": True, "b": False}, A, N),
        ({"a": True}, X, X),
        ({"a": False}, N, X),
        ({"b": True}, N, A),
        ({"b": False}, X, N),
    ],
)
def test_an_obligation_that_prevails_switches_the_other_off(facts, general, special):
    assert judgements(EXCEPTIONS, facts) == {"general": general, "special": special}


def test_what_prevails_is_named_only_where_the_obligation_would_apply():
    def prevailed(facts):
        return judge_all(EXCEPTIONS, facts, on=DAY)[0].prevailed_by

    assert prevailed({"a": True, "b": True}) == ("special",)
    assert prevailed({"b": True}) == ("special",)
    assert prevailed({"a": False, "b": True}) == ()
    assert prevailed({"a": True, "b": False}) == ()


def test_an_exception_that_is_not_in_force_does_not_prevail():
    later = Period(since=dt.date(2027, 1, 1))
    rulebook = book(obligation("general", "a", "special"), obligation("special", "b", period=later))
    facts = {"a": True, "b": True}
    assert judgements(rulebook, facts) == {"general": A}
    assert judgements(rulebook, facts, dt.date(2027, 1, 1)) == {"general": N, "special": A}


def test_reasons_name_the_facts_with_their_values():
    (item,) = judge_all(book(obligation("one", "a and not b")), {"a": True, "b": False}, on=DAY)
    assert [(reason.fact, reason.value) for reason in item.reasons] == [("a", True), ("b", False)]
    assert item.force is Force.BINDING
    assert not item.verified


def books() -> st.SearchStrategy[Rulebook]:
    """Small books whose exceptions point only to later obligations, and so form no circle."""
    condition = st.recursive(
        st.sampled_from(FACTS),
        lambda inner: st.one_of(
            inner.map("not ({})".format),
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        ),
        max_leaves=4,
    )

    def build(parts: list[tuple[str, set[int]]]) -> Rulebook:
        return book(
            *(
                obligation(f"o{i}", when, *(f"o{j}" for j in sorted(later) if i < j < len(parts)))
                for i, (when, later) in enumerate(parts)
            )
        )

    return st.lists(st.tuples(condition, st.sets(st.integers(1, 4), max_size=2)), min_size=1, max_size=5).map(
        build
    )


def partial_facts() -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({}, optional={name: st.booleans() for name in FACTS})


def applies(rulebook: Rulebook, name: str, facts: dict) -> bool:
    """Two-valued, by Python itself."""
    found = next(o for o in rulebook.obligations if o.id == name)
    return bool(eval(found.when, {}, dict(facts))) and not any(  # noqa: S307 - conditions of our own
        applies(rulebook, other, facts) for other in found.unless
    )


@settings(max_examples=100)
@given(books(), partial_facts())
def test_true_and_false_agree_with_every_completion_of_the_unknown_facts(rulebook, known):
    unknown = [name for name in FACTS if name not in known]
    settled = {name: j for name, j in judgements(rulebook, known).items() if j is not X}
    for bits in range(2 ** len(unknown)):
        facts = {**known, **{name: bool(bits >> i & 1) for i, name in enumerate(unknown)}}
        for name, judgement in settled.items():
            assert applies(rulebook, name, facts) is (judgement is A)


@settings(max_examples=50)
@given(books(), partial_facts(), st.randoms(use_true_random=False))
def test_the_order_of_the_book_does_not_matter(rulebook, known, random):
    shuffled = list(rulebook.obligations)
    random.shuffle(shuffled)
    in_order = {i.obligation: i for i in judge_all(rulebook, known, on=DAY)}
    assert {i.obligation: i for i in judge_all(book(*shuffled), known, on=DAY)} == in_order


@settings(max_examples=50)
@given(books(), partial_facts(), st.booleans())
def test_an_unrelated_fact_changes_nothing(rulebook, known, value):
    assert judge_all(rulebook, {**known, "unrelated": value}, on=DAY) == judge_all(rulebook, known, on=DAY)


def facts_of_the_law(rulebook: Rulebook) -> st.SearchStrategy[dict]:
    """Some facts of the real book, each with a value that it may have."""

    def values(fact: FactDefinition) -> st.SearchStrategy:
        choices = st.sampled_from([choice.value for choice in fact.choices] or [""])
        return {
            FactType.BOOL: st.booleans(),
            FactType.INTEGER: st.sampled_from([0, 1, 99_999, 100_000, 999_999, 1_000_000, 50_000_000]),
            FactType.CHOICE: choices,
            FactType.CHOICES: st.lists(choices, unique=True, max_size=2).map(tuple),
        }[fact.type]

    return st.fixed_dictionaries({}, optional={n: values(fact) for n, fact in rulebook.facts.items()})


@settings(max_examples=25)
@given(data=st.data())
def test_a_fact_that_the_law_does_not_ask_of_an_obligation_changes_nothing(data, rulebook):
    known = data.draw(facts_of_the_law(rulebook))
    more = data.draw(facts_of_the_law(rulebook)) | known
    before, after = judgements(rulebook, known), judgements(rulebook, more)
    for item in rulebook.obligations_on(DAY):
        unasked = asked_by(rulebook, item.id).isdisjoint(more.keys() - known.keys())
        # What is settled stays settled, whatever else becomes known.
        if unasked or before[item.id] is not X:
            assert after[item.id] is before[item.id]


def asked_by(rulebook: Rulebook, name: str) -> frozenset[str]:
    item = rulebook.obligation(name, on=DAY)
    others = (asked_by(rulebook, other) for other in item.unless)
    return facts_of(rulebook.condition(item)).union(*others)


@settings(max_examples=10)
@given(data=st.data(), random=st.randoms())
def test_the_order_of_the_law_does_not_matter(data, random, rulebook):
    known = data.draw(facts_of_the_law(rulebook))
    shuffled = list(rulebook.obligations)
    random.shuffle(shuffled)
    book = Book(
        instruments=rulebook.instruments,
        facts=tuple(rulebook.facts.values()),
        terms=rulebook.terms,
        obligations=tuple(shuffled),
    )
    assert judgements(Rulebook(book, "sha256:shuffled"), known) == judgements(rulebook, known)


@pytest.fixture
def scope(database, blobs, ledger, rulebook, clock) -> Scope:
    return Scope(database=database, blobs=blobs, ledger=ledger, rulebook=rulebook, clock=clock)


PROFILE = ServiceProfile(
    name=BilingualText(zh="小禾", en="Xiaohe"),
    provider=BilingualText(zh="示例", en="Example"),
    facts={
        "offered_to_public_in_prc": True,
        "generates_content": True,
        "role": "provider",
        "modalities": ("text",),
    },
)


def test_a_decision_is_recorded_with_everything_needed_to_repeat_it(scope, ledger, blobs, rulebook):
    report = scope.decide(PROFILE)
    entry = ledger.latest("scope.judged")
    assert report.entry == str(entry.ref)
    assert report.on == DAY
    content = entry.content
    assert content["facts"] == {**PROFILE.facts, "modalities": ["text"]}
    assert content["on"] == "2026-11-22"
    assert content["rulebook"] == rulebook.digest
    assert content["counts"] == report.counts
    assert sum(report.counts.values()) == len(report.applicabilities) == len(content["obligations"])
    assert content["open"][0] == report.open_questions[0].fact
    assert blobs.get(content["profile"]) == canonical_json(to_json(PROFILE))
    assert content["profile"] == report.profile == digest_value(to_json(PROFILE))
    ban = next(o for o in content["obligations"] if o["id"] == "im.forbidden-content")
    assert (ban["clauses"], ban["judgement"], ban["verified"]) == (["IM 4.1"], "applies", True)


def test_a_profile_may_be_given_as_a_file(scope, ledger, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(
        "name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\nfacts: {role: user}\n", encoding="utf-8"
    )
    report = scope.decide(path, on=dt.date(2025, 1, 1))
    assert report.on == dt.date(2025, 1, 1)
    assert ledger.latest("scope.judged").content["facts"] == {"role": "user"}


def test_the_newest_judgement_is_what_holds(scope):
    assert scope.newest() == {}
    scope.decide(msgspec.structs.replace(PROFILE, facts={"role": "user"}))
    scope.decide(PROFILE)
    assert scope.newest() == {
        item.obligation: item.judgement for item in scope.judge(PROFILE, on=DAY).applicabilities
    }


def test_an_erased_judgement_says_nothing(scope, ledger):
    scope.decide(PROFILE)
    ledger.erase(ledger.latest("scope.judged").ref, reason="it named a person")
    assert scope.newest() == {}


def test_asking_leaves_no_trace(scope, ledger):
    report = scope.judge(PROFILE, on=DAY)
    assert report.entry is None
    assert list(ledger.entries()) == []


def test_the_report_is_told_apart_by_judgement_and_force(scope):
    report = scope.judge(PROFILE, on=dt.date(2023, 5, 1))
    proposed = report.judged(A, Force.PROPOSED)
    assert {item.obligation for item in proposed} >= {"draft.real-name", "draft.retraining"}
    assert set(proposed) < set(report.judged(A))


def test_special_rules_are_judged_like_obligations_and_recorded(scope, ledger):
    facts = {**PROFILE.facts, "sectors": ("news",)}
    report = scope.decide(msgspec.structs.replace(PROFILE, facts=facts))
    found = {finding.overlay: finding for finding in report.overlays}
    assert (found["news"].judgement, found["news"].effect) == (A, OverlayEffect.PREVAILS)
    assert (found["news"].over, found["news"].clauses) == (("IM",), ("IM 2.2",))
    assert {reason.fact for reason in found["news"].reasons} >= {"sectors"}
    assert found["art"].judgement is N
    assert (found["minors"].judgement, found["minors"].reasons[0].value) == (X, None)
    recorded = {item["id"]: item["judgement"] for item in ledger.latest("scope.judged").content["overlays"]}
    assert (recorded["news"], recorded["art"], recorded["minors"]) == (
        "applies",
        "does_not_apply",
        "cannot_tell",
    )


def test_an_obligation_names_the_numbers_that_are_set_on_the_day(scope):
    def numbers(on):
        found = scope.judge(PROFILE, on=on).applicabilities
        return {item.obligation: item.parameters for item in found}

    assert numbers(dt.date(2025, 11, 1))["standard.keyword-bank"]
    before = {name for names in numbers(dt.date(2025, 10, 31)).values() for name in names}
    after = {name for names in numbers(dt.date(2025, 11, 1)).values() for name in names}
    assert "incident-report-hours" in after - before


def test_an_unknown_fact_is_refused(scope):
    profile = ServiceProfile(name=WORD, provider=WORD, facts={"rolle": "provider"})
    with pytest.raises(InvalidFact, match="did you mean role"):
        scope.decide(profile)


def test_an_exception_that_covers_the_rest_settles_it_before_the_rest_is_known():
    rulebook = book(
        obligation("general", "a and b", "special"),
        obligation("special", "a and c"),
        obligation("other", "b"),
    )
    assert judgements(rulebook, {"c": True}) == {"general": N, "special": X, "other": X}
    assert judgements(rulebook, {"c": True, "b": True})["general"] is N
    assert judgements(rulebook, {"b": True})["general"] is X
    (general, *_) = judge_all(rulebook, {"c": True}, on=DAY)
    assert [reason.fact for reason in general.reasons] == ["c"]


def test_an_exception_to_an_exception_is_judged_as_if_both_held():
    rulebook = book(
        obligation("general", "a", "special"),
        obligation("special", "a and b", "rare"),
        obligation("rare", "a and b and c"),
    )
    assert judgements(rulebook, {"b": True, "c": True})["general"] is X
    assert judgements(rulebook, {"b": True, "c": False})["general"] is N
    assert judgements(rulebook, {"a": True, "c": True})["general"] is A
