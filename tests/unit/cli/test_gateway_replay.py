"""``hegui gateway replay``."""

import json

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput, NotFound
from hegui.screening import ScreenDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace

LINES = (
    '{"messages": [{"role": "user", "content": "怎么说新禁词"}]}',
    '{"messages": [{"role": "user", "content": "你好"}, {"role": "assistant", "content": "打13812345678"}]}',
)


def recorded(outcome, exchange, **more):
    return {"exchange": exchange, "outcome": outcome, "stream": False, "terms": {"age": None}, **more}


@pytest.fixture
def settings(tmp_path):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui")
    Workspace.create(settings).database.close()
    (tmp_path / "new.csv").write_text("text,risk,kind\n新禁词,A.2.i,insult\n", encoding="utf-8")
    (tmp_path / "none.yaml").write_text("name: none\npersonal_information: none\n", encoding="utf-8")
    (tmp_path / "mine.jsonl").write_text("\n".join(LINES), encoding="utf-8")
    return settings


@pytest.fixture
def replay(tmp_path, settings):
    def run(*arguments, language="en"):
        files = (".yaml", ".csv", ".jsonl")
        given = [str(tmp_path / word) if word.endswith(files) else word for word in arguments]
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(settings.workspace), "gateway", "replay", *given])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


@pytest.fixture
def kept(settings):
    with Workspace.open(settings) as workspace, workspace.ledger.writer() as writer:
        for number in range(2):
            name = f"hegui-{number}"
            writer.append(kind="gateway.exchanged", content=recorded("answered", name)).result()
        workspace.archive.keep(
            "u",
            exchange="hegui-0",
            training="no",
            asked=("怎么说新禁词",),
            answered="好",
            question="怎么说新禁词",
        )


def test_a_file_is_replayed_and_nothing_that_was_said_is_shown(replay):
    page = replay("--bank", "new.csv", "--file", "mine.jsonl")

    assert "2 exchanges replayed" in page
    assert "would be refused: 1" in page
    assert "1  A.2.i" in page
    assert "nothing changes: 1" in page
    assert "怎么说" not in page


def test_examples_are_shown_where_that_is_asked_for(replay):
    page = replay("--bank", "new.csv", "--file", "mine.jsonl", "--show-texts", language="zh")

    assert "将被拒绝: 1" in page
    assert "> 怎么说新禁词" in page
    told = json.loads(replay("--screen", "none.yaml", "--file", "mine.jsonl", "--show-texts", "--json"))
    (example,) = told["examples"]
    assert (example["change"], example["asked"], example["told"]) == ("passes", ["你好"], ["打13812345678"])


def test_what_is_kept_is_replayed_for_a_reason_on_record(replay, kept, settings):
    told = json.loads(replay("--bank", "new.csv", "--since", "2026-01-01", "--json"))["report"]

    assert (told["replayed"], told["not_kept"], told["changes"]) == (1, 1, {"refused": 1})
    with Workspace.open(settings) as workspace:
        replayed = workspace.ledger.latest("gateway.replayed")
    assert told["entry"] == str(replayed.ref)
    assert (replayed.content["source"], replayed.content["not_kept"]) == ("archive", 1)
    # The day begins in China.
    assert replayed.content["since"] == "2025-12-31T16:00:00.000Z"
    page = replay("--bank", "new.csv", "--show-texts", "--reason", "to see what is caught")
    assert "not replayed, because no text is kept: 1" in page
    assert "> 怎么说新禁词" in page
    with Workspace.open(settings) as workspace:
        reasons = [entry.content["reason"] for entry in workspace.ledger.entries("archive.read")]
        workspace.archive.withdraw("hegui-0", reason="illegal")
    assert reasons == ["replay", "to see what is caught"]
    assert "< 好" in page
    assert "< 好" not in replay("--bank", "new.csv", "--show-texts", "--reason", "again")


def test_what_nests_too_deep_to_be_shown_is_named_and_the_rest_is_shown(replay, tmp_path):
    deep = '{"messages": [{"role": "user", "content": [' + "[" * 80 + "]" * 80 + "]}]}"
    (tmp_path / "deep.jsonl").write_text(f"{deep}\n{LINES[0]}", encoding="utf-8")

    told = json.loads(replay("--bank", "new.csv", "--file", "deep.jsonl", "--show-texts", "--json"))

    assert [(example["change"], example["asked"]) for example in told["examples"]] == [
        ("unjudged", []),
        ("refused", ["怎么说新禁词"]),
    ]


def test_a_file_has_no_days_to_begin_with(replay):
    with pytest.raises(InvalidInput, match="--since"):
        replay("--file", "mine.jsonl", "--since", "2026-01-01")


def test_a_day_that_nobody_means_is_refused(replay):
    with pytest.raises(SystemExit):
        replay("--since", "0001-01-01")


def test_kept_conversations_are_not_shown_without_a_reason(replay):
    with pytest.raises(InvalidInput, match="--reason"):
        replay("--show-texts")


def test_a_declaration_that_was_in_use_is_named_by_its_digest(replay, settings):
    with Workspace.open(settings) as workspace:
        adopted = workspace.screens.declare(ScreenDeclaration(name="none", personal_information="none"))
        workspace.screens.declare(ScreenDeclaration(name="all"))

    told = json.loads(replay("--screen", adopted.digest, "--file", "mine.jsonl", "--json"))["report"]

    assert told["changes"] == {"same": 1, "passes": 1}
    with pytest.raises(NotFound, match="screen history"):
        replay("--screen", "sha256:" + "0" * 64, "--file", "mine.jsonl")


def test_the_screen_in_force_changes_nothing(replay):
    told = json.loads(replay("--file", "mine.jsonl", "--json"))["report"]
    assert told["changes"] == {"same": 2}


def test_many_causes_are_told_by_their_number(replay, tmp_path):
    words = [f"词{chr(0x4E00 + number)}{chr(0x5E00 + number)}" for number in range(30)]
    lines = "".join(f"{word},A.2.i,insult\n" for word in words)
    (tmp_path / "many.csv").write_text(f"text,risk,kind\n{lines}", encoding="utf-8")
    said = json.dumps({"messages": [{"role": "user", "content": "、".join(words)}]})
    (tmp_path / "long.jsonl").write_text(said, encoding="utf-8")

    assert "… 10 (--json)" in replay("--bank", "many.csv", "--file", "long.jsonl")
