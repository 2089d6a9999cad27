"""How often somebody may guess."""

import pytest

from hegui.admission import Guesses, TooManyWrongKeys


class Seconds:
    now = 0.0

    def __call__(self):
        return self.now


def test_who_guesses_is_not_listened_to_for_a_minute():
    seconds = Seconds()
    guesses = Guesses(most=2, monotonic=seconds)
    for _ in range(2):
        guesses.listen("guesser")
        guesses.wrong("guesser")
    with pytest.raises(TooManyWrongKeys):
        guesses.listen("guesser")
    guesses.listen("other")
    seconds.now = 61.0
    guesses.listen("guesser")
    guesses.wrong("guesser")
    guesses.listen("guesser")


def test_guessing_from_many_addresses_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("hegui.admission.guesses._MOST_ADDRESSES", 3)
    guesses = Guesses(most=1, monotonic=Seconds())
    for number in range(9):
        guesses.wrong(f"h{number}")
    assert len(guesses._wrong) == 3
