"""Which obligations apply, as the report says it."""

import msgspec
import pytest

from hegui.core import BilingualText
from hegui.dossier.model import Figure, Paragraph, Quotation, Words
from hegui.dossier.sections.scope import citation_text, scope_section

FACTS = {
    "offered_to_public_in_prc": True,
    "foreign_invested": False,
    "registered_users": 12000,
    "role": "provider",
    "modalities": ["text", "image"],
    "sectors": [],
}


@pytest.fixture
def judged(make_entry, rulebook):
    def make(**changes):
        content = {
            "on": "2026-11-22",
            "rulebook": rulebook.digest,
            "facts": FACTS,
            "counts": {"applies": 1, "cannot_tell": 1, "does_not_apply": 2},
            "obligations": [
                obligation("im.labels", "applies", ["modalities", "role"]),
                obligation("im.licences", "cannot_tell", ["licence_required"]),
                obligation(
                    "im.minors", "does_not_apply", ["registered_users", "sectors", "foreign_invested"]
                ),
                obligation("im.special-rules", "does_not_apply", [], ["im.labels"]),
            ],
            "open": ["licence_required"],
        }
        return make_entry("scope.judged", content | changes, 3)

    return make


def obligation(name, judgement, facts, prevailed_by=()):
    return {
        "id": name,
        "judgement": judgement,
        "force": "binding",
        "facts": facts,
        "prevailed_by": list(prevailed_by),
    }


def text(cell):
    return "".join(p.text if isinstance(p, Figure) else p.text.zh for p in cell)


def tables(section):
    return {block.name.zh: block for block in section.blocks if not isinstance(block, Paragraph)}


def test_without_a_judgement_the_scope_is_not_assessed(rulebook):
    [paragraph] = scope_section(None, rulebook).blocks

    assert "尚未评估" in text(paragraph.pieces)


def test_a_judgement_by_another_rulebook_is_not_shown_with_the_texts_of_this_one(judged, rulebook):
    [paragraph] = scope_section(judged(rulebook="sha256:00"), rulebook).blocks

    assert "另一版规则库" in text(paragraph.pieces)


def test_obligations_stand_by_judgement_with_their_clauses(judged, rulebook):
    found = tables(scope_section(judged(), rulebook))

    assert list(found) == [
        "据以判定的事实",
        "适用的义务",
        "尚不能确定是否适用的义务",
        "不适用的义务",
        "待答问题",
    ]
    [row] = found["适用的义务"].rows
    assert text(row[1]) == "暂行办法 第十二条"
    assert text(row[2]) == "有约束力"


def test_counts_and_facts_cite_the_entry(judged, rulebook):
    section = scope_section(judged(), rulebook)

    figures = {p.pointer: p.text for p in section.pieces if isinstance(p, Figure)}
    assert figures["/counts/applies"] == "1"
    assert figures["/facts/registered_users"] == "12,000"


def test_every_answer_is_told_in_words(judged, rulebook):
    answers = {
        text(fact): text(answer)
        for fact, answer in tables(scope_section(judged(), rulebook))["据以判定的事实"].rows
    }

    assert list(answers.values()) == ["是", "否", "12,000", "服务提供者", "文本、图片", "无"]


def test_what_does_not_apply_says_why(judged, rulebook):
    rows = tables(scope_section(judged(), rulebook))["不适用的义务"].rows

    assert text(rows[0][3]).count("；") == 2
    assert "12,000" in text(rows[0][3])
    assert text(rows[1][3]).startswith("另有优先规定：")


def test_what_cannot_be_told_says_what_to_answer(judged, rulebook):
    found = tables(scope_section(judged(), rulebook))

    assert text(found["尚不能确定是否适用的义务"].rows[0][3]).startswith("待答：")
    assert text(found["待答问题"].rows[0][0]) == rulebook.facts["licence_required"].question.zh


def test_where_all_is_settled_there_are_no_open_questions(judged, rulebook):
    entry = judged(obligations=[obligation("im.labels", "applies", ["role"])], open=[])

    assert list(tables(scope_section(entry, rulebook))) == ["据以判定的事实", "适用的义务"]


def test_a_choice_that_the_rulebook_no_longer_knows_stands_as_it_was_stated(judged, rulebook):
    rows = tables(scope_section(judged(facts={"role": "r1"}), rulebook))["据以判定的事实"].rows

    assert rows[0][1] == (Quotation(text=BilingualText(zh="r1", en="r1"), source="role"),)


def test_a_clause_is_cited_with_the_mark_of_what_was_not_checked(rulebook):
    unverified = next(c for i in rulebook.instruments for c in i.clauses if not c.verification.verified)

    assert citation_text(rulebook, "IM 4.1").zh == "暂行办法 第四条第（一）项"
    assert citation_text(rulebook, unverified.citation).zh.endswith("（未核实）")
    assert citation_text(rulebook, unverified.citation).en.endswith(" (unverified)")


def test_a_clause_of_an_earlier_rulebook_is_cited_as_it_was(rulebook):
    assert citation_text(rulebook, "OLD 1") == BilingualText(zh="OLD 1", en="OLD 1")


def test_no_words_of_ours_hold_a_number(judged, rulebook):
    pieces = [p for p in scope_section(judged(), rulebook).pieces if isinstance(p, Words)]

    assert pieces
    assert all(msgspec.convert(msgspec.to_builtins(piece), Words) == piece for piece in pieces)
