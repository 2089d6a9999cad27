"""Which workspace a database belongs to."""

import threading
import time

import pytest
import sqlalchemy as sa

from hegui.store import ForeignDatabase, claim

OURS = "0" * 32
THEIRS = "f" * 32


def test_a_database_stays_with_the_workspace_that_claimed_it_first(database):
    claim(database, OURS)
    claim(database, OURS)
    with pytest.raises(ForeignDatabase, match=f"belongs to another workspace .{OURS}.; give each") as caught:
        claim(database, THEIRS)
    assert OURS in caught.value.text.zh


def test_of_two_workspaces_at_once_only_one_gets_the_database(database):
    refused = []

    def claim_for_them():
        try:
            claim(database, THEIRS)
        except ForeignDatabase as error:
            refused.append(error)

    thread = threading.Thread(target=claim_for_them)
    with database.write() as connection:
        connection.execute(sa.text("INSERT INTO workspace VALUES (:id)"), {"id": OURS})
        thread.start()
        time.sleep(0.3)  # long enough for them to have seen no owner
    thread.join()
    assert len(refused) == 1
    claim(database, OURS)
