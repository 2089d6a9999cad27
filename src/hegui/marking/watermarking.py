"""Watermarks put into the pixels of pictures and sought there, with Pillow and numpy."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from hegui.core import Conflict, InvalidInput
from hegui.marking.pictures import PictureUnusable, opened_picture, with_channels
from hegui.marking.watermark import TILE, Plane, Reading, changes, read


class WatermarkHeldAlready(Conflict):
    """A picture that holds a watermark of the same key, for other content.

    Attributes:
        identifier: what that one says.
    """

    def __init__(self, identifier: bytes) -> None:
        """Name it, and the way out."""
        super().__init__(
            zh=f"图片里已有本方的水印 {identifier.hex()}，属于另一个编号的内容；两个水印会互相破坏。"
            "请用没有水印的原图，或去掉 --watermark",
            en=f"the picture holds a watermark of our own already, {identifier.hex()}, of content with "
            "another number; two would spoil each other. Take the picture without, or leave out --watermark",
        )
        self.identifier = identifier


class WatermarkDoesNotFit(InvalidInput):
    """A picture too small for a watermark."""

    def __init__(self, width: int, height: int) -> None:
        """Name the picture's size and what is due."""
        super().__init__(
            zh=f"图片只有 {width}×{height} 像素，放不下水印（每边至少 {TILE} 像素）；请去掉 --watermark",
            en=f"the picture has only {width}x{height} pixels, too few for a watermark ({TILE} on either "
            "side are due); leave out --watermark",
        )


def marked(data: bytes, *, secret: bytes, identifier: bytes) -> bytes:
    """The picture, in its own format, with a watermark in every one of its frames; as it is where it has it.

    Args:
        data: the picture's file.
        secret: the key.
        identifier: what the mark says.

    Raises:
        PictureUnusable: the picture is damaged, too large, or of a kind that cannot be changed.
        WatermarkDoesNotFit: it is too small.
        WatermarkHeldAlready: it holds one of the same key that says something else.
    """
    with opened_picture(data) as picture:
        held = read(_brightness(picture.first), [secret], resized=False).identifier
        if held == identifier:
            return data
        if held is not None:
            raise WatermarkHeldAlready(held)
        frames = [_marked(frame, secret=secret, identifier=identifier) for frame in picture.frames]
        return picture.saved(frames)


def seen(data: bytes, secrets: Sequence[bytes], *, resized: bool = True) -> Reading:
    """What is read in a picture, in the first of its frames.

    Args:
        data: the picture's file.
        secrets: the keys.
        resized: whether it may have been resized or turned by any angle.

    Raises:
        PictureUnusable: the picture is damaged, too large, or of a kind that is not read.
    """
    with opened_picture(data) as picture:
        return read(_brightness(picture.first), secrets, resized=resized)


def _marked(frame: Image.Image, *, secret: bytes, identifier: bytes) -> Image.Image:
    picture = with_channels(frame)
    if picture.mode == "CMYK":
        raise PictureUnusable(zh="不支持印刷用的 CMYK 像素", en="inks (CMYK) are not supported")
    if min(picture.size) < TILE:
        raise WatermarkDoesNotFit(*picture.size)
    # A colour that stands for transparency would no longer be just that colour.
    if "transparency" in picture.info and picture.mode in {"L", "RGB"}:
        picture = picture.convert(f"{picture.mode}A")
    change = changes(_brightness(picture), secret=secret, identifier=identifier)
    bands = [
        band
        if name == "A"
        else Image.fromarray((np.asarray(band) + change).round().clip(0, 255).astype("u1"))
        for name, band in zip(picture.getbands(), picture.split(), strict=True)
    ]
    result = Image.merge(picture.mode, bands)
    result.info = picture.info
    return result


def _brightness(picture: Image.Image) -> Plane:
    return np.asarray(picture.convert("L"), dtype=np.float32)
