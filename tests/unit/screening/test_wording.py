"""What findings are about, in words."""

import pytest

from hegui.core import NotFound
from hegui.screening import UNMAPPED, MinorsClass, risk_wording
from hegui.screening.guard_format import load_format, packaged_formats


def test_whatever_a_packaged_guard_may_name_has_words(rulebook):
    named = {
        category.risk or UNMAPPED for name in packaged_formats() for category in load_format(name).categories
    }
    assert {"A.2", UNMAPPED} <= named
    for risk in named:
        assert risk_wording(risk, rulebook).zh


def test_a_risk_that_there_is_not_has_none(rulebook):
    with pytest.raises(NotFound, match=r"Z\.9"):
        risk_wording("Z.9", rulebook)


def test_what_may_affect_minors_has_words(rulebook):
    assert risk_wording("M", rulebook).en == "what may affect minors"
    assert {risk_wording(each, rulebook).zh for each in MinorsClass} == {each.text.zh for each in MinorsClass}
