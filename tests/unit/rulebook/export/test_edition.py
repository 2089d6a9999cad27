"""What every export says of its edition."""

import datetime as dt

from hegui.rulebook import Book, Rulebook
from hegui.rulebook.export.edition import edition_day, tally


def test_everything_is_counted_and_what_is_unverified_too(rulebook):
    counted = tally(rulebook)
    clauses = [clause for instrument in rulebook.instruments for clause in instrument.clauses]
    assert counted.clauses == len(clauses)
    assert 0 < counted.unverified < counted.clauses + counted.parameters
    assert f"{counted.unverified} clauses and parameters are unverified" in counted.text.en
    assert f"{counted.unverified} 条（个）未核实" in counted.text.zh


def test_the_edition_is_of_the_day_of_the_last_check(rulebook):
    checks = [c.verification.on for i in rulebook.instruments for c in i.clauses if c.verification.on]
    assert edition_day(rulebook) >= max(checks) >= dt.date(2026, 11, 22)


def test_a_rulebook_that_nobody_checked_has_an_edition_too():
    assert edition_day(Rulebook(Book(), "sha256:empty")) == dt.date(1970, 1, 1)
