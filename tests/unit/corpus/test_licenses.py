"""What the name of a licence says."""

import pytest

from hegui.corpus.licenses import license_caveat, spdx_expression


@pytest.mark.parametrize(
    ("name", "expression"),
    [
        ("apache-2.0", "Apache-2.0"),
        ("MIT or cc-by-4.0", "MIT OR CC-BY-4.0"),
        ("LicenseRef-ours", "LicenseRef-ours"),
        ("our own licence", None),
        ("", None),
    ],
)
def test_identifiers_of_spdx_are_known_however_they_are_spelt(name, expression):
    assert spdx_expression(name) == expression


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (None, "no licence is named"),
        ("openrail", "no SPDX licence identifier"),
        ("CC-BY-NC-4.0", "restricts commercial use"),
        ("CC-BY-NC-ND-4.0", "commercial use and restricts adaptations"),
        ("MIT AND CC-BY-ND-4.0", "adaptations"),
    ],
)
def test_what_people_should_look_at_is_said(name, says):
    assert says in license_caveat(name).en


@pytest.mark.parametrize(
    "name", ["MIT", "CC-BY-4.0", "CC0-1.0", "LicenseRef-NCBI", "GPL-2.0-only WITH Classpath-exception-2.0"]
)
def test_a_licence_without_plain_restrictions_needs_no_remark(name):
    assert license_caveat(name) is None
