"""Explicit labels drawn on pictures with Pillow: large enough, whole, and legible on what is under them."""

import importlib.util
import io
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageStat

from hegui.core import InvalidInput, NotFound
from hegui.marking.explicit import Edge, ExplicitLabel, Prominence
from hegui.marking.pictures import PictureUnusable, frames_of, opened_picture, with_channels

LEAST_PIXELS = 9
"""The least height of characters that can be read at all, in pixels; Chinese characters need as many."""

LEAST_CONTRAST = 4.5
"""The least contrast between characters and what is around them: WCAG 2's for text of any size."""

_PACKAGE = "justmytype_intl_cjk"
_FONT = Path("fonts", "ofl", "notosanssc")
_WEIGHT = 700
_MISSING = "\U0010ffff"
_INK = 128
_SOLID = 250
# Where white and black stand out alike: (1.05 / (L + .05)) = ((L + .05) / .05).
_MIDDLE_LUMINANCE = 0.179
_WHITE: dict[str, float | tuple[int, ...]] = {
    "L": 255,
    "LA": (255, 255),
    "RGB": (255, 255, 255),
    "RGBA": (255, 255, 255, 255),
    "CMYK": (0, 0, 0, 0),
}
_BLACK: dict[str, float | tuple[int, ...]] = {
    "L": 0,
    "LA": (0, 255),
    "RGB": (0, 0, 0),
    "RGBA": (0, 0, 0, 255),
    "CMYK": (0, 0, 0, 255),
}

_Font = ImageFont.FreeTypeFont


class LabelDoesNotFit(InvalidInput):
    """A picture too small for its label."""

    def __init__(self, width: int, height: int) -> None:
        """Name the picture's size and the way out."""
        super().__init__(
            zh=f"图片只有 {width}×{height} 像素，容不下清晰完整的显式标识；"
            "请用更短的 --wording，或更大的图片",
            en=f"the picture has only {width}x{height} pixels, too few for a whole and legible label; use "
            "a shorter --wording or a larger picture",
        )


class GlyphMissing(InvalidInput):
    """Words that the font has no characters for; it would show empty boxes.

    Attributes:
        characters: those missing.
    """

    def __init__(self, characters: str, font: str) -> None:
        """Name the characters, the font and the way out."""
        super().__init__(
            zh=f"字体 {font} 没有这些字：{characters}；请用 --font 指定含有它们的字体",
            en=f"the font {font} lacks {characters}; name one that has them with --font",
        )
        self.characters = characters


class LabelFontMissing(NotFound):
    """No font to draw with."""

    def __init__(self) -> None:
        """Name the extra and the option."""
        super().__init__(
            zh="没有找到中文字体；请运行 pip install 'hegui[fonts]'，或用 --font 指定字体文件",
            en="no font with Chinese characters was found; run pip install 'hegui[fonts]', or name a font "
            "file with --font",
        )


class Lettering(NamedTuple):
    """A label laid out for a picture of one size.

    Attributes:
        text: the characters, 255 where a pixel is theirs; as large as the picture.
        outline: the characters with the line around them.
        ink: the height in pixels of the lowest character that counts.
    """

    text: Image.Image
    outline: Image.Image
    ink: int


def drawn(data: bytes, explicit: ExplicitLabel, prominence: Prominence) -> bytes:
    """The picture, in its own format, with the label on every one of its frames.

    The colour of the characters is chosen from the picture under them, and a line of the opposite colour
    around them keeps them legible on anything. What was drawn is read back: decoded anew and measured.

    Args:
        data: the picture's file.
        explicit: the words, their edge and their font.
        prominence: how large they have to be.

    Raises:
        PictureUnusable: the picture is damaged, too large, or of a kind that cannot be drawn on.
        LabelDoesNotFit: it is too small.
        GlyphMissing: the font lacks a character.
        LabelFontMissing: there is no font.

    Basis:
        GB-45438 5.2
        LABEL 4.1
    """
    with opened_picture(data) as picture:
        letters = lettering(picture.frames[0].size, explicit, prominence)
        result = picture.saved([_labelled(frame, letters) for frame in picture.frames])
    _prove(result, letters)
    return result


