import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import DEFAULT_WORDING, ExplicitLabel, NoMiddle, Placement, WordingIncomplete, labelled
from hegui.marking.explicit import Treatment, marks

NOTICE = f"【{DEFAULT_WORDING}】"


@pytest.mark.parametrize(
    "wording", ["本内容由人工智能生成", "AI合成", "生成：AI", "AI 生成合成内容", "由AI模型生成"]
)
def test_words_with_both_elements_are_taken(wording):
    assert ExplicitLabel(wording=wording).wording == wording


@pytest.mark.parametrize("wording", ["", "由人工智能提供", "机器生成", "生成", "AI", "MAIL生成", "AI\n生成"])
def test_words_without_both_elements_are_refused(wording):
    with pytest.raises(WordingIncomplete) as refused:
        ExplicitLabel(wording=wording)
    assert refused.value.wording == wording
    assert "本内容由人工智能生成" in str(refused.value)


def test_the_label_at_the_start_comes_before_the_text():
    assert labelled("甲。乙。", ExplicitLabel()) == f"{NOTICE}\n\n甲。乙。"


def test_the_label_at_the_end_comes_behind_the_text():
    assert labelled("甲。乙。\n", ExplicitLabel(placement=Placement.END)) == f"甲。乙。\n\n{NOTICE}\n"


def test_the_label_in_the_middle_stands_between_paragraphs():
    text = "甲一。甲二。甲三。甲四。\n\n乙一。乙二。\n\n丙。"
    assert labelled(text, ExplicitLabel(placement=Placement.MIDDLE)) == (
        f"甲一。甲二。甲三。甲四。\n\n{NOTICE}\n\n乙一。乙二。\n\n丙。"
    )


def test_the_label_in_the_middle_of_one_paragraph_stands_between_sentences():
    assert labelled("他说：“好。”走了。完。", ExplicitLabel(placement=Placement.MIDDLE)) == (
        f"他说：“好。”走了。\n\n{NOTICE}\n\n完。"
    )


def test_a_single_sentence_has_no_middle():
    with pytest.raises(NoMiddle, match="choose start, end or corner"):
        labelled("只有一句。", ExplicitLabel(placement=Placement.MIDDLE))


def test_a_corner_mark_needs_only_the_two_letters():
    assert labelled("好。\n", ExplicitLabel(placement=Placement.CORNER)) == "好。【AI】\n"


@given(st.text("甲乙。 \n！", min_size=1, max_size=60), st.sampled_from(Placement))
def test_labelling_twice_is_labelling_once_and_the_mark_is_found(text, placement):
    explicit = ExplicitLabel(placement=placement)
    try:
        once = labelled(text, explicit)
    except NoMiddle:
        return
    assert labelled(once, explicit) == once
    assert [mark.text for mark in marks(once)] == ["【AI】" if placement is Placement.CORNER else NOTICE] or (
        placement is Placement.CORNER
    )
    for mark in marks(once):
        assert once[mark.start :].startswith(mark.text)


def test_a_long_line_about_generated_content_is_no_label():
    line = "随着人工智能的发展，越来越多的内容由机器生成，" * 3
    assert marks(f"{line}\n") == ()
    assert [mark.text for mark in marks(f"{line}[AI]\n")] == ["[AI]"]


@pytest.mark.parametrize("treatment", Treatment)
def test_what_became_of_the_content_is_said_in_both_languages(treatment):
    assert treatment.text.zh
    assert treatment.text.en
