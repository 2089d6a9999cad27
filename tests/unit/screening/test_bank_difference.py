from hegui.screening import Keyword, KeywordBank, Level
from hegui.screening.bank_difference import difference


def bank(*words):
    return KeywordBank(
        [Keyword(text=t, risk="A.2.i", kind="k", source="s", level=level) for t, level in words], name="b"
    )


def test_a_difference_tells_what_came_what_went_and_what_is_said_otherwise():
    before = bank(("一", Level.LOW), ("二", Level.LOW), ("三", Level.LOW))
    after = bank(("二", Level.HIGH), ("三", Level.LOW), ("四", Level.LOW))
    found = difference(before, after)
    assert [keyword.text for keyword in found.added] == ["四"]
    assert [keyword.text for keyword in found.removed] == ["一"]
    assert [(c.before[0].level, c.after[0].level) for c in found.changed] == [(Level.LOW, Level.HIGH)]
    assert (found.before, found.after) == (before.digest, after.digest)