def lettering(size: tuple[int, int], explicit: ExplicitLabel, prominence: Prominence) -> Lettering:
    """The label as masks for a picture of that size: measured on its pixels, never cut off.

    The lowest of the characters counts: where the standard's height is meant of Latin capitals or of Chinese
    characters, both are as high as it asks.

    Args:
        size: the picture's width and height in pixels.
        explicit: the words, their edge and their font.
        prominence: how large they have to be.

    Raises:
        LabelDoesNotFit: the picture is too small.
        GlyphMissing: the font lacks a character.
        LabelFontMissing: there is no font.
    """
    width, height = size
    needed = max(math.ceil(prominence.height * min(size)), LEAST_PIXELS)
    path = explicit.font or find_font()
    _refuse_missing(explicit.wording, path)
    font, ink = _sized(path, explicit.wording, needed)
    stroke = max(1, needed // 12)
    margin = max(stroke, needed // 2)
    # Characters may reach over their advance, and the outline does.
    lines = list(_lines(explicit.wording, font, width - 2 * margin - 2 * stroke - needed // 4))
    if not lines:
        raise LabelDoesNotFit(width, height)
    text, outline = Image.new("L", size), Image.new("L", size)
    pen, around = ImageDraw.Draw(text), ImageDraw.Draw(outline)
    block = "\n".join(lines)
    spacing = needed // 3
    box = pen.multiline_textbbox((0, 0), block, font=font, spacing=spacing, stroke_width=stroke)
    place = _place(explicit.edge, size, box, margin)
    if place is None:
        raise LabelDoesNotFit(width, height)
    pen.multiline_text(place, block, fill=255, font=font, spacing=spacing)
    around.multiline_text(place, block, fill=255, font=font, spacing=spacing, stroke_width=stroke)
    return Lettering(text, outline, ink)


def layer(letters: Lettering) -> Image.Image:
    """The label on nothing, white with a black line around it, for pictures that move under it."""
    result = Image.new("RGBA", letters.text.size)
    result.paste(_BLACK["RGBA"], mask=letters.outline)
    result.paste(_WHITE["RGBA"], mask=letters.text)
    return result


def contrast(picture: Image.Image, letters: Lettering) -> float:
    """How far the characters stand out from the line around them on a picture; 1 is not at all.

    Args:
        picture: the picture with the label, as large as the label's.
        letters: where the label is.
    """
    inside = letters.text.point(lambda value: 255 if value >= _SOLID else 0)
    around = Image.composite(Image.new("L", letters.text.size), letters.outline, letters.text)
    around = around.point(lambda value: 255 if value >= _SOLID else 0)
    one, other = sorted((_luminance(picture, inside), _luminance(picture, around)))
    return (other + 0.05) / (one + 0.05)


def find_font() -> Path:
    """The font file of the extra ``hegui[fonts]``.

    Raises:
        LabelFontMissing: the extra is not installed.
    """
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise LabelFontMissing
    return next((Path(package.origin).parent / _FONT).glob("*.ttf"))


@cache
def _font(path: Path, size: int) -> _Font:
    try:
        font = ImageFont.truetype(str(path), size)
    except OSError as error:
        raise PictureUnusable(zh=f"{path} 不是字体文件", en=f"{path} is no font file") from error
    try:
        font.set_variation_by_axes([_WEIGHT])
    except OSError:
        return font  # a font of one weight
    return font


def _refuse_missing(wording: str, path: Path) -> None:
    font = _font(path, 64)
    nothing = bytes(font.getmask(_MISSING))
    missing = [
        sign for sign in dict.fromkeys(wording) if not sign.isspace() and bytes(font.getmask(sign)) == nothing
    ]
    if missing:
        raise GlyphMissing("".join(missing), path.name)


def _sized(path: Path, wording: str, needed: int) -> tuple[_Font, int]:
    """The font at the least size whose lowest character that counts is ``needed`` pixels high."""
    size = needed
    while (ink := _ink(_font(path, size), wording)) < needed:
        size += max(1, (needed - ink) // 2)
    return _font(path, size), ink


def _ink(font: _Font, wording: str) -> int:
    capitals = [sign for sign in wording if sign.isascii() and (sign.isupper() or sign.isdigit())]
    return min(_height(font, text) for text in [wording, *dict.fromkeys(capitals)])


def _height(font: _Font, text: str) -> int:
    left, top, right, bottom = (math.floor(edge) for edge in font.getbbox(text))
    mask = Image.new("L", (right - left + 2, bottom - top + 2))
    ImageDraw.Draw(mask).text((-left, -top), text, fill=255, font=font)
    box = mask.point(lambda value: 255 if value >= _INK else 0).getbbox()
    return box[3] - box[1] if box else 0


def _lines(wording: str, font: _Font, width: int) -> Iterator[str]:
    """The words in as many lines as they need; nothing where a single character is too wide."""
    line = ""
    for sign in wording:
        if font.getlength(line + sign) <= width:
            line += sign
        elif not line or font.getlength(sign) > width:
            return
        else:
            yield line
            line = sign.strip()
    yield line


def _place(
    edge: Edge, size: tuple[int, int], box: tuple[float, float, float, float], margin: int
) -> tuple[float, float] | None:
    """Where the text begins so that its box, outline included, stands at the edge; ``None`` without room."""
    words = edge.value.split("-")
    place = []
    for axis, (first, last) in enumerate((("left", "right"), ("top", "bottom"))):
        length = box[axis + 2] - box[axis]
        room = size[axis] - 2 * margin - length
        if room < 0:
            return None
        share = 0.0 if first in words else 1.0 if last in words else 0.5
        place.append(margin + math.floor(room * share) - box[axis])
    return place[0], place[1]


def _labelled(frame: Image.Image, letters: Lettering) -> Image.Image:
    result = with_channels(frame)
    mode = result.mode
    light = _luminance(result, letters.outline) < _MIDDLE_LUMINANCE
    inside, around = (_WHITE, _BLACK) if light else (_BLACK, _WHITE)
    result.paste(around[mode], mask=letters.outline)
    result.paste(inside[mode], mask=letters.text)
    return result


def _luminance(picture: Image.Image, mask: Image.Image) -> float:
    """The mean relative luminance under a mask, between 0 and 1; what is transparent counts as grey."""
    box = mask.getbbox()
    under = picture.crop(box)
    if "A" in under.getbands():
        grey = Image.new("RGBA", under.size, (128, 128, 128, 255))
        under = Image.alpha_composite(grey, under.convert("RGBA"))
    means = ImageStat.Stat(under.convert("RGB"), mask.crop(box)).mean
    return sum(
        share * _linear(value / 255) for share, value in zip((0.2126, 0.7152, 0.0722), means, strict=True)
    )


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB's constants


def _prove(data: bytes, letters: Lettering) -> None:
    """Decode what was saved and measure the contrast of the characters with the line around them."""
    with Image.open(io.BytesIO(data)) as picture:
        for frame in frames_of(picture):
            shown = frame.convert("RGBA" if frame.mode in {"P", "PA"} else frame.mode)
            if contrast(shown, letters) < LEAST_CONTRAST:
                raise PictureUnusable(zh="画上的文字读不清", en="what was drawn cannot be read")
