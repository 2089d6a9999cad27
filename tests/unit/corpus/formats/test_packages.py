"""Packages that only some formats need."""

import pytest

from hegui.corpus.formats.packages import PackageMissing, package


def test_a_package_is_loaded_by_name():
    assert package("json").loads("1") == 1


def test_one_that_is_missing_is_named():
    with pytest.raises(PackageMissing, match="no_such_package") as caught:
        package("no_such_package")
    assert caught.value.name == "no_such_package"
