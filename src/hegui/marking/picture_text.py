"""Explicit labels read from pictures, by the extra ``hegui[ocr]`` (RapidOCR, whose models come with it).

What it reads counts as a label where the words hold both elements. Its boxes are a little larger than the ink
in them, so that a box which is too low proves the characters too low, and not the other way round.
"""

import functools
import importlib
import io
import warnings
from collections.abc import Callable, Iterable
from typing import Any

from hegui.core import BilingualText, Conflict, Verdict
from hegui.marking.explicit import Prominence, is_complete
from hegui.marking.model import Deviation, ExplicitMark
from hegui.marking.reading import STANDARD

_INNER = (1 / 3, 2 / 3)

Reader = Callable[[Any], tuple[Iterable[tuple[list[list[float]], str, float]] | None, object]]
"""RapidOCR as it is called: an array of pixels in; boxes of four corners, texts and scores out."""


class ReadingUnavailable(Conflict):
    """The library that reads pictures is not installed."""

    def __init__(self) -> None:
        """Name the extra."""
        super().__init__(
            zh="读取图片中的文字需要 RapidOCR；请运行 pip install 'hegui[ocr]'（Python 3.12 及以下）",
            en="reading words in pictures needs RapidOCR; run pip install 'hegui[ocr]' (Python up to 3.12)",
        )


def marks_in_picture(data: bytes, prominence: Prominence) -> tuple[ExplicitMark, ...]:
    """The explicit labels that can be read in a picture; none where it cannot be decoded.

    Args:
        data: the picture's file.
        prominence: how large they have to be.

    Raises:
        ReadingUnavailable: the extra is not installed.

    Basis:
        GB-45438 5.2
        LABEL 6
    """
    read = _reader()
    numpy, image = importlib.import_module("numpy"), importlib.import_module("PIL.Image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", image.DecompressionBombWarning)
            with image.open(io.BytesIO(data)) as picture:
                pixels = numpy.asarray(picture.convert("RGB"))[:, :, ::-1]
    except (OSError, SyntaxError, ValueError, image.DecompressionBombError, image.DecompressionBombWarning):
        return ()
    found, _ = read(pixels)
    size = (pixels.shape[1], pixels.shape[0])
    return tuple(
        _mark(corners, text, size, prominence) for corners, text, _ in found or () if is_complete(text)
    )


def explicit_verdict(marks: Iterable[ExplicitMark]) -> Verdict:
    """Whether an explicit label as the standard asks was found; finding none proves nothing."""
    found = list(marks)
    if not found:
        return Verdict.NOT_ASSESSED
    return Verdict.MET if any(not mark.deviations for mark in found) else Verdict.NOT_MET


def _mark(
    corners: list[list[float]], text: str, size: tuple[int, int], prominence: Prominence
) -> ExplicitMark:
    across, down = [x for x, _ in corners], [y for _, y in corners]
    box = (round(min(across)), round(min(down)), round(max(across)), round(max(down)))
    height = (box[3] - box[1]) / min(size)
    return ExplicitMark(
        start=0,
        text=text,
        box=box,
        deviations=(*_too_low(height, prominence), *_too_central(box, size)),
    )


def _too_low(height: float, prominence: Prominence) -> tuple[Deviation, ...]:
    if height >= prominence.height:
        return ()
    return (
        _deviation(
            zh=f"文字高度约为最短边的 {height:.1%}，应不低于 {prominence.height:.0%}",
            en=f"the characters are about {height:.1%} of the shortest side high, "
            f"{prominence.height:.0%} are due",
        ),
    )


def _too_central(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[Deviation, ...]:
    centre = ((box[0] + box[2]) / 2 / size[0], (box[1] + box[3]) / 2 / size[1])
    if not all(_INNER[0] < place < _INNER[1] for place in centre):
        return ()
    return (
        _deviation(
            zh="文字在画面中部，应在边或者角", en="the words stand in the middle, not at an edge or corner"
        ),
    )


def _deviation(*, zh: str, en: str) -> Deviation:
    return Deviation(instrument=STANDARD, clause="5.2", binding=True, text=BilingualText(zh=zh, en=en))


@functools.cache
def _reader() -> Reader:
    try:
        library = importlib.import_module("rapidocr_onnxruntime")
    except ModuleNotFoundError as error:
        raise ReadingUnavailable from error
    made: Reader = library.RapidOCR()
    return made
