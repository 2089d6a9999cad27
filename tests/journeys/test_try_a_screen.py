"""A new screen is tried before it acts, from the command line to what clients see."""

import json
import re
import shlex
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
import yaml

from hegui.gateway import GatewayDeclaration
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.gateway_process import HEGUI, gateway_process
from simulators.model_endpoint import ModelEndpoint, Says

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "try-a-screen.md"
BANK = "text,risk,kind\n新禁词,A.2.i,insult\n"
SECONDS = 60


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        model.always(Says("先说新禁词再说"))
        yield model


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEGUI_LANG", "en")
    Workspace.create(Settings(workspace=tmp_path / "my-service", actor="a")).database.close()
    (tmp_path / "new-bank.csv").write_text(BANK, encoding="utf-8")
    return tmp_path


def hegui(*arguments):
    run = subprocess.run([HEGUI, *arguments], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@contextmanager
def served(place, model, declared):
    """The address of a gateway as the page declares it, and the file with what the command said."""
    config = place / "gateway.yaml"
    config.write_text(declared.replace("http://127.0.0.1:8000/v1", model.url), encoding="utf-8")
    with gateway_process(place / "my-service", config) as gateway:
        yield gateway.address, gateway.output


def ask(address, text="你好", *, user=None, stream=False):
    body = {"model": "m", "messages": [{"role": "user", "content": text}], "stream": stream}
    headers = {"x-hegui-user": user} if user else {}
    request = urllib.request.Request(f"{address}/v1/chat/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        return response.read().decode()


def get(address, path):
    with urllib.request.urlopen(f"{address}{path}") as response:
        return response.read().decode()


def wait_for(look, *, until):
    deadline = time.monotonic() + SECONDS
    while not until(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


def test_the_declarations_of_the_page_are_declarations():
    for text in blocks("yaml"):
        assert msgspec.convert(yaml.safe_load(text), GatewayDeclaration)


def test_a_new_bank_is_measured_beside_the_screen_in_force(place, model):
    declared = blocks("yaml")[1].replace("share: 0.5", "share: 1.0")
    with served(place, model, declared) as (address, said):
        assert "先说新禁词再说" in ask(address)
        counted = wait_for(
            lambda: get(address, "/metrics"),
            until=lambda text: 'shadow_would_total{action="block"} 1' in text,
        )
    assert 'hegui_gateway_shadow_agreements_total{agrees="false"} 1' in counted
    assert "UNSAFE" not in said.read_text()
    told = hegui(*shlex.split(blocks("sh")[1])[1:])
    assert "gateway.shadowed" in told


def test_a_gateway_in_shadow_mode_lets_everything_pass_and_says_so_wherever_it_is_asked(place, model):
    hegui("-w", "my-service", "bank", "keywords", "use", "new-bank.csv")
    with served(place, model, blocks("yaml")[2]) as (address, said):
        assert "先说新禁词再说" in ask(address, "新禁词")
        assert "新" in ask(address, "你好", stream=True)
        assert json.loads(get(address, "/ready"))["mode"] == "shadow"
        assert "hegui_gateway_acts 0" in get(address, "/metrics")
        wait_for(
            lambda: get(address, "/metrics"),
            until=lambda text: 'shadow_would_total{action="block"} 2' in text,
        )
    assert said.read_text().count("UNSAFE") == 2
    assert "gateway.shadow_began" in hegui("-w", "my-service", "ledger", "list")


def test_a_canary_takes_the_same_users_on_every_replica_until_it_is_promoted(place, model):
    model.always(Says("好"))
    declared = "producer: 001191110000MA0EXAMPLB10001\nmodels: [{name: '*', upstreams: [{url: '%s'}]}]\n"
    users = [f"user-{number}" for number in range(20)]

    def refused(address):
        return {user for user in users if "content_filter" in ask(address, "新禁词", user=user)}

    with (
        served(place, model, declared % model.url) as (one, _),
        served(place, model, declared % model.url) as (another, _),
    ):
        steps = [line for block in blocks("sh") for line in block.splitlines() if "canary" in line]
        start, show, promote = steps
        hegui(*shlex.split(start.replace("0.05", "0.5"))[1:])
        for address in (one, another):
            wait_for(lambda address=address: refused(address), until=bool)
        # Asked once more: the screen may have changed while the first of them asked.
        assert refused(one) == refused(another) not in (set(), set(users))
        page = hegui(*shlex.split(show)[1:])
        assert "running" in page
        hegui(*shlex.split(promote)[1:])
        for address in (one, another):
            wait_for(lambda address=address: refused(address), until=lambda found: found == set(users))
    assert "promoted" in hegui(*shlex.split(show)[1:])


def test_what_was_kept_is_replayed_with_a_new_bank_and_with_the_screen_that_acted(place, model):
    model.always(lambda body: Says("先说新禁词，打13812345678" if "词" in str(body["messages"]) else "好"))
    with served(place, model, blocks("yaml")[0]) as (address, _):
        for text in ("一个词", "你好"):
            ask(address, text, user="li.lei", stream=True)
        ask(address, "没有名字")
    (command,) = [line for block in blocks("sh") for line in block.splitlines() if "replay" in line]
    told = json.loads(hegui(*shlex.split(command)[1:], "--json"))["report"]
    assert (told["replayed"], told["not_kept"], told["in_part"]) == (2, 1, 0)
    assert told["changes"] == {"stopped": 1, "same": 1}
    same = json.loads(hegui("-w", "my-service", "gateway", "replay", "--json"))["report"]
    assert same["changes"] == {"same": 2}
