"""Every line of a text file is a document."""

import io

import pytest

from hegui.corpus.account import LineFault
from hegui.corpus.formats.lines import line_runs
from hegui.corpus.formats.plain_text import text_blocks

DATA = "一\n\n".encode() + "你好\n".encode("gb18030") + b"\xff\n\x00\x00\n" + b"x" * 40 + b"\n"
TEXTS = [
    "一",
    LineFault.BLANK_LINE,
    "你好",
    LineFault.UNKNOWN_ENCODING,
    LineFault.NULL_BYTES,
    LineFault.OVER_LONG,
]


def read(data, *, at_once, whole=False):
    runs = line_runs(io.BytesIO(data), longest_bytes=20, at_once=at_once)
    return [each for block in text_blocks(runs, whole=whole) for each in block.documents()]


@pytest.mark.parametrize("at_once", [1, 7, 1 << 13])
@pytest.mark.parametrize("whole", [False, True])
def test_each_line_is_a_document_or_a_fault_however_many_are_read_at_once(at_once, whole):
    found = read(DATA, at_once=at_once, whole=whole)
    assert [each.text for each in found] == TEXTS
    assert [each.encoding for each in found if each.text == "你好"] == ["gb18030"]
    assert [DATA[each.offset : each.offset + each.length] for each in found] == DATA.split(b"\n")[:-1]


def test_the_whole_record_is_the_text():
    assert [each.record for each in read(DATA, at_once=1 << 13, whole=True)][::2] == [
        {"text": "一"},
        {"text": "你好"},
        None,
    ]
