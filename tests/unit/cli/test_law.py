"""``hegui law``: what people and machines see of the rulebook."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput, NotFound
from hegui.library import TextDoubtful
from hegui.rulebook import chinese_numeral


@pytest.fixture
def law(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where there is no workspace until a test makes one

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["law", *arguments])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


@pytest.fixture
def workspace(law, tmp_path):
    CliRunner().invoke(main, ["init", str(tmp_path / "hegui-workspace")], catch_exceptions=False)
    return tmp_path / "hegui-workspace"


@pytest.fixture
def pipl_text(tmp_path):
    lines = ["中华人民共和国个人信息保护法", *(f"第{chinese_numeral(n)}条 原文{n}" for n in range(1, 75))]
    path = tmp_path / "pipl.md"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


# --- list, facts -----------------------------------------------------------------------------------


def test_the_list_has_every_instrument_with_its_days_and_unverified_clauses(law, rulebook):
    shown = law("list")
    assert len(shown.splitlines()) == 2 * len(rulebook.instruments)
    measures = rulebook.instrument("IM")
    unverified = sum(not clause.verification.verified for clause in measures.clauses)
    assert (
        f"departmental rule, in force, 2023-08-15 – …, {len(measures.clauses)} clauses, "
        f"{unverified} unverified, 24 articles in the text" in shown
    )
    assert "law, superseded, 2017-06-01 – 2026-01-01" in shown


def test_the_list_speaks_chinese(law):
    assert "部门规章, 现行, 2023-08-15 – …" in law("list", language="zh")


def test_the_facts_are_listed_with_their_questions_and_choices(law, rulebook):
    shown = law("facts")
    assert all(name in shown for name in rulebook.facts)
    assert "    provider: provider" in shown
    assert "role (choice)\n  What is your role" in shown


# --- show ------------------------------------------------------------------------------------------


def cited(shown, instrument):
    return [line.split()[1] for line in shown.splitlines() if line.startswith(f"{instrument} ")]


def test_an_article_is_shown_with_its_paragraphs_evidence_and_marks(law):
    shown = law("show", "IM", "--article", "11", language="zh")
    assert cited(shown, "IM") == ["11", "11.1", "11.2"]
    assert "  留存：请求工单与时间" in shown
    assert "  触发：个人提出请求" in shown


def test_an_article_is_not_mistaken_for_a_longer_number(law):
    assert cited(law("show", "IM", "--article", "2"), "IM") == ["2", "2.1", "2.2", "2.3"]


@pytest.mark.parametrize("article", ["4.1", "4(1)", "第四条第（一）项"])
def test_an_item_is_found_however_it_is_written(law, article):
    assert cited(law("show", "IM", "--article", article), "IM") == ["4.1"]


def test_a_clause_of_a_standard_is_shown_with_what_stands_below_it(law):
    assert cited(law("show", "TC260-003", "--article", "5.1a"), "TC260-003") == ["5.1a", "5.1a1", "5.1a2"]


def test_an_instrument_is_shown_whole_with_its_address(law):
    shown = law("show", "GBT-45654")
    assert shown.splitlines()[2].startswith("https://openstd.samr.gov.cn/")
    assert "same as: TC260-003 5.1a" in shown
    assert "note: clause number and modal verb are not yet checked" in shown


def test_an_instrument_without_known_address_is_shown(law):
    assert law("show", "PRACTICE").splitlines()[2] == ""


def test_the_edition_in_force_on_a_day_is_shown(law):
    shown = law("show", "网安法", "--article", "21", "--on", "2025-06-01")
    assert cited(shown, "CSL-2017") == ["21", "21.3"]
    assert shown.startswith("2025-06-01: in force (2017-06-01 – 2026-01-01)\n")


def test_before_its_day_an_instrument_is_shown_as_not_in_force(law):
    assert "2023-08-14: not in force (2023-08-15 – …)" in law("show", "IM", "--on", "2023-08-14")
    assert "2023-08-14：无效（2023-08-15 – …）" in law("show", "IM", "--on", "2023-08-14", "--lang", "zh")
    assert "2023-05-01: draft, not binding (2023-04-11" in law("show", "IM-DRAFT", "--on", "2023-05-01")


def test_the_language_can_be_chosen_for_one_answer(law):
    assert "部门规章" in law("show", "IM", "--lang", "zh")
    assert "departmental rule" in law("show", "IM", "--lang", "en", language="zh")


def test_machines_read_json(law):
    shown = json.loads(law("show", "IM", "--article", "17", "--json"))
    (clause,) = shown["instrument"]["clauses"]
    assert clause["verification"]["verified"] is True
    assert (shown["official"], shown["attached"], shown["on"]) == ([], None, None)
    assert json.loads(law("show", "im", "--on", "2026-01-01", "--json"))["in_force"] is True
    rows = json.loads(law("list", "--json"))
    assert next(row for row in rows if row["id"] == "IM")["since"] == "2023-08-15"


def test_a_clause_of_an_instrument_that_was_cut_short_is_left_out_after_its_day(law, rulebook):
    own = [(i, c) for i in rulebook.instruments for c in i.clauses if c.period]
    for instrument, clause in own:
        eve = clause.period.since.replace(year=clause.period.since.year - 1)
        if instrument.period.contains(eve):
            assert clause.id not in cited(law("show", instrument.id, "--on", str(eve)), instrument.id)


def test_what_is_not_there_is_not_found_with_the_nearest(law):
    with pytest.raises(NotFound, match="did you mean IM"):
        law("show", "IMM")
    with pytest.raises(NotFound, match="IM has 24 articles, and no Article 99"):
        law("show", "IM", "--article", "99")
    with pytest.raises(NotFound, match="hegui law attach adds the official text"):
        law("show", "CSL", "--article", "47")


def test_a_penalty_is_shown_while_it_stands(law):
    def threats(*arguments):
        shown = json.loads(law("show", *arguments, "--json"))
        return {penalty["clause"] for penalty in shown["penalties"]}

    assert "CSL 69" in threats("CSL", "--article", "49")
    assert "CSL 69" in threats("CSL", "--article", "69")
    assert "PIPL 66" in threats("PIPL", "--article", "13")
    assert "PIPL 66" not in threats("PIPL", "--article", "13", "--on", "2021-10-31")
    assert "penalty: PIPL 66 " in law("show", "PIPL", "--article", "13")


def test_the_help_names_every_command_those_that_export_too(law):
    shown = law("--help")
    for command in ("attach", "changes", "cite", "diff", "export", "schema", "show", "texts", "watch"):
        assert f"\n  {command} " in shown


# --- cite, diff, changes, watch --------------------------------------------------------------------


def test_a_citation_is_answered_by_the_numbering_of_the_day(law):
    eve = law("cite", "CSL", "47", "--on", "2025-12-31")
    assert eve.startswith("CSL-2017 47  ")
    assert "2025-12-31: in force (2017-06-01 – 2026-01-01)" in eve
    assert "in the other edition: CSL 49 (2026-01-01 – …)" in eve
    day = law("cite", "网络安全法 第四十七条", "--on", "2026-01-01", language="zh")
    assert "注意：2026-01-01 前写的“第四十七条”是 CSL-2017 47，现为 CSL 49" in day
    assert "该条存在，规则库尚未录入（共 81 条）" in day


def test_machines_read_a_citation(law):
    answer = json.loads(law("cite", "CSL 47", "--on", "2025-12-31", "--json"))
    assert answer["place"]["instrument"] == "CSL-2017"
    assert answer["place"]["elsewhere"][0]["citation"] == "CSL 49"
    assert answer["official"] is None


def test_without_a_day_today_is_meant(law):
    assert json.loads(law("cite", "IM 17", "--json"))["place"]["in_force"] is True


def test_an_unreadable_citation_is_refused(law):
    with pytest.raises(InvalidInput, match="write it like CSL 47"):
        law("cite", "IM")


def test_two_texts_are_compared(law):
    shown = law("diff", "征求意见稿", "IM", language="zh")
    assert shown.startswith("IM-DRAFT → IM  逐条比较\n")
    assert "义务仍见于：" in shown
    compared = json.loads(law("diff", "TC260-003", "GBT-45654", "--json"))
    assert compared["ground"] == "links"


def test_what_turned_between_two_days_is_told(law):
    shown = law("changes", "--from", "2025-12-31", "--to", "2026-01-01")
    assert shown.startswith("2026-01-01\n  changes instrument CSL: ")
    assert "[CSL-2017 → CSL]" in shown
    assert law("changes", "--from", "1990-01-01", "--to", "1990-01-02", language="zh") == "无\n"
    assert json.loads(law("changes", "--from", "2025-12-31", "--to", "2026-01-01", "--json"))
    assert "2026-01-01" in law("changes", "--from", "2025-12-31")


def test_what_needs_looking_at_is_listed(law):
    shown = law("watch", "--on", "2025-12-31", "--horizon-days", "1", "--review-days", "1000")
    assert "within 1 day:\n2026-01-01\n" in shown
    assert "reviewed over 1000 days ago, or never:" in shown
    assert json.loads(law("watch", "--json"))["horizon_days"] == 90


# --- attach, texts ---------------------------------------------------------------------------------


def test_an_attached_text_is_shown_beside_the_paraphrase(law, workspace, pipl_text, rulebook):
    attached = law("attach", "个保法", str(pipl_text))
    assert "PIPL  pipl.md: 74 articles (of 74 known)" in attached
    shown = law("show", "PIPL", "--article", "13")
    assert "PIPL 13  第十三条" in shown
    assert "official text (attached) 第十三条:\n  │ 原文13" in shown
    assert "│ 原文13" in law("cite", "PIPL", "13(2)")
    assert "│ 原文13" in law("show", "PIPL", "--article", "第十三条")
    whole = law("show", "PIPL", language="zh")
    assert whole.count("  │ 原文") == 74
    assert "应有 74 条" in whole


def test_an_article_that_only_the_attached_text_has_is_shown(law, workspace, pipl_text, rulebook):
    law("attach", "PIPL", str(pipl_text))
    entered = {clause.id for clause in rulebook.instrument("PIPL").clauses}
    missing = next(str(n) for n in range(1, 75) if str(n) not in entered)
    shown = law("show", "PIPL", "--article", missing, "--json")
    assert json.loads(shown)["official"] == [{"id": missing, "text": f"原文{missing}"}]
    assert f"│ 原文{missing}" in law("cite", "PIPL", missing)


def test_a_doubtful_text_is_refused_unless_forced_and_the_history_is_kept(law, workspace, pipl_text):
    law("attach", "PIPL", str(pipl_text))
    pipl_text.write_text("第一条 短", encoding="utf-8")
    with pytest.raises(TextDoubtful, match="attach it with --force"):
        law("attach", "PIPL", str(pipl_text))
    assert "doubt: the instrument has 74 articles, the text 1" in law(
        "attach", "PIPL", str(pipl_text), "--force"
    )
    history = law("texts", "PIPL")
    assert history.count("recorded as main/") == 2
    assert "in place of sha256:" in history
    assert len(json.loads(law("texts", "PIPL", "--json"))) == 2
    assert law("texts", "CSL") == "nothing\n"


def test_where_the_count_is_unknown_that_is_said(law, workspace, tmp_path, rulebook):
    unknown = next(i for i in rulebook.instruments if i.articles is None and "（" not in i.title.zh)
    path = tmp_path / "law.txt"
    path.write_text(f"{unknown.title.zh}\n第一条 甲", encoding="utf-8")
    assert "1 article (count unknown)" in law("attach", unknown.id, str(path))


def test_a_folder_that_is_no_workspace_does_not_hinder_reading(law, tmp_path):
    (tmp_path / "hegui-workspace").mkdir()
    assert law("show", "IM", "--article", "17")
