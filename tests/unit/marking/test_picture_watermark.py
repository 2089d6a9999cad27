import io
import json
import sys

import pytest
from PIL import Image

from hegui.marking import (
    Carrier,
    ImplicitLabel,
    KeyPin,
    WatermarkCheck,
    WatermarkNotHeld,
    WatermarkStatus,
    WatermarkUnavailable,
)
from hegui.marking.candidates import Candidate
from hegui.marking.picture_watermark import (
    Watermark,
    check_watermark,
    prove_watermark,
    put_watermark,
    watermark_secret,
)
from hegui.marking.reading import found
from hegui.marking.sm2 import PrivateKey
from hegui.marking.watermark import Reading

HOLDER = "001191110102MACQD9K64010000"


def saved(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


PICTURE = saved(Image.effect_noise((320, 300), 30))


def own(mark: str) -> tuple[KeyPin, PrivateKey]:
    key = PrivateKey.generate()
    return KeyPin(id=mark, holder=HOLDER, key=key.public.to_bytes().hex(), since="2026-11-22"), key


OLD, NEW = own("old"), own("new")


def found_label(label: ImplicitLabel):
    return found(Candidate(value=json.dumps(label.fields()), carrier=Carrier.XMP, offset=0))


def test_a_label_and_a_key_make_one_watermark(label, other_label):
    secret = watermark_secret(NEW[1])
    mark = Watermark.of(secret, label)
    assert mark == Watermark.of(secret, found_label(label))
    assert mark.identifier != Watermark.of(secret, other_label).identifier
    assert mark.identifier != Watermark.of(watermark_secret(OLD[1]), label).identifier
    assert NEW[1].secret not in secret


def test_whose_a_watermark_is_and_whether_it_is_of_the_label_is_said(label, other_label):
    mark = Watermark.of(watermark_secret(OLD[1]), label)
    data = put_watermark(PICTURE, mark)
    prove_watermark(data, mark)
    check = check_watermark(data, [NEW, OLD], [found_label(other_label), found_label(label)])
    assert (check.status, check.key, check.identifier) == (
        WatermarkStatus.FOUND,
        "old",
        mark.identifier.hex(),
    )
    assert "it is of the label in the file" in check.text.en
    assert "of another" in check_watermark(data, [NEW, OLD], [found_label(other_label)]).text.en
    assert check_watermark(data, [NEW], []) == WatermarkCheck(status=WatermarkStatus.NOT_FOUND)


@pytest.mark.parametrize(
    ("data", "keys", "reason"),
    [
        (PICTURE, [], "no key of our own"),
        (PICTURE[:-50], [NEW], "the picture cannot be worked on"),
    ],
)
def test_where_nothing_can_be_told_the_reason_is(data, keys, reason):
    check = check_watermark(data, keys, [])
    assert check.status is WatermarkStatus.CANNOT_SAY
    assert reason in check.text.en


def test_traces_are_no_watermark(monkeypatch):
    monkeypatch.setattr("hegui.marking.watermarking.read", lambda *_, **__: Reading(None, None, traces=True))
    check = check_watermark(PICTURE, [NEW], [])
    assert check.status is WatermarkStatus.CANNOT_SAY
    assert "too damaged" in check.text.en


def test_a_watermark_that_does_not_read_back_is_refused(label):
    mark = Watermark.of(watermark_secret(NEW[1]), label)
    with pytest.raises(WatermarkNotHeld, match="leave out --watermark"):
        prove_watermark(PICTURE, mark)


def test_without_pillow_the_extra_is_named(label, monkeypatch):
    monkeypatch.setitem(sys.modules, "hegui.marking.watermarking", None)
    with pytest.raises(WatermarkUnavailable, match=r"hegui\[media\]"):
        put_watermark(PICTURE, Watermark.of(bytes(32), label))
    with pytest.raises(WatermarkUnavailable):
        check_watermark(PICTURE, [NEW], [])


def test_every_status_has_words():
    assert {status.text.zh for status in WatermarkStatus} == {
        "读到本方水印",
        "没有读到本方水印（别人的水印无法读取）",
        "无法判断有无水印",
    }
