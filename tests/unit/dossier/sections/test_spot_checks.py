"""The spot checks, as the report says them."""

from hegui.dossier.material import gather
from hegui.dossier.model import Figure, Paragraph, Table, Words
from hegui.dossier.sections.spot_checks import spot_check_blocks


def text(cell):
    return "".join(p.text if isinstance(p, Figure) else p.text.zh for p in cell)


def blocks(*entries):
    return list(spot_check_blocks(gather(entries, asked={})))


def said(made):
    return [text(block.pieces) for block in made if isinstance(block, Paragraph)]


def test_without_a_judgement_nothing_is_assessed():
    assert said(blocks()) == ["训练数据的人工抽检和技术抽检：未评估，没有抽检的证据。"]


def test_every_gate_has_its_numbers_and_its_verdict(judged_gates):
    (table,) = (block for block in blocks(judged_gates()) if isinstance(block, Table))
    assert [[text(cell) for cell in row] for row in table.rows] == [
        [
            *("人工抽检合格率", "—", "3,900 / 4,000", "1", "97.50%", "97.03%", "不低于 96.00%"),
            *("符合（稳健）", "抽检 4000 条"),
        ],
        ["来源采集后", "wiki", "0 / 0", "0", "—", "—", "不高于 5.00%", "未评估", "尚未扫描"],
    ]
    assert all(p.entry.seq == 9 for row in table.rows for cell in row for p in cell if isinstance(p, Figure))
    assert isinstance(table.rows[0][7][0], Words)


def test_how_many_samples_there_were_how_people_agree_and_how_the_scan_errs_is_said(judged_gates):
    paragraphs = said(blocks(judged_gates()))
    assert "共抽样 2 次，此为第 2 次。" in paragraphs
    assert "由两人互不可见地审核的 400 条中，结论一致的 390 条。" in paragraphs
    (corrected,) = (each for each in paragraphs if "据此校正" in each)
    assert "不合格的 99 条中发现 80 条" in corrected
    assert "约为 2.00%（1.00% 至 3.00%）" in corrected


def test_what_is_not_known_is_left_out(judged_gates):
    made = blocks(judged_gates(sample=None, agreement=None, correction=None))
    assert len(said(made)) == 1
    none = {"pairs": 0, "agreed": 0}
    assert len(said(blocks(judged_gates(sample=None, agreement=none, correction={"corrected": None})))) == 1


def test_a_judgement_that_is_older_than_what_it_was_judged_by_says_so(judged_gates, scan):
    assert "需重新判定" in said(blocks(judged_gates(), scan(seq=10)))[0]
    assert "需重新判定" not in said(blocks(scan(seq=1), judged_gates()))[0]


def test_a_judgement_that_was_asked_something_else_says_so(judged_gates):
    assert "需重新判定" in said(blocks(judged_gates(asked={"manual-sample-size": ">= 50"})))[0]
