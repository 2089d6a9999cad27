"""What would change if another screen had read what was said."""

import json
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.archive import Conversations
from hegui.gateway import (
    REPLAYED,
    KeptConversations,
    Outcome,
    Replay,
    ReplayChange,
    Replayed,
    ReplayJournal,
    conversations_in,
)
from hegui.screening import Direction, GuardDeclaration, Guards, Keyword, KeywordBank, Screen
from simulators.model_endpoint import Says
from unit.gateway.conftest import FORBIDDEN, a_screen, assembled
from unit.gateway.test_conversations import PHONE, exchanged

NEW = "新禁词"


def screen_of(*words, judges=(), **more):
    keywords = [Keyword(text=text, risk="A.2.i", kind="insult", source="test") for text in words]
    return Screen(keywords=KeywordBank(keywords, name="new"), judges=judges, **more)


IN_FORCE = assembled(a_screen(Guards(())), Guards(()))
TRIED = assembled(screen_of(NEW), Guards(()))


@pytest.fixture
def archive(database, ledger, clock):
    return Conversations(database=database, ledger=ledger, clock=clock, key=b"a" * 32)


@pytest.fixture
def journal(tmp_path):
    return lambda name="j": ReplayJournal(tmp_path / "cache" / f"{name}.jsonl")


@pytest.fixture
def file(tmp_path):
    numbers = count()

    def write(*conversations):
        path = tmp_path / f"{next(numbers)}.jsonl"
        said = []
        for question, answer in conversations:
            last = [] if answer is None else [{"role": "assistant", "content": answer}]
            said.append({"messages": [{"role": "user", "content": question}, *last]})
        path.write_text("\n".join(map(_json, said)), encoding="utf-8")
        return conversations_in(path)

    return write


def _json(value):
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def replayed(ledger):
    def replayed(conversations, journal, tried=TRIED, in_force=IN_FORCE, **more):
        replay = Replay(in_force=in_force, tried=tried, journal=journal, ledger=ledger)
        return replay.run(conversations, source="test", **more)

    return replayed


def test_every_sort_of_change_is_counted_with_its_causes(replayed, file, journal):
    found = file(
        ("你好", "很好"),
        (NEW, "很好"),
        ("你好", f"先说{NEW}"),
        (FORBIDDEN, None),
        ("你好", f"先说{FORBIDDEN}"),
        ("你好", f"打{PHONE}"),
    )
    told = []

    report = replayed(found, journal(), tell=lambda _, each: told.append(each.change))

    assert report.changes == {
        ReplayChange.SAME: 2,
        ReplayChange.REFUSED: 1,
        ReplayChange.STOPPED: 1,
        ReplayChange.PASSES: 2,
    }
    assert (report.replayed, report.in_part) == (6, 1)
    assert (report.screen, report.in_force) == (TRIED.screen.digest, IN_FORCE.screen.digest)
    assert told == [ReplayChange.REFUSED, ReplayChange.STOPPED, ReplayChange.PASSES, ReplayChange.PASSES]
    causes = {(each.change, each.cause.direction, each.cause.risk, each.cause.kind) for each in report.causes}
    assert causes == {
        (ReplayChange.REFUSED, Direction.INPUT, "A.2.i", "insult"),
        (ReplayChange.STOPPED, Direction.OUTPUT, "A.2.i", "insult"),
        (ReplayChange.PASSES, Direction.INPUT, "A.1.h", "weapons"),
        (ReplayChange.PASSES, Direction.OUTPUT, "A.1.h", "weapons"),
    }
    assert {NEW, FORBIDDEN} <= {
        word for each in report.causes for word in (NEW, FORBIDDEN) if word in each.cause.pattern.zh
    }


def test_a_replay_is_on_record_without_words_of_a_bank(replayed, file, journal, ledger):
    report = replayed(file((NEW, "很好")), journal())

    entry = ledger.latest(REPLAYED)
    assert report.entry == str(entry.ref)
    assert entry.content == {
        "source": "test",
        "since": None,
        "screen": TRIED.screen.digest,
        "in_force": IN_FORCE.screen.digest,
        "replayed": 1,
        "in_part": 0,
        "changes": {"refused": 1},
        "not_kept": 0,
        "others": 0,
    }


def test_what_would_be_masked_now_is_told(replayed, file, journal):
    bare = assembled(
        Screen(keywords=KeywordBank([], name="none"), personal_information=("email",)), Guards(())
    )
    report = replayed(file(("你好", f"打{PHONE}")), journal(), in_force=bare, tried=TRIED)
    assert report.changes == {ReplayChange.MASKED: 1}
    assert [each.cause.kind for each in report.causes] == ["mobile_phone"]


