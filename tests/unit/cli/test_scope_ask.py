"""``hegui scope ask``: a conversation."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput
from hegui.rulebook import Rulebook
from hegui.scope import known_unknowns, read_profile

HEAD = "name: {zh: 甲, en: A}\nprovider: {zh: 乙, en: B}\n"


@pytest.fixture
def ask(tmp_path):
    def run(*arguments, typed, file="service.yaml"):
        command = ["scope", "ask", str(tmp_path / file), "--on", "2026-11-22", *arguments]
        result = CliRunner(env={"HEGUI_LANG": "en"}).invoke(main, command, input=typed)
        if result.exception is not None:
            raise result.exception
        return result

    return run


def test_a_new_profile_is_made_and_answers_are_saved_one_by_one(ask, tmp_path):
    result = ask(typed="小禾\nXiaohe\n示例公司\n\nyes\nmaybe\nprovider\nq\n")
    profile = read_profile(tmp_path / "service.yaml", Rulebook.load())
    assert (profile.name.zh, profile.name.en, profile.provider.en) == ("小禾", "Xiaohe", "示例公司")
    assert profile.facts["offered_to_public_in_prc"] is True
    assert "offered_to_public_in_prc [yes/no, ?, q]" in result.stderr
    assert "obligations wait)" in result.stderr
    assert "more obligations are settled" in result.stderr
    assert "every answer so far is saved" in result.stderr
    assert "answered this time" in result.stdout


def test_it_goes_on_where_it_stopped_and_does_not_ask_twice(ask, tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(
        HEAD + "facts:\n  # the lawyer says so\n  offered_to_public_in_prc: true\n", encoding="utf-8"
    )
    first = ask(typed="?\nq\n")
    (unknown,) = known_unknowns(path)
    assert f"{unknown} [" in first.stderr
    assert "# the lawyer says so" in path.read_text(encoding="utf-8")
    assert f"{unknown} [" not in ask(typed="q\n").stderr
    assert f"{unknown} [" in ask("--again", typed="q\n").stderr


def test_an_answer_that_is_none_is_asked_again(ask, tmp_path):
    (tmp_path / "service.yaml").write_text(HEAD + "facts: {}\n", encoding="utf-8")
    result = ask(typed="perhaps\nno\nq\n")
    assert "'perhaps' is neither yes nor no" in result.stderr
    assert read_profile(tmp_path / "service.yaml", Rulebook.load()).facts == {
        "offered_to_public_in_prc": False
    }


def test_choices_are_listed_with_their_numbers(ask, tmp_path):
    facts = "{offered_to_public_in_prc: true, generates_content: true}"
    (tmp_path / "service.yaml").write_text(HEAD + f"facts: {facts}\n", encoding="utf-8")
    result = ask(typed="1\nq\n")
    assert "  1. provider (provider)\n" in result.stderr
    assert read_profile(tmp_path / "service.yaml", Rulebook.load()).facts["role"] == "provider"


def test_when_nothing_is_open_nothing_is_asked(ask, tmp_path):
    facts = dict.fromkeys(Rulebook.load().facts)
    lines = "".join(f"  {name}: null\n" for name in facts)
    (tmp_path / "service.yaml").write_text(HEAD + "facts:\n" + lines, encoding="utf-8")
    result = ask("--json", typed="")
    summary = json.loads(result.stdout)
    assert (summary["answered"], len(summary["unknown"])) == ([], len(facts))
    assert "[yes/no" not in result.stderr


def test_stopping_before_the_name_leaves_no_file(ask, tmp_path):
    result = ask("--json", typed="")
    assert json.loads(result.stdout)["answered"] == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_made_is_said_to_be_so(ask):
    with pytest.raises(InvalidInput, match="cannot make"):
        ask(typed="甲\nA\n乙\nB\n", file="missing/service.yaml")
