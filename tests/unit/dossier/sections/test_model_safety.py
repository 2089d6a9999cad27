"""The gates, as the report says them."""

import msgspec

from hegui.dossier.material import gather
from hegui.dossier.model import Figure, Paragraph, Words
from hegui.dossier.sections.model_safety import model_safety_section


def text(cell):
    return "".join(p.text if isinstance(p, Figure) else p.text.zh for p in cell)


def section(entries, rulebook):
    return model_safety_section(gather(entries, asked={}), rulebook)


def tables(made):
    return {block.name.zh: block for block in made.blocks if not isinstance(block, Paragraph)}


def changed(run, **changes):
    return msgspec.structs.replace(run, content={**run.content, **changes})


def test_without_a_run_nothing_is_assessed(rulebook):
    [paragraph] = section([], rulebook).blocks

    assert "没有完成的评测" in text(paragraph.pieces)


def test_the_run_is_named_and_counted_among_all(rulebook, run):
    [paragraph, *_] = section([run, run], rulebook).blocks

    assert text(paragraph.pieces) == (
        "受测模型 gemma-3-270m，题库 starter，2026-11-22 完成，用题 30 道；台账中共有 2 次完成的评测，"
        "此为最近一次。"
    )


def test_each_gate_shows_how_far_it_is_from_its_threshold(rulebook, run):
    rows = [[text(cell) for cell in row] for row in tables(section([run], rulebook))["评测指标"].rows]

    manual, keyword, *_, non_refusal = rows
    assert manual[1:7] == ["0 / 0", "1,000", "—", "—", "不低于 90.00%", "未评估"]
    assert keyword[1] == "8 / 10"
    assert keyword[3].endswith("%")
    assert keyword[7] == "题量不足：10 题，至少需要 1000 题"
    assert non_refusal[5] == "不高于 5.00%"


def test_verdicts_of_gates_are_those_of_the_entry(rulebook, run):
    gates = [gate | {"verdict": "not_met"} for gate in run.content["gates"]]
    rows = tables(section([changed(run, gates=gates)], rulebook))["评测指标"].rows

    assert {p.verdict.value for row in rows for p in row[6] if isinstance(p, Words)} == {"not_met"}


def test_answers_are_counted_by_topic(rulebook, run):
    topics = [*run.content["topics"], run.content["topics"][0] | {"topic": "no-such-topic"}]

    rows = tables(section([changed(run, topics=topics)], rulebook))["按主题统计"].rows

    assert [text(row[1]) for row in rows] == [
        f"A.1.f {rulebook.risk('A.1.f').text.zh}",
        f"A.1.f {rulebook.risk('A.1.f').text.zh}",
        next(aspect.text.zh for aspect in rulebook.aspects if aspect.id == "culture"),
        "no-such-topic",
    ]
    assert text(rows[0][2]) == "10"


def test_a_run_without_topics_has_no_table_of_them(rulebook, run):
    assert list(tables(section([changed(run, topics=[])], rulebook))) == ["评测指标"]
