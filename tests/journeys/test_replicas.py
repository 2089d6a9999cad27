"""Two gateways as processes of their own, over one PostgreSQL and one Redis: they count as one."""

import json
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import cycle

import pytest

from hegui.conduct import ConductEventKind
from hegui.screening import Keyword, KeywordBank
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators import postgres
from simulators.gateway_process import gateway_process
from simulators.model_endpoint import ModelEndpoint, Says

FORBIDDEN = "雷管制作方法"
DECLARATION = """
producer: 001191110000MA0EXAMPLB10001
models: [{{name: "*", upstreams: [{{url: "{url}"}}]}}]
admission: {{{admission}}}
ladder:
  rungs:
    - {{step: warn, notice: {{zh: 再次发生将限制使用。, en: warned}}}}
    - {{step: suspend, hours: 24, notice: {{zh: 暂停使用。, en: suspended}}}}
"""
SECONDS = 60

pytestmark = pytest.mark.slow


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        model.always(Says("好"))
        yield model


@pytest.fixture
def settings(tmp_path, postgres_server):
    with postgres.throwaway_database(postgres_server) as url:
        settings = Settings(workspace=tmp_path / "w", actor="a", database_url=url)
        with Workspace.create(settings) as workspace:
            word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test")
            workspace.screens.adopt_bank(KeywordBank([word], name="ours"))
        yield settings


@pytest.fixture
def alone(tmp_path):
    """A workspace with the database that needs no server."""
    settings = Settings(workspace=tmp_path / "w", actor="a")
    with Workspace.create(settings) as workspace:
        word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test")
        workspace.screens.adopt_bank(KeywordBank([word], name="ours"))
    return settings


@contextmanager
def replicas(settings, model, redis, *, admission=""):
    """The addresses of two gateways."""
    config = settings.workspace.with_name("gateway.yaml")
    config.write_text(DECLARATION.format(url=model.url, admission=admission), encoding="utf-8")
    shared = {"HEGUI_DATABASE_URL": settings.database_url or "", "HEGUI_REDIS_URL": redis}
    with ExitStack() as stack:
        started = [
            stack.enter_context(gateway_process(settings.workspace, config, environment=shared)) for _ in "ab"
        ]
        yield [each.address for each in started]


def ask(address, text="你好", *, user="li.lei"):
    """The status, and what came."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode()
    request = urllib.request.Request(f"{address}/v1/chat/completions", body, {"x-hegui-user": user})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error as response:
            return response.status, json.load(response)


def at_once(addresses, count, **asked):
    """The statuses of many requests that come to both at the same time."""
    with ThreadPoolExecutor(16) as threads:
        turns = [address for address, _ in zip(cycle(addresses), range(count), strict=False)]
        return [status for status, _ in threads.map(lambda address: ask(address, **asked), turns)]


def test_a_limit_holds_exactly_for_both_together_however_many_come_at_once(settings, model, redis_url):
    limits = "limits: {user: [{count: requests, most: 10, seconds: 3600}]}"
    with replicas(settings, model, redis_url, admission=limits) as addresses:
        statuses = at_once(addresses, 40)
        assert (statuses.count(200), statuses.count(429)) == (10, 30)
        assert at_once(addresses, 4, user="another") == [200] * 4


def test_no_more_answers_than_declared_are_under_way_in_both_together(settings, model, redis_url):
    model.always(Says("好", pause_seconds=0.2))
    limits = "limits: {tenant: [{count: at_once, most: 3}]}"
    with replicas(settings, model, redis_url, admission=limits) as addresses:
        statuses = at_once(addresses, 16)
        assert set(statuses) == {200, 429}
        assert model.most_at_once <= 3
        assert ask(addresses[0])[0] == 200


def test_violations_that_come_to_both_are_counted_once_each_and_lead_to_one_ladder(
    settings, model, redis_url
):
    with replicas(settings, model, redis_url) as addresses:
        told = [ask(address, FORBIDDEN, user="han.mei")[1] for address in (*addresses, addresses[0])]
        notices = ["再次发生将限制使用" in answer["choices"][0]["message"]["content"] for answer in told]
        assert notices == [False, False, True]
        at_once(addresses, 16, text=FORBIDDEN)
    with Workspace.open(settings) as workspace:
        user = workspace.pseudonym("li.lei")
        exchanges = [entry.content for entry in workspace.ledger.entries("gateway.exchanged")]
        refused = [
            each["exchange"] for each in exchanges if (each["user"], each["outcome"]) == (user, "refused")
        ]
        events = workspace.conduct().history(user)
        violations = [event.exchange for event in events if event.kind is ConductEventKind.VIOLATION]
        assert sorted(violations) == sorted(refused)
        assert len(violations) == len(set(violations)) >= 3
        assert workspace.conduct().standing(user).closed


@pytest.mark.parametrize("when_lost", ["refuse", "alone"])
def test_where_redis_dies_each_does_as_declared(settings, model, own_redis, when_lost):
    redis, end = own_redis
    limits = f"limits: {{user: [{{count: requests, most: 4, seconds: 3600}}]}}, when_lost: {when_lost}"
    with replicas(settings, model, redis, admission=limits) as addresses:
        assert [ask(address)[0] for address in addresses] == [200, 200]
        end()
        statuses = [ask(address)[0] for address in addresses for _ in range(5)]
    if when_lost == "refuse":
        assert statuses == [503] * 10
        assert len(model.requests) == 2
        return
    # Each begins to count anew, and says that it counted alone.
    assert statuses == [200, 200, 200, 200, 429] * 2
    with Workspace.open(settings) as workspace:
        alone = [entry.content["terms"]["alone"] for entry in workspace.ledger.entries("gateway.exchanged")]
    assert (alone.count(False), alone.count(True)) == (2, 8)


def test_two_over_one_embedded_database_answer_and_record_whatever_comes_at_once(alone, model):
    with replicas(alone, model, "") as addresses:
        assert at_once(addresses, 100) == [200] * 100
        assert set(at_once(addresses, 20, text=FORBIDDEN)) == {200}
    with Workspace.open(alone) as workspace:
        outcomes = [entry.content["outcome"] for entry in workspace.ledger.entries("gateway.exchanged")]
    assert outcomes.count("answered") == 100
    assert len(outcomes) == 120
