import io
import sys
import types

import pytest
from PIL import Image

from hegui.core import Verdict
from hegui.marking import ExplicitLabel, Prominence, picture_text
from hegui.marking.drawing import drawn
from hegui.marking.picture_text import ReadingUnavailable, explicit_verdict, marks_in_picture

PROMINENCE = Prominence(height=0.05, seconds=2)


def saved(picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def reads(monkeypatch):
    """Makes the library read what the test says."""
    picture_text._reader.cache_clear()

    def says(*found):
        made = types.SimpleNamespace(RapidOCR=lambda: lambda _: (list(found) or None, None))
        monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", made)

    yield says
    picture_text._reader.cache_clear()


def box(left, top, right, bottom):
    return [[left, top], [right, top], [right, bottom], [left, bottom]]


def test_words_with_both_elements_at_an_edge_and_large_enough_meet_the_standard(reads):
    reads((box(700, 560, 790, 595), "豆包AI生成", 0.9), (box(0, 0, 90, 40), "菜单", 0.9))
    (mark,) = marks_in_picture(saved(Image.new("L", (800, 600))), PROMINENCE)
    assert (mark.text, mark.box, mark.deviations) == ("豆包AI生成", (700, 560, 790, 595), ())
    assert explicit_verdict([mark]) is Verdict.MET


def test_words_too_low_or_in_the_middle_do_not(reads):
    reads((box(700, 575, 790, 595), "AI生成", 0.9), (box(350, 280, 450, 320), "AI生成", 0.9))
    low, central = marks_in_picture(saved(Image.new("L", (800, 600))), PROMINENCE)
    assert "about 3.3% of the shortest side high, 5% are due" in low.deviations[0].text.en
    assert "in the middle" in central.deviations[0].text.en
    assert {item.clause for mark in (low, central) for item in mark.deviations} == {"5.2"}
    assert explicit_verdict([low, central]) is Verdict.NOT_MET


def test_finding_nothing_proves_nothing(reads):
    reads()
    assert marks_in_picture(saved(Image.new("L", (80, 60))), PROMINENCE) == ()
    assert explicit_verdict(()) is Verdict.NOT_ASSESSED


def test_what_is_no_picture_has_no_words(reads, monkeypatch):
    reads((box(0, 0, 1, 1), "AI生成", 0.9))
    assert marks_in_picture(b"nonsense", PROMINENCE) == ()
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert marks_in_picture(saved(Image.new("L", (80, 60))), PROMINENCE) == ()


def test_without_the_extra_it_is_named(monkeypatch):
    picture_text._reader.cache_clear()
    monkeypatch.setitem(sys.modules, "rapidocr_onnxruntime", None)
    with pytest.raises(ReadingUnavailable, match=r"hegui\[ocr\]"):
        marks_in_picture(b"", PROMINENCE)


@pytest.mark.slow
def test_what_is_drawn_here_is_read_by_the_library():
    pytest.importorskip("rapidocr_onnxruntime", reason="hegui[ocr] is not installed")
    picture = Image.effect_noise((640, 480), 40).convert("RGB")
    (mark,) = marks_in_picture(drawn(saved(picture), ExplicitLabel(), PROMINENCE), PROMINENCE)
    assert (mark.text, mark.deviations) == ("本内容由人工智能生成", ())
