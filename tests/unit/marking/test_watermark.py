"""What a mark bears is measured by ``benchmarks/marking_watermark.py``; here are small pictures."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hegui.marking import watermark
from hegui.marking.model import IDENTIFIER_BYTES
from hegui.marking.watermark import TILE, Reading, changes, read

SECRET = b"a secret of the operator's" + bytes(6)
IDENTIFIER = b"\x00\xff\x10\x42\x07"
IDENTIFIERS = st.binary(min_size=IDENTIFIER_BYTES, max_size=IDENTIFIER_BYTES)
NOTHING = Reading(None, None, traces=False)


def painted(seed: int, width: int = 320, height: int = 288) -> np.ndarray:
    """The brightness of a picture whose detail fades as it gets finer, as in photographs."""
    random = np.random.default_rng(seed)
    picture = np.full((height, width), 128.0)
    for size in (4, 8, 16, 32, 64, 128, 256):
        detail = Image.fromarray(random.normal(0, 160 / size**0.75, (size, size)).astype(np.float32))
        picture += np.asarray(detail.resize((width, height), Image.Resampling.BICUBIC))
    return picture.clip(0, 255).round().astype(np.float32)


def marked(brightness: np.ndarray, *, secret: bytes = SECRET, identifier: bytes = IDENTIFIER) -> np.ndarray:
    return (brightness + changes(brightness, secret=secret, identifier=identifier)).round().clip(0, 255)


def as_picture(brightness: np.ndarray) -> Image.Image:
    return Image.fromarray(brightness.astype(np.uint8))


def as_plane(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=np.float32)


@settings(max_examples=25)
@given(
    IDENTIFIERS,
    st.binary(min_size=32, max_size=32),
    st.integers(0, 1000),
    st.integers(3 * TILE, 512),
    st.integers(3 * TILE, 512),
)
def test_whatever_was_put_into_whatever_picture_is_read_again(identifier, secret, seed, width, height):
    picture = marked(painted(seed, width, height), secret=secret, identifier=identifier)
    assert read(picture, [secret]) == Reading(identifier, 0, traces=True)


ATTACKS = {
    "cut off": lambda picture: picture.crop((37, 23, 297, 250)),
    "resized to the half": lambda picture: picture.resize((256, 224), Image.Resampling.LANCZOS),
    "made larger": lambda picture: picture.resize((717, 627), Image.Resampling.BILINEAR),
    "turned by a quarter": lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
    "turned by five degrees": lambda picture: picture.rotate(5, Image.Resampling.BICUBIC),
    "turned and resized": lambda picture: picture.rotate(-31, Image.Resampling.BICUBIC).resize((420, 368)),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
    "darker": lambda picture: picture.point(lambda value: value * 0.6),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_read_from_a_picture_that_was(attack):
    picture = marked(painted(3, 512, 448))
    assert read(as_plane(ATTACKS[attack](as_picture(picture))), [SECRET]).identifier == IDENTIFIER


@pytest.mark.parametrize("quality", [75, 50])
def test_it_is_read_from_a_picture_that_was_coded_with_loss(quality):
    file = io.BytesIO()
    as_picture(marked(painted(4, 512, 448))).save(file, "JPEG", quality=quality)
    assert read(as_plane(Image.open(file)), [SECRET]).identifier == IDENTIFIER


@pytest.mark.parametrize(
    "brightness",
    [
        np.zeros((300, 400), np.float32),
        np.full((300, 400), 128, np.float32),
        np.add.outer(np.arange(300), np.arange(400)).astype(np.float32) / 3,
        ((np.arange(300)[:, None] // 8 + np.arange(400)[None] // 8) % 2 * 200).astype(np.float32),
        painted(5),
        np.full((1, 1), 7, np.float32),
    ],
    ids=["black", "grey", "a gradient", "a chess board", "painted", "one pixel"],
)
def test_a_picture_without_a_mark_reads_as_nothing(brightness):
    assert read(brightness, [SECRET, bytes(32)]) == NOTHING


def test_flat_grey_holds_a_mark_too():
    assert read(marked(np.full((300, 400), 128, np.float32)), [SECRET]).identifier == IDENTIFIER


def test_a_key_reads_its_own_marks_and_no_others():
    other = bytes(32)
    picture = marked(painted(6), secret=other)
    assert read(picture, [SECRET]) == NOTHING
    assert read(picture, [SECRET, other]) == Reading(IDENTIFIER, 1, traces=True)
    assert read(picture, []) == NOTHING


def test_marks_of_two_keys_stand_in_one_picture():
    other = bytes(32)
    picture = marked(marked(painted(10)), secret=other, identifier=b"other")
    assert read(picture, [other]).identifier == b"other"
    assert read(picture, [SECRET]).identifier == IDENTIFIER


def test_a_mark_too_damaged_to_say_which_leaves_traces(monkeypatch):
    picture = marked(painted(7))
    monkeypatch.setattr(watermark, "_check", lambda secret, identifier: b"\0\0\0")
    assert read(picture, [SECRET]) == Reading(None, None, traces=True)


def test_a_mark_is_low_where_a_picture_is_flat_and_never_high():
    brightness = painted(8)
    brightness[:, :160] = 90
    change = np.abs(changes(brightness, secret=SECRET, identifier=IDENTIFIER))
    assert np.sqrt((change[:, 20:120] ** 2).mean()) < 1.5
    assert np.sqrt((change[:, 180:] ** 2).mean()) < 4.5
    assert change.max() < 20


def test_a_large_picture_is_marked_as_a_small_one_is():
    brightness = painted(9, 200, 1100)
    change = changes(brightness, secret=SECRET, identifier=IDENTIFIER)
    assert np.array_equal(
        change[:900], changes(brightness[:1000], secret=SECRET, identifier=IDENTIFIER)[:900]
    )
    assert read(marked(brightness)[600:1000], [SECRET]).identifier == IDENTIFIER


def test_the_draws_of_a_key_stay_as_they_are_for_pictures_marked_years_ago():
    design = watermark._design(bytes(32))
    assert design.down[:6].tolist() == [25, -10, 9, 2, 6, 15]
    assert design.phases[:2].round(6).tolist() == [0.844408 - 0.535701j, -0.881907 - 0.471423j]
    assert design.signs[0, 0, :8].tolist() == [-1, -1, -1, 1, -1, -1, 1, 1]
