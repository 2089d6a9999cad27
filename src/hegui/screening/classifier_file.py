"""Model files: a classifier as bytes, without code in them, and read without trust.

::

    hegui-classifier 1 LF
    8 bytes: the length of the header (little-endian)
    header: JSON
    grams: UTF-8, all of one character, then all of two, ...; how many of each the header says
    rarity: a 32-bit float for each gram of up to two characters
    for each target: a 32-bit float for each gram, then one for each gram of up to two characters
"""

import math
import struct
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec

from hegui.core import InvalidInput, NotFound, Record, digest_bytes
from hegui.screening.classifier import Classifier, Parts, Target, Weights
from hegui.screening.examples import RISK
from hegui.screening.grams import LONGEST, SHORT
from hegui.screening.model_card import ModelCard

_MAGIC = b"hegui-classifier 1\n"
_LENGTH = struct.Struct("<Q")
_FLOAT_BYTES = 4
_MOST_HEADER_BYTES = 4 << 20
_MOST_BYTES = 256 << 20
_MOST_TARGETS = 64

_Count = Annotated[int, msgspec.Meta(ge=0, le=50_000_000)]


class UnusableModel(InvalidInput):
    """Bytes that are not a classifier's model file.

    Attributes:
        source: where they came from.
    """

    def __init__(self, source: str, *, zh: str, en: str) -> None:
        """Say what is wrong."""
        super().__init__(
            zh=f"{source} 不是可用的分类器文件：{zh}；请重新训练，或取用完好的文件",
            en=f"{source} is not a usable classifier: {en}; train it again, or take an undamaged file",
        )
        self.source = source


class _Header(Record):
    targets: Annotated[tuple[Target, ...], msgspec.Meta(min_length=1, max_length=_MOST_TARGETS)]
    grams: Annotated[tuple[_Count, ...], msgspec.Meta(min_length=LONGEST, max_length=LONGEST)]
    grams_bytes: _Count
    card: ModelCard


def encode_classifier(parts: Parts, card: ModelCard) -> bytes:
    """The bytes of a model file; the same parts and card give the same bytes."""
    text = "".join(parts.grams).encode()
    sizes = Counter(map(len, parts.grams))
    header = msgspec.json.encode(
        _Header(
            targets=tuple(parts.targets),
            grams=tuple(sizes[size] for size in range(1, LONGEST + 1)),
            grams_bytes=len(text),
            card=card,
        ),
        order="deterministic",
    )
    numbers = [*parts.rarity]
    for each in parts.weights:
        numbers += [*each.presence, *each.relative]
    return b"".join([_MAGIC, _LENGTH.pack(len(header)), header, text, _packed(numbers)])


def decode_classifier(data: bytes, *, source: str) -> Classifier:
    """The classifier in the bytes of a model file.

    Args:
        data: the bytes.
        source: where they came from, for messages.

    Raises:
        UnusableModel: they are no model file, or a damaged one.
    """
    header, body = _opened(data, source)
    grams = _grams(header, body[: header.grams_bytes], source)
    numbers = _unpacked(body[header.grams_bytes :])
    few = sum(header.grams[:SHORT])
    if not all(map(math.isfinite, numbers)) or not all(
        map(math.isfinite, (each.bias for each in header.targets))
    ):
        raise UnusableModel(source, zh="含有无穷大或非数", en="it holds numbers that are not finite")
    if min(numbers[:few], default=1.0) <= 0:
        raise UnusableModel(source, zh="稀有度不是正数", en="a rarity is not positive")
    pieces = _pieces(numbers[few:], [len(grams), few] * len(header.targets))
    weights = [Weights(presence, relative) for presence, relative in zip(pieces, pieces, strict=True)]
    parts = Parts(targets=header.targets, grams=grams, rarity=numbers[:few], weights=weights)
    return Classifier(parts, header.card, digest=digest_bytes(data))


def load_classifier(path: Path) -> Classifier:
    """Read a model file.

    Raises:
        NotFound: there is no such file.
        UnusableModel: it is not a model file, or a damaged one.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnusableModel(str(path), zh="文件过大", en="it is too large")
        return decode_classifier(path.read_bytes(), source=str(path))
    except FileNotFoundError as error:
        raise NotFound(zh=f"没有这个文件：{path}", en=f"no such file: {path}") from error
    except OSError as error:
        raise UnusableModel(str(path), zh=f"{error.strerror}", en=f"{error.strerror}") from error


def _opened(data: bytes, source: str) -> tuple[_Header, memoryview]:
    """The header, and what follows it, of the length that the header promises."""
    if not data.startswith(_MAGIC):
        raise UnusableModel(source, zh="开头不对", en="it does not begin as one")
    begin = len(_MAGIC) + _LENGTH.size
    (length,) = _LENGTH.unpack(data[len(_MAGIC) : begin].ljust(_LENGTH.size, b"\0"))
    if length > _MOST_HEADER_BYTES or begin + length > len(data):
        raise UnusableModel(source, zh="文件头长度不对", en="the length of its header is wrong")
    try:
        header = msgspec.json.decode(data[begin : begin + length], type=_Header)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnusableModel(source, zh=f"文件头：{error}", en=f"its header: {error}") from error
    for target in header.targets:
        if not RISK.fullmatch(target.risk):
            raise UnusableModel(
                source, zh=f"没有风险 {target.risk!r}", en=f"there is no risk {target.risk!r}"
            )
    few = sum(header.grams[:SHORT])
    floats = few + len(header.targets) * (sum(header.grams) + few)
    body = memoryview(data)[begin + length :]
    if len(body) != header.grams_bytes + floats * _FLOAT_BYTES:
        raise UnusableModel(
            source, zh="长度不对，可能不完整", en="its length is wrong; part of it may be missing"
        )
    return header, body


def _grams(header: _Header, data: memoryview, source: str) -> list[str]:
    try:
        text = bytes(data).decode()
    except UnicodeDecodeError as error:
        raise UnusableModel(source, zh="片段不是 UTF-8", en="its grams are not UTF-8") from error
    if len(text) != sum(size * count for size, count in enumerate(header.grams, 1)):
        raise UnusableModel(source, zh="片段数目不对", en="it has another number of grams than it says")
    grams = []
    begin = 0
    for size, count in enumerate(header.grams, 1):
        end = begin + size * count
        grams += [text[place : place + size] for place in range(begin, end, size)]
        begin = end
    if len(set(grams)) != len(grams):
        raise UnusableModel(source, zh="片段有重复", en="a gram stands there twice")
    return grams


def _pieces(numbers: Sequence[float], lengths: Sequence[int]) -> Iterator[Sequence[float]]:
    ends = [0]
    for length in lengths:
        ends.append(ends[-1] + length)
    return (numbers[begin:end] for begin, end in pairwise(ends))


def _packed(numbers: Sequence[float]) -> bytes:
    packed = array("f", numbers)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()


def _unpacked(data: memoryview) -> list[float]:
    packed = array("f")
    packed.frombytes(data)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tolist()
