"""Incidents that a running gateway proposes by itself."""

import asyncio
import datetime as dt

import pytest

from hegui.admission import Admission
from hegui.cases import Incidents, IncidentState
from hegui.gateway import AnswerPolicy, Asked, Exchange, IncidentTrigger, IncidentWatch, surface_at
from hegui.rulebook import Rulebook
from hegui.screening import (
    Action,
    Category,
    Direction,
    Keyword,
    KeywordBank,
    Level,
    MediumKind,
    MediumPart,
    MediumScreening,
    Screen,
)
from simulators.model_endpoint import Says

RULEBOOK = Rulebook.load()
CHAT = surface_at("POST", "chat/completions")
WORDS = [
    Keyword(text="雷管制作", risk="A.1.h", kind="weapons", source="test"),
    Keyword(text="有点笨", risk="A.2.i", kind="insult", source="test", level=Level.LOW),
]
SCREEN = Screen(keywords=KeywordBank(WORDS, name="test"))


@pytest.fixture
def make_incidents(database, ledger, clock):
    def make():
        return Incidents(
            database=database,
            ledger=ledger,
            rulebook=RULEBOOK,
            clock=clock,
            actor="gateway",
            operators=lambda: (),
        )

    return make


@pytest.fixture
def incidents(make_incidents):
    return make_incidents()


def answered(text, *, asked="说吧", name="hegui-1"):
    """An exchange in which a model said something."""
    exchange = Exchange(
        exchange_id=name,
        question=Asked(
            surface=CHAT,
            body={"model": "m", "messages": [{"role": "user", "content": asked}]},
            path=CHAT.path,
        ),
        admission=Admission(),
        screen=SCREEN,
        policy=AnswerPolicy(),
        implicit={},
    )
    if exchange.admits():
        exchange.whole({"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]})
    return exchange


def looking(watch, *exchanges):
    async def look():
        await asyncio.gather(*(watch.look(exchange) for exchange in exchanges))

    asyncio.run(look())


def trigger(**said):
    return IncidentTrigger(**{"name": "违法回答", "risk": "A.1", **said})


def watching(incidents, clock, *triggers):
    return IncidentWatch(triggers or (trigger(),), incidents=incidents, clock=clock)


def test_a_gateway_looks_when_the_evidence_stands(make_gateway, model, incidents, clock):
    model.always(Says("雷管制作如下"))
    gateway = make_gateway(screen=SCREEN, incidents=watching(incidents, clock))

    async def ask():
        async with gateway.running():
            body = {"model": "m", "messages": [{"role": "user", "content": "说吧"}]}
            return await gateway.answer(
                gateway.exchange(Asked(surface=CHAT, body=body, path=CHAT.path), Admission())
            )

    leaving = asyncio.run(ask())

    (proposed,) = incidents.incidents()
    assert proposed.exchanges == (leaving.body["AIGC"]["ProduceID"],)


def test_a_finding_that_is_declared_proposes_an_incident(incidents, clock):
    looking(watching(incidents, clock), answered("雷管制作如下"))

    (proposed,) = incidents.incidents()
    assert proposed.state is IncidentState.CANDIDATE
    assert (proposed.exchanges, proposed.risks, proposed.direction) == (
        ("hegui-1",),
        ("A.1.h",),
        Direction.OUTPUT,
    )
    assert proposed.title == "违法回答：A.1.h"


@pytest.mark.parametrize(
    "exchange",
    [answered("好"), answered("有点笨"), answered("电话13812345678"), answered("好", asked="雷管制作")],
)
def test_nothing_else_proposes_one(incidents, clock, exchange):
    looking(watching(incidents, clock), exchange)
    assert incidents.incidents() == ()


@pytest.mark.parametrize(
    ("said", "exchange"),
    [
        ({"direction": Direction.INPUT}, answered("", asked="雷管制作")),
        ({"risk": "A.2"}, answered("有点笨")),
        ({"risk": "A.2.i", "level": Level.LOW}, answered("有点笨")),
    ],
)
def test_what_is_asked_and_what_is_mild_proposes_one_where_that_is_declared(incidents, clock, said, exchange):
    looking(watching(incidents, clock, trigger(**said)), exchange)
    assert len(incidents.incidents()) == 1


def test_a_level_that_is_declared_has_to_be_reached(incidents, clock):
    looking(watching(incidents, clock, trigger(risk="A.2", level=Level.HIGH)), answered("有点笨"))
    assert incidents.incidents() == ()


def test_a_flood_proposes_one_an_hour_whichever_replica_meets_it(make_incidents, clock):
    replicas = [watching(make_incidents(), clock) for _ in range(2)]
    for replica in replicas:
        looking(replica, *(answered("雷管制作", name=f"hegui-{n}") for n in range(20)))
    assert len(make_incidents().incidents()) == 1
    clock.advance(hours=1)
    for replica in replicas:
        looking(replica, answered("雷管制作"))
    assert len(make_incidents().incidents()) == 2


def test_each_trigger_proposes_its_own(incidents, clock):
    both = (trigger(), trigger(name="another", risk="A.1.h"))
    looking(watching(incidents, clock, *both), answered("雷管制作"))
    assert {each.title for each in incidents.incidents()} == {"违法回答：A.1.h", "another：A.1.h"}


def test_what_is_found_in_media_counts_too(incidents, clock):
    exchange = answered("好")
    found = Category(risk="A.1.f", kind="picture", level="high")
    screening = MediumScreening(
        kind=MediumKind.PICTURE,
        digest="sha256:0",
        direction=Direction.OUTPUT,
        action=Action.BLOCK,
        parts=(MediumPart(place="picture", findings=(found,)),),
        judges={},
    )
    exchange.learn_of_medium("data[0]", screening)
    looking(watching(incidents, clock), exchange)
    assert incidents.incidents()[0].risks == ("A.1.f",)


def test_an_incident_is_found_when_the_machine_finds_it(incidents, clock):
    looking(watching(incidents, clock), answered("雷管制作"))
    clock.advance(hours=3)
    (proposed,) = incidents.incidents()
    assert clock() - proposed.found_at == dt.timedelta(hours=3)
