"""Who may use the gateway."""

import pytest

from hegui.gateway.clients import Clients, TooManyWrongKeys, WrongKey


class Seconds:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_key_names_its_tenant():
    clients = Clients({"one": "a", "two": "b"}, wrong_keys=3, monotonic=Seconds())

    assert clients.admit("Bearer two", "h").tenant == "b"
    assert clients.admit("bearer  one", "h").tenant == "a"


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer three", "Basic one", "one", "Bearer one two"]
)
def test_anything_else_is_refused(authorization):
    with pytest.raises(WrongKey):
        Clients({"one": "a"}, wrong_keys=3, monotonic=Seconds()).admit(authorization, "h")


def test_without_keys_everybody_is_served():
    assert Clients({}, wrong_keys=1, monotonic=Seconds()).admit("", "h").tenant is None


def test_who_guesses_is_not_listened_to_for_a_minute():
    seconds = Seconds()
    clients = Clients({"one": "a"}, wrong_keys=2, monotonic=seconds)
    for _ in range(2):
        with pytest.raises(WrongKey):
            clients.admit("Bearer x", "guesser")

    with pytest.raises(TooManyWrongKeys):
        clients.admit("Bearer one", "guesser")
    assert clients.admit("Bearer one", "other").tenant == "a"
    seconds.now = 61.0
    assert clients.admit("Bearer one", "guesser").tenant == "a"


def test_guessing_from_many_addresses_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("hegui.gateway.clients._MOST_ADDRESSES", 3)
    clients = Clients({"one": "a"}, wrong_keys=1, monotonic=Seconds())
    for number in range(9):
        with pytest.raises(WrongKey):
            clients.admit("Bearer x", f"h{number}")

    assert len(clients._wrong) == 3


def test_keys_are_not_kept():
    assert "secret-key" not in repr(vars(Clients({"secret-key": "a"}, wrong_keys=1, monotonic=Seconds())))
