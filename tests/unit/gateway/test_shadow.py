"""A screen that is measured: what leaves is as without it, and what it would have done is told."""

import asyncio
import base64
import json
import re
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.admission import ANYBODY, Admission, Age, Terms
from hegui.archive import Conversations
from hegui.core import InvalidInput
from hegui.gateway import Asked, Shadow, ShadowPolicy, surface_at
from hegui.gateway import shadow as shadow_module
from hegui.screening import (
    Action,
    Assembly,
    Direction,
    GuardDeclaration,
    Guards,
    Keyword,
    KeywordBank,
    MediaDeclaration,
    Rule,
    Screen,
)
from simulators.leaving import read
from simulators.model_endpoint import Drops, Fails, Hangs, Says
from unit.gateway.conftest import FORBIDDEN, assembled

CANDIDATE = "新禁词"
PHONE = "13812345678"
CHAT = surface_at("POST", "chat/completions")
POLICY = ShadowPolicy(seconds=5.0)


def candidate(*words, guards=None, minor=False):
    keywords = [Keyword(text=text, risk="A.2.i", kind="insult", source="test") for text in words]
    guards = guards or Guards(())
    screen = Screen(keywords=KeywordBank(keywords, name="new"), judges=guards.judges)
    return assembled(screen, guards)


def shadow(*words, policy=POLICY, compose=None, **more):
    return partial(Shadow, policy, compose=compose or (lambda: candidate(*words)), minor_rules=(), **more)


def ask(text="你好", **body):
    return {"model": "simulated", "messages": [{"role": "user", "content": text}], **body}


def exchanged(gateway, *bodies, stop_after=None, admission=ANYBODY, surface=CHAT, meanwhile=None):
    """What left for each of the requests, as it was written."""

    async def one(body):
        exchange = gateway.exchange(Asked(surface=surface, body=body, path=surface.path), admission)
        if not exchange.is_stream:
            return [(await gateway.answer(exchange)).body]
        leaving = []
        events = gateway.stream(exchange)
        async for batch in events:
            leaving.extend(read(batch))
            if stop_after is not None and len(leaving) >= stop_after:
                await events.aclose()
                break
        return leaving

    async def all_of_them():
        async with gateway.running():
            told = [await one(body) for body in bodies]
            if meanwhile:
                await meanwhile()
            return told

    return asyncio.run(all_of_them())


def shadowed(ledger):
    return [entry.content for entry in ledger.entries("gateway.shadowed")]


def lines(gateway):
    return gateway.metrics.text({}).splitlines()


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("said", "outcomes", "characters"),
    [
        (("你好", "很好"), ("answered", "answered"), 2),
        ((CANDIDATE, "很好"), ("answered", "refused"), 0),
        ((FORBIDDEN, "很好"), ("refused", "answered"), 0),
        (("你好", f"先说{CANDIDATE}再说"), ("answered", "stopped"), 2),
        (("你好", f"先说{FORBIDDEN}再说"), ("stopped", "answered"), None),
        (("你好", f"打{PHONE}。"), ("masked", "masked"), None),
    ],
)
def test_it_is_told_what_the_shadow_would_have_done(
    make_gateway, model, ledger, stream, said, outcomes, characters
):
    (question, answer), (acted, would) = said, outcomes
    model.always(Says(answer))
    gateway = make_gateway(shadow=shadow(CANDIDATE))

    exchanged(gateway, ask(question, stream=stream))

    (told,) = shadowed(ledger)
    (record,) = (entry.content for entry in ledger.entries("gateway.exchanged"))
    assert (told["exchange"], told["acting"]) == (record["exchange"], record["screen"])
    assert (told["acted"], told["would"]["outcome"]) == (acted, would) == (record["outcome"], would)
    assert told["agrees"] is (acted == would)
    assert told["would"]["screen"] == candidate(CANDIDATE).screen.digest != record["screen"]
    if would == "stopped" and not stream:
        characters = 0  # of a whole answer nothing leaves
    assert characters in {None, told["would"]["characters"]}
    way = {"answered": "allow", "masked": "mask"}.get(would, "block")
    assert f'hegui_gateway_shadow_would_total{{action="{way}"}} 1' in lines(gateway)
    agrees = "true" if acted == would else "false"
    assert f'hegui_gateway_shadow_agreements_total{{agrees="{agrees}"}} 1' in lines(gateway)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    "answer", ["很好", f"先说{CANDIDATE}再说", f"先说{FORBIDDEN}再说", f"打{PHONE}。"], ids=str
)
def test_what_leaves_is_what_would_have_left_without_it(make_gateway, model, stream, answer):
    model.always(Says(answer))

    without, beside = (
        told(*exchanged(gateway, ask(stream=stream)))
        for gateway in (make_gateway(), make_gateway(shadow=shadow(CANDIDATE)))
    )

    assert without == beside


