"""``hegui mark verify``."""

import json
import sys
import types

import pytest
from PIL import Image

from hegui.cli.mark_verify import NotConforming
from hegui.core import NotFound
from hegui.marking import picture_text

PRODUCER = ("--producer", "001191110102MACQD9K64010000", "--produce-id", "A-17")


def test_a_picture_is_verified_in_both_languages(mark, picture):
    out = picture.with_name("labelled.png")
    mark(picture, *PRODUCER, "--out", out)
    said = mark("verify", out)
    assert "is generated content" in said
    assert "metadata label: met" in said
    assert "xmp (xmp-element) @33" in said
    assert "ProduceID: A-17" in said
    assert "属于生成合成内容" in mark("verify", out, language="zh")
    assert "no label found" in mark("verify", picture)


def test_deviations_and_faults_are_shown_with_their_places(mark, picture):
    data = picture.read_bytes()
    text = b'AIGC\0{"Label":"AIGC","X":"\\u001b[31m","ReservedCode1":"opaque"}'
    chunk = len(text).to_bytes(4, "big") + b"tEXt" + text + bytes(4)
    picture.write_bytes(data[:33] + chunk + chunk + data[33:-12])
    said = mark("verify", picture)
    assert "✗ GB-45438 6.1 c: a file holds only one metadata label, and here are 2" in said
    assert "✗ GB-45438 E: Label is 'AIGC' and should be 1, 2 or 3" in said
    assert "· TC260-PG-20259A B: the value here should be" in said
    assert r"X: \x1b[31m" in said
    assert "@33: the checksum of the chunk does not fit" in said
    assert json.loads(mark("verify", picture, "--json"))["verdict"] == "confirmed"


def test_a_folder_is_verified_and_counted(mark, picture, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    mark(picture, *PRODUCER, "--out", folder / "a.png")
    (folder / "b.png").write_bytes(picture.read_bytes())
    said = mark("verify", folder)
    assert said.splitlines()[-2:] == ["      1  is generated content", "      1  no label found"]
    assert [report["verdict"] for report in json.loads(mark("verify", folder, "--json"))] == [
        "confirmed",
        "none_found",
    ]
    with pytest.raises(NotConforming, match="1 of 2"):
        mark("verify", folder, "--check")
    mark("verify", folder / "a.png", "--check")
    with pytest.raises(NotFound):
        mark("verify", tmp_path / "nothing")


def test_words_in_a_picture_are_shown_with_what_is_wrong_about_them(mark, picture, monkeypatch):
    read = types.SimpleNamespace(
        RapidOCR=lambda: lambda _: ([([[3, 3], [5, 3], [5, 3], [3, 3]], "AI生成", 1)], 0)
    )
    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", read)
    picture_text._reader.cache_clear()
    said = mark("verify", picture, "--ocr")
    picture_text._reader.cache_clear()
    assert "explicit label: AI生成\n    ✗ GB-45438 5.2: the characters are about 0.0%" in said


def test_a_watermark_is_put_in_and_found_again(mark, tmp_path):
    path = tmp_path / "painting.png"
    Image.effect_noise((300, 280), 30).convert("RGB").save(path)
    assert "watermark: cannot say whether there is one; there is no key" in mark(
        "verify", path, "--watermark"
    )
    mark("key", "new", "--holder", PRODUCER[1])
    assert "watermark: no watermark of our own was read" in mark("verify", path, "--watermark")
    said = mark(path, *PRODUCER, "--watermark")
    assert "put into the pixels and read back; they changed" in said
    identifier = said.partition("watermark: ")[2][:10]
    said = mark("verify", path, "--watermark")
    assert f"watermark: a watermark of our own was read; {identifier} (" in said
    assert "水印：读到本方水印" in mark("verify", path, "--watermark", language="zh")
    assert json.loads(mark("verify", path, "--watermark", "--json"))["watermark"]["identifier"] == identifier
    assert json.loads(mark("verify", tmp_path, "--json"))[0]["watermark"] is None
