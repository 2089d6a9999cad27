"""Errors."""

import pytest

from hegui.core import Conflict, HeguiError, InvalidInput, Language, NotFound


@pytest.mark.parametrize("kind", [InvalidInput, NotFound, Conflict])
def test_an_error_speaks_both_languages(kind):
    error = kind(zh="没有", en="nothing")
    assert isinstance(error, HeguiError)
    assert error.in_language(Language.ZH) == "没有"
    assert error.in_language(Language.EN) == "nothing"
    assert str(error) == "nothing"