PIECES = st.lists(st.sampled_from([FORBIDDEN, FORBIDDEN[:3], PHONE, "。", "你好", "雷", "138"]), max_size=6)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(PIECES, st.sampled_from(["你好", FORBIDDEN, f"{FORBIDDEN[:3]}，"])), st.booleans())
def test_replayed_with_the_screen_that_acted_everything_ends_as_it_is_recorded(
    replayed, make_gateway, model, archive, journal, said, stream
):
    ledger = archive._ledger
    pieces, question = said
    model.always(Says(text="".join(pieces), deltas=tuple(pieces) or ("",)))
    exchanged(make_gateway(archive=archive, keeps_originals=True), question, stream=stream)

    report = replayed(KeptConversations(archive, ledger, reason="r"), journal(), tried=IN_FORCE)

    assert set(report.changes) == {ReplayChange.SAME}


@pytest.mark.parametrize("stream", [True, False])
def test_without_the_originals_it_is_said_what_cannot_be_told(
    replayed, make_gateway, model, archive, ledger, journal, stream
):
    gateway = make_gateway(archive=archive)
    for question, answer in (
        ("你好", "很好"),
        (FORBIDDEN, "很好"),
        ("你好", f"打{PHONE}。"),
        ("你好", f"先说{FORBIDDEN}再说"),
    ):
        model.always(Says(answer))
        exchanged(gateway, question, stream=stream)

    same = replayed(KeptConversations(archive, ledger, reason="r"), journal("a"), tried=IN_FORCE)
    other = replayed(KeptConversations(archive, ledger, reason="r"), journal("b"))

    assert same.changes == {ReplayChange.SAME: 2, ReplayChange.UNKNOWN: 2}
    assert other.changes == {ReplayChange.SAME: 1, ReplayChange.PASSES: 1, ReplayChange.UNKNOWN: 2}
    assert same.in_part == 2


def test_a_guard_model_is_asked_and_what_it_could_not_judge_is_told(replayed, file, journal, model):
    declaration = GuardDeclaration(name="guard", url=model.url, model="guard", format="qwen3guard")
    guards = Guards.declared([declaration], folder=None, secret=str)
    tried = assembled(screen_of(NEW, judges=guards.judges), guards)
    model.always(
        lambda body: Says(
            "Safety: Unsafe\nCategories: Violent" if "打架" in str(body["messages"]) else "Safety: Safe"
        )
    )
    report = replayed(file(("怎么打架", "不知道"), ("你好", "好")), journal("a"), tried=tried)
    assert report.changes == {ReplayChange.SAME: 1, ReplayChange.REFUSED: 1}
    assert report.causes[0].cause.detector == "guard"

    model.always(Says("garbage"))
    report = replayed(file(("你好", "好")), journal("b"), tried=tried)
    assert report.changes == {ReplayChange.UNJUDGED: 1}


def test_what_nobody_could_have_answered_is_not_judged(replayed, file, journal):
    (deep,) = file(("x", None))
    body = '{"messages": [{"role": "user"}], "a": ' + "[" * 80 + "]" * 80 + "}"
    deep = deep._replace(heard=_replaced(deep.heard, body=body))

    report = replayed([deep], journal())

    assert report.changes == {ReplayChange.UNJUDGED: 1}


def _replaced(heard, **changes):
    return type(heard)(**{**{field: getattr(heard, field) for field in heard.__struct_fields__}, **changes})


def test_an_interrupted_replay_goes_on_where_it_was(replayed, file, journal, tmp_path):
    found = file(*((f"{NEW}{number}", "好") for number in range(20)))
    done = []

    def stop(number):
        done.append(number)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replayed(found, journal(), advance=stop)
    (path,) = (tmp_path / "cache").iterdir()
    path.write_bytes(path.read_bytes()[:-5])  # the last line was cut off
    told = []

    report = replayed(found, journal(), tell=lambda conversation, _: told.append(conversation.name))

    assert report.changes == {ReplayChange.REFUSED: 20}
    assert len(told) == 5
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_journal_is_looked_up_in_its_order_and_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr("hegui.gateway.replay._LOOKED_AHEAD", 3)
    made = {
        name: Replayed(exchange=name, before=Outcome.ANSWERED, after=Outcome.REFUSED, is_complete=True)
        for name in "abcdefgh"
    }
    ReplayJournal(tmp_path / "j").add(made.values())

    again = ReplayJournal(tmp_path / "j")
    assert [again.done(name) for name in "acd"] == [made[name] for name in "acd"], "b was erased meanwhile"
    assert again.done("new") is None
    assert again.done("b") is None, "it was let go"
    assert again.done("h") == made["h"]
    assert again.done("g") == made["g"]
    assert ReplayJournal(tmp_path / "nothing").done("a") is None


@pytest.mark.parametrize(
    ("before", "after", "complete", "change"),
    [
        ("answered", "answered", True, "same"),
        ("stopped", "masked", True, "masked"),
        ("masked", "answered", True, "passes"),
        ("masked", "answered", False, "unknown"),
        ("stopped", "answered", False, "unknown"),
        ("refused", "answered", False, "passes"),
        ("answered", "screen_failed", True, "unjudged"),
    ],
)
def test_a_change_is_what_becomes_of_an_exchange(before, after, complete, change):
    made = Replayed(exchange="e", before=Outcome(before), after=Outcome(after), is_complete=complete)
    assert made.change == change
    assert made.change.text.en
