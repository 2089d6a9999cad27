"""What every command shares."""

import io
from pathlib import Path

import click
from click.testing import CliRunner

from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, Language, Record
from hegui.settings import Settings


class Count(Record):
    n: int
    place: Path


@click.command()
@pass_terminal
def count(terminal):
    terminal.say(zh="数一数", en="counting")
    with terminal.progress(zh="进度", en="progress", total=2) as advance:
        advance(2)
    terminal.result(Count(n=2, place=Path("here")), lambda: terminal.text(BilingualText(zh="两个", en="two")))


def run(*arguments, language=Language.EN):
    terminal = Terminal(Settings(workspace=Path("w"), actor="x", language=language))
    return CliRunner().invoke(count, arguments, obj=terminal)


def test_a_result_is_for_people_unless_a_machine_asks():
    assert run().stdout == "two\n"
    assert run(language=Language.ZH).stdout == "两个\n"
    assert run("--json").stdout == '{\n  "n": 2,\n  "place": "here"\n}\n'


def test_what_is_said_beside_the_result_does_not_mix_with_it():
    assert "counting" in run("--json").stderr
    assert "数一数" in run(language=Language.ZH).stderr


def test_a_phrase_is_in_the_language_of_the_environment(monkeypatch):
    monkeypatch.setenv("HEGUI_LANG", "zh")
    assert phrase(zh="是", en="yes") == "是"
    monkeypatch.setenv("HEGUI_LANG", "en")
    assert phrase(zh="是", en="yes") == "yes"
    monkeypatch.setenv("HEGUI_LANG", "fr")
    assert phrase(zh="是", en="yes") == "yes"


def test_what_strangers_wrote_cannot_command_the_terminal():
    assert printable("好\x1b[2J\u202e") == "好\\x1b[2J\\u202e"


class Screen(io.StringIO):
    def isatty(self):
        return True


def test_bytes_are_shown_with_how_many_go_by(monkeypatch):
    shown = Screen()
    monkeypatch.setattr("sys.stderr", shown)
    terminal = Terminal(Settings(workspace=Path("w"), actor="x"))
    with terminal.progress(zh="扫描", en="Scanning", total=10_000_000, in_bytes=True) as advance:
        advance(5_000_000)
    assert "MB/s" in shown.getvalue()
    assert "50%" in shown.getvalue()
