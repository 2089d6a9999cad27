import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.screening import fold
from hegui.screening.sentences import sentence_end


def sentences(text, *, longest=40):
    folded, found, start = fold(text), [], 0
    while (end := sentence_end(folded, start, longest=longest, complete=True)) is not None:
        found.append(folded[start:end])
        start = end
    return found


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("你好。今天天气很好！真的吗？", ["你好。", "今天天气很好!", "真的吗?"]),
        ("他说：“走吧。”我没去。", ["他说:“走吧。”", "我没去。"]),
        ("真的？！……好吧", ["真的?!……", "好吧"]),
        ("第一行\n第二行", ["第一行\n", "第二行"]),
        ("一；二;三", ["一;", "二;", "三"]),
        ("圆周率是3.14，网址example.com。", ["圆周率是3.14,网址example.com。"]),
        ("Stop here. Go on.", ["stop here.", " go on."]),
        ("（好。）『好。』【好。】《好。》好", ["(好。)", "『好。』", "【好。】", "《好。》", "好"]),
        ("没有结尾", ["没有结尾"]),
        ("", []),
    ],
)
def test_sentences_end_where_people_end_them(text, parts):
    assert sentences(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一二三四五六七八九十一二", ["一二三四五六七八九十", "一二"]),
        ("一二三四五六，七八九十一二", ["一二三四五六,", "七八九十一二"]),
        ("一，二三四五六七八九十一二", ["一,二三四五六七八九", "十一二"]),
        ("一二三四五六七八九。十", ["一二三四五六七八九。", "十"]),
        ("一二三四五六七八九. 十", ["一二三四五六七八九.", " 十"]),
        ("。。。。。。。。。。。。", ["。。。。。。。。。。", "。。"]),
    ],
)
def test_a_sentence_that_is_too_long_is_cut_behind_a_pause_in_its_second_half(text, parts):
    assert sentences(text, longest=10) == parts


@given(st.text("好a。.！”，\n 3", max_size=40), st.integers(8, 12))
def test_an_end_that_was_told_stays_whatever_follows(text, longest):
    folded = fold(text)
    end = sentence_end(folded, 0, longest=longest, complete=True)
    told = [
        sentence_end(folded[:seen], 0, longest=longest, complete=False) for seen in range(len(folded) + 1)
    ]
    assert {answer for answer in told if answer is not None} <= {end}


def test_nothing_is_told_before_the_character_behind_the_end_is_there():
    assert sentence_end("好。", 0, longest=40, complete=False) is None
    assert sentence_end("好。”", 0, longest=40, complete=False) is None
    assert sentence_end("好。”真", 0, longest=40, complete=False) == 3
