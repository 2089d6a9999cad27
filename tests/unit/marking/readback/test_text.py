import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel
from hegui.marking.formats.text import TEXT
from hegui.marking.readback.text import read_back
from hegui.marking.splices import spliced


def back(text: str | bytes):
    return read_back(io.BytesIO(text.encode() if isinstance(text, str) else text))


SAMPLES = (
    "",
    "# 标题\n正文\n",
    "---\ntitle: x\n---\n正文\n",
    "\ufeff---\ntitle: x\n...\n正文",
    "---\r\ntitle: x\r\n---\r\n",
    "---\n正文\n",
    "---\nAIGC: {Label: '1'}\ntitle: x\n---\n正文\n",
    "---\n'aigc':\n  Label: 1\n\n  X: 'it''s'\ntitle: x\n---\n正文\n",
)


@given(st.from_type(ImplicitLabel), st.sampled_from(SAMPLES))
def test_it_reads_what_was_written_and_finds_the_rest_unchanged(label, text):
    result = back(spliced(text.encode(), TEXT.write(text.encode(), label)))
    assert result.labels == (label.bare(),)
    assert result.coded == back(text).coded


@pytest.mark.parametrize("text", SAMPLES[1:6])
def test_it_notices_every_other_change(text):
    for place, character in enumerate(text):
        if character not in "-.\r\n \ufeff":
            assert back(text[:place] + "?" + text[place + 1 :]).coded != back(text).coded


def test_it_counts_every_label():
    assert len(back("---\nAIGC:\n  Label: '1'\na: 1\nAIGC:\n  Label: '1'\n---\n").labels) == 2


def test_a_long_text_is_read_to_its_end():
    text = "字" * 900_000
    assert back(text).coded != back(text[:-1] + "完").coded
