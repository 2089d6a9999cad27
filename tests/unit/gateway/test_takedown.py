"""Illegal content that was found is stopped, removed, kept from coming again, and learned from."""

import json
import stat

import msgspec
import pytest

from hegui.cases import DeedKind, IncidentLevel, IncidentMissing, IncidentOver, IncidentState
from hegui.conduct import ConductEventKind
from hegui.core import Conflict, InvalidInput, NotFound
from hegui.gateway import ExampleForTraining, NothingToExport
from hegui.screening import Action, Direction, RecurrenceMissing
from hegui.settings import Settings
from hegui.workspace import Workspace

EXCHANGE = "hegui-1"
QUESTION = "怎样炮制甲乙丙丁"


@pytest.fixture
def workspace(tmp_path, database_url):
    settings = Settings(workspace=tmp_path / "w", actor="officer", database_url=database_url)
    with Workspace.create(settings) as workspace:
        yield workspace


@pytest.fixture
def takedown(workspace):
    return workspace.takedown


def keep(
    workspace, exchange=EXCHANGE, *, training="allowed", asked=("你是助手", QUESTION), question=QUESTION
):
    workspace.archive.keep(
        "u", exchange=exchange, training=training, asked=asked, answered="先取甲乙", question=question
    )


def find(takedown, exchange=EXCHANGE, **said):
    return takedown.found(exchange, **{"risk": "A.1.f", "reason": "违法回答", **said})


def kinds(incident):
    return [deed.kind.value for deed in incident.deeds]


def action(workspace, text, direction=Direction.INPUT):
    return workspace.screens.current().screen.examine(text, direction).action


def test_what_was_asked_is_blocked_and_the_answer_withdrawn(workspace, takedown):
    keep(workspace)
    incident = find(takedown, words=["甲乙丙丁"])

    assert kinds(incident) == ["opened", "stopped", "blocked", "removed"]
    assert (incident.exchanges, incident.risks, incident.direction) == (
        (EXCHANGE,),
        ("A.1.f",),
        Direction.OUTPUT,
    )
    assert action(workspace, f"{QUESTION}？") is Action.BLOCK
    assert action(workspace, "你是助手") is Action.ALLOW
    assert action(workspace, "说甲乙丙丁", Direction.OUTPUT) is Action.BLOCK
    (shown,) = workspace.archive.read("u", reason="r")
    assert (shown.answered, shown.is_withdrawn) == ("", True)
    open_duties = [each.duty for each in workspace.incidents.deadlines(incident) if each.done is None]
    assert DeedKind.RECTIFIED in open_duties
    assert DeedKind.REPORTED in open_duties
    assert DeedKind.STOPPED not in open_duties


def test_of_a_question_in_parts_the_longest_is_blocked(workspace, takedown):
    keep(workspace, asked=("翻译：", QUESTION), question=f"翻译：{QUESTION}")
    find(takedown)

    assert action(workspace, QUESTION) is Action.BLOCK
    assert action(workspace, "翻译：") is Action.ALLOW


def test_repeating_a_takedown_repeats_nothing_that_was_done(workspace, takedown):
    keep(workspace)
    first = find(takedown)
    assert find(takedown) == first
    assert len(workspace.incidents.incidents()) == 1
    more = find(takedown, words=["甲乙"])
    assert kinds(more)[-2:] == ["stopped", "blocked"]
    assert len(workspace.screens.recurrences()) == 2


def test_where_nothing_is_kept_there_is_an_incident_and_the_rest_is_still_to_be_done(workspace, takedown):
    incident = find(takedown)

    assert kinds(incident) == ["opened"]
    assert workspace.screens.recurrences() == ()
    assert [each.exchange for each in workspace.archive.withdrawn()] == [EXCHANGE]
    assert kinds(find(takedown, texts=[QUESTION])) == ["opened", "stopped", "blocked"]
    assert action(workspace, QUESTION) is Action.BLOCK


@pytest.mark.parametrize("question", ["", "继续", "？！……——？！", "再 来 一 次！"])
def test_a_question_that_tells_nothing_by_itself_is_not_blocked(workspace, takedown, question):
    keep(workspace, asked=("你是助手", question), question=question)
    assert kinds(find(takedown)) == ["opened", "removed"]
    assert kinds(find(takedown, texts=["继续"])) == ["opened", "removed", "stopped", "blocked"]


def test_what_a_machine_proposed_is_confirmed_by_it(workspace, takedown):
    proposed = workspace.incidents.propose(
        occasion="o", title="t", exchanges=(EXCHANGE,), risks=("A.1.f",), direction=Direction.OUTPUT
    )
    found = find(takedown)
    assert (found.id, found.state) == (proposed.id, IncidentState.OPEN)


