"""Conversations that can be replayed."""

import asyncio
import datetime as dt

import pytest

from hegui.admission import Admission, Age, Terms
from hegui.archive import Conversations
from hegui.core import InvalidDocument
from hegui.gateway import Asked, KeptConversations, Outcome, conversations_in, said_in, surface_at
from simulators.model_endpoint import Fails, Says
from unit.gateway.conftest import FORBIDDEN

CHAT = surface_at("POST", "chat/completions")
PHONE = "13812345678"
NO_TERMS = Terms()


@pytest.fixture
def archive(database, ledger, clock):
    return Conversations(database=database, ledger=ledger, clock=clock, key=b"a" * 32)


def exchanged(gateway, text, *, stream=False, user="u", terms=NO_TERMS, **body):
    async def asking():
        messages = [{"role": "user", "content": text}]
        question = Asked(CHAT, {"model": "m", "messages": messages, "stream": stream, **body}, CHAT.path)
        async with gateway.running():
            exchange = gateway.exchange(question, Admission(user=user, terms=terms))
            if not stream:
                await gateway.answer(exchange)
                return
            async for _ in gateway.stream(exchange):
                pass

    asyncio.run(asking())


def kept_in(archive, ledger, **more):
    kept = KeptConversations(archive, ledger, reason="r", **more)
    return kept, list(kept)


@pytest.mark.parametrize("stream", [True, False])
def test_what_was_kept_as_it_came_is_heard_as_it_came(make_gateway, model, archive, ledger, stream):
    model.always(Says(f"打{PHONE}，{FORBIDDEN}，还有"))
    gateway = make_gateway(archive=archive, keeps_originals=True)

    exchanged(gateway, "你好", stream=stream, user="u", safety_identifier="li.lei")

    _, (found,) = kept_in(archive, ledger)
    assert found.before is Outcome.STOPPED
    assert found.heard.is_stream is stream
    assert found.heard.was_asked
    assert "li.lei" not in found.heard.body
    told = "".join(said_in(found.heard).told)
    assert FORBIDDEN in told
    assert PHONE in told


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("said", "outcome", "told"),
    [
        (("你好", "很好"), Outcome.ANSWERED, ("很好",)),
        (("你好", f"打{PHONE}。"), Outcome.MASKED, ("打[手机号]。",)),
        ((FORBIDDEN, "很好"), Outcome.REFUSED, ()),
    ],
)
def test_of_what_was_kept_as_it_left_that_is_heard(make_gateway, model, archive, stream, said, outcome, told):
    question, answer = said
    model.always(Says(answer))

    exchanged(make_gateway(archive=archive), question, stream=stream)

    _, (found,) = kept_in(archive, archive._ledger)
    assert (found.before, said_in(found.heard).told) == (outcome, told)
    assert question in said_in(found.heard).asked
    assert found.heard.has_ended is (outcome is Outcome.ANSWERED)
    assert found.heard.is_stream is stream


def test_what_is_not_kept_and_what_cannot_be_compared_is_counted(make_gateway, model, archive, ledger):
    model.always(Says("好"))
    gateway = make_gateway(archive=archive)
    exchanged(gateway, "一")
    exchanged(gateway, "二", user=None)
    exchanged(gateway, "三", terms=Terms(age=Age.FROM_SIXTEEN))
    model.always(Fails(500))
    with pytest.raises(Exception, match="500"):
        exchanged(gateway, "四")
    archive.keep("u", exchange="unrecorded", training="no", asked=("五",), answered="")

    kept, found = kept_in(archive, ledger)

    assert [said_in(each.heard).asked[-1] for each in found] == ["一"]
    assert (kept.total, kept.not_kept, kept.others) == (3, 1, 3)


def test_since_a_day_only_what_ended_then_is_heard(make_gateway, model, archive, ledger, clock):
    model.always(Says("好"))
    gateway = make_gateway(archive=archive)
    exchanged(gateway, "一")
    clock.advance(days=1)
    since = clock()
    exchanged(gateway, "二")

    _, found = kept_in(archive, ledger, since=since)

    assert [said_in(each.heard).asked[-1] for each in found] == ["二"]


