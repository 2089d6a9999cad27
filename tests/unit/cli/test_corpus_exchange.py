"""``hegui corpus source import`` and ``export``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.settings import Settings
from hegui.workspace import Workspace

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "corpus"
CARD = f"---\npretty_name: News\nlicense: mit\nlanguage: zh\ntags: [x]\nnote: {'long ' * 40}\n---\n"


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en"):
        result = CliRunner(env={"HEGUI_LANG": language}).invoke(main, ["-w", str(root), "corpus", *arguments])
        return result.stdout, result.exception

    return run


@pytest.fixture
def card(tmp_path):
    path = tmp_path / "cards" / "README.md"
    path.parent.mkdir()
    path.write_text(CARD, encoding="utf-8")
    return str(path)


def test_an_import_says_what_it_took_what_it_left_and_what_is_missing(hegui, card):
    shown, error = hegui("source", "import", card)
    assert "  license ← license: MIT" in shown
    assert "  without counterpart: tags, note" in shown
    assert "  not registered; missing: kind, origin" in shown
    assert "--kind, --origin" in str(error)
    assert "未登记，缺少：kind, origin" in hegui("source", "import", card, language="zh")[0]


def test_an_import_registers_what_is_complete(hegui, card, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("风和日丽\n", encoding="utf-8")
    given = ("--kind", "open_source", "--origin", "foreign", "--vouched-by", "officer", "--files", str(texts))
    shown, error = hegui("source", "import", card, *given)
    assert error is None
    assert "news · News · open source · zh" in shown
    assert "lacks: open-source licence" in shown
    ((registered,), _) = (json.loads(hegui("source", "show", "--json")[0]), None)
    assert registered["files"] == [{"path": "../texts.txt", "size_bytes": 13}]


def test_a_url_stays_what_it_is_and_long_values_are_cut(hegui, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"编号,合法来源说明\nnews,{'长' * 100}\n", encoding="utf-8")
    given = ("--kind", "open_source", "--origin", "foreign", "--language", "zh", "--id", "a")
    shown, _ = hegui("source", "import", str(path), *given, "--files", "https://news.example/a.txt")
    assert f"{'长' * 80}…" in shown
    assert shown.startswith("—")
    assert json.loads(hegui("source", "show", "a", "--json")[0])[0]["source"]["files"] == [
        "https://news.example/a.txt"
    ]


@pytest.mark.parametrize("form", ["spdx", "csv", "xlsx"])
def test_the_register_is_written(hegui, tmp_path, form):
    hegui("register", str(EXAMPLE / "corpus.yaml"))
    out = tmp_path / "out"
    assert hegui("source", "export", "--as", form, "--out", str(out)) == (f"{out}\n", None)
    assert out.stat().st_size > 1000


@pytest.mark.parametrize(
    "command",
    [
        ("report", "--html"),
        ("source", "export", "--as", "csv", "--out"),
        ("sample", "export", "--out"),
        ("review", "export"),
    ],
)
def test_nothing_goes_on_record_of_what_can_be_written_nowhere(hegui, tmp_path, command):
    hegui("register", str(EXAMPLE / "corpus.yaml"))
    out = tmp_path / "gone" / "out.xlsx"
    shown, error = hegui(*command, str(out))
    assert (shown, str(error)) == ("", f"cannot write {out}: No such file or directory")
    with Workspace.open(Settings(workspace=tmp_path / "workspace", actor="test@hegui")) as workspace:
        assert workspace.ledger.latest("corpus.register_exported") is None


def test_a_source_is_written_as_croissant(hegui, tmp_path):
    hegui("register", str(EXAMPLE / "corpus.yaml"))
    hegui("scan", "encyclopaedia")
    out = tmp_path / "croissant.json"
    told, _ = hegui("source", "export", "encyclopaedia", "--as", "croissant", "--out", str(out), "--json")
    assert json.loads(told)["size_bytes"] == out.stat().st_size
    assert json.loads(out.read_bytes())["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert "one at a time" in str(hegui("source", "export", "--as", "croissant", "--out", str(out))[1])
