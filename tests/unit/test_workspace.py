"""One directory that holds everything."""

import shutil
import subprocess
import sys

import msgspec
import pytest

from hegui.core import Conflict, InvalidInput, NotFound
from hegui.gateway import (
    ANYBODY,
    Asked,
    DeclaredModel,
    DeclaredUpstream,
    GatewayDeclaration,
    surface_at,
)
from hegui.settings import Settings
from hegui.workspace import Workspace

PRODUCER = "001191110000MA0EXAMPLB10001"


@pytest.fixture
def settings(tmp_path):
    return Settings(workspace=tmp_path / "w", actor="li.lei")


def record(workspace, text):
    with workspace.database.write() as connection:
        return workspace.ledger.record(connection, kind="test.noted", content={"text": text})


def notes(workspace):
    return [entry.content["text"] for entry in workspace.ledger.entries("test.noted")]


def test_a_new_workspace_is_one_directory(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")

        assert workspace.root == settings.workspace
        assert (settings.workspace / "workspace.json").exists()
        assert (settings.workspace / "hegui.db").exists()


def test_a_workspace_can_be_opened_again(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
        first = workspace.id
    with Workspace.open(settings) as workspace:
        assert workspace.id == first
        assert notes(workspace) == ["a"]


def test_a_copy_of_a_workspace_is_a_workspace(settings, tmp_path):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
    shutil.copytree(settings.workspace, tmp_path / "copy")
    with Workspace.open(Settings(workspace=tmp_path / "copy", actor="li.lei")) as workspace:
        record(workspace, "b")

        assert notes(workspace) == ["a", "b"]


def test_two_processes_hold_a_workspace_open(settings):
    code = (
        "import sys; from pathlib import Path; from hegui.settings import Settings; "
        "from hegui.workspace import Workspace\n"
        "with Workspace.open(Settings(workspace=Path(sys.argv[1]), actor='other')) as w:\n"
        "    for number in range(20):\n"
        "        with w.database.write() as c: "
        "w.ledger.record(c, kind='test.noted', content={'text': str(number)})\n"
    )
    with Workspace.create(settings) as workspace:
        others = [subprocess.Popen([sys.executable, "-c", code, str(settings.workspace)]) for _ in range(2)]
        for number in range(20):
            record(workspace, str(number))

        assert [other.wait() for other in others] == [0, 0]
        assert len(notes(workspace)) == 60


def test_a_place_without_a_workspace_says_how_to_make_one(settings):
    with pytest.raises(NotFound) as missing:
        Workspace.open(settings)

    assert "hegui init" in str(missing.value)


def test_a_workspace_is_made_once(settings):
    Workspace.create(settings).database.close()

    with pytest.raises(Conflict):
        Workspace.create(settings)


def test_a_directory_with_other_files_is_left_alone(settings):
    settings.workspace.mkdir()
    (settings.workspace / "thesis.docx").write_text("precious")

    with pytest.raises(Conflict):
        Workspace.create(settings)

    assert [path.name for path in settings.workspace.iterdir()] == ["thesis.docx"]


def test_a_workspace_of_an_unknown_format_is_refused(settings):
    Workspace.create(settings).database.close()
    identity = settings.workspace / "workspace.json"
    identity.write_text(identity.read_text().replace('"format": 1', '"format": 9'))

    with pytest.raises(InvalidInput) as refused:
        Workspace.open(settings)

    assert "9" in str(refused.value)


def test_a_database_belongs_to_one_workspace(tmp_path, empty_database_url):
    first = Settings(workspace=tmp_path / "a", actor="x", database_url=empty_database_url)
    second = Settings(workspace=tmp_path / "b", actor="x", database_url=empty_database_url)
    Workspace.create(first).database.close()

    with pytest.raises(Conflict) as refused:
        Workspace.create(second)

    assert "another workspace" in str(refused.value)
    Workspace.open(first).database.close()


def test_evidence_names_who_acted(settings):
    with Workspace.create(settings) as workspace:
        record(workspace, "a")
        record(workspace.acting_as("han.meimei"), "b")

        assert [entry.actor for entry in workspace.ledger.entries("test.noted")] == ["li.lei", "han.meimei"]


def test_every_room_is_there(settings):
    with Workspace.create(settings) as workspace:
        for room in ("rulebook", "screen", "scope", "corpus", "evaluation", "marking", "dossier", "blobs"):
            assert getattr(workspace, room) is getattr(workspace, room)


def test_pseudonyms_stay_the_same_over_time(settings):
    with Workspace.create(settings) as workspace:
        first = workspace._secret("pseudonym.key")
    with Workspace.open(settings) as workspace:
        assert workspace._secret("pseudonym.key") == first
        assert len(first) == 32


def test_what_is_masked_gets_names_by_a_key_of_the_workspaces_own(settings, tmp_path):
    keys = []
    for root in (settings.workspace, tmp_path / "other", settings.workspace):
        where = msgspec.structs.replace(settings, workspace=root)
        with Workspace.open(where) if root.exists() else Workspace.create(where) as workspace:
            assert workspace.screen
        path = root / "keys" / "masking.key"
        assert path.stat().st_mode & 0o077 == 0
        keys.append(path.read_bytes())
    assert keys[0] == keys[2] != keys[1]
    assert len(keys[0]) == 32


def test_a_gateway_labels_with_the_operators_code(settings):
    upstream = DeclaredUpstream(url="http://127.0.0.1:1/v1")
    models = (DeclaredModel(name="m", upstreams=(upstream,)),)
    question = Asked(surface=surface_at("POST", "chat/completions"), body={"messages": []}, path="")
    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        gateway = workspace.gateway(GatewayDeclaration(producer=PRODUCER, models=models), writer=writer)

        refusal = gateway.exchange(question, ANYBODY).refusal(created=0)
        assert refusal["AIGC"]["ContentProducer"] == PRODUCER
        assert refusal["AIGC"]["ProduceID"] == refusal["id"]
        with pytest.raises(InvalidInput):
            workspace.gateway(GatewayDeclaration(producer="公司", models=models), writer=writer)


def test_the_keys_of_upstreams_come_from_where_the_declaration_says(settings, tmp_path, monkeypatch):
    (tmp_path / "key").write_text("from-a-file\n")
    monkeypatch.setenv("SOME_KEY", "from-a-variable")

    def declared(**where):
        upstream = DeclaredUpstream(url="http://127.0.0.1:1/v1", **where)
        return GatewayDeclaration(producer=PRODUCER, models=(DeclaredModel(name="m", upstreams=(upstream,)),))

    with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
        for where, key in (
            ({"key_file": str(tmp_path / "key")}, "from-a-file"),
            ({"key_variable": "SOME_KEY"}, "from-a-variable"),
            ({}, None),
        ):
            gateway = workspace.gateway(declared(**where), writer=writer)
            assert gateway._upstreams._models["m"][0].address.api_key == key
        with pytest.raises(InvalidInput, match="NO_SUCH_KEY"):
            workspace.gateway(declared(key_variable="NO_SUCH_KEY"), writer=writer)
