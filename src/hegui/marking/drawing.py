"""Explicit labels drawn on pictures with Pillow: large enough, whole, and legible on what is under them."""

import importlib.util
import io
import math
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from PIL import (
    Image,
    ImageDraw,
    ImageFont,
    ImageOps,
    ImageSequence,
    ImageStat,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
)

from hegui.core import InvalidInput, NotFound
from hegui.marking.explicit import Edge, ExplicitLabel, Prominence

LEAST_PIXELS = 9
"""The least height of characters that can be read at all, in pixels; Chinese characters need as many."""

LEAST_CONTRAST = 4.5
"""The least contrast between characters and what is around them: WCAG 2's for text of any size."""

_PACKAGE = "justmytype_intl_cjk"
_FONT = Path("fonts", "ofl", "notosanssc")
_WEIGHT = 700
_MISSING = "\U0010ffff"
_INK = 128
_PNG_DEPTH = 24
_SOLID = 250
# Where white and black stand out alike: (1.05 / (L + .05)) = ((L + .05) / .05).
_MIDDLE_LUMINANCE = 0.179
_MODES = {"1": "L", "P": "RGBA", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB"}
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


class PictureUnusable(InvalidInput):
    """A picture that cannot be decoded, drawn on or encoded again."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with it."""
        super().__init__(zh=f"无法在图片上画显式标识：{zh}", en=f"no label can be drawn on the picture: {en}")


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
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as picture:
                _refuse_deep(picture, data)
                frames = list(_frames(picture))
                letters = lettering(frames[0].size, explicit, prominence)
                result = _saved(picture, [_labelled(frame, letters) for frame in frames], data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureUnusable(zh="像素过多", en="it has too many pixels") from error
        except UnidentifiedImageError as error:
            raise PictureUnusable(
                zh="Pillow 读不了这种图片", en="Pillow cannot read such a picture"
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise PictureUnusable(zh=str(error), en=str(error)) from error
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


def _refuse_deep(picture: Image.Image, data: bytes) -> None:
    # Pillow reads 16 bits a channel as 8 and says nothing; a label must not cost half of the picture.
    if picture.format == "PNG" and data[_PNG_DEPTH] > 8 and picture.mode in {"RGB", "RGBA", "LA"}:  # noqa: PLR2004 - bits
        raise PictureUnusable(
            zh="每通道 16 位的 PNG 会被降为 8 位", en="a PNG of 16 bits a channel would be reduced to 8"
        )


def _frames(picture: Image.Image) -> Iterator[Image.Image]:
    """Every frame, decoded; a single one stands as people see it, whatever its EXIF says to turn."""
    if getattr(picture, "n_frames", 1) == 1:
        yield ImageOps.exif_transpose(picture)
        return
    for frame in ImageSequence.Iterator(picture):
        yield frame.copy()


def _labelled(frame: Image.Image, letters: Lettering) -> Image.Image:
    mode = _MODES.get(frame.mode, frame.mode)
    if frame.mode == "P" and "transparency" not in frame.info:
        mode = "RGB"
    if mode not in _WHITE:
        raise PictureUnusable(
            zh=f"不支持 {frame.mode} 像素", en=f"pixels of the kind {frame.mode} are not supported"
        )
    result = frame.convert(mode) if mode != frame.mode else frame.copy()
    result.info = dict(frame.info)
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


def _saved(picture: Image.Image, frames: list[Image.Image], data: bytes) -> bytes:
    kind = str(picture.format)
    try:
        save = _SAVERS[kind]
    except KeyError as error:
        raise PictureUnusable(zh=f"不支持 {kind}", en=f"{kind} is not supported") from error
    options: dict[str, Any] = {
        name: picture.info[name] for name in ("icc_profile", "dpi", "xmp") if picture.info.get(name)
    }
    exif = frames[0].getexif()
    if exif:
        options["exif"] = exif
    if len(frames) > 1:
        options |= {"save_all": True, "append_images": frames[1:]}
        durations = [frame.info.get("duration", 0) for frame in frames]
        options |= {"duration": durations, "loop": picture.info.get("loop", 0)} if any(durations) else {}
    options |= save(picture, data)
    file = io.BytesIO()
    frames[0].save(file, kind, **options)
    return file.getvalue()


def _as_png(picture: Image.Image, _data: bytes) -> dict[str, Any]:
    kept = PngImagePlugin.PngInfo()
    for keyword, text in getattr(picture, "text", {}).items():
        if isinstance(text, PngImagePlugin.iTXt):
            kept.add_itxt(keyword, str(text), text.lang or "", text.tkey or "")
        else:
            kept.add_text(keyword, text)
    return {"pnginfo": kept, "compress_level": 6}


def _as_jpeg(picture: Image.Image, _data: bytes) -> dict[str, Any]:
    # The camera's or the model's own tables: no more is lost than encoding anew with them loses.
    assert isinstance(picture, JpegImagePlugin.JpegImageFile)  # noqa: S101 - chosen by its format
    options: dict[str, Any] = {"progressive": bool(picture.info.get("progressive"))}
    sampling = JpegImagePlugin.get_sampling(picture)
    if sampling >= 0:
        options["subsampling"] = sampling
    return options | {"qtables": picture.quantization, "comment": picture.info.get("comment", b"")}


def _as_webp(_picture: Image.Image, data: bytes) -> dict[str, Any]:
    return {"lossless": True} if b"VP8L" in data[:256] else {"quality": 95, "method": 4}


def _as_tiff(picture: Image.Image, _data: bytes) -> dict[str, Any]:
    return {"compression": picture.info.get("compression", "raw")}


def _as_gif(picture: Image.Image, _data: bytes) -> dict[str, Any]:
    return {"comment": picture.info.get("comment", b""), "disposal": 2}


def _as_avif(_picture: Image.Image, _data: bytes) -> dict[str, Any]:
    return {"quality": 90}


_SAVERS: dict[str, Callable[[Image.Image, bytes], dict[str, Any]]] = {
    "PNG": _as_png,
    "JPEG": _as_jpeg,
    "WEBP": _as_webp,
    "TIFF": _as_tiff,
    "GIF": _as_gif,
    "AVIF": _as_avif,
}


def _prove(data: bytes, letters: Lettering) -> None:
    """Decode what was saved and measure the contrast of the characters with the line around them."""
    inside = letters.text.point(lambda value: 255 if value >= _SOLID else 0)
    around = Image.composite(Image.new("L", letters.text.size), letters.outline, letters.text)
    around = around.point(lambda value: 255 if value >= _SOLID else 0)
    with Image.open(io.BytesIO(data)) as picture:
        for frame in _frames(picture):
            shown = frame.convert("RGBA" if frame.mode in {"P", "PA"} else frame.mode)
            one, other = sorted((_luminance(shown, inside), _luminance(shown, around)))
            if (other + 0.05) / (one + 0.05) < LEAST_CONTRAST:
                raise PictureUnusable(zh="画上的文字读不清", en="what was drawn cannot be read")
