"""JSON over HTTP."""

import json
import urllib.error
import urllib.request

import pytest
from starlette.applications import Starlette

from hegui.api import api_routes
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.serving import serving


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="li.lei")) as workspace:
        yield workspace


@pytest.fixture
def address(workspace):
    with serving(Starlette(routes=api_routes(workspace))) as url:
        yield url


def get(address, path):
    try:
        with urllib.request.urlopen(address + path) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error as response:
            return response.status, json.load(response)


def record(workspace, kind, content):
    with workspace.database.write() as connection:
        return workspace.ledger.record(connection, kind=kind, content=content)


def test_health_says_which_workspace_answers(address, workspace):
    status, health = get(address, "/health")

    assert status == 200
    assert health["workspace"] == workspace.id


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/scope", "scope.judged"), ("/api/evaluation", "evaluation.run_completed")]
)
def test_the_latest_decision_is_given_with_its_entry(address, workspace, path, kind):
    assert get(address, path)[0] == 404
    record(workspace, kind, {"n": 1})
    ref = record(workspace, kind, {"n": 2})

    status, entry = get(address, path)

    assert status == 200
    assert entry["content"] == {"n": 2}
    assert entry["ref"] == {"stream": ref.stream, "seq": ref.seq}


def test_the_corpus_report_needs_sources(address):
    status, body = get(address, "/api/corpus")

    assert status == 404
    assert "hegui corpus register" in body["error"]["en"]


def test_an_entry_is_given_with_its_proof(address, workspace):
    record(workspace, "test.noted", {"n": 1})

    assert get(address, "/api/ledger/entries/main/0")[1]["content"] == {"n": 1}
    assert get(address, "/api/ledger/checkpoint")[0] == 200
    assert get(address, "/api/ledger/entries/main/0/proof")[0] == 200


def test_an_entry_there_is_not_is_not_found_in_both_languages(address):
    status, body = get(address, "/api/ledger/entries/main/7")

    assert status == 404
    assert body["error"]["zh"]
    assert body["error"]["en"]
