"""A running gateway takes up what is adopted: over HTTP, with streams that span the change."""

import asyncio
import gc
import json
import threading
import time
import urllib.request
from contextlib import contextmanager

import msgspec
import pytest

from hegui.admission import ANYBODY
from hegui.asgi import application
from hegui.core import Conflict
from hegui.gateway import (
    Asked,
    DeclaredModel,
    DeclaredUpstream,
    GatewayDeclaration,
    Mode,
    Outcome,
    ScreenFollower,
    Trial,
    surface_at,
)
from hegui.screening import (
    GuardDeclaration,
    Keyword,
    KeywordBank,
    ScreenDeclaration,
)
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.model_endpoint import ModelEndpoint, Says
from simulators.serving import serving

PRODUCER = "001191110000MA0EXAMPLB10001"
QUESTION = Asked(surface=surface_at("POST", "chat/completions"), body={"messages": []}, path="")
SECONDS = 60
"""How long a test waits for what takes half a second; only against waiting for ever."""


def bank(*words):
    keywords = [Keyword(text=text, risk="A.2.i", kind="insult", source="test") for text in words]
    return KeywordBank(keywords, name="ours")


def declaration(url):
    declared = DeclaredModel(name="simulated", upstreams=(DeclaredUpstream(url=url),))
    return GatewayDeclaration(producer=PRODUCER, models=(declared,))


@pytest.fixture
def settings(tmp_path):
    return Settings(workspace=tmp_path / "w", actor="test@hegui")


@pytest.fixture
def model():
    with ModelEndpoint() as model:
        yield model


@contextmanager
def gateway_over(settings, model):
    """The workspace and the address of a gateway that runs on it."""
    with (
        Workspace.open(settings) as workspace,
        workspace.ledger.writer() as writer,
        serving(application(workspace, workspace.gateway(declaration(model.url), writer=writer))) as address,
    ):
        yield workspace, address


def ask(address, text, *, stream=False, user=None):
    body = {"model": "simulated", "messages": [{"role": "user", "content": text}], "stream": stream}
    request = urllib.request.Request(
        f"{address}/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"} | ({"x-hegui-user": user} if user else {}),
    )
    return urllib.request.urlopen(request, timeout=SECONDS)


def refuses(address, text, user=None):
    with ask(address, text, user=user) as response:
        return json.load(response)["choices"][0]["finish_reason"] == "content_filter"


def metric(address, name, **default):
    with urllib.request.urlopen(f"{address}/metrics") as response:
        lines = response.read().decode().splitlines()
    return next((line for line in lines if line.startswith(name)), *default.values())


def wait_until(holds):
    until = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.05)


def screens_of(workspace):
    return [entry.content["screen"] for entry in workspace.ledger.entries("gateway.exchanged")]


def test_a_stream_ends_with_the_screen_it_began_with_and_the_next_request_meets_the_new_one(
    tmp_path, database_url, model
):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui", database_url=database_url)
    Workspace.create(settings).database.close()
    model.always(
        lambda body: (
            Says(deltas=("你", "是", "笨", "蛋", "吗") * 20, pause_seconds=0.03)
            if body.get("stream")
            else Says("好")
        )
    )
    with gateway_over(settings, model) as (workspace, address):
        before = workspace.screen.digest
        with ask(address, "说吧", stream=True) as streamed:
            said = streamed.readline()
            with Workspace.open(settings) as elsewhere:
                adopted = elsewhere.screens.adopt_bank(bank("笨蛋"))
            wait_until(lambda: refuses(address, "笨蛋"))
            said += streamed.read()
        assert said.decode().count("笨") == said.decode().count("蛋") == 20
        assert said.endswith(b"data: [DONE]\n\n")
        with ask(address, "说吧", stream=True) as streamed:
            assert "蛋" not in streamed.read().decode()
        recorded = screens_of(workspace)
        assert (recorded[0], recorded[-1]) in {(before, adopted.screen), (adopted.screen, adopted.screen)}
        assert set(recorded) == {before, adopted.screen}
        (taken,) = workspace.ledger.entries("gateway.screen_taken_up")
        assert taken.content == {"screen": adopted.screen, "replaces": before}
        assert metric(address, "hegui_gateway_screen{") == (
            f'hegui_gateway_screen{{digest="{adopted.screen}"}} 1'
        )


