import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.hearing import RATE, heard
from hegui.marking.rhythm import UNIT_SECONDS, rhythm, rhythms

DOTS = (1, 1, 3, 3, 1, 1, 1)
"""The units of sound and silence, by turns, of A (dot, dash) and I (dot, dot)."""


def morse(units=DOTS, *, unit: float = UNIT_SECONDS, hertz: float = 800, pitches=None) -> np.ndarray:
    """A rhythm by another hand: switched hard, at any pitch and speed."""
    pieces = []
    for index, count in enumerate(units):
        times = np.arange(round(RATE * unit * count)) / RATE
        pitch = pitches[index // 2] if pitches else hertz
        pieces.append(0.1 * np.sin(2 * np.pi * pitch * times) if index % 2 == 0 else 0 * times)
    return np.concatenate(pieces)


def found(*pieces: np.ndarray) -> list[tuple[float, float]]:
    return list(rhythms(heard([(np.concatenate(pieces) * 32767).astype("<i2").tobytes()])))


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(RATE * seconds))


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(5).standard_normal(round(RATE * seconds)) * 0.1


def test_the_rhythm_is_ai_in_the_lengths_of_the_recommendation():
    loud = np.abs(rhythm(RATE)) > 0
    edges = np.flatnonzero(np.diff(np.pad(loud.astype(int), 1)))
    # The wave passes through nothing twice a period, which is no silence.
    lengths = [length for length in np.diff(edges) if length > 1]
    assert len(rhythm(RATE)) == round(RATE * UNIT_SECONDS * sum(DOTS))
    assert [round(length / RATE / UNIT_SECONDS) for length in lengths if length > RATE * 0.05]
    assert found(rhythm(RATE) * 0.1) == [pytest.approx((0, 11 * UNIT_SECONDS), abs=0.02)]


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000, 96_000])
def test_it_is_as_long_at_every_rate_and_never_louder_than_full_scale(rate):
    made = rhythm(rate)
    assert len(made) / rate == pytest.approx(11 * UNIT_SECONDS, abs=0.001)
    assert np.abs(made).max() <= 1
    assert made[0] == 0


@given(st.floats(0.06, 0.25), st.floats(350, 3000))
def test_it_is_found_at_any_speed_and_pitch(unit, hertz):
    (there,) = found(
        noise(0.5), silence(4 * unit), morse(unit=unit, hertz=hertz), silence(4 * unit), noise(1)
    )
    assert there == pytest.approx((0.5 + 4 * unit, 0.5 + 15 * unit), abs=0.05)


@pytest.mark.parametrize(
    "other",
    [
        silence(3),
        noise(3),
        morse((20,)),
        morse((1, 1, 3)),
        morse((1, 1, 1, 3, 1, 1, 1)),
        morse((3, 1, 3, 3, 3, 1, 3)),
        morse((1, 1, 3, 1, 1, 1, 1)),
        morse((1, 1, 3, 3, 1, 1, 1), unit=0.5),
        morse((1, 1, 3, 3, 1, 1, 1), unit=0.02),
        morse((1, 1, 3, 3, 1, 1, 1, 1, 1)),
        morse((1, 1, 1, 1, 3, 3, 1, 1, 1)),
        morse(pitches=[800, 800, 800, 1000]),
        morse(pitches=[800, 600, 800, 800]),
    ],
    ids=[
        "silence", "noise", "a long tone", "a letter", "another rhythm", "all dashes", "one letter of four",
        "too slow", "too fast", "going on", "begun before", "two pitches", "a melody",
    ],
)  # fmt: skip
def test_what_is_not_the_rhythm_is_not_taken_for_it(other):
    assert found(silence(0.5), other, silence(0.5)) == []


def test_every_rhythm_is_found_and_one_drowned_is_not():
    one = morse()
    two = found(one, noise(1), silence(0.5), one)
    assert [round(start, 1) for start, _ in two] == [0.0, 2.8]
    assert found(one + noise(len(one) / RATE) * 2) == []


def test_a_tone_that_wavers_is_one_tone():
    pieces = []
    for index, count in enumerate(DOTS):
        times = np.arange(round(RATE * UNIT_SECONDS * count)) / RATE
        # From one step of the spectrum to the next, and never between two for long.
        phase = 2 * np.pi * (800 * times + 25 * times**2 / times[-1])
        pieces.append(0.1 * np.sin(phase) if index % 2 == 0 else 0 * times)
    sound = np.concatenate([silence(0.5), *pieces, silence(0.5)])
    assert len({int(pitch) for pitch in heard([(sound * 32767).astype("<i2").tobytes()]).pitch if pitch}) == 2
    assert found(sound) == [pytest.approx((0.5, 0.5 + 11 * UNIT_SECONDS), abs=0.03)]
