import io
import sys

import pytest
from PIL import Image

from hegui.marking import ExplicitLabel, Prominence, Treatment
from hegui.marking.picture_label import DrawingUnavailable, show_on_picture

PROMINENCE = Prominence(height=0.05, seconds=2)


def test_without_pillow_the_extra_is_named(pngs, monkeypatch):
    monkeypatch.setitem(sys.modules, "hegui.marking.drawing", None)
    with pytest.raises(DrawingUnavailable, match=r"hegui\[media,fonts\]"):
        show_on_picture(pngs["RGB"], ExplicitLabel(), PROMINENCE)


def test_with_it_the_label_is_drawn():
    file = io.BytesIO()
    Image.new("RGB", (300, 200), "navy").save(file, "PNG")
    result = show_on_picture(file.getvalue(), ExplicitLabel(), PROMINENCE)
    assert (result.words, result.treatment) == (ExplicitLabel().wording, Treatment.ENCODED)
    assert Image.open(io.BytesIO(result.data)).getcolors(1 << 16)[0][0] < 300 * 200
