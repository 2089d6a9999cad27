"""What people see of a report and of a comparison."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "service.yaml"
PROFILE = "name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\nfacts: "


@pytest.fixture
def scope(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(root), "scope", *map(str, arguments)])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_the_procedures_stand_first_with_clauses_and_reasons(scope):
    shown = scope(EXAMPLE, "--on", "2026-11-22", "--no-record")
    head, _, _ = shown.partition("Applies (binding)")
    assert "  - filing of the large language model: cannot tell yet  [Filing practice filing]\n" in head
    assert "  - registration of the service: not needed\n      because: where the model comes from = " in head
    assert "none is needed" not in head


def test_where_no_procedure_is_needed_it_says_so(scope, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(PROFILE + "{offered_to_public_in_prc: false, role: provider}\n", encoding="utf-8")
    assert "\n  none is needed\n" in scope(path, "--no-record")
    assert "\n  均不需要\n" in scope(path, "--no-record", language="zh")
    assert "\n  none is needed\n" in scope(path, "--no-record", "--on", "2016-01-01")


def test_the_evidence_to_keep_is_shown_on_demand(scope):
    shown = scope(EXAMPLE, "--on", "2026-11-22", "--no-record", "--full")
    assert "\n        keep: content policy, keyword and classifier configuration; " in shown
    assert "        keep: " not in scope(EXAMPLE, "--on", "2026-11-22", "--no-record")


def test_the_penalties_stand_under_the_obligations_and_once_in_full(scope):
    shown = scope(EXAMPLE, "--on", "2026-11-22", "--no-record", "--full")
    assert shown.count("        penalty: Interim Measures 21\n") > 1
    assert shown.count("\n  - Interim Measures 21  Breach of the Interim Measures\n") == 1
    _, _, threats = shown.partition("What a breach is threatened with:\n")
    assert "      first, as the breach may be, each at worst:\n        CSL 69 " in threats
    assert "up to RMB 50,000,000 or up to 5% of turnover; persons RMB 100,000–1,000,000\n" in threats
    assert "违反的后果：" in scope(EXAMPLE, "--no-record", "--full", language="zh")
    assert "What a breach is threatened with:" not in scope(EXAMPLE, "--no-record")


def test_no_penalty_of_what_does_not_apply_is_shown(scope, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(PROFILE + "{offered_to_public_in_prc: false, role: provider}\n", encoding="utf-8")
    shown = scope(path, "--on", "2023-04-11", "--no-record", "--full")
    assert "Interim Measures 21" not in shown


def test_the_numbers_are_shown_on_demand(scope):
    shown = scope(EXAMPLE, "--on", "2026-11-22", "--no-record", "--full")
    assert (
        "        number: retention of network logs: at least 6 months; from: the log is written"
        "  [Cybersecurity Law 23.3]\n" in shown
    )
    assert "        number: " not in scope(EXAMPLE, "--on", "2026-11-22", "--no-record")


def test_a_penalty_of_another_numbering_is_not_threatened(scope):
    before = scope(EXAMPLE, "--on", "2025-12-31", "--no-record", "--full")
    assert "  - Cybersecurity Law 61  " not in before
    assert "  - Cybersecurity Law 61  " in scope(EXAMPLE, "--on", "2026-01-01", "--no-record", "--full")


def test_special_rules_are_named_with_the_general_ones_and_why(scope, tmp_path):
    path = tmp_path / "service.yaml"
    facts = "{offered_to_public_in_prc: true, generates_content: true, role: provider, sectors: [news]}"
    path.write_text(PROFILE + facts + "\n", encoding="utf-8")
    shown = scope(path, "--on", "2026-11-22", "--no-record")
    assert "\n  - Special rules on news and publishing prevail: prevails  [Interim Measures 2.2]\n" in shown
    assert "      → Interim Measures; because: " in shown
    assert "Special rules on film" not in shown
    minors = shown.partition("  - Where minors use")[2].partition("  - ")[0]
    assert "cannot tell yet" in minors
    assert "特别规定与一般规定：" in scope(path, "--no-record", language="zh")
    assert "Special rules" not in scope(path, "--on", "1999-01-01", "--no-record")


def test_a_comparison_shows_what_begins_moves_and_stays(scope):
    shown = scope("compare", EXAMPLE, "--if", "public_opinion_or_mobilisation=yes", "--on", "2026-11-22")
    assert shown.startswith("Xiaohe Assistant, 2026-11-22: ")
    assert "algorithm filing: cannot tell yet → applies  [" in shown
    assert "Begins to apply: " in shown
    assert "public-opinion attributes or social-mobilisation capability = yes; " in shown
    assert " stay as they are." in shown


def test_a_comparison_of_days_names_both_numberings(scope):
    days = ("--on", "2025-12-31", "--on", "2026-01-01")
    shown = scope("compare", EXAMPLE, *days, language="zh")
    assert "小禾助手，2025-12-31 → 2026-01-01：" in shown
    assert "第二十一条第（三）项 → 网络安全法 第二十三条第（三）项]" in shown


def test_what_came_into_force_or_ceased_says_so(scope):
    shown = scope("compare", EXAMPLE, "--on", "2025-08-31", "--on", "2025-09-01")
    assert "  came into force in between\n" in shown
    shown = scope("compare", EXAMPLE, "--on", "2023-07-12", "--on", "2023-07-13")
    assert "  ceased to be in force in between\n" in shown
