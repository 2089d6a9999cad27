"""What there is to hear in a recording, ten milliseconds at a time: how loud it is, and whether it is a tone.

A recording of any length is taken in pieces and leaves ten bytes for every ten milliseconds, so that an hour
of sound is judged in a few megabytes.
"""

import itertools
from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

RATE = 8_000
"""Samples a second that are listened to, one channel; enough for every tone that warns people."""

FRAMES_PER_SECOND = 100

Samples: TypeAlias = npt.NDArray[np.float32]
"""Sound between -1 and 1."""

_HOP = RATE // FRAMES_PER_SECOND
_HOP_BYTES = 2 * _HOP
_FULL_SCALE = 32_768
_WINDOW = 2 * _HOP
_SHAPE = np.hanning(_WINDOW).astype(np.float32)
_LOWEST_BIN = 6  # 300 Hz
_TONAL = 0.8
_FAINT = 1e-5  # -50 dB
_PIECE_FRAMES = 4_096

_BLOCK = 40
_SILENT = 1e-6  # -60 dB
_RELATIVE_GATE = 0.1
_STEADY = 1e-3


class Heard(NamedTuple):
    """A recording as it is heard, one number for each frame of ten milliseconds.

    Attributes:
        power: the mean square of the samples.
        pitch: the tone's place in the spectrum, in steps of 50 Hz; 0 where there is no clear tone.
    """

    power: Samples
    pitch: npt.NDArray[np.uint8]

    @property
    def seconds(self) -> float:
        """How long the recording is."""
        return len(self.power) / FRAMES_PER_SECOND

    def loudness(self) -> float:
        """The root mean square of what is loud enough to count; 0 where all is silence.

        Pauses do not count: blocks of 0.4 s that lie 10 dB below the mean of the others are left out.
        """
        blocks = _means(self.power, _BLOCK)
        blocks = blocks[blocks > _SILENT]
        if not len(blocks):
            return 0.0
        return float(np.sqrt(blocks[blocks >= blocks.mean() * _RELATIVE_GATE].mean()))

    def quietest(self) -> float:
        """The second, in the middle third, around which it is quietest for a while."""
        third = len(self.power) // 3
        middle = self.power[third : len(self.power) - third]
        width = min(_BLOCK, len(middle))
        sums = np.convolve(middle, np.ones(width, np.float32), "valid")
        return (third + int(np.argmin(sums)) + width / 2) / FRAMES_PER_SECOND


def heard(pieces: Iterable[bytes]) -> Heard:
    """Listen to a recording.

    Args:
        pieces: its samples as little-endian integers of 16 bits, :data:`RATE` a second, one channel, in
            pieces of any length.
    """
    powers, pitches = [], []
    rest = margin = bytes(_HOP_BYTES)  # so that the first frame is centred on the beginning
    for piece in itertools.chain(_gathered(pieces), [margin]):
        data = rest + piece
        samples = np.divide(np.frombuffer(data, "<i2", len(data) // 2), _FULL_SCALE, dtype=np.float32)
        count = max(0, (len(samples) - _WINDOW) // _HOP + 1)
        rest = data[count * _HOP_BYTES :]
        if count:
            power, pitch = _frames(samples, count)
            powers.append(power)
            pitches.append(pitch)
    return Heard(np.concatenate(powers), np.concatenate(pitches))


def likeness(sound: Heard, other: Heard) -> Samples:
    """How alike ``other`` and each stretch of ``sound`` of its length rise and fall.

    Args:
        sound: the longer recording.
        other: what is looked for.

    Returns:
        For every frame at which ``other`` could begin, a number between -1 and 1; 0 for steady sound.
    """
    count = len(other.power)
    if len(sound.power) < count:
        return np.zeros(0, np.float32)
    level, sought = (np.log10(np.maximum(item.power, _SILENT)).astype(float) for item in (sound, other))
    sought -= sought.mean()
    sums, squares = (np.cumsum(np.pad(values, (1, 0))) for values in (level, level**2))
    first, second = (values[count:] - values[:-count] for values in (sums, squares))
    scale = np.sqrt(np.maximum(second - first**2 / count, 0) * (sought**2).sum())
    products = np.correlate(level, sought, "valid")
    alike = np.divide(products, scale, out=np.zeros(len(products)), where=scale > _STEADY)
    found: Samples = alike.astype(np.float32)
    return found


def _frames(samples: Samples, count: int) -> tuple[Samples, npt.NDArray[np.uint8]]:
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[: count * _HOP : _HOP]
    power = (windows**2).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(windows * _SHAPE, axis=1)) ** 2
    # A tone fills three places of the spectrum, because the window is no longer than it is.
    around = spectrum[:, :-2] + spectrum[:, 1:-1] + spectrum[:, 2:]
    pitch = around[:, _LOWEST_BIN - 1 :].argmax(axis=1) + _LOWEST_BIN
    share = around[np.arange(count), pitch - 1] / np.maximum(spectrum.sum(axis=1), 1e-12)
    return power, np.where((share >= _TONAL) & (power > _FAINT), pitch, 0).astype(np.uint8)


def _gathered(pieces: Iterable[bytes]) -> Iterable[bytes]:
    """The same in pieces that are neither many nor large."""
    least = _HOP_BYTES * _PIECE_FRAMES
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= least:
            yield bytes(waiting[:least])
            del waiting[:least]
    yield bytes(waiting)


def _means(values: Samples, width: int) -> Samples:
    whole = len(values) // width * width
    means: Samples = values[:whole].reshape(-1, width).mean(axis=1) if whole else values.mean(keepdims=True)
    return means
