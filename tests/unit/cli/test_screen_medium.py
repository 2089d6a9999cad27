"""``hegui screen file`` on pictures, sounds and films."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from hegui.cli.main import main
from hegui.core import InvalidInput, NotFound
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.model_endpoint import Fails, ModelEndpoint, Says
from simulators.samples import make_png


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "poster.png"
    path.write_bytes(make_png())
    return path


@pytest.fixture
def hegui(tmp_path):
    root = tmp_path / "workspace"
    Workspace.create(Settings(workspace=root, actor="test@hegui")).database.close()

    def run(*arguments, language="en", workspace=root):
        runner = CliRunner(env={"HEGUI_LANG": language})
        result = runner.invoke(main, ["-w", str(workspace), "screen", *map(str, arguments)])
        if result.exception is not None:
            raise result.exception
        return result

    return run


@pytest.fixture
def model(tmp_path, hegui):
    """A model that sees, declared to judge pictures."""
    with ModelEndpoint() as model:
        eye = {"name": "eye", "url": model.url, "model": "v", "format": "pictures-en"}
        declared = {"name": "seeing", "media": {"pictures": eye}}
        (tmp_path / "screen.yaml").write_bytes(msgspec.json.encode(declared))
        hegui("declare", tmp_path / "screen.yaml")
        yield model


def test_a_picture_that_the_declared_model_finds_harmless_is_allowed(hegui, model, picture):
    model.always(Says('{"verdict": "safe", "risks": []}'))
    told = hegui("file", picture)
    assert told.stdout == "picture: nothing found\nAction: allow\n"
    assert told.stderr == ""


def test_a_picture_that_it_objects_to_is_blocked_with_the_risks_and_what_is_none(hegui, model, picture):
    model.always(Says('{"verdict": "unsafe", "risks": ["A.1.f", "X"]}'))
    told = hegui("file", picture).stdout
    assert told == (
        "picture: A.1.f promoting violence, obscenity or pornography, "
        "unnamed (none of the 31 risks), block\nAction: block\n"
    )


def test_what_is_only_noted_is_told_and_passes(hegui, model, picture):
    model.always(Says('{"verdict": "controversial", "risks": ["A.2.e"]}'))
    assert "A.2.e 性别歧视内容, 放行\n结论：放行" in hegui("file", picture, language="zh").stdout


def test_a_picture_that_was_not_judged_is_no_pass(hegui, model, picture):
    model.always(Fails(500))
    told = hegui("file", picture)
    assert told.stdout == (
        "picture: eye unscreened: it is unavailable, block\nAction: block (not everything was screened)\n"
    )
    assert told.stderr == ""


def test_where_no_model_is_declared_people_are_told_how(hegui, picture, tmp_path):
    for workspace in (tmp_path / "workspace", tmp_path / "none"):
        told = hegui("file", picture, workspace=workspace)
        assert "pictures unscreened: it was not asked, block" in told.stdout
        assert "declare models under media" in told.stderr


def test_machines_read_every_part(hegui, model, picture):
    model.always(Says('{"verdict": "unsafe", "risks": ["A.1.f"]}'))
    told = json.loads(hegui("file", picture, "--json", "--direction", "input").stdout)
    assert (told["kind"], told["direction"], told["action"]) == ("picture", "input", "block")
    assert told["parts"] == [
        {"place": "picture", "findings": [{"risk": "A.1.f", "kind": "A.1.f", "level": "high"}]}
    ]
    assert told["judges"]["eye"].startswith("sha256:")


def test_a_file_that_is_not_there_or_cannot_be_read_is_told(hegui, tmp_path):
    with pytest.raises(NotFound, match="no such file"):
        hegui("file", tmp_path / "absent.png")
    with pytest.raises(InvalidInput, match="cannot read"):
        hegui("file", tmp_path)
