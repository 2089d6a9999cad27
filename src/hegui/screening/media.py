"""Pictures, sounds and films by their first bytes, and what screening says of them. Pure."""

from enum import StrEnum
from typing import NamedTuple

from hegui.core import BilingualText, Record
from hegui.screening.judging import Failure
from hegui.screening.model import UNSCREENED, Action, Category, Direction


class MediumKind(StrEnum):
    """What sort of file a medium is."""

    PICTURE = "picture"
    SOUND = "sound"
    FILM = "film"
    """Pictures that follow one another, with sound or without; a moving GIF is one."""

    @property
    def text(self) -> BilingualText:
        """The sort in words."""
        return _KIND_TEXTS[self]


_KIND_TEXTS = {
    MediumKind.PICTURE: BilingualText(zh="图片", en="picture"),
    MediumKind.SOUND: BilingualText(zh="音频", en="sound"),
    MediumKind.FILM: BilingualText(zh="视频", en="film"),
}


class MediumForm(NamedTuple):
    """The form of a medium.

    Attributes:
        kind: what sort of file it is.
        media_type: of HTTP, as ``image/png``.
        ending: of a file's name, with the point.
        demuxer: what ffmpeg calls the form of a film, if it reads it; other readings are never tried.
    """

    kind: MediumKind
    media_type: str
    ending: str
    demuxer: str = ""


_PNG = MediumForm(MediumKind.PICTURE, "image/png", ".png")
_APNG = MediumForm(MediumKind.FILM, "image/apng", ".png", "apng")
_WEBP = MediumForm(MediumKind.PICTURE, "image/webp", ".webp")
_MOVING_WEBP = MediumForm(MediumKind.FILM, "image/webp", ".webp")  # ffmpeg reads no moving WebP
_BMP = MediumForm(MediumKind.PICTURE, "image/bmp", ".bmp")
_GIF = MediumForm(MediumKind.FILM, "image/gif", ".gif", "gif")
_MP3 = MediumForm(MediumKind.SOUND, "audio/mpeg", ".mp3")
_MP4 = MediumForm(MediumKind.FILM, "video/mp4", ".mp4", "mov")
_M4A = MediumForm(MediumKind.SOUND, "audio/mp4", ".m4a")

_BEGINNINGS = (
    (b"\xff\xd8\xff", MediumForm(MediumKind.PICTURE, "image/jpeg", ".jpg")),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"fLaC", MediumForm(MediumKind.SOUND, "audio/flac", ".flac")),
    (b"OggS", MediumForm(MediumKind.SOUND, "audio/ogg", ".ogg")),
    *((b"ID3" + version, _MP3) for version in (b"\2", b"\3", b"\4")),
    (b"\xff\xfb", _MP3),
    (b"\xff\xf3", _MP3),
    (b"\x1aE\xdf\xa3", MediumForm(MediumKind.FILM, "video/x-matroska", ".mkv", "matroska")),
    (b"FLV\x01", MediumForm(MediumKind.FILM, "video/x-flv", ".flv", "flv")),
)
_IN_RIFF = {
    b"WAVE": MediumForm(MediumKind.SOUND, "audio/wav", ".wav"),
    b"AVI ": MediumForm(MediumKind.FILM, "video/x-msvideo", ".avi", "avi"),
    b"WEBP": _WEBP,
}
_STILL_BRANDS = {
    b"heic": MediumForm(MediumKind.PICTURE, "image/heic", ".heic"),
    b"heix": MediumForm(MediumKind.PICTURE, "image/heic", ".heic"),
    b"mif1": MediumForm(MediumKind.PICTURE, "image/heic", ".heic"),
    b"avif": MediumForm(MediumKind.PICTURE, "image/avif", ".avif"),
    b"M4A ": _M4A,
    b"M4B ": _M4A,
}
_WEBP_FLAGS = 20
_WEBP_MOVES = 0x02


def medium_form(data: bytes) -> MediumForm | None:
    """The form of a file, by how it begins; ``None`` where it is no medium that is known.

    Args:
        data: the whole file.
    """
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _APNG if b"acTL" in data.partition(b"IDAT")[0] else _PNG
    if data.startswith(b"RIFF"):
        form = _IN_RIFF.get(data[8:12])
        moves = data[12:16] == b"VP8X" and len(data) > _WEBP_FLAGS and data[_WEBP_FLAGS] & _WEBP_MOVES
        return _MOVING_WEBP if form is _WEBP and moves else form
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return _BMP
    if data[4:8] == b"ftyp":
        return _STILL_BRANDS.get(data[8:12], _MP4)
    return next((form for beginning, form in _BEGINNINGS if data.startswith(beginning)), None)


class MediumPart(Record):
    """What is said of one part of a medium.

    Attributes:
        place: ``picture``, ``sound``, or a frame by its time, as ``frame 00:05``.
        findings: what was found, or why it is unscreened; nothing where it was judged harmless.
    """

    place: str
    findings: tuple[Category, ...]

    @property
    def is_screened(self) -> bool:
        """Whether somebody judged it."""
        return all(category.risk != UNSCREENED for category in self.findings)


class MediumScreening(Record):
    """What came of screening one medium.

    Attributes:
        kind: what sort of file it is; ``None`` for none that is known.
        digest: of the file.
        direction: which way it travels.
        action: the severest that a finding calls for. What would mask a text blocks a medium.
        parts: what was judged, or should have been.
        judges: the digests of the models that were asked, by name.
    """

    kind: MediumKind | None
    digest: str
    direction: Direction
    action: Action
    parts: tuple[MediumPart, ...]
    judges: dict[str, str]

    @property
    def is_screened(self) -> bool:
        """Whether every part of it was judged; a medium that was not is never clean."""
        return all(part.is_screened for part in self.parts)


def unscreened(what: str, failure: Failure) -> Category:
    """That something was not judged."""
    return Category(risk=UNSCREENED, kind=what, level=failure)
