import datetime as dt
import json
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.core import InvalidDocument, NotFound
from hegui.screening.compiled_bank import CompiledBanks
from hegui.screening.fold import fold
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword, Level, UnusableKeyword
from hegui.screening.lexicon import MatchMode

DOCUMENT = """\
name: weapons
source: ours
added_on: 2026-11-01
groups:
  - risk: A.1.h
    kind: weapons
    words: [出售枪支, {text: 炸弹, pinyin: zha dan, initials: true, unless: [炸弹人]}]
    separated_words: [自制炸弹]
  - risk: A.1.f
    kind: violence
    level: low
    source: theirs
    added_on: 2026-11-02
    whole_words: [rape]
"""


def keyword(text, risk="A.1.h"):
    return Keyword(text=text, risk=risk, kind="test", source="test")


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_bank_is_read_from_a_document(tmp_path):
    bank = KeywordBank.from_document(write(tmp_path / "bank.yaml", DOCUMENT))
    ours = {"risk": "A.1.h", "kind": "weapons", "source": "ours", "added_on": dt.date(2026, 11, 1)}
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
        Keyword(text="出售枪支", **ours),
        Keyword(text="炸弹", pinyin="zha dan", initials=True, unless=("炸弹人",), **ours),
        Keyword(text="自制炸弹", match=MatchMode.SEPARATED, **ours),
    )


def test_a_document_may_be_json(tmp_path):
    groups = [{"risk": "A.1.h", "kind": "weapons", "words": ["出售枪支"]}]
    text = json.dumps({"name": "n", "source": "s", "added_on": "2026-11-22", "groups": groups})
    assert len(KeywordBank.from_document(write(tmp_path / "bank.json", text))) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DOCUMENT.replace("level: low", "level: hihg"), r"a\.yaml:11: groups\[1\]\.level: "),
        (DOCUMENT.replace("A.1.f", "A.1"), r"a\.yaml:14: keyword 'rape': there is no risk 'A\.1'"),
        (DOCUMENT.replace("rape", '"ra\\x07pe"'), r"a\.yaml:1: .*control characters"),
        (DOCUMENT.replace("rape", '" rape"'), r"a\.yaml:14: .*white space"),
    ],
)
def test_a_document_that_is_no_bank_is_refused_with_place_and_cure(tmp_path, text, message):
    with pytest.raises(InvalidDocument) as error:
        KeywordBank.from_document(write(tmp_path / "a.yaml", text))
    assert re.search(message, str(error.value)), str(error.value)


def test_a_missing_document_is_said_to_be_missing(tmp_path):
    with pytest.raises(NotFound):
        KeywordBank.from_document(tmp_path / "none.yaml")


def test_a_word_that_no_text_could_contain_is_refused():
    with pytest.raises(UnusableKeyword):
        KeywordBank([keyword("炸弹"), keyword("\u200b")], name="test")


def test_the_digest_depends_on_the_words_and_not_on_their_order_or_the_name():
    one = KeywordBank([keyword("炸弹"), keyword("枪支")], name="one")
    other = KeywordBank([keyword("枪支"), keyword("炸弹"), keyword("枪支")], name="other")
    assert one == other
    assert len({one, other}) == 1
    assert one.digest == other.digest
    assert one.digest != KeywordBank([keyword("炸弹")], name="one").digest
    assert one != "炸弹"


@given(
    st.permutations([(text, risk, level) for text in "ab" for risk in ("A.1.f", "A.1.h") for level in Level])
)
def test_words_of_one_text_stand_in_one_order_too(drawn):
    words = [
        Keyword(text=text, risk=risk, kind="test", source="test", level=level) for text, risk, level in drawn
    ]
    assert KeywordBank(words, name="test").digest == KeywordBank(sorted(words, key=str), name="test").digest


def test_a_bank_that_was_kept_is_the_same_and_reads_its_words_only_when_asked(tmp_path):
    bank = KeywordBank([keyword("炸弹")], name="test")
    banks = CompiledBanks(tmp_path)
    assert KeywordBank.kept(bank.content, name="test", compiled_banks=banks).compiled
    kept = KeywordBank.kept(bank.content, name="test", compiled_banks=banks)
    assert kept.compiled.lexicon.find("炸弹", 0)
    assert kept == bank
    assert "keywords" not in vars(kept)
    assert kept.keywords == bank.keywords


def test_a_bank_can_be_sent_to_another_process(tmp_path):
    bank = KeywordBank([keyword("炸弹")], name="test")
    for each in (bank, KeywordBank.kept(bank.content, name="test", compiled_banks=CompiledBanks(tmp_path))):
        assert each.compiled
        sent = pickle.loads(pickle.dumps(each))  # noqa: S301 - our own bytes
        assert sent == bank
        assert "keywords" not in vars(sent)
        assert sent.keywords == bank.keywords
        assert sent.compiled.lexicon.find("炸弹", 0)


def test_the_starter_bank_holds_no_word_twice():
    words = [fold(word.text) for word in KeywordBank.starter().keywords]
    assert len(words) == len(set(words))


def test_the_starter_bank_names_risks_of_the_rulebook_that_banks_are_for(rulebook):
    risks = {risk.id for risk in rulebook.risks}
    named = {word.risk for word in KeywordBank.starter().keywords}
    assert named <= {risk for risk in risks if risk.startswith(("A.1.", "A.2."))}
