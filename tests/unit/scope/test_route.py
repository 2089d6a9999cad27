"""Which procedures a service has to go through."""

import datetime as dt

import pytest

from hegui.scope.model import FilingRoute, Judgement
from hegui.scope.route import LEADING_TO, filing_routes
from hegui.scope.service import judge_all

DAY = dt.date(2026, 11, 22)
PUBLIC = {"offered_to_public_in_prc": True, "generates_content": True, "role": "provider"}


def routes(rulebook, facts, on=DAY):
    return {found.route: found for found in filing_routes(judge_all(rulebook, facts, on=on))}


def test_every_obligation_that_leads_to_a_procedure_exists(rulebook):
    known = {obligation.id for obligation in rulebook.obligations}
    assert {name for names in LEADING_TO.values() for name in names} <= known
    assert set(LEADING_TO) == set(FilingRoute)


@pytest.mark.parametrize(
    ("origin", "needed"),
    [
        ("own", {FilingRoute.LLM_FILING}),
        ("fine_tuned", {FilingRoute.LLM_FILING}),
        ("filed_api", {FilingRoute.REGISTRATION}),
    ],
)
def test_the_origin_of_the_model_tells_filing_from_registration(origin, needed, rulebook):
    found = routes(rulebook, {**PUBLIC, "public_opinion_or_mobilisation": True, "model_origin": origin})
    applies = {route for route, finding in found.items() if finding.judgement is Judgement.APPLIES}
    assert applies == needed | {FilingRoute.ALGORITHM_FILING, FilingRoute.SECURITY_ASSESSMENT}
    (route,) = needed
    assert {reason.fact for reason in found[route].reasons} >= {
        "model_origin",
        "public_opinion_or_mobilisation",
    }


def test_an_internal_tool_needs_none(rulebook):
    found = routes(rulebook, {"offered_to_public_in_prc": False, "role": "provider"})
    assert {finding.judgement for finding in found.values()} == {Judgement.DOES_NOT_APPLY}
    assert [r.fact for r in found[FilingRoute.LLM_FILING].reasons] == ["offered_to_public_in_prc"]


def test_what_is_open_is_not_taken_for_not_needed(rulebook):
    found = routes(rulebook, PUBLIC)
    assert found[FilingRoute.ALGORITHM_FILING].judgement is Judgement.CANNOT_TELL
    assert "public_opinion_or_mobilisation" in {r.fact for r in found[FilingRoute.ALGORITHM_FILING].reasons}


def test_one_duty_that_applies_settles_it_whatever_is_open(rulebook):
    facts = {**PUBLIC, "simulates_person": True, "sustained_emotional_interaction": True}
    found = routes(rulebook, facts)[FilingRoute.ALGORITHM_FILING]
    assert (found.judgement, found.obligations) == (Judgement.APPLIES, ("companion.filing",))
    assert found.clauses == ("ANTHRO 26",)


def test_a_draft_leads_nowhere_and_before_the_law_nothing_is_needed(rulebook):
    facts = {**PUBLIC, "public_opinion_or_mobilisation": True, "model_origin": "own"}
    before = routes(rulebook, facts, dt.date(2018, 11, 29))
    assert {finding.judgement for finding in before.values()} == {Judgement.DOES_NOT_APPLY}
    assert before[FilingRoute.LLM_FILING].obligations == ()
    drafted = routes(rulebook, facts, dt.date(2023, 5, 1))[FilingRoute.SECURITY_ASSESSMENT]
    assert "draft.assessment-before-launch" not in drafted.obligations


@pytest.mark.parametrize("route", FilingRoute)
def test_a_procedure_has_both_languages(route):
    assert route.text.zh != route.text.en
