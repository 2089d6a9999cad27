"""What the tables of companions keep."""

from hegui.companion import repository


def test_of_use_only_the_user_and_moments_are_kept():
    assert set(repository.sessions.c.keys()) == {"user", "since", "last", "said", "told"}


def test_of_a_crisis_nothing_that_was_said_is_kept():
    assert set(repository.contacts.c.keys()) == {
        "id", "user", "tenant", "kind", "exchange", "at", "outcome", "closed_at",
    }  # fmt: skip
