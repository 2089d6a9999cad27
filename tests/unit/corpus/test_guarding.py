"""Which documents guard models are asked about."""

import pickle

import pytest

from hegui.corpus.guarding import Guarded, Guarding, guarding
from hegui.screening import (
    Category,
    Direction,
    GuardDeclaration,
    GuardJudge,
    Keyword,
    KeywordBank,
    Level,
    Ruling,
    Screen,
    load_format,
)

BANK = KeywordBank((Keyword(text="冰毒", risk="A.1.h", kind="drugs", source="test"),), name="test")
TEXTS = [f"第{n}篇" for n in range(400)]
OFFSETS = [n * 20 for n in range(400)]


def objecting(inquiries):
    """Finds every second text violent."""
    violent = Category(risk="A.1.f", kind="Violent", level=Level.HIGH)
    return {each: (Ruling(violent, None),) if len(each.text) % 2 else () for each in inquiries}


def screen_of(*shares, keywords=BANK, personal_information=True):
    judges = [
        GuardJudge(
            GuardDeclaration(
                name=f"guard-{share}",
                url="http://127.0.0.1:1/v1",
                model="m",
                format="qwen3guard",
                corpus_share=share,
            ),
            load_format("qwen3guard"),
        )
        for share in shares
    ]
    return Screen(keywords=keywords, personal_information=personal_information, judges=judges, ask=objecting)


def scanned(screen, texts=TEXTS, offsets=OFFSETS, file="a.jsonl"):
    said = dict(Guarding(screen).scan(texts, file=file, offsets=offsets))
    return [said.get(index, Guarded((), frozenset())) for index in range(len(texts))]


def test_a_guard_model_is_asked_about_its_share_and_the_rest_is_screened_all_the_same():
    texts = [f"{text}冰毒" for text in TEXTS]
    found = scanned(screen_of(0.25, 1.0), texts)
    asked = [each.asked for each in found]
    assert all("guard-1.0" in each for each in asked)
    share = sum("guard-0.25" in each for each in asked) / len(asked)
    assert 0.15 < share < 0.35
    everything = [screen_of(0.25, 1.0).scan(text, Direction.CORPUS) for text in texts]
    for each, whole in zip(found, everything, strict=True):
        expected = tuple(f for f in whole if not f.detector.startswith("guard") or f.detector in each.asked)
        assert each.findings == expected


def test_which_documents_is_the_same_however_they_come_and_differs_from_file_to_file():
    screen = screen_of(0.5)
    whole = scanned(screen)
    halves = scanned(screen, TEXTS[:123], OFFSETS[:123]) + scanned(screen, TEXTS[123:], OFFSETS[123:])
    assert whole == halves
    elsewhere = pickle.loads(pickle.dumps(screen))  # noqa: S301 - it was pickled here
    assert whole == scanned(elsewhere)
    assert [each.asked for each in scanned(screen, file="b.jsonl")] != [each.asked for each in whole]


@pytest.mark.parametrize("shares", [(), (1.0,)])
def test_where_nothing_is_spared_everything_is_screened_at_once(shares):
    screen = screen_of(*shares)
    names = frozenset(f"guard-{share}" for share in shares)
    assert Guarding(screen).guards == names
    found = scanned(screen)
    assert [each.findings for each in found] == list(screen.scan_many(TEXTS, Direction.CORPUS))
    assert {each.asked for each in found} == {names}


def test_a_screen_that_has_nothing_but_a_guard_model_asks_it_about_all():
    found = scanned(screen_of(0.1, keywords=None, personal_information=False))
    assert {each.asked for each in found} == {frozenset({"guard-0.1"})}


def test_a_guarding_is_made_once_for_a_screen():
    screen = screen_of(0.5)
    assert guarding(screen) is guarding(screen)
