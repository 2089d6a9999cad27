"""The self-assessment as a whole."""

import datetime as dt

from hegui.dossier.assessment import self_assessment
from hegui.dossier.clauses import Conclusion, assess
from hegui.dossier.material import gather
from hegui.dossier.model import words
from hegui.dossier.typesetting import Tongue, typeset

DAY = dt.date(2026, 11, 22)


def texts(rulebook, entries=()):
    material = gather(entries, asked={})
    document = self_assessment(
        material, results=assess(material, rulebook), conclusion=Conclusion.OPEN, rulebook=rulebook, on=DAY
    )
    return typeset(document, tongue=Tongue.BOTH)


def test_its_sections_stand_in_the_order_of_a_report(rulebook):
    titles = [section.title[0].text for section in texts(rulebook).sections]

    assert titles == [
        "一、总体结论",
        "二、服务与适用范围",
        "三、训练数据安全",
        "四、模型生成内容安全",
        "五、安全措施",
        "六、逐条评估",
        "七、审核与签署",
    ]


def test_what_is_absent_is_not_assessed_and_never_a_pass(rulebook):
    whole = "\n".join(run.text for run in texts(rulebook).runs)

    for missing in ("没有判定适用范围", "没有登记来源", "没有完成的评测", "网关没有记录任何问答"):
        assert missing in whole
    verdicts = {run.text for run in texts(rulebook).runs if run.verdict is not None}
    assert verdicts == {"未评估", "not assessed"}


def test_it_says_that_it_is_a_draft_for_people(rulebook):
    document = texts(rulebook)

    assert [line.text for line in document.notice] == ["草稿，供人工审核", "Draft for human review"]
    assert "（未登记服务）" in document.subtitle[0].text


def test_it_names_the_service_and_who_answers_for_it(rulebook, make_entry):
    content = {
        "service": {"zh": "小禾", "en": "Xiaohe"},
        "provider": {"zh": "示例公司", "en": "Example Ltd"},
        "rulebook": "another",
    }
    document = texts(rulebook, [make_entry("scope.judged", content)])

    assert document.subtitle[0].text == "小禾　示例公司　编制日期：2026-11-22"
    assert document.subtitle[1].text == "Xiaohe, Example Ltd, composed on 2026-11-22"
    assert words("", "") not in document.subtitle
