import io

import pytest
from PIL import Image

from hegui.marking.pictures import PictureUnusable, opened_picture, with_channels


def saved(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def test_a_picture_is_opened_changed_and_saved_as_what_it_was():
    data = saved(Image.new("RGB", (30, 20), "red"), "TIFF", dpi=(72, 72))
    with opened_picture(data) as picture:
        result = picture.saved([Image.new("RGB", (30, 20), "blue")])
    after = Image.open(io.BytesIO(result))
    assert (after.format, after.getpixel((0, 0)), after.info["dpi"]) == ("TIFF", (0, 0, 255), (72, 72))


def test_the_first_of_many_frames_is_had_alone():
    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "green")]
    with opened_picture(saved(frames[0], "GIF", save_all=True, append_images=frames[1:])) as picture:
        assert picture.first.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
        assert len(picture.frames) == 2


@pytest.mark.parametrize(
    ("mode", "result"),
    [("1", "L"), ("L", "L"), ("P", "RGB"), ("PA", "RGBA"), ("YCbCr", "RGB"), ("CMYK", "CMYK")],
)
def test_pixels_become_grey_colours_or_inks(mode, result):
    frame = Image.new(mode, (3, 3))
    frame.info["dpi"] = (72, 72)
    with_channels_ = with_channels(frame)
    assert (with_channels_.mode, with_channels_.info["dpi"]) == (result, (72, 72))


def test_pixels_of_another_kind_are_refused():
    with pytest.raises(PictureUnusable, match="pixels of the kind F are not supported"):
        with_channels(Image.new("F", (3, 3)))


@pytest.mark.parametrize("data", [b"", saved(Image.new("L", (40, 40)))[:-20], b"\0\0\0\x18ftypheic"])
def test_what_fails_while_it_is_open_is_said_of_the_picture(data):
    with pytest.raises(PictureUnusable), opened_picture(data) as picture:
        picture.first.load()