def test_more_exchanges_belong_to_an_incident_that_is_named(workspace, takedown):
    keep(workspace)
    keep(workspace, "hegui-2", asked=("换一种问法来问",), question="换一种问法来问")
    first = find(takedown)
    both = find(takedown, "hegui-2", incident=first.id)

    assert both.exchanges == (EXCHANGE, "hegui-2")
    assert kinds(both) == [
        "opened",
        "stopped",
        "blocked",
        "removed",
        "noted",
        "stopped",
        "blocked",
        "removed",
    ]
    assert len(workspace.incidents.incidents()) == 1
    assert action(workspace, "换一种问法来问") is Action.BLOCK
    assert find(takedown, "hegui-2", incident=first.id) == both
    with pytest.raises(IncidentMissing):
        find(takedown, "hegui-3", incident="nowhere")


def test_what_is_wrong_with_a_later_exchange_is_kept_beside_the_first(workspace, takedown, tmp_path):
    keep(workspace)
    keep(workspace, "hegui-2", asked=("换一种问法来问",), question="换一种问法来问")
    first = find(takedown)
    both = find(takedown, "hegui-2", incident=first.id, risk="A.3.a", direction=Direction.INPUT)

    assert both.risks == ("A.1.f", "A.3.a")
    noted = workspace.ledger.latest("cases.incident_noted").content
    assert (noted["exchange"], noted["risk"], noted["direction"]) == ("hegui-2", "A.3.a", "input")
    takedown.export(first.id, tmp_path / "examples.jsonl", reason="r")
    examples = map(json.loads, (tmp_path / "examples.jsonl").read_bytes().splitlines())
    assert [(each["exchange"], each["risk"], each["direction"]) for each in examples] == [
        (EXCHANGE, "A.1.f", "output"),
        ("hegui-2", "A.3.a", "input"),
    ]


def test_what_a_person_finds_where_a_machine_found_something_else_is_kept_too(workspace, takedown):
    keep(workspace)
    workspace.incidents.propose(
        occasion="o", title="t", exchanges=(EXCHANGE,), risks=("A.1.f",), direction=Direction.OUTPUT
    )
    found = find(takedown, risk="A.3.a")
    assert found.risks == ("A.1.f", "A.3.a")
    assert find(takedown, risk="A.3.a") == found
    assert find(takedown).discoveries == found.discoveries


def test_each_exchange_is_stopped_and_removed_for_itself(workspace, takedown):
    keep(workspace)
    first = find(takedown, words=["甲乙丙丁"])
    both = find(takedown, "hegui-2", incident=first.id)

    def not_done(incident):
        return {each.duty for each in workspace.incidents.deadlines(incident) if each.done is None}

    assert not_done(first).isdisjoint({DeedKind.STOPPED, DeedKind.REMOVED})
    assert not_done(both) >= {DeedKind.STOPPED, DeedKind.REMOVED}
    stopped = find(takedown, "hegui-2", incident=first.id, words=["甲乙丙丁"])
    assert not_done(stopped).isdisjoint({DeedKind.STOPPED})
    assert find(takedown, "hegui-2", incident=first.id, words=["甲乙丙丁"]) == stopped
    noted = workspace.incidents.note(first.id, text="taken off the page", did=DeedKind.REMOVED)
    assert not_done(noted).isdisjoint({DeedKind.REMOVED})


@pytest.mark.parametrize("said", [{}, {"words": ["甲乙丙丁"]}])
def test_a_risk_that_is_none_takes_nothing_down(workspace, takedown, said):
    with pytest.raises(NotFound):
        find(takedown, risk="A.9.z", **said)
    assert workspace.incidents.incidents() == ()
    found = find(takedown)
    with pytest.raises(NotFound):
        find(takedown, "hegui-2", incident=found.id, risk="A.9.z", **said)
    assert workspace.incidents.incidents() == (found,)


@pytest.mark.parametrize("exchange", ["", "a\x01b", "a\udcff", "x" * 65])
def test_what_is_no_exchange_is_not_taken_down(workspace, takedown, exchange):
    with pytest.raises(InvalidInput):
        find(takedown, exchange)
    assert workspace.incidents.incidents() == ()
    assert workspace.archive.withdrawn() == ()


@pytest.mark.parametrize(
    "blocked", [{"words": ["我"]}, {"words": ["甲\x01乙"]}, {"words": ["甲\udcff"]}, {"texts": ["？！"]}]
)
def test_what_cannot_be_blocked_opens_no_incident(workspace, takedown, blocked):
    with pytest.raises(InvalidInput):
        find(takedown, **blocked)
    assert workspace.incidents.incidents() == ()
    assert workspace.archive.withdrawn() == ()


