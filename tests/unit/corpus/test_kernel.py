"""The scan kernel counts what a naive reader counts, however the file is cut."""

import functools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import digest_bytes
from hegui.corpus import kernel
from hegui.corpus.account import LineFault, PartFaultKind, ShardResult, Tally
from hegui.corpus.kernel import WholeFile, perform, scan_shard, task_key, work_of
from hegui.corpus.opening import state_of
from hegui.corpus.planning import plan_file
from hegui.screening import Screen

LONGEST = 400


def plan(path, *, shard_bytes=1 << 20, fields=("text",)):
    return plan_file(path.name, str(path), fields=fields, shard_bytes=shard_bytes, longest_bytes=LONGEST)


def scan(path, screen, **options):
    results = (scan_shard(shard, screen) for shard in plan(path, **options).shards)
    return functools.reduce(ShardResult.merge, results, ShardResult())


def document(text):
    return json.dumps({"id": 1, "text": text}, ensure_ascii=False).encode()


BAD_LINES = {
    b"": LineFault.BLANK_LINE,
    document(" \n\u3000"): LineFault.EMPTY_TEXT,
    b'{"text": "\xff"}': LineFault.UNKNOWN_ENCODING,
    b'{"text": "cut short': LineFault.INVALID_JSON,
    b"\x00\x00": LineFault.NULL_BYTES,
    b"[]": LineFault.NOT_AN_OBJECT,
    b"{}": LineFault.NO_TEXT_FIELD,
    b'{"text": null}': LineFault.TEXT_NOT_A_STRING,
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


def test_a_document_counts_once_per_risk_and_kind(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    texts = ("出售冰毒，冰毒。砍死你！", "电话13812345678，或13912345678，邮箱a@example.com", "风和日丽")
    path.write_bytes(b"\n".join(map(document, texts)))
    found = scan(path, screen)
    tally = found.tally
    assert (tally.scanned, tally.unsafe, tally.with_personal_information) == (3, 1, 1)
    assert tally.risks == {"A.1.f": 1, "A.1.h": 1}
    assert tally.personal_information == {"email": 1, "mobile_phone": 1}
    assert {name: [each.line for each in seen] for name, seen in found.profile.sightings.items()} == {
        "A.1.f": [1],
        "A.1.h": [1],
        "email": [2],
        "mobile_phone": [2],
    }


def test_what_documents_are_like_is_counted(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    texts = ("风和日丽", "风和日丽", "the cat is on the mat © 2020", "冰毒与女性")
    path.write_bytes(b"\n".join(map(document, texts)) + b"\n" + document("你好").decode().encode("gb18030"))
    found = scan(path, screen)
    profile = found.profile
    assert profile.languages == {"en": 1, "zh": 4}
    assert profile.lengths == {"16": 1, "2": 1, "4": 3}
    assert profile.encodings == {"gb18030": 1, "utf-8": 4}
    assert profile.markers == {"copyright": 1}
    assert profile.groups == {"A.2.e 女": 1}
    assert profile.risks_by_language == {"zh": {"A.1.h": 1}}
    assert profile.characters == sum(map(len, texts)) + 2
    assert (found.duplicates.documents, found.duplicates.repeated * 5) == (5, 1)


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


def test_what_a_guard_model_could_not_judge_is_neither_unsafe_nor_a_risk(tmp_path, unanswered):
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"\n".join(map(document, ("谣言", "冰毒", "风和日丽"))))
    found = scan(path, unanswered)
    tally = found.tally
    assert (tally.scanned, tally.unsafe, tally.unjudged, tally.noted) == (3, 1, 2, 0)
    assert tally.risks == {"A.1.h": 1}
    assert (found.profile.asked, found.profile.unanswered) == ({"guard": 3}, {"guard": 3})
    assert found.profile.judged("guard") == 0


def test_the_text_field_is_the_declared_one(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_text('{"text-zh": "冰毒", "text": "fine"}\n', encoding="utf-8")
    assert scan(path, screen, fields=("text-zh",)).tally.unsafe == 1
    assert scan(path, screen, fields=("text",)).tally.unsafe == 0


def test_a_file_written_to_meanwhile_counts_for_nothing(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_bytes(document("good") + b"\n")
    (shard,) = plan(path).shards
    path.write_bytes(document("better") + b"\n")
    found = scan_shard(shard, screen)
    assert found.tally == Tally()
    assert [fault.kind for fault in found.faults] == [PartFaultKind.CHANGED]
    path.unlink()
    found = scan_shard(shard, screen)
    assert [fault.kind for fault in found.faults] == [PartFaultKind.UNREADABLE]


def test_what_was_read_of_a_damaged_file_counts(tmp_path, screen):
    path = tmp_path / "file.wet"
    record = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n"
    path.write_bytes(record + "冰毒".encode() + b"\r\n\r\n" + record + b"cut")
    found = scan(path, screen)
    assert (found.tally.read, found.tally.unsafe) == (1, 1)
    ((fault),) = found.faults
    assert (fault.kind, fault.offset) == (PartFaultKind.DAMAGED, len(record) + 6)


def test_a_task_is_a_shard_or_the_digest_of_a_file(tmp_path, screen):
    path = tmp_path / "file.jsonl"
    path.write_bytes(document("good") + b"\n")
    (shard,) = plan(path).shards
    assert perform(shard, screen) == work_of(screen)(shard) == scan_shard(shard, screen)
    whole = WholeFile(place=str(path), **state_of(str(path))._asdict())
    assert perform(whole, screen) == digest_bytes(path.read_bytes())
    path.unlink()
    assert perform(whole, screen) == ""


@pytest.mark.parametrize(
    ("data", "fields", "expected"),
    [
        ({"title": "good", "text": "冰毒", "data": [{"text": "good"}]}, (), {"scanned": 2, "unsafe": 1}),
        ({"data": [{"text": "good"}] * 200, "title": "冰毒"}, (), {"scanned": 201, "unsafe": 1}),
        ({"train": [{"text": "冰毒"}], "test": [{"text": "good"}]}, (), {"scanned": 2, "unsafe": 1}),
        ({"title": "冰毒", "data": [{"text": "good"}]}, ("text",), {"scanned": 1}),
        ({"title": "冰毒", "data": [{"text": "good"}]}, ("text", "title"), {"scanned": 2, "unsafe": 1}),
        ({"版本": "1", "data": [{"text": "good"}]}, (), {"scanned": 1}),
        ({"text": " ", "data": [{"text": "good"}]}, (), {"scanned": 1, "empty": 1}),
        ({"text": [], "data": [{"text": "good"}]}, (), {"scanned": 1, "unparsable": 1}),
        ({"text": "x" * LONGEST, "data": [{"text": "good"}]}, (), {"scanned": 1, "over_long": 1}),
    ],
)
@pytest.mark.parametrize(("indent", "times"), [(None, 1), (2, 1), (2, 3)])
def test_texts_beside_a_list_are_a_document_too(tmp_path, screen, data, fields, expected, indent, times):
    path = tmp_path / "file.json"
    path.write_text(json.dumps(data, indent=indent) * times, encoding="utf-8")
    tally = scan(path, screen, fields=fields).tally
    told = {name: getattr(tally, name) for name in ("scanned", "unsafe", "empty", "unparsable", "over_long")}
    assert told == dict.fromkeys(told, 0) | {name: count * times for name, count in expected.items()}
    assert tally.read == tally.scanned + tally.empty + tally.unparsable + tally.over_long


def test_a_key_tells_whatever_decides_the_result(tmp_path, screen, monkeypatch):
    path = tmp_path / "file.jsonl"
    path.write_bytes(document("good") + b"\n")
    (shard,) = plan(path).shards
    whole = WholeFile(place=str(path), **state_of(str(path))._asdict())
    other = Screen(keywords=None)
    keys = {
        task_key(shard, screen),
        task_key(shard, other),
        task_key(plan(path, fields=("body",)).shards[0], screen),
        task_key(whole, screen),
    }
    assert len(keys) == 4
    assert task_key(whole, screen) == task_key(whole, other)
    before = task_key(shard, screen)
    monkeypatch.setattr(kernel, "_KERNEL", kernel._KERNEL + 1)
    assert task_key(shard, screen) != before


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
@given(content=st.lists(any_line, max_size=25), shard_bytes=st.integers(3, 900), block=st.integers(1, 50))
def test_any_sharding_gives_the_same_result_as_a_naive_reader(scratch, screen, content, shard_bytes, block):
    scratch.write_bytes(b"".join(line + b"\n" for line in content))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(kernel, "_BLOCK", block)
        found = scan(scratch, screen, shard_bytes=shard_bytes)
    assert found == scan(scratch, screen)
    assert found.tally == naive(content, screen)
    named = [(each.line + index, each.fault) for each in found.set_aside for index in range(each.lines)]
    assert named == [(number, BAD_LINES[line]) for number, line in enumerate(content, 1) if line in BAD_LINES]
