"""The schema object."""

import pytest

from hegui.store import metadata


@pytest.mark.parametrize("kind", ["ix", "uq", "ck", "fk", "pk"])
def test_every_kind_of_constraint_has_a_name_that_both_databases_share(kind):
    # Unnamed constraints get a name of the database's own choosing, which a later migration cannot rely on.
    assert "%(table_name)s" in metadata.naming_convention[kind]
