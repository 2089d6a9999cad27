"""A mark in the brightness of a picture, which cutting, resizing and coding leave readable. Pure.

One tile of 128 by 128 pixels repeats over the whole picture. It is a sum of about a thousand waves, each
with a whole number of periods in the tile: none so fine that coding drops it, none so broad that it is seen.
The key draws the phase of every wave. A third of them always stand as drawn and tell where a tile begins; of
the others each byte of the payload turns some over, in one of 256 ways that the key drew. Where the picture
is busy the waves are higher, where it is flat they are lower.

The reader needs the key and not the picture: what many tiles have in common adds up, what the picture shows
does not. It takes the picture as it is, then at the scales and angles at which tiles would repeat. Three
bytes of the payload are a check that only the key makes, so that a picture without a mark reads as nothing.
"""

import hashlib
import hmac
import itertools
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hegui.marking.model import IDENTIFIER_BYTES

Plane: TypeAlias = NDArray[np.float32]
"""The brightness of every pixel, between 0 and 255; rows from top to bottom."""

TILE = 128
"""The side of a tile in pixels; a picture that holds not one whole tile cannot be marked."""

# Periods a pixel. JPEG of a low quality drops what is finer, eyes notice what is broader.
_BROADEST, _FINEST = 0.05, 0.21
_REACH = int(_FINEST * TILE) + 1
_CHECK_BYTES = 3
_PAYLOAD_BYTES = IDENTIFIER_BYTES + _CHECK_BYTES
_WAVES_A_BYTE = 95

# The height of the waves: a share of how busy the picture is around, in levels of brightness.
_SHARE, _LOWEST, _HIGHEST = 0.2, 1.0, 4.0
_BAND_ROWS = 512
_NEAR = 4  # pixels around one that tell how busy the picture is there

_WHOLE, _PART = 2048, 1024  # the most of a picture that is read as it is, and that is tried at other scales
_SCALES = (0.45, 2.2)
_ANGLES, _FINENESSES = 960, 960
_STEP = np.pi / _ANGLES  # between two angles, or the logarithms of two finenesses
_TRIED = 3
_STEADIEST = 6.0
_TRACES = 7.5
_FAINT = 1e-9

_Spectrum: TypeAlias = NDArray[np.complex64]
"""How much of each wave is in a picture: periods downwards and across, from ``-_REACH`` to ``_REACH``."""


class Reading(NamedTuple):
    """What was read.

    Attributes:
        identifier: the identifier, or ``None`` where none was read.
        key: which of the keys reads it, counted from 0.
        traces: whether waves stand as one of the keys drew them.
    """

    identifier: bytes | None
    key: int | None
    traces: bool


class _Design(NamedTuple):
    """What a key draws.

    Attributes:
        down: the periods downwards of each wave in a tile, those that always stand as drawn first.
        across: the periods across.
        phases: the phase of each, as a complex number of length 1.
        signs: for each byte of the payload and each of its values, which waves are turned over (-1).
    """

    down: NDArray[np.int64]
    across: NDArray[np.int64]
    phases: NDArray[np.complex128]
    signs: Plane


