"""The command line as a whole."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hegui.cli.main import COMMANDS, main, run

HEGUI = Path(sys.executable).with_name("hegui")


def hegui(*arguments, cwd, **environment):
    return subprocess.run(
        [HEGUI, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8", **environment},
    )


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself_with_examples_in_both_languages(command, tmp_path):
    english = hegui(command, "--help", cwd=tmp_path)
    chinese = hegui(command, "--help", cwd=tmp_path, HEGUI_LANG="zh")

    assert english.returncode == chinese.returncode == 0
    assert "Example" in english.stdout
    assert "示例" in chinese.stdout


def test_the_overview_names_every_command_in_the_language_of_the_locale(tmp_path):
    english = hegui("--help", cwd=tmp_path).stdout
    chinese = hegui("--help", cwd=tmp_path, LANG="zh_CN.UTF-8").stdout

    for name, text in COMMANDS.items():
        assert name in english
        assert text.en in english
        assert text.zh in chinese


def test_an_unknown_command_is_a_wrong_input(tmp_path):
    assert hegui("frobnicate", cwd=tmp_path).returncode == 2


def test_a_missing_workspace_says_how_to_make_one(tmp_path):
    missing = hegui("ledger", "list", cwd=tmp_path)

    assert missing.returncode == 3
    assert "hegui init" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_an_error_can_be_read_by_machines(tmp_path):
    missing = hegui("ledger", "list", "--json", cwd=tmp_path)

    error = json.loads(missing.stderr)["error"]
    assert error["kind"] == "NotFound"
    assert error["zh"]
    assert error["en"]


def test_an_error_is_told_in_the_language_of_the_locale(tmp_path):
    assert hegui("ledger", "list", cwd=tmp_path, HEGUI_LANG="zh").stderr.startswith("错误：")
    assert hegui("ledger", "list", cwd=tmp_path).stderr.startswith("Error: ")


def test_a_wrong_language_is_reported_and_not_a_crash(tmp_path):
    wrong = hegui("ledger", "list", cwd=tmp_path, HEGUI_LANG="fr")

    assert wrong.returncode == 2
    assert "HEGUI_LANG" in wrong.stderr
    assert "Traceback" not in wrong.stderr


def test_a_workspace_made_twice_is_a_conflict(tmp_path):
    made = hegui("init", "w", "--json", cwd=tmp_path)

    assert made.returncode == 0
    assert len(json.loads(made.stdout)["id"]) == 32
    assert hegui("init", "w", cwd=tmp_path).returncode == 4


@pytest.mark.parametrize(
    ("arguments", "language", "says"),
    [
        (["ledger", "list"], "en", "Error: "),
        (["ledger", "list"], "zh", "错误："),
        (["ledger", "list", "--json"], "en", '{"'),
    ],
)
def test_an_error_ends_the_program_with_its_status(arguments, language, says, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HEGUI_LANG", language)
    monkeypatch.setattr(sys, "argv", ["hegui", "-w", str(tmp_path / "none"), *arguments])
    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == 3
    told = capsys.readouterr().err
    assert told.startswith(says)
    assert "hegui init" in told


def test_commands_are_known_by_the_table():
    assert main.list_commands(click.Context(main)) == list(COMMANDS)
    assert CliRunner().invoke(main, ["frobnicate"]).exit_code == 2
    assert "hegui init my-service" in CliRunner().invoke(main, ["--help"]).output
    assert CliRunner().invoke(main, ["verify", "--help"]).exit_code == 0