@pytest.fixture
def ended(archive, ledger, clock):
    """Records an exchange, and keeps it so many minutes later, if ever."""

    def ending(name, *, kept_after=None):
        content = {"exchange": name, "outcome": "answered", "stream": False, "terms": {}}
        with ledger.writer() as writer:
            writer.append(kind="gateway.exchanged", content=content).result()
        if kept_after is not None:
            clock.advance(minutes=kept_after)
            archive.keep("u", exchange=name, training="no", asked=(name,), answered="好", question=name)
        clock.advance(minutes=1)

    return ending


def test_what_ended_just_before_that_day_is_looked_up_and_not_counted(archive, ledger, clock, ended):
    ended("not kept, before")
    ended("kept within", kept_after=10)
    since = clock() - dt.timedelta(minutes=5)
    ended("within", kept_after=0)
    ended("not kept, within")

    kept, found = kept_in(archive, ledger, since=since)

    assert [each.name for each in found] == ["kept within", "within"]
    assert (kept.total, kept.not_kept, kept.others) == (2, 1, 0)


def test_no_more_than_a_day_of_records_is_held_at_a_time(archive, ledger, clock, ended):
    clock.advance(hours=15 + 24 - clock().hour)
    names = [f"{day}/{hour}" for day in range(5) for hour in range(3)]
    for number, name in enumerate(names):
        ended(name, kept_after=10)
        clock.advance(hours=22 if number % 3 == 2 else 1)

    kept = KeptConversations(archive, ledger, reason="r")
    held = []
    found = []
    for each in kept:
        found.append(each.name)
        held.append(len(kept._recorded))

    assert found == names
    assert (kept.total, kept.not_kept, kept.others) == (15, 0, 0)
    assert max(held) <= 4


def test_what_is_kept_after_midnight_was_recorded_before(archive, ledger, clock, ended):
    clock.advance(minutes=60 * 24 - clock().hour * 60 - clock().minute - 5)
    ended("e", kept_after=10)
    _, (found,) = kept_in(archive, ledger)
    assert found.before is Outcome.ANSWERED


def test_an_erased_record_is_no_record(make_gateway, model, archive, ledger):
    model.always(Says("好"))
    exchanged(make_gateway(archive=archive), "一")
    ledger.erase(next(ledger.entries("gateway.exchanged")).ref, reason="r")

    kept, found = kept_in(archive, ledger)

    assert (found, kept.others, kept.not_kept) == ([], 1, 0)


def test_a_file_holds_conversations_with_answers_or_without(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text(
        '{"id": "a", "messages": [{"role": "user", "content": "问"}, '
        '{"role": "assistant", "content": "答"}]}\n\n'
        '{"messages": [{"role": "user", "content": "只问"}]}\n{"messages": []}\n',
        encoding="utf-8",
    )

    answered, asked, empty = conversations_in(path)

    assert (answered.name, asked.name, empty.name) == ("a", "3", "4")
    assert (said_in(answered.heard).asked, said_in(answered.heard).told) == (("问",), ("答",))
    assert (answered.heard.has_ended, asked.heard.has_ended, asked.heard.was_asked) == (True, False, False)
    assert answered.before is None


def test_signs_that_separate_lines_elsewhere_may_stand_in_a_text(tmp_path):
    path = tmp_path / "mine.jsonl"
    said = "一\u2028二\u2029三\u0085四"
    path.write_text(f'{{"messages": [{{"role": "user", "content": "{said}"}}]}}\r\n', encoding="utf-8")

    (found,) = conversations_in(path)

    assert said_in(found.heard).asked == (said,)


@pytest.mark.parametrize("line", ["{}", "[]", '{"messages": "x"}', '{"messages": [], "answer": "x"}', "x"])
def test_a_line_that_is_no_conversation_is_named_with_its_place(tmp_path, line):
    path = tmp_path / "mine.jsonl"
    path.write_text('{"messages": []}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InvalidDocument, match=r"mine\.jsonl:2"):
        conversations_in(path)
