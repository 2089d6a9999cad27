"""The training data, as the report says it."""

from hegui.core import Verdict
from hegui.dossier.material import gather
from hegui.dossier.model import Figure, Paragraph, RecordedWords, Words
from hegui.dossier.sections.training_data import training_data_section


def text(cell):
    return "".join(p.text if isinstance(p, Figure) else p.text.zh for p in cell)


def section(entries, rulebook):
    return training_data_section(gather(entries, asked={}), rulebook)


def tables(made):
    return {block.name.zh: block for block in made.blocks if not isinstance(block, Paragraph)}


def paragraphs(made):
    return [text(block.pieces) for block in made.blocks if isinstance(block, Paragraph)]


def test_without_sources_nothing_is_assessed(rulebook):
    assert "没有登记来源" in paragraphs(section([], rulebook))[0]


def test_each_source_has_its_counts_verdict_and_use(rulebook, registration, scan):
    entries = [
        registration("a"),
        scan("a"),
        registration("b", seq=2),
        scan("b", seq=3, verdict="not_met", unsafe=90),
    ]

    rows = tables(section(entries, rulebook))["来源内容"].rows

    assert [[text(cell) for cell in row] for row in rows] == [
        ["来源a", "200", "2", "1.00%", "7", "3", "符合", "可用于训练"],
        ["来源b", "200", "90", "1.00%", "7", "3", "不符合", "不得用于训练"],
    ]
    assert {p.entry.seq for p in rows[1][1] if isinstance(p, Figure)} == {3}


def test_a_source_without_proof_of_rights_is_not_recommended_however_clean(rulebook, registration, scan):
    made = tables(section([registration(rights="not_met"), scan()], rulebook))

    assert text(made["来源内容"].rows[0][7]) == "不得用于训练"
    assert [text(cell) for cell in made["来源与权利证明"].rows[0]] == [
        "来源wiki",
        "开源",
        "不符合",
        "缺少许可",
        "TC260-003 5.1c1",
    ]


def test_a_source_without_a_scan_is_held_back(rulebook, registration):
    made = section([registration()], rulebook)
    row = tables(made)["来源内容"].rows[0]

    assert [text(cell) for cell in row[1:]] == ["—", "—", "—", "—", "—", "未评估", "暂缓：尚未评估"]
    assert list(tables(made)) == ["来源与权利证明", "来源内容"]
    assert not any("限值：" in each for each in paragraphs(made))


def test_the_limit_names_its_clause(rulebook, registration, scan):
    entries = [registration("a"), scan("a"), registration("b", seq=2), scan("b", seq=3)]

    assert [p for p in paragraphs(section(entries, rulebook)) if p.startswith("限值")] == [
        "限值：5.00%，依据 TC260-003 5.1a。"
    ]


def test_a_share_of_nothing_is_left_blank(rulebook, registration, scan):
    entries = [registration(), scan(scanned=0, unsafe=0, share=None, verdict="not_assessed")]

    made = tables(section(entries, rulebook))

    assert text(made["来源内容"].rows[0][3]) == "—"
    assert "按风险统计" not in made


def test_risks_and_kinds_of_personal_information_are_counted_by_source(rulebook, registration, scan):
    made = tables(section([registration(), scan()], rulebook))

    assert [text(cell) for cell in made["按风险统计"].rows[0]] == [
        "wiki",
        f"A.1.f {rulebook.risk('A.1.f').text.zh}",
        "2",
    ]
    assert [text(cell) for cell in made["按个人信息种类统计"].rows[0]] == ["wiki", "电子邮箱", "7"]


def test_a_caveat_stands_below_the_table(rulebook, registration, scan):
    caveat = {"zh": "只查找了 333 个关键词", "en": "only 333 keywords"}
    made = section([registration(), scan(caveat=caveat)], rulebook)

    assert "来源wiki：只查找了 333 个关键词。" in paragraphs(made)
    assert any(isinstance(p, RecordedWords) and p.pointer == "/verdict/caveat" for p in made.pieces)


def test_sampling_that_nobody_recorded_is_not_assessed(rulebook, registration, scan):
    pieces = section([registration(), scan()], rulebook).blocks[-1].pieces

    assert [p.verdict for p in pieces if isinstance(p, Words)] == [None, Verdict.NOT_ASSESSED, None]
