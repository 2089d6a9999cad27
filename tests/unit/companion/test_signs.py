import pytest

from hegui.companion import (
    CompanionPolicy,
    CrisisKind,
    CrisisPolicy,
    DependencePolicy,
    FindingSort,
    SignReader,
    Signs,
)
from hegui.core import BilingualText
from hegui.screening import Category

READER = SignReader(CompanionPolicy())
GUARD = Category(risk="unmapped", kind="Suicide & Self-Harm", level="high")


@pytest.mark.parametrize(
    "text", ["退出", " 退出。", "不聊了吧", "再见啦！", "STOP", "Ｅｘｉｔ!", "拜拜~", "goodbye", "结束對話"]
)
def test_whoever_says_nothing_else_wants_to_stop(text):
    assert READER.wants_to_stop(text)


@pytest.mark.parametrize(
    "text", ["怎么退出这个软件？", "别停止", "stop words 是什么", "再见到你真好", "", "他说不聊了"]
)
def test_whoever_says_more_goes_on(text):
    assert not READER.wants_to_stop(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我不想活了", CrisisKind.SELF_HARM),
        ("我 想\u200b死", None),
        ("我想\u200b死", CrisisKind.SELF_HARM),
        ("I want to die.", CrisisKind.SELF_HARM),
        ("昨天我被騙光了", CrisisKind.PROPERTY_LOSS),
        ("I lost all my savings yesterday", CrisisKind.PROPERTY_LOSS),
        ("我崩溃了", CrisisKind.EXTREME_EMOTION),
        ("我崩溃了，我想自杀", CrisisKind.SELF_HARM),
        ("我想死你了，快回来", None),
        ("自杀率为什么下降？", None),
        ("请介绍预防自杀的热线", None),
        ("倾家荡产是什么意思", None),
        ("今天天气不错", None),
    ],
)
def test_the_starter_phrases_tell_the_gravest_crisis(text, kind):
    assert READER.crisis(text, ()) is kind


def test_the_operators_words_and_the_screens_findings_count_too():
    crisis = CrisisPolicy(
        kind=CrisisKind.SELF_HARM,
        signs=Signs(
            words=("想去另一个世界",), findings=(FindingSort(risk="unmapped", kind="Suicide & Self-Harm"),)
        ),
        starter=False,
    )
    reader = SignReader(CompanionPolicy(crises=(crisis,)))
    assert reader.crisis("我想去另一个世界", ()) is CrisisKind.SELF_HARM
    assert reader.crisis("嗯", [GUARD]) is CrisisKind.SELF_HARM
    assert reader.crisis("嗯", [Category(risk="A.1.f", kind="x", level="high")]) is None
    assert reader.crisis("我不想活了", ()) is None, "the starter set was declined"
    assert reader.crisis("我崩溃了", ()) is None, "nothing is declared for it"


def test_dependence_shows_only_by_what_is_declared():
    assert not READER.dependence("我离不开你", ())
    signs = Signs(words=("离不开你",), findings=(FindingSort(risk="unmapped"),))
    reader = SignReader(CompanionPolicy(dependence=DependencePolicy(signs=signs)))
    assert reader.dependence("我离不开你", ())
    assert reader.dependence("嗯", [GUARD])
    assert not reader.dependence("嗯", ())
    assert reader.crisis("我离不开你", ()) is None


def test_the_words_for_stopping_are_the_operators():
    reader = SignReader(CompanionPolicy(exit_words=("芝麻关门",), farewell=BilingualText(zh="好", en="ok")))
    assert reader.wants_to_stop("芝麻关门！")
    assert not reader.wants_to_stop("退出")
