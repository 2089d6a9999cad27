"""Files as accidents and attackers leave them: seeded changes of sound ones."""

import random
from collections.abc import Iterator, Sequence

_EXTREMES = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0xFFFFFFFF,
    0x7FFFFFFFFFFFFFFF,
    (1 << 64) - 1,
)
_WORDS = (
    b"AIGC",
    b'{"AIGC":{"Label":"1"}}',
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<TC260:AIGC>",
    b"http://ns.adobe.com/xap/1.0/\0",
    b"\0\0\0\0",
    b"moov",
    b"IEND",
    b"\xff\xd8\xff",
    b"[" * 300,
    b"---\n",
    b"endstream",
    b"PK\3\4",
)
LARGEST = 1 << 17
"""Bytes of a changed file at most: sizes are lied about, not reached."""


def mutations(seeds: Sequence[bytes], *, count: int, seed: int) -> Iterator[bytes]:
    """Changed files, the same for the same seed.

    Args:
        seeds: sound files.
        count: how many to make.
        seed: what tells one series from another.
    """
    dice = random.Random(seed)  # noqa: S311 - the same on every run, and no secret
    for _ in range(count):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.choice((1, 1, 1, 2, 4, 16))):
            data = dice.choice(_CHANGES)(dice, data, seeds)
        yield bytes(data[:LARGEST])


def _flip(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    if data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def _replace(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    if data:
        data[dice.randrange(len(data))] = dice.randrange(256)
    return data


def _number(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    """An extreme where some length or offset may stand."""
    width = dice.choice((1, 2, 4, 8))
    place = dice.randrange(len(data) + 1)
    value = dice.choice(_EXTREMES) & ((1 << 8 * width) - 1)
    data[place : place + width] = value.to_bytes(width, dice.choice(("big", "little")))
    return data


def _cut(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    return data[: dice.randrange(len(data) + 1)]


def _leave_out(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    start = dice.randrange(len(data) + 1)
    del data[start : start + dice.choice((1, 4, 16, 256))]
    return data


def _insert(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    place = dice.randrange(len(data) + 1)
    data[place:place] = dice.choice((dice.choice(_WORDS), dice.randbytes(dice.choice((1, 4, 64)))))
    return data


def _repeat(dice: random.Random, data: bytearray, _: Sequence[bytes]) -> bytearray:
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.choice((1, 8, 64, 512))]
    data[start:start] = piece * dice.choice((1, 2, 200))
    return data


def _graft(dice: random.Random, data: bytearray, seeds: Sequence[bytes]) -> bytearray:
    """A piece of another file over a piece of this one."""
    other = dice.choice(seeds)
    start, place = dice.randrange(len(other) + 1), dice.randrange(len(data) + 1)
    piece = other[start : start + dice.choice((4, 64, 1024))]
    data[place : place + len(piece)] = piece
    return data


_CHANGES = (_flip, _flip, _replace, _number, _number, _cut, _leave_out, _insert, _repeat, _graft)
