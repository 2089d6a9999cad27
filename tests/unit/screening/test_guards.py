"""Asking guard models, and what becomes of failures."""

import asyncio
import pickle

import pytest

from hegui.core import InvalidInput, NotFound
from hegui.screening import (
    UNSCREENED,
    Action,
    Direction,
    Failure,
    FailureMode,
    GuardDeclaration,
    Guards,
    Inquiry,
    OnFailure,
    Screen,
)
from simulators.clock import LoopClock
from simulators.model_endpoint import (
    DASHSCOPE_BLOCK,
    Drops,
    Fails,
    Hangs,
    ModelEndpoint,
    Says,
    Sends,
    refusing_url,
)

OUT = Direction.OUTPUT
SAFE = Says("Safety: Safe\nCategories: None\nRefusal: No")
UNSAFE = Says("Safety: Unsafe\nCategories: Violent\nRefusal: No")


@pytest.fixture
def model():
    with ModelEndpoint(model="guard-model") as model:
        model.always(SAFE)
        yield model


def guards(url, folder, **changes):
    declared = GuardDeclaration(
        **({"name": "guard", "url": url, "model": "guard-model", "format": "qwen3guard"} | changes)
    )
    return Guards.declared(
        [declared], folder=folder, secret=lambda name: f"secret of {name}".replace(" ", "-")
    )


def about(text, judge="guard"):
    return Inquiry(judge=judge, direction=OUT, text=text)


def told(rulings):
    return {
        inquiry.text: [
            (ruling.category.risk, ruling.category.kind, ruling.category.level) for ruling in ruled
        ]
        for inquiry, ruled in rulings.items()
    }


def failed(failure):
    return [(UNSCREENED, "guard", failure)]


def test_what_the_guard_says_is_ruled(model, tmp_path):
    model.always(lambda body: UNSAFE if "坏" in body["messages"][-1]["content"] else SAFE)
    rulings = guards(model.url, tmp_path).ask_and_wait([about("好话"), about("坏话")])
    assert told(rulings) == {"好话": [], "坏话": [("A.1.f", "Violent", "high")]}
    body = model.requests[0].body
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("guard-model", 128, 0.0)


@pytest.mark.parametrize(
    ("behaviour", "failure", "attempts"),
    [
        (Fails(500), Failure.UNAVAILABLE, 2),
        (Drops(), Failure.UNAVAILABLE, 2),
        (Fails(429, headers={"Retry-After": "60"}), Failure.UNAVAILABLE, 1),
        (Fails(400), Failure.REFUSED, 1),
        (Fails(401), Failure.REFUSED, 1),
        (DASHSCOPE_BLOCK, Failure.REFUSED, 1),
        (Says("", finish_reason="content_filter"), Failure.REFUSED, 1),
        (Says("I cannot help with that."), Failure.UNPARSABLE, 1),
        (Says(""), Failure.UNPARSABLE, 1),
        (Sends((b"<html>",), content_type="text/html"), Failure.UNPARSABLE, 2),
    ],
)
def test_no_failure_is_taken_for_an_answer(model, tmp_path, behaviour, failure, attempts):
    model.always(behaviour)
    assert told(guards(model.url, tmp_path).ask_and_wait([about("话")])) == {"话": failed(failure)}
    assert len(model.requests) == attempts


def test_a_guard_that_is_down_is_unavailable(tmp_path):
    assert told(guards(refusing_url(), tmp_path).ask_and_wait([about("话")])) == {
        "话": failed(Failure.UNAVAILABLE)
    }


async def ask(model, folder, texts, *, seconds, **changes):
    """Ask many things together; return what is told when exactly so much time has passed."""
    clock = LoopClock()
    async with guards(model.url, folder, timeout_seconds=seconds, **changes).open() as line:
        asking = asyncio.create_task(line.ask(list(map(about, texts))))
        assert await asyncio.to_thread(model.wait_for_requests)
        await clock.advance(seconds - 0.1)
        assert not asking.done()
        await clock.advance(0.1)
        return told(await asking)


def test_a_guard_that_is_slow_is_given_up_after_its_time(model, tmp_path):
    model.always(Hangs())
    assert asyncio.run(ask(model, tmp_path, "话", seconds=7)) == {"话": failed(Failure.TIMED_OUT)}


def test_a_failure_that_passes_is_tried_once_more(model, tmp_path):
    model.then(Fails(503))
    assert told(guards(model.url, tmp_path).ask_and_wait([about("话")])) == {"话": []}


def test_waiting_for_ones_turn_counts_as_waiting(model, tmp_path):
    model.always(Hangs())
    texts = list(map(str, range(50)))
    given_up = asyncio.run(ask(model, tmp_path, texts, seconds=7, concurrency=1))
    assert given_up == dict.fromkeys(texts, failed(Failure.TIMED_OUT))


def test_in_bulk_the_time_of_each_begins_when_it_is_its_turn(model, tmp_path):
    async def asking():
        clock, loop = LoopClock(), asyncio.get_running_loop()

        def slow(_body):
            asyncio.run_coroutine_threadsafe(clock.advance(5), loop).result()
            return SAFE

        model.always(slow)
        async with guards(model.url, tmp_path, timeout_seconds=7, concurrency=1).open() as line:
            return await line.ask([about(str(number)) for number in range(10)], in_bulk=True)

    assert set(map(tuple, asyncio.run(asking()).values())) == {()}


