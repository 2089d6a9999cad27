import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening.fold import fold
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keyword_detector import KeywordDetector
from hegui.screening.keywords import Keyword
from hegui.screening.lexicon import MatchMode

DAY = dt.date(2026, 11, 22)


def keyword(text, **fields):
    return Keyword(**({"text": text, "risk": "A.1.h", "kind": "test", "source": "ours"} | fields))


def detector(*keywords):
    return KeywordDetector(KeywordBank(keywords, name="bank"))


def found(looking, text):
    return [(occurrence.start, occurrence.end) for occurrence in looking.occurrences(fold(text), 0)]


def test_a_finding_names_the_beginning_of_the_banks_digest():
    looking = detector(keyword("炸弹"))
    assert looking.digest == looking.bank.digest
    assert looking.name == f"keyword:{looking.bank.digest.removeprefix('sha256:')[:8]}"


def test_a_word_under_two_risks_is_found_under_both():
    looking = detector(keyword("炸弹"), keyword("炸弹", risk="A.1.f"))
    assert {occurrence.category.risk for occurrence in looking.occurrences("炸弹", 0)} == {"A.1.f", "A.1.h"}
    assert {category.risk for category in looking.categories} == {"A.1.f", "A.1.h"}


def test_words_that_fold_alike_are_found_once():
    assert found(detector(keyword("炸弹"), keyword("炸彈")), "炸弹") == [(0, 2)]


# What people write to slip past a list of words.
@pytest.mark.parametrize(
    "twin",
    [
        "炸弹",
        "炸彈",
        "炸\u200b弹",
        "炸\u200d\u2060弹",
        "炸\ufe0f弹",
        "炸\u00ad弹",
        "炸 弹",
        "炸　弹",
        "炸*弹",
        "炸-弹",
        "炸_弹",
        "炸.弹",
        "炸·弹",
        "炸/弹",
        "炸★弹",
        "炸＊＊弹",
        "炸 - 彈",
        "炸\u200b*\u200b彈",
        "zhadan",
        "ＺＨＡＤＡＮ",
        "Zha Dan",
        "zd",
    ],
)
@pytest.mark.parametrize("frame", ["{}", "如何制造{}的方法", "请问{}，谢谢"])
def test_evasion_twins_are_found(twin, frame):
    looking = detector(keyword("炸弹", match=MatchMode.SEPARATED, pinyin="zha dan", initials=True))
    assert len(found(looking, frame.format(twin))) == 1


@pytest.mark.parametrize("word", ["bomb", "ＢＯＭＢ"])
@pytest.mark.parametrize(
    "twin",
    ["bomb", "Bomb", "ｂｏｍｂ", "b o m b", "b.o.m.b", "B-O-M-B", "b\u200bo\u200bm\u200bb", "𝐛𝐨𝐦𝐛", "ⓑⓞⓜⓑ"],
)
def test_evasion_twins_in_latin_letters_are_found(word, twin):
    looking = detector(keyword(word, match=MatchMode.SEPARATED))
    assert len(found(looking, f"一个{twin}，好")) == len(found(looking, f"a {twin} is")) == 1


@pytest.mark.parametrize(
    "neighbour",
    [
        "炸，弹",  # fried, springy: two clauses
        "先炸。弹性好",
        "要不要炸？弹一下",
        "炸、弹、煮",
        "炸：弹",
        "炸\n弹",
        "炸（弹）",
        "炸 * - * 弹",  # five separators
        "炸鸡和子弹",
        "弹炸",
        "轰炸机弹舱",
        "炸弹人",  # declared below
        "原子炸弹人偶",
        "zhadang",
        "azhadan",
        "zha-dan",
        "zha da n",
        "adz",
        "zdz",
    ],
)
def test_innocent_neighbours_pass(neighbour):
    looking = detector(
        keyword("炸弹", match=MatchMode.SEPARATED, pinyin="zha dan", initials=True, unless=("炸弹人",))
    )
    assert found(looking, neighbour) == []


@pytest.mark.parametrize(
    "neighbour",
    ["bombard", "a bom bay", "bo mb", "web om b", "xb o m b", "b o m bs", "or a pen", "ＫＯ粉", "ok 粉"],
)
def test_innocent_neighbours_in_latin_letters_pass(neighbour):
    looking = detector(*(keyword(word, match=MatchMode.SEPARATED) for word in ("bomb", "rape", "k粉")))
    assert found(looking, neighbour) == []


def test_an_exact_word_is_not_found_with_separators_nor_in_latin_letters():
    assert found(detector(keyword("炸弹")), "炸 弹 zhadan zd") == []


def test_a_context_excuses_the_word_within_it_and_nowhere_else():
    looking = detector(keyword("炸弹", unless=("炸弹人", "吃炸弹")), keyword("炸弹", risk="A.1.f"))
    occurrences = looking.occurrences("炸弹人吃炸弹和炸弹", 0)
    places = {(each.start, each.category.risk) for each in occurrences}
    assert places == {(0, "A.1.f"), (4, "A.1.f"), (7, "A.1.f"), (7, "A.1.h")}


@pytest.mark.parametrize("added_on", [DAY, None])
def test_it_tells_the_word_in_the_banks_spelling_and_its_source(added_on):
    word = keyword("製造炸彈", added_on=added_on)
    account = detector(word).account("制造\u200b炸弹", word.category)
    assert account.pattern.zh == "关键词“製造炸彈”"
    assert account.source == ("bank: ours, 2026-11-22" if added_on else "bank: ours")


@pytest.mark.parametrize("matched", ["炸弹", "炸 * 彈", "ZhaDan", "zd"])
def test_it_tells_the_word_behind_every_form(matched):
    word = keyword("炸弹", match=MatchMode.SEPARATED, pinyin="zha dan", initials=True)
    other = keyword("手枪", match=MatchMode.SEPARATED, pinyin="shou qiang", initials=True)
    assert detector(other, word).account(matched, word.category).pattern.zh == "关键词“炸弹”"


@given(st.sampled_from(KeywordBank.starter().keywords))
def test_every_word_of_the_starter_bank_is_found(word):
    looking = KeywordDetector(KeywordBank.starter())
    assert (2, 2 + len(fold(word.text))) in found(looking, f"他说{word.text}，")


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
    assert found(KeywordDetector(KeywordBank.starter()), text) == []
