"""JSON over HTTP."""

import json
import urllib.error
import urllib.request

import msgspec
import pytest
from starlette.applications import Starlette

from hegui.admission import AlertKind
from hegui.api import api_routes, health_route
from hegui.cases import IncidentKind
from hegui.companion import CrisisKind
from hegui.core import legal_day, system_clock
from hegui.screening import ScreenDeclaration
from hegui.settings import Settings
from hegui.spotcheck import thresholds
from hegui.workspace import Workspace
from simulators.serving import serving


@pytest.fixture
def workspace(tmp_path):
    with Workspace.create(Settings(workspace=tmp_path / "w", actor="li.lei")) as workspace:
        yield workspace


@pytest.fixture
def address(workspace):
    with serving(Starlette(routes=[health_route(workspace), *api_routes(workspace, keys=())])) as url:
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


def test_the_screen_in_force_is_given_as_it_is_now(address, workspace):
    assert get(address, "/api/screen")[1]["parts"] == []
    adopted = workspace.screens.declare(ScreenDeclaration(name="ours", keyword_bank="none"))

    status, told = get(address, "/api/screen")

    assert (status, told["screen"], told["declaration"]["name"]) == (200, adopted.screen, "ours")
    assert set(told["detectors"]) == {"personal-information", "injection", "hidden-text"}
    assert told["parts"] == told["history"] == [msgspec.to_builtins(adopted)]


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


def test_the_register_and_the_last_check_of_it_are_read(address, workspace):
    assert get(address, "/api/corpus/sources") == (200, [])
    assert get(address, "/api/corpus/check")[0] == 404
    record(workspace, "corpus.register_checked", {"verdict": "met"})
    assert get(address, "/api/corpus/check")[1]["content"] == {"verdict": "met"}


def test_the_last_judgement_of_the_gates_is_read(address, workspace):
    assert get(address, "/api/corpus/gates")[0] == 404
    judged = {"verdict": "met", "asked": thresholds(workspace.rulebook, day=legal_day(system_clock())).asked}
    record(workspace, "corpus.gates_judged", judged)
    told = get(address, "/api/corpus/gates")[1]
    assert (told["content"], told["outdated"]) == (judged, False)
    record(workspace, "corpus.scanned", {})
    assert get(address, "/api/corpus/gates")[1]["outdated"]


def test_the_last_replay_is_read(address, workspace):
    assert get(address, "/api/gateway/replay")[0] == 404
    record(workspace, "gateway.replayed", {"replayed": 2})
    assert get(address, "/api/gateway/replay")[1]["content"] == {"replayed": 2}


def test_the_corpus_report_needs_sources(address):
    status, body = get(address, "/api/corpus")

    assert status == 404
    assert "hegui corpus register" in body["error"]["en"]


@pytest.mark.parametrize("path", ["/api/corpus/sample", "/api/corpus/review"])
def test_the_sample_and_its_review_need_a_draw(address, path):
    status, body = get(address, path)

    assert status == 404
    assert "hegui corpus sample draw" in body["error"]["en"]


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


def test_where_keys_are_declared_only_they_open_the_evidence(workspace):
    record(workspace, "scope.judged", {"n": 1})
    routes = [health_route(workspace), *api_routes(workspace, keys=["an-operators-key", "another"])]

    def asked(address, path, authorization):
        request = urllib.request.Request(address + path, headers={"Authorization": authorization})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error as response:
                assert "operator's key" in json.load(response)["error"]["en"]
                return response.status

    with serving(Starlette(routes=routes)) as address:
        for wrong in ("", "Bearer", "Bearer wrong", "Basic another", "another"):
            assert asked(address, "/api/scope", wrong) == 401
        for right in ("Bearer another", "bearer an-operators-key "):
            assert asked(address, "/api/scope", right) == 200
        assert asked(address, "/health", "") == 200


def test_incidents_are_given_with_their_deadlines(address, workspace):
    assert get(address, "/api/cases/incidents") == (200, [])
    opened = workspace.incidents.open(IncidentKind.ILLEGAL_CONTENT, title="t")

    assert get(address, "/api/cases/incidents")[1][0]["id"] == opened.id
    status, told = get(address, f"/api/cases/incidents/{opened.id}")
    assert (status, told["incident"]["title"]) == (200, "t")
    assert told["deadlines"][0]["clause"] == "IM 14.1"
    workspace.incidents.overturn(opened.id, reason="r")
    assert get(address, "/api/cases/incidents") == (200, [])
    assert len(get(address, "/api/cases/incidents?all")[1]) == 1
    assert get(address, "/api/cases/incidents/nowhere")[0] == 404


def test_what_must_not_be_shown_and_what_is_blocked_is_given_to_applications(address, workspace):
    assert get(address, "/api/cases/withdrawn") == get(address, "/api/cases/rules") == (200, [])
    workspace.takedown.found("hegui-1", risk="A.1.f", reason="illegal", words=["甲乙"])

    assert get(address, "/api/cases/withdrawn")[1][0]["exchange"] == "hegui-1"
    assert get(address, "/api/cases/rules")[1][0]["words"] == ["甲乙"]


def test_programs_read_how_the_sides_of_a_trial_compare(address, workspace):
    assert get(address, "/api/screen/canary")[0] == 404
    begun = workspace.screens.begin_canary(ScreenDeclaration(name="ours", keyword_bank="none"), share="0.5")

    status, told = get(address, "/api/screen/canary")

    assert (status, told["canary"]["screen"], told["taken"]["exchanges"]) == (200, begun.screen, 0)


def test_whom_a_person_has_to_contact_is_given(address, workspace):
    assert get(address, "/api/companion/contacts") == (200, [])
    companion = workspace.companion()
    met = companion.met_crisis(CrisisKind.SELF_HARM, exchange="e1", user="5f2d", tenant=None)
    assert [contact["id"] for contact in get(address, "/api/companion/contacts")[1]] == [met.contact]
    companion.close(met.contact, outcome="reached the guardian")
    assert get(address, "/api/companion/contacts") == (200, [])
    assert get(address, "/api/companion/contacts?all")[1][0]["outcome"] == "reached the guardian"


def test_what_guardians_may_know_is_given(address, workspace):
    workspace.admissions.alert(AlertKind.TIME, user="5f2d", tenant=None)
    (alert,) = get(address, "/api/minors/alerts")[1]
    workspace.admissions.told_guardian(alert["id"])
    assert get(address, "/api/minors/alerts") == (200, [])
    assert get(address, "/api/minors/alerts?all")[1][0]["kind"] == "time"
    assert get(address, "/api/minors/overview/5f2d") == (200, [])
