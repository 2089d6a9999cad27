"""What was drawn is measured here on the decoded pictures, not by the code that drew it."""

import io
import math
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont, ImageStat, PngImagePlugin

from hegui.core import InvalidInput
from hegui.marking import Edge, ExplicitLabel, Prominence, drawing
from hegui.marking.drawing import (
    GlyphMissing,
    LabelDoesNotFit,
    LabelFontMissing,
    PictureUnusable,
    contrast,
    drawn,
    find_font,
    layer,
    lettering,
)
from simulators.samples import STORED

PROMINENCE = Prominence(height=0.05, seconds=2)
LABEL = ExplicitLabel(wording="AI生成")


def saved(picture, kind="PNG", **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def opened(data) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def ink_box(before, after, shade) -> tuple[int, int, int, int]:
    """Where pixels became ``shade`` that were not."""
    changed = ImageChops.difference(before.convert("L"), after.convert("L")).point(lambda v: 255 if v else 0)
    is_shade = after.convert("L").point(lambda v: 255 if abs(v - shade) < 40 else 0)
    return ImageChops.multiply(changed, is_shade).getbbox()


@settings(max_examples=30)
@given(st.integers(160, 900), st.integers(160, 900), st.sampled_from(Edge), st.sampled_from([0.05, 0.08]))
def test_characters_are_as_high_as_asked_whole_and_at_their_edge(width, height, edge, share):
    before = Image.new("RGB", (width, height), "white")
    explicit = ExplicitLabel(wording="AI生成合成", edge=edge)
    after = opened(drawn(saved(before), explicit, Prominence(height=share, seconds=2)))
    assert after.size == before.size
    left, top, right, bottom = ink_box(before, after, 0)
    needed = math.ceil(share * min(width, height))
    assert bottom - top >= needed
    assert left > 0
    assert top > 0
    assert right < width
    assert bottom < height
    third = needed * 1.5
    for word, near in (
        ("top", top <= third),
        ("bottom", height - bottom <= third),
        ("left", left <= third),
        ("right", width - right <= third),
    ):
        assert near or word not in edge.value.split("-")


def test_latin_capitals_are_as_high_as_asked_too():
    before = Image.new("L", (400, 400), 255)
    after = opened(drawn(saved(before), ExplicitLabel(wording="生成AI"), PROMINENCE))
    _, top, right, bottom = ink_box(before, after, 0)
    capital = after.convert("L").crop((right - 4, 0, right, 400)).point(lambda v: 255 if v < 128 else 0)
    box = capital.getbbox()
    assert box[3] - box[1] >= 20
    assert bottom - top > 20


@pytest.mark.parametrize(
    ("background", "shade"), [("white", 0), ("yellow", 0), ("black", 255), ("navy", 255)]
)
def test_the_colour_is_chosen_from_the_picture_under_it(background, shade):
    before = Image.new("RGB", (300, 200), background)
    assert ink_box(before, opened(drawn(saved(before), LABEL, PROMINENCE)), shade) is not None


def test_only_what_is_under_the_label_counts():
    before = Image.new("RGB", (300, 200), "white")
    before.paste("black", (0, 150, 300, 200))
    assert ink_box(before, opened(drawn(saved(before), LABEL, PROMINENCE)), 255) is not None


def test_long_words_go_on_in_another_line():
    before = Image.new("L", (200, 800), 255)
    words = ExplicitLabel(wording="本内容由人工智能模型自动生成并合成，仅供参考，请注意甄别")
    _, top, right, bottom = ink_box(before, opened(drawn(saved(before), words, PROMINENCE)), 0)
    assert bottom - top > 2 * 10
    assert right < 200


@pytest.mark.parametrize("size", [(12, 12), (400, 14), (14, 400)])
def test_a_picture_too_small_is_refused(size):
    with pytest.raises(LabelDoesNotFit, match="too few for a whole and legible label"):
        drawn(saved(Image.new("L", size)), ExplicitLabel(), PROMINENCE)


NOISE = Image.effect_noise((240, 160), 60)
FORMATS = {
    "PNG": ({}, "RGB"),
    "JPEG": ({"quality": 80, "dpi": (72, 72), "comment": b"kept"}, "RGB"),
    "WEBP": ({"quality": 80}, "RGB"),
    "TIFF": ({"compression": "tiff_lzw"}, "RGB"),
    "GIF": ({}, "P"),
    "AVIF": ({"quality": 80}, "RGB"),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_keeps_its_format_its_size_and_its_picture(kind):
    options, mode = FORMATS[kind]
    data = saved(NOISE.convert(mode), kind, **options)
    before, after = opened(data), opened(drawn(data, LABEL, PROMINENCE))
    assert (after.format, after.size) == (kind, before.size)
    # Away from the label, in the other corner, the picture is what it was, but for loss in encoding anew.
    one, other = (picture.convert("L").crop((0, 0, 120, 80)) for picture in (before, after))
    assert ImageStat.Stat(ImageChops.difference(one, other)).mean[0] < 6


def test_a_lossless_webp_stays_lossless():
    data = saved(NOISE.convert("RGB"), "WEBP", lossless=True)
    before, after = opened(data), opened(drawn(data, LABEL, PROMINENCE))
    assert after.crop((0, 0, 100, 80)).tobytes() == before.crop((0, 0, 100, 80)).tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P"])
def test_pixels_of_every_kind_in_png(mode):
    data = saved(NOISE.convert(mode))
    after = opened(drawn(data, LABEL, PROMINENCE))
    assert after.crop((0, 0, 100, 80)).convert("L").tobytes() == (
        opened(data).crop((0, 0, 100, 80)).convert("L").tobytes()
    )


def test_inks_and_transparent_pictures_are_drawn_on():
    assert opened(drawn(saved(NOISE.convert("CMYK"), "JPEG"), LABEL, PROMINENCE)).mode == "CMYK"
    clear = Image.new("P", (200, 200))
    result = opened(drawn(saved(clear, transparency=0), LABEL, PROMINENCE))
    assert result.mode == "RGBA"
    assert result.getchannel("A").getextrema() == (0, 255)


def test_every_frame_of_an_animation_shows_it():
    frames = [Image.new("RGB", (200, 150), color) for color in ("red", "green", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=[40, 50, 60], loop=2)
        after = opened(drawn(data, LABEL, PROMINENCE))
        assert after.n_frames == 3
        for index in range(3):
            after.seek(index)
            assert len(after.convert("RGB").getcolors(1 << 16)) > 1
    still = saved(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    assert opened(drawn(still, LABEL, PROMINENCE)).n_frames == 3


def test_what_is_known_about_the_picture_stays_with_it():
    information = PngImagePlugin.PngInfo()
    information.add_text("Comment", "kept")
    information.add_itxt("Title", "题目", "zh", "标题")
    data = saved(NOISE, pnginfo=information, dpi=(72, 72), icc_profile=b"profile")
    after = opened(drawn(data, LABEL, PROMINENCE))
    assert after.text == {"Comment": "kept", "Title": "题目"}
    assert after.info["icc_profile"] == b"profile"
    exif = Image.Exif()
    exif[0x010F] = "maker"
    after = opened(
        drawn(saved(NOISE, "JPEG", exif=exif, comment=b"kept", progressive=True), LABEL, PROMINENCE)
    )
    assert after.getexif()[0x010F] == "maker"
    assert (after.info["comment"], bool(after.info["progressive"])) == (b"kept", True)


def test_a_picture_that_is_to_be_turned_is_labelled_as_people_see_it():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    before = Image.new("RGB", (300, 200), "white")
    after = opened(drawn(saved(before, "JPEG", exif=exif), LABEL, PROMINENCE))
    assert after.size == (200, 300)
    assert 0x0112 not in after.getexif()
    assert ink_box(Image.new("RGB", (200, 300), "white"), after, 0)[1] > 250


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        saved(NOISE)[:-40],
        saved(NOISE.convert("I;16")),
        saved(NOISE.convert("F"), "TIFF"),
        saved(NOISE, "PPM"),
        b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
        b"no picture",
    ],
)
def test_what_cannot_be_drawn_on_is_refused(data):
    with pytest.raises(PictureUnusable):
        drawn(data, LABEL, PROMINENCE)


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def test_a_picture_of_many_bits_is_not_reduced_in_silence():
    header = struct.pack(">IIBBBBB", 100, 100, 16, 2, 0, 0, 0)
    rows = zlib.compress(bytes((1 + 6 * 100) * 100))
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    with pytest.raises(PictureUnusable, match="16 bits a channel"):
        drawn(data, LABEL, PROMINENCE)


def test_an_avif_of_many_bits_is_not_reduced_in_silence():
    with pytest.raises(PictureUnusable, match="10 or 12 bits"):
        drawn((STORED / "deep.avif").read_bytes(), LABEL, PROMINENCE)


def test_a_heic_is_refused_with_the_reason_and_the_way_out():
    with pytest.raises(PictureUnusable, match="make it an AVIF or a JPEG first"):
        drawn((STORED / "single.heic").read_bytes(), LABEL, PROMINENCE)


def test_a_picture_of_too_many_pixels_is_refused(monkeypatch):
    data = saved(Image.new("L", (200, 200)))
    for most in (100, 30_000):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(PictureUnusable, match="too many pixels"):
            drawn(data, LABEL, PROMINENCE)


def test_characters_that_the_font_lacks_are_named():
    words = ExplicitLabel(wording="AI生成 \U000130c0\U000130c1")
    with pytest.raises(GlyphMissing) as refused:
        drawn(saved(NOISE), words, PROMINENCE)
    assert refused.value.characters == "\U000130c0\U000130c1"


def test_a_font_of_ones_own_is_used(tmp_path, monkeypatch):
    path = tmp_path / "own.ttf"
    path.write_bytes(find_font().read_bytes())
    monkeypatch.setattr(drawing.importlib.util, "find_spec", lambda _: None)
    drawn(saved(NOISE), ExplicitLabel(wording="AI生成", font=path), PROMINENCE)
    with pytest.raises(LabelFontMissing, match=r"hegui\[fonts\]"):
        drawn(saved(NOISE), LABEL, PROMINENCE)
    path = tmp_path / "no.ttf"
    path.write_bytes(b"nonsense")
    with pytest.raises(PictureUnusable, match="no font file"):
        drawn(saved(NOISE), ExplicitLabel(font=path), PROMINENCE)


def test_a_font_of_one_weight_is_fine(tmp_path, monkeypatch):
    def refuse(self, axes):
        raise OSError

    path = tmp_path / "single.ttf"
    path.write_bytes(find_font().read_bytes())
    monkeypatch.setattr(ImageFont.FreeTypeFont, "set_variation_by_axes", refuse)
    assert drawn(saved(NOISE), ExplicitLabel(wording="AI生成", font=path), PROMINENCE)


def test_what_cannot_be_read_afterwards_is_not_passed_on(monkeypatch):
    monkeypatch.setattr(drawing, "_WHITE", {"RGB": (128, 128, 128)})
    monkeypatch.setattr(drawing, "_BLACK", {"RGB": (120, 120, 120)})
    with pytest.raises(InvalidInput, match="what was drawn cannot be read"):
        drawn(saved(NOISE.convert("RGB")), LABEL, PROMINENCE)


def test_a_font_that_draws_nothing_is_not_measured_for_ever():
    assert drawing._height(ImageFont.truetype(str(find_font()), 20), " ") == 0


def test_a_label_for_moving_pictures_is_legible_on_any_of_them():
    letters = lettering((320, 200), ExplicitLabel(), PROMINENCE)
    for colour in ("white", "black", "red", "gray"):
        picture = Image.new("RGB", (320, 200), colour)
        assert contrast(picture, letters) == pytest.approx(1)
        picture.paste(layer(letters), mask=layer(letters))
        assert contrast(picture, letters) > 15
