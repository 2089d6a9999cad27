import datetime as dt
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidDocument, NotFound
from hegui.screening.fold import fold
from hegui.screening.keywords import (
    Keyword,
    KeywordBank,
    KeywordDetector,
    Level,
    MatchMode,
    UnusableKeyword,
)

DAY = dt.date(2026, 11, 22)


def keyword(text, *, risk="A.1.h", match=MatchMode.EXACT):
    return Keyword(text=text, risk=risk, kind="test", source="test", added_on=DAY, match=match)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


DOCUMENT = """\
name: weapons
source: ours
added_on: 2026-11-01
groups:
  - risk: A.1.h
    kind: weapons
    words: [出售枪支, 自制炸弹]
  - risk: A.1.f
    kind: violence
    level: low
    source: theirs
    added_on: 2026-11-02
    whole_words: [rape]
"""


def test_a_bank_is_read_from_yaml(tmp_path):
    bank = KeywordBank.load(write(tmp_path / "bank.yaml", DOCUMENT))
    assert bank.name == "weapons"
    assert bank.keywords == (
        Keyword(
            text="rape",
            risk="A.1.f",
            kind="violence",
            level=Level.LOW,
            source="theirs",
            added_on=dt.date(2026, 11, 2),
            match=MatchMode.WHOLE_WORD,
        ),
        Keyword(text="出售枪支", risk="A.1.h", kind="weapons", source="ours", added_on=dt.date(2026, 11, 1)),
        Keyword(text="自制炸弹", risk="A.1.h", kind="weapons", source="ours", added_on=dt.date(2026, 11, 1)),
    )


def test_a_bank_is_read_from_json(tmp_path):
    groups = [{"risk": "A.1.h", "kind": "weapons", "words": ["出售枪支"]}]
    text = json.dumps({"name": "n", "source": "s", "added_on": "2026-11-22", "groups": groups})
    assert len(KeywordBank.load(write(tmp_path / "bank.json", text))) == 1


@pytest.mark.parametrize(
    "heading", ["text,risk,kind,level,match,added_on", "关键词,风险,类别,级别,匹配方式,加入日期"]
)
def test_a_bank_is_read_from_csv_with_headings_in_either_language(tmp_path, heading):
    text = heading + "\n炸弹,A.1.h,weapons,medium,,2026-11-22\n\nrape,A.1.f,,,whole_word,\n"
    bank = KeywordBank.load(write(tmp_path / "list.csv", text))
    assert bank.name == "list"
    assert bank.keywords == (
        Keyword(text="rape", risk="A.1.f", kind="keyword", source="list.csv", match=MatchMode.WHOLE_WORD),
        Keyword(
            text="炸弹", risk="A.1.h", kind="weapons", level=Level.MEDIUM, source="list.csv", added_on=DAY
        ),
    )