def changes(brightness: Plane, *, secret: bytes, identifier: bytes) -> Plane:
    """What is to be added to each pixel so that the picture holds the identifier.

    Args:
        brightness: the picture; at least one tile.
        secret: the key.
        identifier: :data:`~hegui.marking.model.IDENTIFIER_BYTES` bytes.
    """
    tile = _tile(_design(secret), identifier + _check(secret, identifier))
    rows, columns = brightness.shape
    across = np.tile(tile, (1, columns // TILE + 1))[:, :columns]
    result = np.empty_like(brightness)
    # A band at a time, with enough around it: a large picture would otherwise be held ten times over.
    for top in range(0, rows, _BAND_ROWS):
        bottom = min(top + _BAND_ROWS, rows)
        first = max(top - 4 * _NEAR, 0)
        heights = _heights(brightness[first : bottom + 4 * _NEAR])[top - first : bottom - first]
        result[top:bottom] = heights * np.tile(across, (_BAND_ROWS // TILE, 1))[: bottom - top]
    return result


def read(brightness: Plane, secrets: Sequence[bytes], *, resized: bool = True) -> Reading:
    """The identifier that a picture holds under one of the keys.

    Args:
        brightness: the picture, which may have been cut, turned by quarters or mirrored.
        secrets: the keys.
        resized: whether it may have been resized or turned by any angle as well, which takes longer.
    """
    traces = False
    for spectra in itertools.islice(_views(brightness), None if resized else 1):
        for index, secret in enumerate(secrets):
            design = _design(secret)
            steadiness, waves = max(
                (_aligned(seen, design) for seen in spectra), key=lambda aligned: aligned[0]
            )
            if steadiness < _STEADIEST:
                continue
            payload = _payload(waves, design)
            identifier = payload[:IDENTIFIER_BYTES]
            if hmac.compare_digest(payload[IDENTIFIER_BYTES:], _check(secret, identifier)):
                return Reading(identifier, index, traces=True)
            traces |= steadiness >= _TRACES
    return Reading(None, None, traces=traces)


def _check(secret: bytes, identifier: bytes) -> bytes:
    return hmac.digest(secret, b"check" + identifier, "sha256")[:_CHECK_BYTES]


@lru_cache(maxsize=8)
def _design(secret: bytes) -> _Design:
    # Every draw is a hash: no generator of numpy's promises the same numbers in its next release.
    waves = np.array(_waves())
    count = len(waves)
    order = np.argsort(np.frombuffer(_drawn(secret, b"order", 8 * count), "<u8"))
    angles = np.frombuffer(_drawn(secret, b"phases", 4 * count), "<u4") * (2 * np.pi / 2**32)
    shape = (_PAYLOAD_BYTES, 256, _WAVES_A_BYTE)
    size = shape[0] * shape[1] * shape[2]
    bits = np.unpackbits(np.frombuffer(_drawn(secret, b"signs", -(-size // 8)), np.uint8))[:size]
    down, across = waves[order].T
    return _Design(down, across, np.exp(1j * angles), 1 - 2 * bits.reshape(shape).astype(np.float32))


def _drawn(secret: bytes, purpose: bytes, size: int) -> bytes:
    return hashlib.shake_256(hmac.digest(secret, purpose, "sha256")).digest(size)


def _waves() -> list[tuple[int, int]]:
    """Periods downwards and across of every wave; the other half of the plane holds the same ones again."""
    periods = range(-_REACH, _REACH + 1)
    return [
        (down, across)
        for down, across in itertools.product(periods, periods)
        if (across, down) > (0, 0)
        and (_BROADEST * TILE) ** 2 <= down * down + across * across <= (_FINEST * TILE) ** 2
    ]


def _tile(design: _Design, payload: bytes) -> Plane:
    turned = [design.signs[place, value] for place, value in enumerate(payload)]
    steady = np.ones(len(design.down) - len(payload) * _WAVES_A_BYTE)
    waves = np.zeros((TILE, TILE), np.complex128)
    waves[design.down, design.across] = np.concatenate([steady, *turned]) * design.phases
    tile = np.fft.ifft2(waves).real
    result: Plane = (tile / tile.std()).astype(np.float32)
    return result


# --- What a picture shows beside the mark ---


def _mean(plane: Plane, near: int) -> Plane:
    """The mean of every pixel and those up to ``near`` away; at the edges the picture is mirrored."""
    result = plane.astype(np.float64)
    width = 2 * near + 1
    for _ in range(2):
        padded = np.pad(result, ((near + 1, near), (0, 0)), mode="symmetric").cumsum(0)
        result = (padded[width:] - padded[:-width]).T / width
    return result.astype(np.float32)


def _detail(plane: Plane) -> Plane:
    detail: Plane = plane - _mean(plane, _NEAR)
    return detail


def _heights(brightness: Plane) -> Plane:
    """How high the waves may be at each pixel: beside an edge no higher than what is flat there bears."""
    busy = np.sqrt(_mean(_detail(brightness) ** 2, _NEAR).clip(0))
    padded = np.pad(busy, _NEAR, mode="edge")
    ends = (slice(None, -2 * _NEAR), slice(2 * _NEAR, None))
    calmest = np.minimum.reduce([padded[down, across] for down in ends for across in ends])
    heights: Plane = (_SHARE * np.minimum(busy, calmest)).clip(_LOWEST, _HIGHEST)
    return heights


def _levelled(brightness: Plane) -> Plane:
    """The detail of a picture, about equally strong everywhere."""
    detail = _detail(brightness)
    levelled: Plane = detail / (np.sqrt(_mean(detail**2, 2 * _NEAR).clip(0)) + 2)
    return levelled


def _middle(brightness: Plane, side: int) -> Plane:
    top, left = (max(length - side, 0) // 2 for length in brightness.shape)
    return brightness[top : top + side, left : left + side]


# --- Where the tiles are ---


def _views(brightness: Plane) -> Iterator[list[_Spectrum]]:
    """The picture as it is, then at the scales and angles at which its tiles are likeliest to repeat."""
    yield list(_orientations(_spectrum(_levelled(_middle(brightness, _WHOLE)), 1)))
    part = _middle(brightness, _PART)
    levelled = _levelled(part)
    for scale, degrees in _likeliest(_power(levelled)):
        turned = levelled
        if degrees:
            turned = _levelled(np.asarray(Image.fromarray(part).rotate(degrees, Image.Resampling.BICUBIC)))
        near = scale * np.exp(_STEP * np.linspace(-0.6, 0.6, 7))
        yield [seen for each in near for seen in _orientations(_spectrum(turned, each))]


def _spectrum(levelled: Plane, scale: float) -> _Spectrum:
    """How much of each wave is in a picture that was resized by ``scale``."""
    periods = np.arange(-_REACH, _REACH + 1)
    down, across = (
        np.exp(-2j * np.pi / (TILE * scale) * np.outer(periods, np.arange(length))).astype(np.complex64)
        for length in levelled.shape
    )
    waves = (down.real @ levelled + 1j * (down.imag @ levelled)) @ across.T
    # What the picture itself has more of, at broad waves above all, counts for less.
    result: _Spectrum = waves / np.sqrt(_mean(np.abs(waves) ** 2, 2) + _FAINT)
    return result


def _orientations(seen: _Spectrum) -> Iterator[_Spectrum]:
    """The same as if the picture had been turned by quarters, and mirrored."""
    for mirrored in (seen, seen[:, ::-1]):
        for quarters in range(4):
            yield np.rot90(mirrored, quarters)


def _power(levelled: Plane) -> Plane:
    """The power of every wave in a picture, as a share of what is usual among those like it."""
    power = (np.abs(np.fft.fft2(levelled, (_PART, _PART))) ** 2).astype(np.float32)
    return np.minimum(power / (_mean(power, 8) + _FAINT), 8)


def _likeliest(power: Plane) -> Iterator[tuple[float, float]]:
    """The scales, and the angles in degrees, at which most power is in the waves that a tile may have.

    Turning a picture turns its waves, resizing it makes them broader or finer. Over angles and logarithms of
    finenesses both are shifts, and a product of transforms holds the sum for every shift.
    """
    angles = np.arange(_ANGLES) * _STEP
    radii = _PART * _BROADEST / _SCALES[1] * np.exp(np.arange(_FINENESSES) * _STEP)
    down, across = (
        np.rint(np.outer(axis, radii)).astype(np.int64) for axis in (np.sin(angles), np.cos(angles))
    )
    shape = (_ANGLES, 2 * _FINENESSES)
    likely = np.fft.irfft2(np.fft.rfft2(power[down, across] - 1, shape) * _sought(), shape)
    most = round(np.log(_SCALES[1]) / _STEP)
    likely[:, most:-most] = -np.inf
    for _ in range(_TRIED):
        angle, shift = np.unravel_index(int(np.argmax(likely)), shape)
        likely[max(angle - 2, 0) : angle + 3, max(shift - 2, 0) : shift + 3] = -np.inf
        broader = shift - shape[1] if shift > most else shift
        yield float(np.exp(-broader * _STEP)), (angle * 180 / _ANGLES + 45) % 90 - 45


@cache
def _sought() -> NDArray[np.complex128]:
    """The transform of where the waves of a tile are, over angles and logarithms of finenesses."""
    waves = np.array(_waves()) / TILE
    angles = np.rint(np.arctan2(waves[:, 0], waves[:, 1]) / _STEP).astype(np.int64) % _ANGLES
    finenesses = np.log(np.hypot(waves[:, 0], waves[:, 1]) * _SCALES[1] / _BROADEST) / _STEP
    places = np.zeros((_ANGLES, 2 * _FINENESSES))
    np.add.at(places, (angles, np.rint(finenesses).astype(np.int64)), 1)
    return np.conj(np.fft.rfft2(places))


# --- What the waves say ---


def _aligned(seen: _Spectrum, design: _Design) -> tuple[float, Plane]:
    """How surely a tile begins where it most likely does, and how far each wave stands as drawn from there.

    The first number has about a deviation of 1 where there is no mark.
    """
    waves = seen[design.down + _REACH, design.across + _REACH] * np.conj(design.phases)
    steady = len(waves) - _PAYLOAD_BYTES * _WAVES_A_BYTE
    places = np.zeros((TILE, TILE), np.complex128)
    places[design.down[:steady], design.across[:steady]] = waves[:steady]
    sureness = np.fft.ifft2(places).real * (TILE * TILE / np.sqrt(steady / 2))
    top, left = np.unravel_index(int(np.argmax(sureness)), sureness.shape)
    back = np.exp(2j * np.pi / TILE * (design.down * top + design.across * left))
    return float(sureness[top, left]), (waves * back).real.astype(np.float32)


def _payload(waves: Plane, design: _Design) -> bytes:
    """The likeliest value of each byte."""
    turned = waves[-_PAYLOAD_BYTES * _WAVES_A_BYTE :].reshape(_PAYLOAD_BYTES, _WAVES_A_BYTE, 1)
    return bytes(np.argmax((design.signs @ turned)[:, :, 0], axis=1).astype(np.uint8))