def told(left):
    """What left, without its numbers; pieces that arrive together may leave as one."""
    text = re.sub(r"hegui-[0-9a-f]{24}|chatcmpl-[0-9]+", "ID", json.dumps(left, ensure_ascii=False))
    ends, begins = (
        r'"\}, "finish_reason": null\}\]\}',
        r'\{"id": "ID", [^\[]*\[\{"index": 0, "delta": \{"content": "',
    )
    return re.sub(f"{ends}, {begins}", "", text)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([FORBIDDEN, FORBIDDEN[:3], PHONE, "。", "你好", "雷", "138"]), max_size=6),
    st.sampled_from(["你好", FORBIDDEN]),
    st.booleans(),
)
def test_the_screen_that_acts_agrees_with_itself_as_its_own_shadow(
    make_gateway, model, ledger, pieces, question, stream
):
    model.always(Says(text="".join(pieces), deltas=tuple(pieces) or ("",)))
    gateway = make_gateway()
    acting = gateway._sight
    watched = make_gateway(shadow=shadow(compose=lambda: assembled(acting.screen, Guards(()))))

    exchanged(watched, ask(question, stream=stream))

    told, record = shadowed(ledger)[-1], list(ledger.entries("gateway.exchanged"))[-1].content
    assert told["agrees"]
    assert told["would"]["input"] == record["input"]
    assert told["would"]["output"] == record["output"]
    assert told["would"]["characters"] == record["characters_released"]


def test_a_gateway_that_only_measures_lets_everything_pass_and_says_so(make_gateway, model, ledger, caplog):
    model.always(Says(f"先说{FORBIDDEN}，打{PHONE}"))
    real = assembled(Screen(keywords=KeywordBank([word(FORBIDDEN)], name="b")), Guards(()))
    gateway = make_gateway(shadow=shadow(compose=lambda: real, is_alone=True))

    ((leaving,), _) = exchanged(gateway, ask(FORBIDDEN), ask(FORBIDDEN, stream=True))

    assert leaving["choices"][0]["message"]["content"].startswith(f"先说{FORBIDDEN}，打{PHONE}")
    assert gateway.acts is False
    assert "hegui_gateway_acts 0" in lines(gateway)
    assert "UNSAFE" in caplog.text
    (began,) = ledger.entries("gateway.shadow_began")
    assert began.content == {"measured": real.screen.digest}
    for entry in ledger.entries("gateway.exchanged"):
        assert (entry.content["outcome"], entry.content["trial"]) == ("answered", "shadow")
        assert entry.content["screen"] == Assembly.idle().screen.digest
    assert [told["would"]["outcome"] for told in shadowed(ledger)] == ["refused", "refused"]


def word(text):
    return Keyword(text=text, risk="A.1.h", kind="weapons", source="test")


def test_a_gateway_that_only_measures_still_answers_what_its_screen_says_of_a_text(make_gateway):
    real = assembled(Screen(keywords=KeywordBank([word(FORBIDDEN)], name="b")), Guards(()))
    gateway = make_gateway(shadow=shadow(compose=lambda: real, is_alone=True))

    assert asyncio.run(gateway.moderate({"input": FORBIDDEN}))["results"][0]["flagged"]


def test_with_a_shadow_the_screen_in_force_acts_as_ever(make_gateway, model):
    model.always(Says("好"))
    gateway = make_gateway(shadow=shadow(CANDIDATE))

    assert gateway.acts
    assert "hegui_gateway_acts 1" in lines(gateway)


def test_minors_are_measured_by_the_rules_that_hold_for_them(make_gateway, model, ledger):
    model.always(Says("好"))
    strict = (Rule(direction=Direction.INPUT, risk="pii", action=Action.BLOCK),)
    gateway = make_gateway(
        shadow=partial(Shadow, POLICY, compose=lambda: candidate(CANDIDATE), minor_rules=strict)
    )

    for age in (Age.ADULT, Age.FROM_SIXTEEN):
        exchanged(gateway, ask(f"打{PHONE}"), admission=Admission(user="u", terms=Terms(age=age)))

    assert [told["would"]["outcome"] for told in shadowed(ledger)] == ["answered", "refused"]


