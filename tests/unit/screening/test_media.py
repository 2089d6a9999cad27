"""Media by their first bytes, and what is said of them."""

import pytest

from hegui.screening import Action, Category, Direction, Failure, MediumKind, MediumPart, MediumScreening
from hegui.screening.media import medium_form, unscreened

PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 17


@pytest.mark.parametrize(
    ("beginning", "kind", "media_type"),
    [
        (PNG + b"IDAT acTL", MediumKind.PICTURE, "image/png"),
        (PNG + b"acTL IDAT", MediumKind.FILM, "image/apng"),
        (b"\xff\xd8\xff\xe0", MediumKind.PICTURE, "image/jpeg"),
        (b"BM....\0\0\0\0", MediumKind.PICTURE, "image/bmp"),
        (b"GIF89a", MediumKind.FILM, "image/gif"),
        (b"RIFF....WEBPVP8 ", MediumKind.PICTURE, "image/webp"),
        (b"RIFF....WEBPVP8X....\x10", MediumKind.PICTURE, "image/webp"),
        (b"RIFF....WEBPVP8X....\x02", MediumKind.FILM, "image/webp"),
        (b"RIFF....WAVEfmt ", MediumKind.SOUND, "audio/wav"),
        (b"RIFF....AVI LIST", MediumKind.FILM, "video/x-msvideo"),
        (b"fLaC", MediumKind.SOUND, "audio/flac"),
        (b"OggS", MediumKind.SOUND, "audio/ogg"),
        (b"ID3\x04", MediumKind.SOUND, "audio/mpeg"),
        (b"\xff\xfb\x90", MediumKind.SOUND, "audio/mpeg"),
        (b"\0\0\0\x20ftypisom", MediumKind.FILM, "video/mp4"),
        (b"\0\0\0\x20ftypM4A ", MediumKind.SOUND, "audio/mp4"),
        (b"\0\0\0\x20ftypheic", MediumKind.PICTURE, "image/heic"),
        (b"\x1aE\xdf\xa3", MediumKind.FILM, "video/x-matroska"),
        (b"FLV\x01", MediumKind.FILM, "video/x-flv"),
    ],
)
def test_a_medium_is_known_by_how_it_begins(beginning, kind, media_type):
    form = medium_form(beginning)
    assert (form.kind, form.media_type) == (kind, media_type)


@pytest.mark.parametrize(
    "beginning", [b"", "你好".encode(), b"BMI and ID3", b"ID3 tags", b"GIF8", b"RIFF....XXXX", b"%PDF-1.7"]
)
def test_what_is_no_known_medium_is_none(beginning):
    assert medium_form(beginning) is None


def test_every_kind_has_a_name():
    assert [kind.text.zh for kind in MediumKind] == ["图片", "音频", "视频"]


def test_a_medium_is_screened_when_all_its_parts_are():
    judged = MediumPart(place="frame 00:00.0", findings=(Category(risk="A.1.f", kind="v", level="high"),))
    silent = MediumPart(place="sound", findings=(unscreened("sound", Failure.NOT_ASKED),))

    def screening(*parts):
        return MediumScreening(
            kind=MediumKind.FILM,
            digest="d",
            direction=Direction.OUTPUT,
            action=Action.BLOCK,
            parts=parts,
            judges={},
        )

    assert screening(judged).is_screened
    assert not screening(judged, silent).is_screened