def test_a_rule_is_lifted_by_a_person_with_a_reason(workspace, takedown):
    keep(workspace)
    find(takedown)
    (rule,) = workspace.screens.recurrences()
    lifted = takedown.lift(rule.id, reason="trained again")

    assert action(workspace, QUESTION) is Action.ALLOW
    assert lifted.deeds[-1].kind is DeedKind.UNBLOCKED
    entry = workspace.ledger.latest("cases.incident_unblocked")
    assert (entry.content["rule"], entry.content["text"]) == (rule.id, "trained again")
    with pytest.raises(RecurrenceMissing):
        takedown.lift(rule.id, reason="again")


@pytest.mark.parametrize("reason", ["", " ", "甲\x07"])
def test_nothing_is_undone_or_handed_over_without_a_reason(workspace, takedown, tmp_path, reason):
    keep(workspace)
    incident = find(takedown)
    (rule,) = workspace.screens.recurrences()
    before = len(list(workspace.ledger.entries()))
    for do in (
        lambda: takedown.lift(rule.id, reason=reason),
        lambda: takedown.overturn(incident.id, reason=reason),
        lambda: takedown.export(incident.id, tmp_path / "examples.jsonl", reason=reason),
        lambda: find(takedown, "hegui-2", reason=reason),
    ):
        with pytest.raises(InvalidInput):
            do()

    assert workspace.screens.recurrences() == (rule,)
    assert [each.exchange for each in workspace.archive.withdrawn()] == [EXCHANGE]
    assert len(list(workspace.ledger.entries())) == before


def test_a_rule_is_not_lifted_where_that_cannot_be_recorded(workspace, takedown):
    proposed = workspace.incidents.propose(
        occasion="o", title="t", exchanges=(EXCHANGE,), risks=("A.1.f",), direction=Direction.OUTPUT
    )
    for name, error in ((proposed.id, IncidentOver), ("nowhere", IncidentMissing)):
        rule = workspace.screens.block(incident=name, risk="A.1.f", words=["甲乙"])
        with pytest.raises(error):
            takedown.lift(rule.id, reason="r")
        assert rule in workspace.screens.recurrences()


def test_a_rule_that_came_while_its_incident_was_overturned_can_be_lifted(workspace, takedown):
    incident = find(takedown)
    takedown.overturn(incident.id, reason="r")
    rule = workspace.screens.block(incident=incident.id, risk="A.1.f", words=["甲乙"])

    assert kinds(takedown.lift(rule.id, reason="r"))[-1] == "unblocked"
    assert workspace.screens.recurrences() == ()


def test_nothing_is_taken_down_for_an_incident_that_is_over(workspace, takedown):
    incident = find(takedown)
    workspace.incidents.assess(incident.id, level=IncidentLevel.NONE, reason="r")
    workspace.incidents.close(incident.id, summary="s", despite="a test")
    keep(workspace, "hegui-2")
    for exchange in (EXCHANGE, "hegui-2"):
        with pytest.raises(IncidentOver):
            find(takedown, exchange, incident=incident.id, words=["甲乙"])

    assert workspace.screens.recurrences() == ()
    assert workspace.incidents.incident(incident.id).exchanges == (EXCHANGE,)


def test_what_another_incident_holds_stays_withdrawn_and_counted(workspace, takedown):
    workspace.conduct().violated("u", exchange=EXCHANGE)
    keep(workspace)
    keep(workspace, "hegui-2")
    alarm = find(takedown)
    find(takedown, "hegui-2", incident=alarm.id)
    other = find(takedown, "hegui-3")
    find(takedown, incident=other.id)
    takedown.overturn(alarm.id, reason="r")

    assert [each.exchange for each in workspace.archive.withdrawn()] == [EXCHANGE, "hegui-3"]
    assert workspace.conduct().standing("u").in_a_day == 1

    takedown.overturn(other.id, reason="r")
    assert workspace.archive.withdrawn() == ()
    assert workspace.conduct().standing("u").in_a_day == 0


def test_what_a_closed_incident_holds_stays_withdrawn(workspace, takedown):
    closed, alarm = find(takedown, "hegui-2"), find(takedown, "hegui-3")
    for incident in (closed, alarm):
        find(takedown, incident=incident.id)
    workspace.incidents.assess(closed.id, level=IncidentLevel.NONE, reason="r")
    workspace.incidents.close(closed.id, summary="s", despite="a test")
    takedown.overturn(alarm.id, reason="r")

    assert {each.exchange for each in workspace.archive.withdrawn()} == {EXCHANGE, "hegui-2"}


