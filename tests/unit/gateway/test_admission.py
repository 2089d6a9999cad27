"""Who asks."""

from hegui.gateway import ANYBODY, Admission


def test_somebody_who_presents_nothing_is_nobody_in_particular():
    assert Admission() == ANYBODY
    assert ANYBODY.tenant is None
    assert ANYBODY.user is None
