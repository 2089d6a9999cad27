"""Pictures decoded, changed and encoded again in their own format, with Pillow."""

import io
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from hegui.core import InvalidInput

_PNG_DEPTH = 24
_AV1_FLAGS, _AV1_DEEP = 6, 0x40
_BOXED = b"ftyp"
_CHANNELS = {"L", "LA", "RGB", "RGBA", "CMYK"}
_MODES = {"1": "L", "P": "RGBA", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB"}


class PictureUnusable(InvalidInput):
    """A picture that cannot be decoded, changed or encoded again."""

    def __init__(self, *, zh: str, en: str) -> None:
        """Say what is wrong with it."""
        super().__init__(zh=f"图片无法处理：{zh}", en=f"the picture cannot be worked on: {en}")


class Picture(NamedTuple):
    """A picture that is open.

    Attributes:
        file: the picture as Pillow opened it.
        data: its file.
    """

    file: Image.Image
    data: bytes

    @property
    def frames(self) -> list[Image.Image]:
        """Its pixels; several of an animation."""
        return list(frames_of(self.file))

    @property
    def first(self) -> Image.Image:
        """The pixels that are seen first."""
        return next(frames_of(self.file))

    def saved(self, frames: Sequence[Image.Image]) -> bytes:
        """The picture's file with other pixels; what is known about the picture stays."""
        return _saved(self.file, frames, self.data)


@contextmanager
def opened_picture(data: bytes) -> Iterator[Picture]:
    """The picture in a file; whatever fails while it is open is said of the picture.

    Args:
        data: the file.

    Raises:
        PictureUnusable: it is damaged, too large, or of a kind that cannot be changed without loss.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data)) as file:
                _refuse_deep(file, data)
                yield Picture(file, data)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureUnusable(zh="像素过多", en="it has too many pixels") from error
        except UnidentifiedImageError as error:
            if data[4:8] == _BOXED:
                raise PictureUnusable(
                    zh="没有找到许可宽松的 HEIC 编码包；请在生成时处理，或先转换为 AVIF、JPEG",
                    en="no package that encodes HEIC under a permissive licence was found; change it when it "
                    "is made, or make it an AVIF or a JPEG first",
                ) from error
            raise PictureUnusable(
                zh="Pillow 读不了这种图片", en="Pillow cannot read such a picture"
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise PictureUnusable(zh=str(error), en=str(error)) from error


def frames_of(picture: Image.Image) -> Iterator[Image.Image]:
    """Every frame, decoded; a single one stands as people see it, whatever its EXIF says to turn."""
    if getattr(picture, "n_frames", 1) == 1:
        yield ImageOps.exif_transpose(picture)
        return
    for frame in ImageSequence.Iterator(picture):
        yield frame.copy()


def with_channels(frame: Image.Image) -> Image.Image:
    """A copy of a frame whose pixels are grey, colours or inks themselves, not places in a palette.

    Raises:
        PictureUnusable: they are of another kind.
    """
    mode = _MODES.get(frame.mode, frame.mode)
    if frame.mode == "P" and "transparency" not in frame.info:
        mode = "RGB"
    if mode not in _CHANNELS:
        raise PictureUnusable(
            zh=f"不支持 {frame.mode} 像素", en=f"pixels of the kind {frame.mode} are not supported"
        )
    result = frame.convert(mode) if mode != frame.mode else frame.copy()
    result.info = dict(frame.info)
    return result


def _refuse_deep(picture: Image.Image, data: bytes) -> None:
    # Pillow reads 16 bits a channel as 8 and says nothing; a change must not cost half of the picture.
    if picture.format == "PNG" and data[_PNG_DEPTH] > 8 and picture.mode in {"RGB", "RGBA", "LA"}:  # noqa: PLR2004 - bits
        raise PictureUnusable(
            zh="每通道 16 位的 PNG 会被降为 8 位", en="a PNG of 16 bits a channel would be reduced to 8"
        )
    coder = data.find(b"av1C") if picture.format == "AVIF" else -1
    if coder >= 0 and data[coder + _AV1_FLAGS] & _AV1_DEEP:
        raise PictureUnusable(
            zh="每通道 10 或 12 位的 AVIF 会被降为 8 位",
            en="an AVIF of 10 or 12 bits a channel would be reduced to 8",
        )


def _saved(picture: Image.Image, frames: Sequence[Image.Image], data: bytes) -> bytes:
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
        options |= {"save_all": True, "append_images": list(frames[1:])}
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
