"""The scan kernel counts what a naive reader counts, however the file is cut."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.corpus.kernel import scan_shard
from hegui.corpus.model import LineFault, Partial, Tally
from hegui.corpus.shard import Shard, shards

LONGEST = 400


def scan(path, screen, *, shard_bytes=1 << 20, text_field="text"):
    whole = Partial()
    size = path.stat().st_size
    for shard in shards(
        path, size_bytes=size, text_field=text_field, shard_bytes=shard_bytes, longest_bytes=LONGEST
    ):
        whole = whole.merge(scan_shard(shard, screen))
    return whole


def document(text):
    return json.dumps({"id": 1, "text": text}, ensure_ascii=False).encode()


BAD_LINES = {
    b"": LineFault.BLANK_LINE,
    b" \t\r": LineFault.BLANK_LINE,
    document(""): LineFault.EMPTY_TEXT,
    document(" \n\u3000"): LineFault.EMPTY_TEXT,
    '{"text": "你好"}'.encode("gb18030"): LineFault.INVALID_UTF8,
    b'{"text": "\xff"}': LineFault.INVALID_UTF8,
    b'{"text": "ok", "other": "\xed\xa0\x80"}': LineFault.INVALID_UTF8,
    b'{"text": "cut short': LineFault.INVALID_JSON,
    b'{"text": "two"} {"text": "documents"}': LineFault.INVALID_JSON,
    b'{"text": 1': LineFault.INVALID_JSON,
    b'{"text": "\\ud800"}': LineFault.INVALID_JSON,
    b"\x00\x00": LineFault.INVALID_JSON,
    b"plain words": LineFault.INVALID_JSON,
    b"[]": LineFault.NOT_AN_OBJECT,
    b'"text"': LineFault.NOT_AN_OBJECT,
    b"{}": LineFault.NO_TEXT_FIELD,
    b'{"Text": "capital"}': LineFault.NO_TEXT_FIELD,
    b'{"text": null}': LineFault.TEXT_NOT_A_STRING,
    b'{"text": ["a", "list"]}': LineFault.TEXT_NOT_A_STRING,
    document("x" * LONGEST): LineFault.OVER_LONG,
}


@pytest.mark.parametrize(("line", "fault"), BAD_LINES.items())
def test_a_bad_line_is_counted_and_named(tmp_path, screen, line, fault):
    path = tmp_path / "file.jsonl"
    path.write_bytes(document("good") + b"\n" + line + b"\n" + document("good") + b"\n")
    found = scan(path, screen)
    (named,) = found.set_aside
    assert (named.line, named.fault, named.length) == (2, fault, len(line))
    assert path.read_bytes()[named.offset : named.offset + named.length] == line
    assert (found.tally.read, found.tally.scanned) == (3, 2)


@pytest.mark.parametrize("opening", [b'{"text": "a", "deep": ', b""])
def test_a_line_nested_too_deep_is_not_valid_json(tmp_path, screen, opening):
    path = tmp_path / "file.jsonl"
    path.write_bytes(opening + b"[" * 100_000)
    shard = Shard(path=str(path), start=0, end=200_000, text_field="text", longest_bytes=1 << 20)
    (named,) = scan_shard(shard, screen).set_aside
    assert named.fault is LineFault.INVALID_JSON


def test_a_document_counts_once_per_risk_and_kind(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    texts = ("出售冰毒，冰毒。砍死你！", "电话13812345678，或13912345678，邮箱a@example.com", "风和日丽")
    path.write_bytes(b"\n".join(map(document, texts)))
    tally = scan(path, screen).tally
    assert (tally.scanned, tally.unsafe, tally.with_personal_information) == (3, 1, 1)
    assert tally.risks == {"A.1.f": 1, "A.1.h": 1}
    assert tally.personal_information == {"email": 1, "mobile_phone": 1}


def test_what_may_be_about_nobody_is_no_personal_information_of_a_document(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_bytes(document("鲁迅先生住过建国路88号，内网地址192.168.1.1") + b"\n")
    tally = scan(path, screen).tally
    assert (tally.scanned, tally.with_personal_information, tally.personal_information) == (1, 0, {})


def test_a_word_that_is_only_recorded_makes_no_document_unsafe(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"\n".join(map(document, ("谣言", "谣言和冰毒", "风和日丽"))))
    tally = scan(path, screen).tally
    assert (tally.scanned, tally.unsafe, tally.noted) == (3, 1, 1)
    assert tally.risks == {"A.1.h": 1}


def test_the_text_field_is_the_declared_one(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_text('{"text-zh": "冰毒", "text": "fine"}\n', encoding="utf-8")
    assert scan(path, screen, text_field="text-zh").tally.unsafe == 1
    assert scan(path, screen, text_field="text").tally.unsafe == 0


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("kernel") / "file.jsonl"


good = st.sampled_from(["风和日丽", "出售冰毒", "砍死你", "电话13812345678联系", "冰毒 a@example.com"])
any_line = st.one_of(good.map(document), st.sampled_from(list(BAD_LINES)))


def naive(content, screen):
    """The tally of a reader without shards, streams or cleverness."""
    expected = Tally()
    for line in content:
        if line in BAD_LINES:
            fault = BAD_LINES[line]
            over = fault is LineFault.OVER_LONG
            one = Tally(
                read=1, empty=fault.is_empty, over_long=over, unparsable=not fault.is_empty and not over
            )
        else:
            findings = screen.scan(json.loads(line)["text"])
            risks = {each.risk: 1 for each in findings if each.risk != "pii"}
            kinds = {each.kind: 1 for each in findings if each.risk == "pii"}
            one = Tally(
                read=1,
                scanned=1,
                unsafe=bool(risks),
                with_personal_information=bool(kinds),
                risks=risks,
                personal_information=kinds,
            )
        expected = expected.merge(one)
    return expected


@settings(max_examples=60)
@given(content=st.lists(any_line, max_size=25), shard_bytes=st.integers(3, 900))
def test_any_sharding_gives_the_same_result_as_a_naive_reader(scratch, screen, content, shard_bytes):
    scratch.write_bytes(b"".join(line + b"\n" for line in content))
    found = scan(scratch, screen, shard_bytes=shard_bytes)
    assert found == scan(scratch, screen)
    assert found.tally == naive(content, screen)
    assert [(each.line, each.fault) for each in found.set_aside] == [
        (number, BAD_LINES[line]) for number, line in enumerate(content, 1) if line in BAD_LINES
    ]