def test_what_a_client_did_not_wait_for_is_measured_as_far_as_it_went(make_gateway, model, ledger):
    model.always(Says(deltas=("字",) * 200, pause_seconds=0.02))
    gateway = make_gateway(shadow=shadow(CANDIDATE))

    exchanged(gateway, ask(stream=True), stop_after=2)

    (told,) = shadowed(ledger)
    assert (told["acted"], told["agrees"], told["would"]["is_complete"]) == ("answered", True, False)


@pytest.mark.parametrize(
    ("behaviour", "policy", "asked", "reason"),
    [
        (Says("好"), ShadowPolicy(most_bytes=10), (ask(), CHAT), "too_long"),
        (
            Fails(400, {"error": {"code": "data_inspection_failed", "message": "b"}}),
            POLICY,
            (ask(), CHAT),
            "provider",
        ),
        (Says("好"), POLICY, ({"model": "m", "messages": "x"}, CHAT), "unreadable"),
        (Says("好"), POLICY, ({"prompt": "画"}, surface_at("POST", "images/generations")), "interface"),
    ],
    ids=["too_long", "provider", "unreadable", "interface"],
)
def test_what_is_not_measured_is_counted_with_the_reason(
    make_gateway, model, ledger, behaviour, policy, asked, reason
):
    body, surface = asked
    model.always(behaviour)
    gateway = make_gateway(shadow=shadow(CANDIDATE, policy=policy))

    try:
        exchanged(gateway, body, surface=surface)
    except Exception as error:  # noqa: BLE001 - what the client is told is not what this is about
        del error

    assert shadowed(ledger) == []
    assert f'hegui_gateway_shadow_unmeasured_total{{reason="{reason}"}} 1' in lines(gateway)


def test_an_answer_that_breaks_off_is_measured_as_far_as_it_went(make_gateway, model, ledger):
    model.always(Drops())
    gateway = make_gateway(shadow=shadow(CANDIDATE))

    with pytest.raises(Exception, match="model"):
        exchanged(gateway, ask())

    (told,) = shadowed(ledger)
    assert (told["acted"], told["would"]["is_complete"]) == ("answered", False)


def test_a_share_is_measured_and_the_rest_is_left_alone(make_gateway, model, ledger):
    model.always(Says("好"))
    gateway = make_gateway(shadow=shadow(CANDIDATE, policy=ShadowPolicy(share=1e-9)))

    exchanged(gateway, ask(), ask(stream=True))

    assert shadowed(ledger) == []
    assert 'hegui_gateway_shadow_would_total{action="allow"} 0' in lines(gateway)


def test_what_the_archive_may_keep_may_be_too_long_to_be_measured(
    make_gateway, model, ledger, database, clock
):
    model.always(Says("好"))
    archive = Conversations(database=database, ledger=ledger, clock=clock, key=b"a" * 32)
    measured = shadow(CANDIDATE, policy=ShadowPolicy(most_bytes=10))
    gateway = make_gateway(archive=archive, keeps_originals=True, shadow=measured)

    exchanged(gateway, ask(), admission=Admission(user="u"))

    assert shadowed(ledger) == []
    assert 'hegui_gateway_shadow_unmeasured_total{reason="too_long"} 1' in lines(gateway)


def guarded(url):
    declaration = GuardDeclaration(
        name="slow",
        url=url,
        model="guard",
        format="qwen3guard",
        timeout_seconds=30,
        directions=(Direction.INPUT,),
    )
    return Guards.declared([declaration], folder=None, secret=str)


@pytest.mark.parametrize(
    ("questions", "seconds", "reasons"),
    # Three have to be asked while the first is measured, however busy the machine is.
    [(("一",), 0.3, {"slow"}), (("一", "二", "三"), 3.0, {"busy", "slow"})],
)
def test_a_guard_model_that_the_shadow_waits_for_delays_no_answer_and_the_shadow_gives_up(
    make_gateway, model, ledger, questions, seconds, reasons
):
    model.always(lambda body: Hangs() if body["model"] == "guard" else Says("好"))
    policy = ShadowPolicy(seconds=seconds, waiting=1, at_once=1)
    asking = candidate(CANDIDATE, guards=guarded(model.url))
    gateway = make_gateway(shadow=shadow(policy=policy, compose=lambda: asking))

    exchanged(gateway, *map(ask, questions))

    outcomes = [entry.content["outcome"] for entry in ledger.entries("gateway.exchanged")]
    assert outcomes == ["answered"] * len(questions)
    assert shadowed(ledger) == []
    counted = re.findall(r'unmeasured_total\{reason="(\w+)"\}', "\n".join(lines(gateway)))
    assert set(counted) == reasons