def test_no_more_is_asked_at_once_than_declared(model, tmp_path):
    model.always(Says(SAFE.text, pause_seconds=0.2))
    few = guards(model.url, tmp_path, concurrency=3)
    rulings = few.ask_and_wait([about(str(number)) for number in range(12)])
    assert set(map(tuple, rulings.values())) == {()}
    assert model.most_at_once == 3


def test_equal_inquiries_under_way_are_asked_once_and_answers_are_remembered(model, tmp_path):
    model.always(Says(SAFE.text, pause_seconds=0.05))

    async def asking():
        async with guards(model.url, tmp_path).open() as line:
            both = await asyncio.gather(line.ask([about("话")]), line.ask([about("话"), about("话")]))
            return [*both, await line.ask([about("话")])]

    assert [told(each) for each in asyncio.run(asking())] == [{"话": []}] * 3
    assert len(model.requests) == 1


def test_failures_are_not_remembered(model, tmp_path):
    model.then(Says("?"))

    async def asking():
        async with guards(model.url, tmp_path).open() as line:
            return [told(await line.ask([about("话")])) for _ in range(2)]

    assert asyncio.run(asking()) == [{"话": failed(Failure.UNPARSABLE)}, {"话": []}]


def test_what_was_asked_longest_ago_is_forgotten_first(model, tmp_path, monkeypatch):
    monkeypatch.setattr("hegui.screening.guards._REMEMBERED", 2)

    async def asking():
        async with guards(model.url, tmp_path).open() as line:
            for text in ("一", "二", "一", "三", "一", "二"):
                await line.ask([about(text)])

    asyncio.run(asking())
    assert model.prompts == ["一", "二", "三", "二"]


def test_who_gives_up_waiting_does_not_disturb_others(model, tmp_path):
    model.always(Says(SAFE.text, pause_seconds=0.2))

    async def asking():
        async with guards(model.url, tmp_path).open() as line:
            first = asyncio.create_task(line.ask([about("话")]))
            assert await asyncio.to_thread(model.wait_for_requests)
            second = asyncio.create_task(line.ask([about("话")]))
            await asyncio.sleep(0)
            first.cancel()
            return told(await second)

    assert asyncio.run(asking()) == {"话": []}
    assert len(model.requests) == 1


def test_what_is_under_way_when_the_lines_are_closed_is_given_up(model, tmp_path):
    model.always(Hangs())

    async def asking():
        async with guards(model.url, tmp_path).open() as line:
            task = asyncio.create_task(line.ask([about("话")]))
            assert await asyncio.to_thread(model.wait_for_requests)
        await asyncio.wait([task])
        return task.cancelled()

    assert asyncio.run(asking())
    assert model.wait_for_disconnects()


def test_what_concerns_another_judge_is_left_out(model, tmp_path):
    assert guards(model.url, tmp_path).ask_and_wait([about("话", judge="other")]) == {}


def test_a_screen_waits_for_its_guards(model, tmp_path):
    model.always(lambda body: UNSAFE if "坏" in body["messages"][-1]["content"] else SAFE)
    asked = guards(model.url, tmp_path)
    screen = Screen(
        keywords=None, judges=asked.judges, rules=Screen(keywords=None).rules, ask=asked.ask_and_wait
    )
    assert screen.examine("好话。").action is Action.ALLOW
    assert screen.examine("坏话。").action is Action.BLOCK
    assert [len(found) for found in screen.scan_many(["好话。", "坏话。"], OUT)] == [0, 1]


def test_a_screen_can_ask_from_another_process_and_within_a_running_loop(model, tmp_path):
    asked = guards(model.url, tmp_path)
    screen = pickle.loads(  # noqa: S301 - our own bytes
        pickle.dumps(Screen(keywords=None, judges=asked.judges, ask=asked.ask_and_wait))
    )

    async def asking():
        return screen.scan("好话。")

    assert asyncio.run(asking()) == ()


def test_keys_come_from_a_file_or_a_variable(tmp_path):
    (tmp_path / "key").write_text("from-file\n")
    with ModelEndpoint(api_key="from-file") as model:
        model.always(SAFE)
        assert told(guards(model.url, tmp_path, key_file="key").ask_and_wait([about("话")])) == {"话": []}
    with ModelEndpoint(api_key="secret-of-KEY") as model:
        model.always(SAFE)
        assert told(guards(model.url, tmp_path, key_variable="KEY").ask_and_wait([about("话")])) == {"话": []}


def test_what_is_declared_wrongly_is_refused_before_anybody_is_asked(tmp_path):
    with pytest.raises(InvalidInput, match="not the address"):
        guards("ftp://x", tmp_path)
    with pytest.raises(NotFound, match="no format"):
        guards("http://127.0.0.1:1/v1", tmp_path, format="none")
    with pytest.raises(NotFound, match="absent"):
        guards("http://127.0.0.1:1/v1", tmp_path, key_file="absent")


def test_what_may_pass_unjudged_is_among_the_rules(tmp_path):
    declared = guards("http://127.0.0.1:1/v1", tmp_path, on_failure=OnFailure(corpus=FailureMode.ALLOW))
    (rule,) = declared.rules
    assert (rule.direction, rule.action) == (Direction.CORPUS, Action.ALLOW)