def test_a_bank_is_read_from_plain_lines(tmp_path):
    path = write(tmp_path / "list.txt", "# a comment\n炸弹\n\n枪支\tA.1.f\n")
    bank = KeywordBank.load(path, risk="A.1.h")
    assert [(word.text, word.risk, word.added_on) for word in bank.keywords] == [
        ("枪支", "A.1.f", None),
        ("炸弹", "A.1.h", None),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.xls", "", r"a\.xls:1: unknown kind of file '\.xls'; use one of \.yaml, "),
        ("a.txt", "好\n炸弹\n", r"a\.txt:1: risk: no risk is named"),
        ("a.txt", "炸弹\tA.1.h\n枪支\tA.9.z\n", r"a\.txt:2: keyword '枪支': there is no risk 'A\.9\.z'"),
        ("a.txt", "炸弹\tA.1.h\tx\n", r"a\.txt:1: 3 cells, but 2 columns"),
        ("a.txt", "\u200b\tA.1.h\n", r"a\.txt:1: .*invisible"),
        ("a.csv", "text,riks\n炸弹,A.1.h\n", r"a\.csv:1: riks: unknown column; did you mean risk"),
        ("a.csv", "word,risk\n", r"a\.csv:1: word: unknown column; known: "),
        ("a.csv", "risk\nA.1.h\n", r"a\.csv:1: text: the column “text” is missing"),
        ("a.csv", "", r"a\.csv:1: text: the column “text” is missing"),
        ("a.csv", "text,risk,level\n炸弹,A.1.h,huge\n", r"a\.csv:2: Invalid enum value 'huge'"),
        ("a.csv", "text,risk,added_on\n\n炸弹,A.1.h,2026-02-30\n", r"a\.csv:3: .*date"),
        ("a.csv", 'text,risk\n"炸"弹,A.1.h\n', r"a\.csv:2: not CSV"),
        ("a.csv", "text,risk\n,A.1.h\n", r"a\.csv:2: .*missing required field `text`"),
        ("a.yaml", DOCUMENT.replace("level: low", "level: hihg"), r"a\.yaml:10: groups\[1\]\.level: "),
        ("a.yaml", DOCUMENT.replace("A.1.f", "A.1"), r"a\.yaml:13: keyword 'rape': there is no risk 'A\.1'"),
        ("a.yaml", DOCUMENT.replace("rape", '"ra\\x07pe"'), r"a\.yaml:1: .*control characters"),
        ("a.yaml", DOCUMENT.replace("rape", '" rape"'), r"a\.yaml:13: .*white space"),
    ],
)
def test_a_file_that_is_no_bank_is_refused_with_place_and_cure(tmp_path, name, text, message):
    with pytest.raises(InvalidDocument) as error:
        KeywordBank.load(write(tmp_path / name, text))
    assert re.search(message, str(error.value)), str(error.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(NotFound):
        KeywordBank.load(tmp_path / "none.yaml")


@pytest.mark.parametrize("text", ["", " ", "\u200b\u200d", "炸\n弹", "炸弹 ", "\ud800"])
def test_a_word_that_no_text_could_contain_is_refused(text):
    with pytest.raises(UnusableKeyword):
        KeywordBank([keyword(text)], name="test")


def test_the_digest_depends_on_the_words_and_not_on_their_order_or_the_name():
    one = KeywordBank([keyword("炸弹"), keyword("枪支")], name="one")
    other = KeywordBank([keyword("枪支"), keyword("炸弹"), keyword("枪支")], name="other")
    assert one == other
    assert len({one, other}) == 1
    assert one.digest == other.digest
    assert one.digest != KeywordBank([keyword("炸弹")], name="one").digest
    assert one != "炸弹"


def test_a_finding_names_the_beginning_of_the_banks_digest():
    bank = KeywordBank([keyword("炸弹")], name="test")
    assert KeywordDetector(bank).name == f"keyword:{bank.digest.removeprefix('sha256:')[:8]}"


def test_a_word_under_two_risks_is_found_under_both():
    detector = KeywordDetector(KeywordBank([keyword("炸弹"), keyword("炸弹", risk="A.1.f")], name="test"))
    assert {occurrence.category.risk for occurrence in detector.occurrences("炸弹", 0)} == {"A.1.f", "A.1.h"}


def test_words_that_fold_alike_are_found_once():
    detector = KeywordDetector(KeywordBank([keyword("炸弹"), keyword("炸彈")], name="test"))
    assert len(detector.occurrences("炸弹", 0)) == 1


@pytest.mark.parametrize("added_on", [DAY, None])
def test_it_tells_the_word_in_the_banks_spelling_and_its_source(added_on):
    word = Keyword(text="製造炸彈", risk="A.1.h", kind="test", source="ours", added_on=added_on)
    account = KeywordDetector(KeywordBank([word], name="bank")).account("制造\u200b炸弹", word.category)
    assert account.pattern.zh == "关键词“製造炸彈”"
    assert account.source == ("bank: ours, 2026-11-22" if added_on else "bank: ours")


@given(st.sampled_from(KeywordBank.starter().keywords))
def test_every_word_of_the_starter_bank_is_found(word):
    detector = KeywordDetector(KeywordBank.starter())
    spans = [(o.start, o.end) for o in detector.occurrences(fold(f"他说{word.text}，"), 0)]
    assert (2, 2 + len(fold(word.text))) in spans


def test_the_starter_bank_holds_no_word_twice():
    words = [fold(word.text) for word in KeywordBank.starter().keywords]
    assert len(words) == len(set(words))


def test_the_starter_bank_names_risks_of_the_rulebook_that_banks_are_for(rulebook):
    risks = {risk.id for risk in rulebook.risks}
    named = {word.risk for word in KeywordBank.starter().keywords}
    assert named <= {risk for risk in risks if risk.startswith(("A.1.", "A.2."))}


@pytest.mark.parametrize(
    "text",
    [
        "第三百四十七条 走私、贩卖、运输、制造毒品，无论数量多少，都应当追究刑事责任。",
        "非法制造、买卖、运输、邮寄、储存枪支、弹药、爆炸物的，处三年以上十年以下有期徒刑。",
        "禁止任何单位和个人利用网络从事电信诈骗、赌博、传播淫秽色情信息等违法活动。",
        "公安机关破获一起制造炸药案，缴获雷管若干。",
        "他是炸弹人游戏的老玩家，最喜欢的表情是炸弹。",
        "这款洗面奶的去黑头效果像炸弹一样惊人！",
        "反对任何形式的民族歧视、地域歧视和性别歧视，残疾人依法享有平等权利。",
        "老人是家里的宝，打工的朋友们辛苦了。",
        "How to make a bombe glacée, and how to make methane detectors work?",
        "Therapists and grapes; the chinkapin oak; niggardly is an old word.",
        "The chemist explained why bleach is dangerous and must never be drunk.",
    ],
)
def test_ordinary_text_passes_the_starter_bank(text):
    assert KeywordDetector(KeywordBank.starter()).occurrences(fold(text), 0) == []