@pytest.mark.parametrize(
    ("most", "seconds", "reasons"), [(1, 3.0, {"busy", "slow"}), (1 << 20, 0.3, {"slow"})]
)
def test_no_more_waits_than_the_bytes_that_may(make_gateway, model, most, seconds, reasons):
    model.always(lambda body: Hangs() if body["model"] == "guard" else Says("好"))
    policy = ShadowPolicy(seconds=seconds, waiting=8, waiting_bytes=most, at_once=8)
    asking = candidate(CANDIDATE, guards=guarded(model.url))
    gateway = make_gateway(shadow=shadow(policy=policy, compose=lambda: asking))

    exchanged(gateway, *map(ask, ("一", "二", "三")))

    counted = re.findall(r'unmeasured_total\{reason="(\w+)"\}', "\n".join(lines(gateway)))
    assert set(counted) == reasons


def test_what_guard_models_ruled_for_the_acting_screen_is_not_asked_again(make_gateway, model, ledger):
    model.always(
        lambda body: Says("Safety: Safe\nCategories: None") if body["model"] == "guard" else Says("好")
    )
    asking = candidate(CANDIDATE, guards=guarded(model.url))
    gateway = make_gateway(guards=guarded(model.url), shadow=shadow(compose=lambda: asking))

    exchanged(gateway, ask("一句话"))

    (told,) = shadowed(ledger)
    assert told["would"]["outcome"] == "answered"
    assert [request.body["model"] for request in model.requests].count("guard") == 1


def test_a_candidate_that_cannot_be_made_any_more_stays_as_it_was_and_the_screen_in_force_acts(
    make_gateway, model, ledger, caplog
):
    model.always(Says("好"))
    made = iter([candidate(CANDIDATE)])

    def compose():
        for each in made:
            return each
        raise InvalidInput(zh="没有", en="there is none")

    gateway = make_gateway(shadow=shadow(compose=compose))
    other = assembled(Screen(keywords=KeywordBank([word("另")], name="o")), Guards(()))

    async def meanwhile():
        await gateway.take_up(other)
        await gateway.let_go()

    exchanged(gateway, ask(), meanwhile=meanwhile)

    assert gateway.metrics.screen == other.screen.digest
    assert f'hegui_gateway_shadow_screen{{digest="{candidate(CANDIDATE).screen.digest}"}} 1' in lines(gateway)
    assert "the shadow stays as it was" in caplog.text


def test_the_candidate_is_made_anew_of_what_is_in_use(make_gateway, model):
    model.always(Says("好"))
    made = iter([candidate(CANDIDATE), candidate("又一个")])
    gateway = make_gateway(shadow=shadow(compose=lambda: next(made)))

    async def meanwhile():
        await gateway.take_up(assembled(Screen(keywords=None), Guards(())))
        await gateway.let_go()

    exchanged(gateway, ask(), meanwhile=meanwhile)

    assert f'hegui_gateway_shadow_screen{{digest="{candidate("又一个").screen.digest}"}} 1' in lines(gateway)


def test_an_exchange_that_cannot_be_measured_ends_nothing(make_gateway, model, ledger, monkeypatch):
    model.always(Says("好"))
    gateway = make_gateway(shadow=shadow(CANDIDATE))
    failing = iter([True, False])

    async def rehear(heard, exchange):
        if next(failing):
            raise KeyError("choices")
        return await real(heard, exchange)

    real = shadow_module.rehear
    monkeypatch.setattr(shadow_module, "rehear", rehear)

    exchanged(gateway, ask(), ask())

    assert len(shadowed(ledger)) == 1
    assert 'hegui_gateway_shadow_unmeasured_total{reason="failed"} 1' in lines(gateway)


def test_an_exchange_with_a_picture_that_a_model_judged_is_not_measured(make_gateway, model, ledger):
    model.always(Says('{"verdict": "safe", "risks": []}'))
    eye = GuardDeclaration(name="eye", url=model.url, model="v", format="pictures-zh")
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 24).decode()
    part = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{picture}"}}
    gateway = make_gateway(shadow=shadow(CANDIDATE), media=MediaDeclaration(pictures=eye))

    exchanged(gateway, {"model": "m", "messages": [{"role": "user", "content": [part]}]})

    assert [entry.content["outcome"] for entry in ledger.entries("gateway.exchanged")] == ["answered"]
    assert shadowed(ledger) == []
    assert 'hegui_gateway_shadow_unmeasured_total{reason="media"} 1' in lines(gateway)
