"""Users who keep asking for illegal content, as the gateway meets them."""

import asyncio

import pytest

from hegui.admission import ANYBODY, Admission
from hegui.conduct import Conduct, LadderPolicy
from hegui.gateway import Asked, surface_at
from hegui.rulebook import Rulebook
from hegui.store import Database, Replicas
from simulators.leaving import read
from simulators.model_endpoint import Says
from simulators.redis import a_name

FORBIDDEN = "雷管制作方法"
CHAT = surface_at("POST", "chat/completions")
SOMEBODY = Admission(user="小明")
NOTICES = [rung.notice.zh for rung in LadderPolicy().rungs]


@pytest.fixture
def conduct(database, ledger, clock):
    return Conduct(
        database=database, ledger=ledger, rulebook=Rulebook.load(), clock=clock, policy=LadderPolicy()
    )


@pytest.fixture
def talk(make_gateway, model, conduct):
    """Asks one thing after another as one user, and returns what each answer says."""
    gateway = make_gateway(conduct=conduct)
    model.always(Says("好"))

    def talking(*texts, user="小明", stream=False):
        async def asking():
            said = []
            async with gateway.running():
                admission = Admission(user=user) if user else ANYBODY
                for text in texts:
                    exchange = gateway.exchange(_asked(text, stream=stream), admission)
                    said.append(await (_streamed if stream else _whole)(gateway, exchange))
            return said

        return asyncio.run(asking())

    return talking


def _asked(text, *, stream=False):
    body = {"model": "m", "messages": [{"role": "user", "content": text}], "stream": stream}
    return Asked(surface=CHAT, body=body, path=CHAT.path)


async def _whole(gateway, exchange):
    return (await gateway.answer(exchange)).body["choices"][0]["message"]["content"]


async def _streamed(gateway, exchange):
    events = [event async for batch in gateway.stream(exchange) for event in read(batch)]
    return "".join(choice["delta"].get("content") or "" for event in events for choice in event["choices"])


def outcomes(ledger):
    return [entry.content["outcome"] for entry in ledger.entries("gateway.exchanged")]


@pytest.mark.parametrize("stream", [False, True])
def test_the_third_refusal_in_a_row_warns(talk, stream):
    said = talk(FORBIDDEN, FORBIDDEN, FORBIDDEN, "你好", stream=stream)
    assert [NOTICES[0] in text for text in said] == [False, False, True, False]


@pytest.mark.parametrize("stream", [False, True])
def test_a_suspended_user_reads_why_and_nothing_else(talk, model, ledger, stream):
    said = talk(*[FORBIDDEN] * 9, "你好", stream=stream)
    assert said[-1].removesuffix("（本内容由人工智能生成）") == NOTICES[2]
    assert outcomes(ledger) == ["refused"] * 9 + ["closed"]
    assert model.requests == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_restricted_user_has_so_many_requests_an_hour(talk, clock, stream):
    talk(*[FORBIDDEN] * 6, stream=stream)
    allowed = LadderPolicy().rungs[1].requests_per_hour
    said = talk(*["你好"] * (allowed + 1), stream=stream)
    assert [NOTICES[1] in text for text in said] == [False] * allowed + [True]
    clock.advance(hours=1, minutes=2)
    assert NOTICES[1] not in talk("你好", stream=stream)[0]


def test_replicas_count_the_requests_of_a_restricted_user_together(make_gateway, model, conduct, redis_url):
    model.always(Says("好"))
    name = a_name()

    async def asking():
        replicas = [make_gateway(conduct=conduct, quotas=Replicas(redis_url, name=name)) for _ in range(2)]
        async with replicas[0].running(), replicas[1].running():
            texts = [FORBIDDEN] * 6 + ["你好"] * (LadderPolicy().rungs[1].requests_per_hour + 1)
            return [
                await _whole(replicas[number % 2], replicas[number % 2].exchange(_asked(text), SOMEBODY))
                for number, text in enumerate(texts)
            ]

    assert [NOTICES[1] in text for text in asyncio.run(asking())[5:]] == [True] + [False] * 20 + [True]


def test_another_user_is_served_all_the_same(talk):
    talk(*[FORBIDDEN] * 9)
    assert talk("你好", user="小红")[0].startswith("好")


def test_nobody_is_counted_who_is_not_known(talk, conduct):
    talk(*[FORBIDDEN] * 9, user=None)
    assert conduct.users() == ()


def test_clean_requests_between_keep_a_user_from_a_step(talk, conduct):
    talk(FORBIDDEN, FORBIDDEN, "你好", FORBIDDEN, "你好")
    assert [standing.rung for _, standing in conduct.users()] == [0]


def test_a_granted_appeal_opens_the_gateway_again(talk, conduct, ledger):
    talk(*[FORBIDDEN] * 9)
    user, standing = conduct.users()[0]
    appeal = conduct.appeal(user, text="误判", exchange=standing.because)
    conduct.decide(appeal.id, granted=True, reason="a false alarm")
    assert talk("你好")[0].startswith("好")


def test_a_lost_database_closes_the_gateway_to_known_users(talk, monkeypatch):
    class Gone(RuntimeError):
        pass

    def gone(_self):
        raise Gone

    talk("你好")
    monkeypatch.setattr(Database, "read", gone)
    monkeypatch.setattr("hegui.conduct.service.FRESH_SECONDS", 0)
    with pytest.raises(Exception, match=r"not completed|没有完成"):
        talk("你好")


def test_what_was_just_read_is_not_read_again(talk, monkeypatch):
    monkeypatch.setattr("hegui.conduct.service.FRESH_SECONDS", 1_000)
    assert [text[0] for text in talk("你好", "你好")] == ["好", "好"]
