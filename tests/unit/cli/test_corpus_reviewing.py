"""A session in the terminal."""

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

DECLARATION = (
    "sources: [{id: talk, name: {zh: 谈, en: talk}, kind: commercial, language: zh, origin: domestic, "
    "files: [talk.txt]}]"
)


@pytest.fixture
def session(tmp_path):
    """Types into a review of three documents, one of them long and one with a control character."""
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="zhang")).database.close()
    texts = ["短\x1b[2J", "长" * 2_500, "第三"]
    (tmp_path / "talk.txt").write_text("\n".join(texts), encoding="utf-8")
    (tmp_path / "corpus.yaml").write_text(DECLARATION, encoding="utf-8")

    def run(*arguments, typed=None):
        result = CliRunner(env={"HEGUI_LANG": "en", "HEGUI_ACTOR": "zhang"}).invoke(
            main, ["-w", str(root), "corpus", *map(str, arguments)], input=typed
        )
        if result.exception is not None:
            raise result.exception
        return result.output

    run("register", tmp_path / "corpus.yaml")
    run("sample", "draw", "--seed", "1")
    run("review", "plan", "--double", "0")
    return lambda typed: run("review", "run", typed=typed)


def test_a_session_that_is_left_goes_on_where_it_was(session):
    assert "settled 1" in session("p\nq\n")
    shown = session("u\nP\n")
    assert "1/2" in shown
    assert "settled 3" in shown
    assert "there is nothing to look at" in session("")


def test_a_session_ends_with_its_input(session):
    assert "settled 1" in session("p\n")


def test_one_can_go_back_and_correct_or_skip(session):
    shown = session("p\nb\nf A.1.f\ns\np\n")
    assert shown.count("1/3") == 2
    assert "settled 2" in shown
    assert "open 1" in shown
    assert session("b\nq\n").count("1/1") == 2


def test_what_cannot_be_said_is_asked_again(session):
    shown = session("f\nf A.9.z\nx\n?\nq\n")
    assert "a failure names at least one risk" in shown
    assert "there is no risk 'A.9.z'" in shown
    assert shown.count("b back to the last one") == 3
    assert "open 3" in shown


def test_long_texts_are_cut_until_all_of_them_is_wanted_and_nothing_commands_the_terminal(session):
    shown = session("m\ns\nm\ns\nm\nr\nq\n")
    assert "… (500 more characters: m)" in shown
    assert "长" * 2_500 in shown
    assert "A.1.f promoting violence" in shown
    assert "\x1b" not in shown
