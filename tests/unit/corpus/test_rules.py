"""The rules and their clauses."""

import datetime as dt

import pytest

from hegui.core import BilingualText, Verdict
from hegui.corpus.rules import Law, Measure, Observation, RegisterRule
from hegui.rulebook import Modal

SEEN = Observation(verdict=Verdict.MET, reason=BilingualText(zh="好", en="well"))


@pytest.mark.parametrize("word", [*RegisterRule, *Measure])
def test_every_word_is_said_in_both_languages(word):
    assert word.text.zh
    assert word.text.en


OF_THE_STANDARD = sorted(set(RegisterRule) - {RegisterRule.RIGHTS, RegisterRule.CHILDREN_INFORMATION})


@pytest.mark.parametrize("rule", OF_THE_STANDARD)
def test_every_rule_names_a_clause_and_the_one_in_force_that_carries_it_on(rulebook, rule):
    verdict = Law(rulebook, dt.date(2026, 11, 22)).judged(rule, SEEN)
    assert rulebook.cited(verdict.citation.clause)
    (carried,) = verdict.citation.same_as
    assert rulebook.cited(carried).instrument == "GBT-45654"


def test_a_rule_may_stand_in_a_law_and_not_in_the_standard(rulebook):
    verdict = Law(rulebook, dt.date(2026, 11, 22)).judged(RegisterRule.CHILDREN_INFORMATION, SEEN)
    assert (verdict.citation.clause, verdict.modal) == ("PIPL 31", Modal.SHALL)


def test_before_the_later_edition_nothing_carries_a_clause_on(rulebook):
    verdict = Law(rulebook, dt.date(2025, 10, 31)).judged(
        RegisterRule.RIGHTS, SEEN, source="wiki", clause_id="5.1c1"
    )
    assert (verdict.citation.clause, verdict.citation.same_as) == ("TC260-003 5.1c1", ())
    assert (verdict.source, verdict.reason, verdict.modal) == ("wiki", SEEN.reason, Modal.SHALL)


def test_the_modal_verb_is_that_of_the_clause(rulebook):
    assert Law(rulebook, dt.date(2026, 11, 22)).judged(RegisterRule.IP_SUMMARY, SEEN).modal is Modal.SHOULD
