"""The words that every page about the law shares."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from hegui.cli.law_page import Beside, LawPage
from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, Language
from hegui.rulebook import Fine, Penalty, Sanction, Severity, Verification
from hegui.settings import Settings

DAY = dt.date(2026, 11, 22)


def page(language) -> LawPage:
    return LawPage(Terminal(Settings(workspace=Path("nowhere"), actor="a", language=language)))


@pytest.mark.parametrize(
    ("fine", "zh", "en"),
    [
        (Fine(at_most=100_000), "100,000 元以下", "up to RMB 100,000"),
        (Fine(gains_at_least=1, gains_at_most=10), "违法所得 1–10 倍", "1–10 times the gains"),
        (
            Fine(at_most=50_000_000, turnover_at_most=Decimal("0.05")),
            "50,000,000 元以下或者上年营业额 5% 以下",
            "up to RMB 50,000,000 or up to 5% of turnover",
        ),
        (Fine(), "未写明数额", "no amount stated"),
    ],
)
def test_a_fine_is_said_as_the_law_states_it(fine, zh, en):
    sanction = Sanction(severity=Severity.GRAVE, text=BilingualText(zh="罚", en="fined"), fine=fine)
    threat = Penalty(
        id="p",
        clause="CSL 61",
        breaches=("CSL 23",),
        text=BilingualText(zh="不履行", en="neglect"),
        sanctions=(sanction,),
        verification=Verification(verified=False),
    )
    assert f"造成严重后果：罚；单位 {zh}" in page(Language.ZH).penalties([threat])
    assert f"grave consequences: fined; organisation {en}" in page(Language.EN).penalties([threat])


@pytest.mark.parametrize(
    ("identifier", "day", "zh", "en"),
    [
        ("refusal-rate", DAY, "不少于 95%", "at least 95%"),
        ("source-unsafe-share", DAY, "超过 5%", "more than 5%"),
        ("small-processor-persons", DAY, "不足 100,000 人", "less than 100,000 persons"),
        ("bank-update-months", DAY, "不超过 1 个月，自上次更新起算", "at most 1 month; from: "),
        ("incident-report-hours", DAY, "，报送或者告知：省级网信部门", "; to: the provincial "),
        ("technical-pass-rate", DAY, "98%（未核实）", "98% (unverified)"),
    ],
)
def test_a_number_is_said_with_its_unit_its_beginning_and_its_mark(identifier, day, zh, en, rulebook):
    beside = Beside(parameters=[rulebook.parameter(identifier, on=day)])
    clause = rulebook.cited(beside.parameters[0].citation)
    assert zh in page(Language.ZH).clause(clause, beside)
    assert en in page(Language.EN).clause(clause, beside)
