import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking.hearing import FRAMES_PER_SECOND, RATE, heard, likeness


def noise(seconds: float, loudness: float = 0.1, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(round(RATE * seconds)) * loudness


def tone(seconds: float, hertz: float, loudness: float = 0.1) -> np.ndarray:
    wave = np.sin(2 * np.pi * hertz / RATE * np.arange(round(RATE * seconds)))
    return wave * loudness * np.sqrt(2)


def coded(*pieces: np.ndarray) -> bytes:
    return (np.concatenate(pieces) * 32767).astype("<i2").tobytes()


def listened(*pieces: np.ndarray):
    return heard([coded(*pieces)])


@given(st.lists(st.integers(0, 16000), max_size=9))
def test_it_does_not_matter_in_which_pieces_a_recording_comes(cuts):
    data = coded(tone(0.3, 700), noise(0.7))
    places = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    pieces = [data[first:last] for first, last in itertools.pairwise(places)]
    one, other = heard(pieces), heard([data])
    assert np.array_equal(one.power, other.power)
    assert np.array_equal(one.pitch, other.pitch)


def test_a_long_recording_is_heard_as_a_short_one_many_times():
    minute = heard([coded(noise(1))] * 60)
    assert minute.seconds == pytest.approx(60, abs=0.02)
    assert minute.loudness() == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("hertz", [350, 800, 1000, 3300])
def test_a_tone_has_a_pitch_and_noise_has_none(hertz):
    sound = listened(tone(0.5, hertz), noise(0.5))
    pitched = sound.pitch[5:45]
    assert (np.abs(pitched * 50.0 - hertz) <= 50).all()
    assert not sound.pitch[55:].any()


def test_silence_and_nothing_at_all_are_heard_as_silence():
    assert listened(np.zeros(RATE)).loudness() == 0
    assert heard([]).loudness() == 0
    assert heard([]).seconds == pytest.approx(0.01)


def test_pauses_do_not_make_speech_less_loud():
    assert listened(noise(2), np.zeros(4 * RATE), noise(2)).loudness() == pytest.approx(0.1, rel=0.1)


def test_the_quietest_place_is_sought_in_the_middle():
    sound = listened(np.zeros(RATE), noise(3), np.zeros(RATE // 2), noise(3.5))
    assert sound.quietest() == pytest.approx(4.25, abs=0.1)
    assert listened(noise(0.05)).quietest() == pytest.approx(0.03, abs=0.02)


def test_what_was_put_into_a_recording_is_found_where_it_is():
    label = np.concatenate([noise(0.2, seed=2), np.zeros(RATE // 4), noise(0.3, 0.02, seed=3)])
    sound = listened(noise(1), label, noise(1))
    alike = likeness(sound, listened(label))
    assert abs(int(alike.argmax()) - FRAMES_PER_SECOND) <= 1
    assert alike.max() > 0.9
    assert np.abs(alike).max() <= 1.001
    assert not len(likeness(listened(label), sound))
    assert not likeness(listened(np.zeros(RATE)), listened(label)).any()
