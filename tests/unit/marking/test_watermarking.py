import io

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from hegui.marking.pictures import PictureUnusable
from hegui.marking.watermarking import WatermarkDoesNotFit, marked, seen

SECRET, IDENTIFIER = bytes(range(32)), b"\x01\x02\x03\x04\x05"


def picture(mode: str = "RGB") -> Image.Image:
    down, across = np.mgrid[0:288, 0:320]
    noise = np.random.default_rng(2).normal(0, 12, (288, 320))
    brightness = 120 + 50 * np.sin(down / 40) + 40 * np.cos(across / 30) + noise
    return Image.fromarray(brightness.clip(0, 255).astype(np.uint8)).convert(mode)


def saved(source: Image.Image, kind: str = "PNG", **options) -> bytes:
    file = io.BytesIO()
    source.save(file, kind, **options)
    return file.getvalue()


def opened(data: bytes) -> Image.Image:
    result = Image.open(io.BytesIO(data))
    result.load()
    return result


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF"])
def test_a_picture_keeps_its_format_and_its_looks_and_says_the_identifier(kind):
    before = saved(picture(), kind)
    after = marked(before, secret=SECRET, identifier=IDENTIFIER)
    assert seen(after, [SECRET]).identifier == IDENTIFIER
    assert seen(before, [SECRET]).identifier is None
    assert (opened(after).format, opened(after).size) == (kind, (320, 288))
    assert max(ImageStat.Stat(ImageChops.difference(opened(before), opened(after))).rms) < 6


@pytest.mark.parametrize(
    ("mode", "result"), [("L", "L"), ("LA", "LA"), ("RGBA", "RGBA"), ("P", "RGB"), ("1", "L")]
)
def test_grey_transparent_and_indexed_pictures_are_marked(mode, result):
    after = marked(saved(picture(mode)), secret=SECRET, identifier=IDENTIFIER)
    assert opened(after).mode == result
    assert seen(after, [SECRET]).identifier == IDENTIFIER


def test_an_indexed_picture_that_is_clear_in_places_stays_so():
    clear = picture().quantize(16)
    after = opened(marked(saved(clear, transparency=3), secret=SECRET, identifier=IDENTIFIER))
    assert after.getchannel("A").histogram()[0] == clear.histogram()[3] > 0


def test_transparency_stays_as_it_was():
    before = picture("RGBA")
    before.putalpha(Image.linear_gradient("L").resize(before.size))
    after = opened(marked(saved(before), secret=SECRET, identifier=IDENTIFIER))
    assert ImageChops.difference(before.getchannel("A"), after.getchannel("A")).getbbox() is None


@pytest.mark.parametrize(("mode", "colour"), [("RGB", (1, 2, 3)), ("L", 3)])
def test_a_colour_that_stands_for_transparency_still_does(mode, colour):
    before = picture(mode).point(lambda value: max(value, 9))
    before.paste(colour, (0, 0, 100, 60))
    after = opened(marked(saved(before, transparency=colour), secret=SECRET, identifier=IDENTIFIER))
    assert after.getchannel("A").crop((0, 0, 100, 60)).getextrema() == (0, 0)
    assert after.getchannel("A").crop((100, 60, 320, 288)).getextrema() == (255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_every_frame_of_an_animation_is_marked(kind):
    frames = [picture(), picture().transpose(Image.Transpose.ROTATE_180)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = saved(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=[40, 60], loop=0, **options
    )
    after = opened(marked(data, secret=SECRET, identifier=IDENTIFIER))
    assert after.n_frames == 2
    for index in range(2):
        after.seek(index)
        assert seen(saved(after.convert("RGB")), [SECRET]).identifier == IDENTIFIER


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (saved(picture("CMYK"), "JPEG"), "inks"),
        (saved(picture("I;16")), "I;16"),
        (saved(picture())[:-60], "the picture cannot be worked on"),
        (b"no picture", "cannot read such a picture"),
    ],
)
def test_what_cannot_be_marked_is_refused_with_the_reason(data, reason):
    with pytest.raises(PictureUnusable, match=reason):
        marked(data, secret=SECRET, identifier=IDENTIFIER)


def test_a_picture_smaller_than_a_tile_is_refused():
    with pytest.raises(WatermarkDoesNotFit, match="300x127 pixels, too few for a watermark"):
        marked(saved(picture().resize((300, 127))), secret=SECRET, identifier=IDENTIFIER)
