"""A part of a new dataset: what is unsafe left out, what is personal covered, everything accounted for."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import digest_bytes, digest_file
from hegui.corpus.account import PartFaultKind
from hegui.corpus.cleaning import (
    CleanedPart,
    CleaningPolicy,
    CleaningTask,
    DocumentTreatment,
    TreatedDocument,
    clean,
    total,
)
from hegui.corpus.kernel import WholeFile
from hegui.corpus.opening import state_of
from hegui.corpus.planning import plan_file
from hegui.screening import Direction, Keyword, KeywordBank, Screen

PHONE = "电话13812345678"
WORDS = (
    Keyword(text="冰毒", risk="A.1.h", kind="drugs", source="test"),
    Keyword(text="谣言", risk="A.1.g", kind="falsehood", source="test", level="low"),
)


def cleaned(path, folder, screen, *, policy=CleaningPolicy(), fields=(), part=0):  # noqa: B008 - a frozen value
    plan = plan_file(path.name, str(path), fields=fields, shard_bytes=1 << 20, longest_bytes=1000)
    task = CleaningTask(shard=plan.shards[0], part=part)
    made = clean(task, screen=screen, policy=policy, folder=str(folder))
    return msgspec.json.decode(made, type=CleanedPart)


def lines_of(folder, name, part=0):
    path = folder / name / f"part-{part:05}.jsonl"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def texts_of(folder, name):
    return [json.loads(line)["text"] for line in lines_of(folder, name)]


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "texts.jsonl"
    texts = ("风和日丽", "出售冰毒", PHONE, f"冰毒 {PHONE}", "谣言")
    lines = [json.dumps({"id": n, "text": text}, ensure_ascii=False) for n, text in enumerate(texts)]
    path.write_text("\n".join((*lines, "no json", "")), encoding="utf-8")
    return path


def test_the_usual_policy_quarantines_masks_and_drops_what_nobody_could_read(source, tmp_path, screen):
    out = tmp_path / "out"
    made = cleaned(source, out, screen)
    assert (made.read, made.kept, made.masked, made.quarantined, made.dropped, made.unscreened) == (
        (6, 3, 1, 2, 0, 1)
    )
    assert texts_of(out, "data") == ["风和日丽", "电话[手机号]", "谣言"]
    assert texts_of(out, "quarantine") == ["出售冰毒", f"冰毒 {PHONE}"]
    assert json.loads(lines_of(out, "data")[0]) == {"id": 0, "text": "风和日丽"}
    treated = [msgspec.json.decode(line, type=TreatedDocument) for line in lines_of(out, "treated")]
    assert [(each.treatment.value, each.reasons) for each in treated] == [
        ("quarantine", ("A.1.h",)),
        ("mask", ("mobile_phone",)),
        ("quarantine", ("A.1.h", "mobile_phone")),
        ("drop", ("invalid_json",)),
    ]
    data = source.read_bytes()
    assert all(treated[n].offset == data.index(mark) for n, mark in ((3, b"no json"),))
    assert made.reasons == {"A.1.h": 2, "invalid_json": 1, "mobile_phone": 2}
    assert made.files == {name: digest_file(out / name) for name in made.files}
    assert set(made.files) == {f"{name}/part-00000.jsonl" for name in ("data", "quarantine", "treated")}


def test_what_a_guard_model_could_not_judge_is_left_out_whatever_the_policy(source, tmp_path, unanswered):
    keep = DocumentTreatment.KEEP
    for policy in (CleaningPolicy(), CleaningPolicy(unsafe=keep, personal_information=keep)):
        made = cleaned(source, tmp_path / policy.unsafe, unanswered, policy=policy)
        assert (made.kept, made.masked) == ((2, 0) if policy.unsafe is keep else (0, 0))
        assert made.unscreened == 4
        assert all("冰毒" in text for text in texts_of(tmp_path / policy.unsafe, "data"))


@pytest.mark.parametrize(
    ("unsafe", "personal_information", "expected"),
    [
        (DocumentTreatment.KEEP, DocumentTreatment.KEEP, (5, 0, 0)),
        (DocumentTreatment.DROP, DocumentTreatment.DROP, (2, 0, 3)),
        (DocumentTreatment.DROP, DocumentTreatment.QUARANTINE, (2, 1, 2)),
        (DocumentTreatment.KEEP, DocumentTreatment.MASK, (5, 0, 0)),
    ],
)
def test_every_policy_accounts_for_every_document(
    source, tmp_path, screen, unsafe, personal_information, expected
):
    policy = CleaningPolicy(unsafe=unsafe, personal_information=personal_information)
    made = cleaned(source, tmp_path / "out", screen, policy=policy)
    assert (made.kept, made.quarantined, made.dropped) == expected
    assert made.unscreened == 1
    assert len(lines_of(tmp_path / "out", "data")) == made.kept
    assert len(lines_of(tmp_path / "out", "quarantine")) == made.quarantined


def test_texts_are_masked_where_they_stand_in_chats_and_tables(tmp_path, screen):
    chat = tmp_path / "chat.jsonl"
    record = {
        "messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": PHONE}],
        "n": 1,
    }
    chat.write_text(json.dumps(record), encoding="utf-8")
    cleaned(chat, tmp_path / "a", screen)
    assert json.loads(lines_of(tmp_path / "a", "data")[0]) == {
        "messages": [{"role": "user", "content": "问"}, {"role": "assistant", "content": "电话[手机号]"}],
        "n": 1,
    }
    table = tmp_path / "table.csv"
    table.write_text(f"id,text\n1,{PHONE}\n", encoding="utf-8")
    cleaned(table, tmp_path / "b", screen)
    assert json.loads(lines_of(tmp_path / "b", "data")[0]) == {"id": "1", "text": "电话[手机号]"}
    plain = tmp_path / "plain.txt"
    plain.write_text(f"{PHONE}\n", encoding="utf-8")
    cleaned(plain, tmp_path / "c", screen)
    assert texts_of(tmp_path / "c", "data") == ["电话[手机号]"]


def test_what_reads_like_personal_information_when_masked_is_quarantined(
    source, tmp_path, screen, monkeypatch
):
    monkeypatch.setattr("hegui.corpus.cleaning.mask", lambda text, *_: text)
    made = cleaned(source, tmp_path / "out", screen)
    assert (made.masked, made.quarantined) == (0, 3)
    assert made.reasons["not_masked"] == 1
    assert PHONE not in texts_of(tmp_path / "out", "data")


def test_a_file_that_changed_or_cannot_be_read_on_leaves_nothing_behind(source, tmp_path, screen):
    plan = plan_file(source.name, str(source), fields=(), shard_bytes=1 << 20, longest_bytes=1000)
    task = CleaningTask(shard=plan.shards[0], part=0)
    source.write_text('{"text": "changed"}\n', encoding="utf-8")
    out = tmp_path / "out"
    policy = CleaningPolicy()
    made = msgspec.json.decode(clean(task, screen=screen, policy=policy, folder=str(out)), type=CleanedPart)
    assert [fault.kind for fault in made.faults] == [PartFaultKind.CHANGED]
    assert made.read == 0
    assert [path for path in out.rglob("*") if path.is_file()] == []
    source.unlink()
    made = msgspec.json.decode(clean(task, screen=screen, policy=policy, folder=str(out)), type=CleanedPart)
    assert [fault.kind for fault in made.faults] == [PartFaultKind.UNREADABLE]


def test_the_digest_of_a_file_is_told_too(source, screen):
    whole = WholeFile(place=str(source), **state_of(str(source))._asdict())
    told = clean(whole, screen=screen, policy=CleaningPolicy(), folder="")
    assert told == digest_bytes(source.read_bytes())


def test_an_interrupted_part_leaves_no_file(source, tmp_path, screen, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("hegui.corpus.cleaning.is_changed", stop)
    with pytest.raises(KeyboardInterrupt):
        cleaned(source, tmp_path / "out", screen)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


def test_parts_add_up():
    one = CleanedPart(part=0, file="a", start=0, read=3, kept=2, dropped=1, reasons={"x": 1})
    two = CleanedPart(part=1, file="b", start=0, read=2, kept=1, unscreened=1, reasons={"x": 1, "y": 1})
    whole = total([one, two])
    assert (whole.read, whole.kept, whole.dropped, whole.unscreened) == (5, 3, 1, 1)
    assert whole.reasons == {"x": 2, "y": 1}


def test_every_treatment_has_a_text_in_both_languages():
    for treatment in DocumentTreatment:
        assert treatment.text.zh
        assert treatment.text.en


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("cleaning")


pieces = st.sampled_from(
    ["风和日丽", "冰毒", "13812345678", "a@example.com", "11010519491231002X", "，", "\n", "1", "京A12345"]
)


@settings(max_examples=60)
@given(texts=st.lists(st.lists(pieces, max_size=5).map("".join), min_size=1, max_size=8))
def test_a_cleaned_dataset_holds_nothing_that_the_same_screen_would_treat(scratch, texts):
    screen = Screen(keywords=KeywordBank(WORDS, name="test"))
    path = scratch / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    for old in scratch.glob("out/*/*"):
        old.unlink()
    made = cleaned(path, scratch / "out", screen, fields=("text",))
    assert made.read == len(texts) == made.kept + made.quarantined + made.dropped + made.unscreened
    for text in texts_of(scratch / "out", "data"):
        found = screen.scan(text, Direction.CORPUS)
        assert [each for each in found if each.is_personal or each.risk == "A.1.h"] == []