def test_a_false_alarm_undoes_what_followed_from_it(workspace, takedown):
    keep(workspace)
    workspace.conduct().violated("u", exchange=EXCHANGE)
    incident = find(takedown, words=["甲乙"])
    other = workspace.screens.block(incident="another", risk="A.1.f", words=["丙丁"])
    overturned = takedown.overturn(incident.id, reason="a quotation from the law")

    assert overturned.state is IncidentState.OVERTURNED
    assert workspace.screens.recurrences() == (other,)
    assert workspace.archive.withdrawn() == ()
    assert workspace.archive.read("u", reason="r")[0].answered == "先取甲乙"
    assert [event.kind for event in workspace.conduct().history("u")] == [
        ConductEventKind.VIOLATION,
        ConductEventKind.OVERTURNED,
    ]
    assert workspace.conduct().standing("u").in_a_day == 0
    with pytest.raises(IncidentOver):
        takedown.overturn(incident.id, reason="again")


def test_what_is_closed_is_not_undone(workspace, takedown):
    keep(workspace)
    incident = find(takedown)
    workspace.incidents.assess(incident.id, level=IncidentLevel.NONE, reason="r")
    workspace.incidents.close(incident.id, summary="s", despite="a test")
    with pytest.raises(IncidentOver):
        takedown.overturn(incident.id, reason="too late")
    assert len(workspace.screens.recurrences()) == len(workspace.archive.withdrawn()) == 1


def test_what_is_still_kept_and_may_be_used_is_exported_with_evidence(workspace, takedown, tmp_path):
    keep(workspace)
    keep(workspace, "hegui-2", training="opted_out")
    incident = find(takedown)
    for more in ("hegui-2", "hegui-3"):
        find(takedown, more, incident=incident.id)
    out = tmp_path / "examples.jsonl"
    exported = takedown.export(incident.id, out, reason="for the model team")

    (line,) = out.read_bytes().splitlines()
    example = msgspec.json.decode(line, type=ExampleForTraining)
    assert (example.exchange, example.risk, example.direction) == (EXCHANGE, "A.1.f", Direction.OUTPUT)
    assert (example.asked, example.answered) == (("你是助手", QUESTION), "先取甲乙")
    assert json.loads(line)["correct"] is None
    assert (exported.examples, exported.not_kept, exported.opted_out) == (1, ("hegui-3",), ("hegui-2",))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    entry = workspace.ledger.latest("cases.incident_exported")
    assert entry.content["digest"] == exported.digest
    assert entry.content["opted_out"] == ["hegui-2"]
    with pytest.raises(Conflict, match="exists already"):
        takedown.export(incident.id, out, reason="again")


def test_what_is_not_kept_any_more_is_not_exported(workspace, takedown, tmp_path):
    incident = find(takedown)
    with pytest.raises(NothingToExport, match="1 exchanges are not kept"):
        takedown.export(incident.id, tmp_path / "examples.jsonl", reason="r")
    assert not (tmp_path / "examples.jsonl").exists()


def test_nobody_gets_examples_of_what_nobody_confirmed(workspace, takedown, tmp_path):
    keep(workspace)
    proposed = workspace.incidents.propose(
        occasion="o", title="t", exchanges=(EXCHANGE,), risks=(), direction=Direction.INPUT
    )
    with pytest.raises(IncidentOver):
        takedown.export(proposed.id, tmp_path / "examples.jsonl", reason="r")
    assert not (tmp_path / "examples.jsonl").exists()


def test_an_export_that_has_nowhere_to_go_is_not_recorded(workspace, takedown, tmp_path):
    keep(workspace)
    incident = find(takedown)
    with pytest.raises(Conflict, match="make it first"):
        takedown.export(incident.id, tmp_path / "nowhere" / "examples.jsonl", reason="r")
    assert workspace.ledger.latest("cases.incident_exported") is None


@pytest.mark.parametrize(
    ("error", "said"),
    [(FileExistsError(17, "File exists"), "exists already"), (OSError(28, "No space left"), "No space left")],
)
def test_an_export_that_cannot_be_written_says_so(workspace, takedown, tmp_path, monkeypatch, error, said):
    def fails(*_, **__):
        raise error

    keep(workspace)
    incident = find(takedown)
    monkeypatch.setattr("hegui.gateway.takedown.write_once", fails)
    with pytest.raises(Conflict, match=said):
        takedown.export(incident.id, tmp_path / "examples.jsonl", reason="r")
