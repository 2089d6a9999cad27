"""``hegui scope compare``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput
from hegui.scope import InvalidFact
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "service.yaml"


@pytest.fixture
def compare(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments):
        command = ["-w", str(root), "scope", "compare", *map(str, arguments)]
        result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, command)
        if result.exception is not None:
            raise result.exception
        with Workspace.open(Settings(workspace=root, actor="test@hegui")) as workspace:
            assert list(workspace.ledger.entries()) == []
        return result.stdout

    return run


def changed(shown: str) -> dict[str, str]:
    return {shift["obligation"]: shift["kind"] for shift in json.loads(shown)["shifts"]}


def test_a_million_users_of_a_companion(compare):
    companion = ("--if", "simulates_person=yes", "--if", "sustained_emotional_interaction=yes")
    shown = compare(EXAMPLE, "--on", "2026-11-22", "--json", *companion, "--if", "registered_users=100万")
    assert changed(shown)["companion.assessment-by-scale"] == "begins"


def test_opening_to_minors(compare):
    shown = compare(EXAMPLE, "--on", "2026-11-22", "--json", "--if", "under14_users=是")
    assert changed(shown)["personal-information.under-fourteen"] == "begins"


def test_not_knowing_opens(compare):
    shown = compare(EXAMPLE, "--on", "2026-11-22", "--json", "--if", "role=?")
    assert changed(shown)["im.complaints"] == "opens"


def test_special_rules_are_laid_over_the_general_ones(compare):
    shown = compare(EXAMPLE, "--on", "2026-11-22", "--if", "sectors=news")
    assert "does not apply → applies  [" in shown


def test_two_profiles(compare, tmp_path):
    planned = tmp_path / "planned.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    planned.write_text(text.replace("web_crawling: false", "web_crawling: true"), encoding="utf-8")
    shown = compare(EXAMPLE, planned, "--on", "2026-11-22", "--json")
    assert changed(shown)["data.crawling"] == "begins"
    assert "stay as they are" in compare(EXAMPLE, planned)  # by today's rules


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nothing to compare with"),
        (("--on", "2025-01-01"), "nothing to compare with"),
        (("--on", "2025-01-01", "--on", "2025-01-02", "--on", "2025-01-03"), "--on is given 3 times"),
        (("--if", "rolle=provider"), "there is no fact rolle; did you mean role?"),
        (("--if", "xyzzy"), "hegui law facts lists them all"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_cure(arguments, message, compare):
    with pytest.raises(InvalidInput) as caught:
        compare(EXAMPLE, *arguments)
    assert message in caught.value.text.en


def test_a_value_that_a_fact_cannot_have_is_refused(compare):
    with pytest.raises(InvalidFact, match="the choices are provider"):
        compare(EXAMPLE, "--if", "role=vendor")
