"""Why somebody is not let in."""

import inspect

import pytest

from hegui import admission
from hegui.admission import NotAdmitted

REFUSALS = [
    each
    for each in vars(admission).values()
    if inspect.isclass(each) and issubclass(each, NotAdmitted) and each is not NotAdmitted
]


def test_every_refusal_has_a_code_of_its_own():
    codes = [refusal.code for refusal in REFUSALS]
    assert len(set(codes)) == len(codes) == 10
    assert NotAdmitted.code not in codes


@pytest.mark.parametrize(("signed", "cure"), [(True, "X-Hegui-User-Token"), (False, "X-Hegui-User")])
def test_who_names_nobody_is_told_how(signed, cure):
    error = admission.UserRequired(signed=signed)
    assert cure in error.text.zh
    assert cure in error.text.en
