"""The rhythm short-long, short-short, which tells of generated sound without words: made, and found. Pure.

It is "AI" in Morse code. Recommendation ITU-R M.1677-1 gives the lengths: a dash is three dots, the space
inside a letter one dot, between two letters three. How long a dot lasts and how high the tone is, neither it
nor the standard says.
"""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from hegui.marking.hearing import FRAMES_PER_SECOND, Heard, Samples

WORDS = "短长 短短"
"""The rhythm as the standard writes it."""

UNIT_SECONDS = 0.12
"""A dot, at ten words a minute: slow enough to be noticed by people who know no Morse code."""

TONE_HERTZ = 800
"""A pitch that telephones, cheap loudspeakers and elderly ears still pass on."""

_DOT, _DASH = 1, 3
_WITHIN, _BETWEEN = 1, 3
_LETTERS = ((_DOT, _DASH), (_DOT, _DOT))
_RAMP_SECONDS = 0.005

# What counts as the rhythm, whoever made it: dots between 40 and 300 ms that differ by no more than 40 %.
_SHORTEST, _LONGEST = 0.04, 0.3
_TOLERANCE = 0.4
_AROUND = 2
_SAME_PITCH = 1
_REACH = 10
_FALL = 0.1


class Rhythm(NamedTuple):
    """The rhythm in a recording.

    Attributes:
        start: the second at which it begins.
        end: the second at which it ends.
    """

    start: float
    end: float


def rhythm(rate: int) -> Samples:
    """The rhythm as sound, at full scale, without silence around it.

    Args:
        rate: samples a second.

    Basis:
        GB-45438 5.3
    """
    pieces: list[Samples] = []
    for letter in _LETTERS:
        for length in letter:
            pieces += [_tone(rate, length), _silence(rate, _WITHIN)]
        pieces[-1] = _silence(rate, _BETWEEN)
    return np.concatenate(pieces[:-1])


def rhythms(sound: Heard) -> Iterator[Rhythm]:
    """Every place in a recording where the rhythm is heard, at whatever pitch and speed.

    Four tones of one pitch and the right lengths, with the right silences between and around them, are hardly
    ever music and never speech. A rhythm that something else drowns is not found.

    Args:
        sound: the recording.

    Basis:
        GB-45438 5.3
    """
    tones = list(_tones(sound))
    for index in range(len(tones) - 3):
        four = tones[index : index + 4]
        if not _is_rhythm(four):
            continue
        unit = _unit(four)
        before = four[0].start - tones[index - 1].end if index else np.inf
        after = tones[index + 4].start - four[3].end if index + 4 < len(tones) else np.inf
        if min(before, after) >= _AROUND * unit:
            yield Rhythm(four[0].start / FRAMES_PER_SECOND, four[3].end / FRAMES_PER_SECOND)


class _Tone(NamedTuple):
    start: int
    end: int
    pitch: int

    @property
    def length(self) -> int:
        return self.end - self.start


def _tone(rate: int, units: int) -> Samples:
    count = round(rate * UNIT_SECONDS * units)
    wave = np.sin(2 * np.pi * TONE_HERTZ / rate * np.arange(count))
    ramp = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / (rate * _RAMP_SECONDS))
    shaped: Samples = (wave * (0.5 - 0.5 * np.cos(np.pi * ramp))).astype(np.float32)
    return shaped


def _silence(rate: int, units: int) -> Samples:
    return np.zeros(round(rate * UNIT_SECONDS * units), np.float32)


def _tones(sound: Heard) -> Iterator[_Tone]:
    """Stretches of one pitch. What lies 10 dB below its surroundings is the echo of a tone, not the tone."""
    tonal = np.where(sound.pitch > 0, sound.power, 0)
    padded = np.pad(tonal, _REACH)
    loudest = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1).max(axis=1)
    pitch = np.where(tonal > loudest * _FALL, sound.pitch, 0).astype(int)
    edges = np.flatnonzero(np.diff(np.pad(pitch, 1)))
    start = end = pitch_now = 0
    for first, last in itertools.pairwise(edges):
        here = int(pitch[first])
        if here and first == end and start < end and abs(here - pitch_now) <= _SAME_PITCH:
            end = int(last)
            continue
        if start < end:
            yield _Tone(start, end, pitch_now)
        start, end, pitch_now = int(first), int(last) if here else int(first), here
    if start < end:
        yield _Tone(start, end, pitch_now)


def _unit(four: list[_Tone]) -> float:
    return (four[0].length + four[2].length + four[3].length) / 3


def _is_rhythm(four: list[_Tone]) -> bool:
    unit = _unit(four)
    if not _SHORTEST <= unit / FRAMES_PER_SECOND <= _LONGEST:
        return False
    if max(tone.pitch for tone in four) - min(tone.pitch for tone in four) > _SAME_PITCH:
        return False
    found = [
        four[0].length,
        four[1].start - four[0].end,
        four[1].length,
        four[2].start - four[1].end,
        four[2].length,
        four[3].start - four[2].end,
        four[3].length,
    ]
    due = [_DOT, _WITHIN, _DASH, _BETWEEN, _DOT, _WITHIN, _DOT]
    # A frame sees twenty milliseconds, so that a tone seems up to ten longer than it is, a silence shorter.
    return all(
        abs(length - units * unit) <= _TOLERANCE * units * unit + 1
        for length, units in zip(found, due, strict=True)
    )
