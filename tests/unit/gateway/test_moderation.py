"""Our screen in the shape of OpenAI's moderations."""

import datetime as dt

import pytest
from openai.types import ModerationCreateResponse

from hegui.gateway import UnreadableRequest
from hegui.gateway.moderation import moderate
from hegui.screening import Keyword, KeywordBank, Screen


def word(text, risk, level="high"):
    return Keyword(text=text, risk=risk, kind="k", level=level, source="test", added_on=dt.date(2026, 1, 1))


SCREEN = Screen(keywords=KeywordBank([word("雷管制作方法", "A.1.h"), word("笨蛋", "A.2.i", "low")], name="t"))


def results(given):
    return moderate({"input": given}, SCREEN, answer_id="modr-1", known={})["results"]


def test_the_answer_has_openais_form():
    answer = moderate({"input": "你好"}, SCREEN, answer_id="modr-1", known={})

    read = ModerationCreateResponse.model_validate(answer)
    assert read.model.startswith("hegui-screen-")
    assert not read.results[0].flagged


def test_each_input_is_judged_for_itself():
    first, second = results(["你好", "雷管制作方法"])

    assert (first["flagged"], second["flagged"]) == (False, True)
    assert second["categories"]["A.1.h"] is True
    assert second["category_scores"]["A.1.h"] == 1.0


def test_what_would_only_be_recorded_is_told_but_not_flagged():
    (result,) = results("笨蛋")

    assert not result["flagged"]
    assert result["categories"]["A.2.i"]
    assert result["categories"]["hate"]


def test_parts_are_read_as_one_text():
    (result,) = results([{"type": "text", "text": "雷管制"}, {"type": "text", "text": "作方法"}])

    assert result["flagged"]


@pytest.mark.parametrize("given", [None, "", [], 3, [{"type": "image_url", "image_url": {"url": "x"}}]])
def test_what_cannot_be_read_is_refused(given):
    with pytest.raises(UnreadableRequest):
        results(given)
