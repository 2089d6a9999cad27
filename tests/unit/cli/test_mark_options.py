"""What several commands of ``hegui mark`` share."""

from hegui.cli.mark_options import signing
from hegui.marking import Signing


def test_the_three_flags_are_what_is_signed():
    assert signing(protect=True, c2pa=False, break_c2pa=True) == Signing(protect=True, break_c2pa=True)