def test_no_request_is_dropped_while_banks_change(settings, model):
    Workspace.create(settings).database.close()
    model.always(Says("好"))
    with gateway_over(settings, model) as (workspace, address):
        answered, stop = [], threading.Event()

        def asking():
            while not stop.is_set():
                answered.append(refuses(address, "你好"))

        threads = [threading.Thread(target=asking) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(3):
            adopted = workspace.screens.adopt_bank(bank(f"词{number}"))
            wait_until(lambda digest=adopted.screen: digest in metric(address, "hegui_gateway_screen{"))
        stop.set()
        for thread in threads:
            thread.join()
        assert answered
        assert not any(answered)
        assert len(screens_of(workspace)) == len(answered)


def test_a_screen_that_cannot_be_used_never_takes_effect_and_is_reported(settings, model, caplog):
    Workspace.create(settings).database.close()
    model.always(Says("好"))
    with gateway_over(settings, model) as (workspace, address):
        workspace.screens.adopt_bank(bank("笨蛋"))
        wait_until(lambda: refuses(address, "笨蛋"))
        in_force = workspace.screens.current().screen.digest
        # As on a replica to which the file has not come.
        adopted = workspace.screens.adopt_bank(bank("傻瓜"))
        path = workspace.blobs.path(adopted.digest)
        hidden = path.rename(path.with_suffix(".hidden"))
        wait_until(lambda: metric(address, "hegui_gateway_screen_declined").endswith(" 1"))
        assert (refuses(address, "笨蛋"), refuses(address, "傻瓜")) == (True, False)
        (declined,) = workspace.ledger.entries("gateway.screen_declined")
        assert declined.content["screen"] == in_force
        assert adopted.digest in declined.content["reason"]["en"]
        assert adopted.digest in caplog.text
        # Another choice is looked at, at once.
        hidden.rename(path)
        workspace.screens.adopt_bank(bank("傻瓜", "坏蛋"))
        wait_until(lambda: refuses(address, "坏蛋"))
        assert metric(address, "hegui_gateway_screen_declined").endswith(" 0")


def following(settings, steps, **intervals):
    """Runs ``steps(workspace, gateway, follower)`` while a gateway without traffic follows."""

    async def run():
        with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
            gateway = workspace.gateway(declaration("http://127.0.0.1:9/v1"), writer=writer)
            async with gateway.running():
                follower = ScreenFollower(gateway, workspace.screens, **intervals)
                async with follower.running():
                    await steps(workspace, gateway, follower)

    asyncio.run(run())


async def until(holds):
    async with asyncio.timeout(SECONDS):
        while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


def test_who_is_woken_looks_at_once(settings):
    async def steps(workspace, gateway, follower):
        adopted = await asyncio.to_thread(workspace.screens.adopt_bank, bank("笨蛋"))
        await asyncio.sleep(0.2)
        assert gateway.metrics.screen != adopted.screen
        follower.wake()
        await until(lambda: gateway.metrics.screen == adopted.screen)

    following(settings, steps, every_seconds=3600)


def test_what_was_adopted_before_it_began_to_follow_is_taken_up(settings):
    async def steps(workspace, gateway, follower):
        adopted = await asyncio.to_thread(workspace.screens.adopt_bank, bank("笨蛋"))
        async with ScreenFollower(gateway, workspace.screens, every_seconds=3600).running():
            assert gateway.metrics.screen == adopted.screen

    following(settings, steps, every_seconds=3600)


def test_who_is_woken_as_it_ends_ends_all_the_same(settings):
    async def steps(workspace, gateway, follower):
        await asyncio.sleep(0.1)
        follower.wake()

    following(settings, steps, every_seconds=3600)


def test_what_could_not_be_used_is_tried_again_and_told_once(settings, caplog):
    async def steps(workspace, gateway, follower):
        adopted = await asyncio.to_thread(workspace.screens.adopt_bank, bank("笨蛋"))
        path = workspace.blobs.path(adopted.digest)
        hidden = path.rename(path.with_suffix(".hidden"))
        follower.wake()
        await until(lambda: gateway.metrics.screen_declined)
        for last in (False, False, True):
            if last:
                hidden.rename(path)
            await asyncio.sleep(0.1)
            follower.wake()
        await until(lambda: gateway.metrics.screen == adopted.screen)
        assert not gateway.metrics.screen_declined
        assert len(list(workspace.ledger.entries("gateway.screen_declined"))) == 1
        assert len(caplog.records) == 1

    following(settings, steps, every_seconds=3600, again_seconds=0)


def test_a_database_that_is_away_for_a_while_ends_nothing(settings):
    async def steps(workspace, gateway, follower):
        path = workspace.root / "hegui.db"
        workspace.database.close()  # what was written is in this one file now
        hidden = path.rename(path.with_suffix(".hidden"))
        path.mkdir()
        follower.wake()
        await until(lambda: gateway.metrics.screen_declined)
        path.rmdir()
        hidden.rename(path)
        workspace.database.close()  # whoever looked in between holds on to an empty file
        follower.wake()
        await until(lambda: not gateway.metrics.screen_declined)

    following(settings, steps, every_seconds=3600, again_seconds=0)


def test_a_mistake_of_our_own_does_not_end_it_in_silence(settings, monkeypatch, caplog):
    async def steps(workspace, gateway, follower):
        monkeypatch.setattr(workspace.screens, "mark", lambda: 1 / 0)
        follower.wake()
        await until(lambda: caplog.records)
        assert "no longer followed" in caplog.text
        assert "ZeroDivisionError" in caplog.text

    following(settings, steps, every_seconds=3600)


def test_an_exchange_keeps_its_guard_models_until_it_ends_and_the_next_has_those_of_the_new_screen(
    settings,
):
    guard = GuardDeclaration(name="guard", url="http://127.0.0.1:9/v1", model="g", format="qwen3guard")
    question = Asked(surface=surface_at("POST", "chat/completions"), body={"messages": []}, path="")

    async def steps(workspace, gateway, follower):
        async def adopt(adoption, *arguments):
            adopted = await asyncio.to_thread(adoption, *arguments)
            follower.wake()
            await until(lambda: gateway.metrics.screen == adopted.screen)

        async def retired(count):
            follower.wake()
            await until(lambda: len(gateway._retired) == count)

        screens = workspace.screens
        await adopt(screens.declare, ScreenDeclaration(name="one", guards=(guard,)))
        await retired(0)
        began = gateway.exchange(question, ANYBODY)
        line, media = began.line, began.media
        assert line is not None
        await adopt(screens.adopt_bank, bank("笨蛋"))
        await adopt(screens.declare, ScreenDeclaration(name="none"))
        assert gateway.exchange(question, ANYBODY).line is None
        await retired(1)
        assert began.line is line
        assert began.media is media
        del began
        gc.collect()
        await retired(0)

    following(settings, steps, every_seconds=3600)


def test_where_the_change_cannot_be_recorded_the_screen_stays(settings, monkeypatch):
    async def steps(workspace, gateway, follower):
        before = gateway.metrics.screen
        adopted = await asyncio.to_thread(workspace.screens.adopt_bank, bank("笨蛋"))
        with monkeypatch.context() as broken:
            broken.setattr(gateway, "_append", fails)
            follower.wake()
            await until(lambda: gateway.metrics.screen_declined)
        assert gateway.metrics.screen == before
        follower.wake()
        await until(lambda: gateway.metrics.screen == adopted.screen)
        follower.wake()
        await until(lambda: not gateway._retired)

    async def fails(_kind, _record):
        raise Conflict(zh="磁盘已满", en="the disk is full")

    following(settings, steps, every_seconds=3600, again_seconds=0)


def test_what_a_person_blocks_ends_where_it_is_being_answered_and_is_refused_from_then_on(settings, model):
    Workspace.create(settings).database.close()
    model.always(
        lambda body: Says(deltas=("说",) * 400, pause_seconds=0.03) if body.get("stream") else Says("好")
    )
    with gateway_over(settings, model) as (workspace, address):
        with ask(address, "怎样做？", stream=True) as asked, ask(address, "别的", stream=True) as other:
            said, others = asked.readline(), other.readline()
            rule = workspace.screens.block(incident="i", risk="A.1.f", texts=["怎样做"])
            said += asked.read()
            assert said.decode().count("说") < 400
            assert '"finish_reason":"content_filter"' in said.decode()
            others += other.read()
            assert others.decode().count("说") == 400
        assert refuses(address, "怎样做！")
        workspace.screens.unblock(rule.id)
        wait_until(lambda: not refuses(address, "怎样做！"))


# --- canaries --------------------------------------------------------------------------------------


def test_a_canary_acts_for_its_users_alone_and_for_all_when_it_is_promoted(tmp_path, database_url, model):
    settings = Settings(workspace=tmp_path / "w", actor="test@hegui", database_url=database_url)
    Workspace.create(settings).database.close()
    model.always(Says("好"))
    users = [f"user-{n}" for n in range(12)]

    def refused(address):
        return {user for user in users if refuses(address, "笨蛋", user=user)}

    with gateway_over(settings, model) as (workspace, address):
        assert refused(address) == set()
        begun = workspace.screens.begin_canary(bank=bank("笨蛋"), share="0.5")
        key = workspace._secret("pseudonym.key")
        expected = {user for user in users if begun.takes(workspace.pseudonym(user), key=key)}
        assert 0 < len(expected) < len(users)
        wait_until(lambda: metric(address, "hegui_gateway_canary{", default="").endswith(" 0.5"))
        assert refused(address) == expected
        (taken,) = workspace.ledger.entries("gateway.canary_taken_up")
        assert taken.content == {"canary": begun.entry, "screen": begun.screen, "share": "0.5"}
        last = [entry.content for entry in workspace.ledger.entries("gateway.exchanged")][-len(users) :]
        assert {(each["trial"], each["screen"]) for each in last} == {
            ("canary", begun.screen),
            ("control", begun.replaces),
        }
        workspace.screens.promote_canary()
        wait_until(lambda: refused(address) == set(users))
        assert len(list(workspace.ledger.entries("gateway.canary_taken_up"))) == 2


def test_what_a_person_blocks_meanwhile_holds_on_both_sides_and_ends_no_canary(settings, model):
    Workspace.create(settings).database.close()
    model.always(Says("好"))
    users = [f"user-{n}" for n in range(6)]
    with gateway_over(settings, model) as (workspace, address):
        begun = workspace.screens.begin_canary(bank=bank("笨蛋"), share="0.5")
        wait_until(lambda: metric(address, "hegui_gateway_canary{", default=""))
        workspace.screens.block(incident="i-1", risk="A.1.f", words=["甲乙丙"])
        wait_until(lambda: all(refuses(address, "甲乙丙", user=user) for user in users))
        assert workspace.screens.last_canary() == begun
        assert len({refuses(address, "笨蛋", user=f"user-{n}") for n in range(20)}) == 2


def test_a_stopped_canary_acts_for_nobody(settings, model):
    Workspace.create(settings).database.close()
    model.always(Says("好"))
    with gateway_over(settings, model) as (workspace, address):
        workspace.screens.begin_canary(bank=bank("笨蛋"), share="1")
        wait_until(lambda: refuses(address, "笨蛋"))
        workspace.screens.stop_canary(reason="r")
        wait_until(lambda: not refuses(address, "笨蛋"))


def test_a_canary_that_cannot_be_used_here_acts_for_nobody_and_the_screen_in_force_reads(settings, caplog):
    async def steps(workspace, gateway, follower):
        begun = await asyncio.to_thread(workspace.screens.begin_canary, bank=bank("笨蛋"), share="1")
        follower.wake()
        await until(lambda: gateway.metrics.canary == (begun.screen, "1"))
        path = workspace.blobs.path(begun.bank)
        hidden = path.rename(path.with_suffix(".hidden"))
        async with ScreenFollower(gateway, workspace.screens, every_seconds=3600).running():
            assert gateway.metrics.canary is None
            assert gateway.metrics.screen_declined
        hidden.rename(path)
        async with ScreenFollower(gateway, workspace.screens, every_seconds=3600).running():
            assert gateway.metrics.canary == (begun.screen, "1")
        assert gateway.exchange(QUESTION, ANYBODY).screen.digest == begun.screen

    following(settings, steps, every_seconds=3600)


def test_a_gateway_that_only_measures_tries_nothing(settings):
    async def run():
        with Workspace.create(settings) as workspace, workspace.ledger.writer() as writer:
            measuring = msgspec.structs.replace(declaration("http://127.0.0.1:9/v1"), mode=Mode.SHADOW)
            gateway = workspace.gateway(measuring, writer=writer)
            workspace.screens.begin_canary(bank=bank("笨蛋"), share="1")
            async with gateway.running(), ScreenFollower(gateway, workspace.screens).running():
                assert gateway.metrics.canary is None
                assert gateway.exchange(QUESTION, ANYBODY).record(Outcome.ANSWERED).trial is Trial.SHADOW

    asyncio.run(run())


def test_another_share_is_taken_up_and_those_who_were_taken_stay(settings):
    async def steps(workspace, gateway, follower):
        for share in ("0.1", "0.9"):
            await asyncio.to_thread(workspace.screens.begin_canary, bank=bank("笨蛋"), share=share)
            follower.wake()
            await until(lambda share=share: gateway.metrics.canary and gateway.metrics.canary[1] == share)
        follower.wake()
        await until(lambda: not gateway._retired)

    following(settings, steps, every_seconds=3600)
