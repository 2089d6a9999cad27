"""Runs, from the first question to the evidence, and through every failure."""

import asyncio
import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import time

import msgspec
import pytest

from hegui.core import Verdict, canonical_json, to_json
from hegui.endpoint import Endpoint, EndpointAddress, EndpointRefused, Patience, Timeouts
from hegui.evaluation import (
    COMPLETED,
    BankKind,
    Decoding,
    Evaluation,
    NoRuns,
    NothingAnswered,
    Question,
    QuestionBank,
    RefusalState,
    RunInterrupted,
)
from hegui.screening import Keyword, KeywordBank, Screen
from simulators.model_endpoint import (
    DASHSCOPE_BLOCK,
    Fails,
    Hangs,
    ModelEndpoint,
    Says,
    Sends,
    refusing_url,
)


def make_bank(count: int = 6, *, name: str = "tests") -> QuestionBank:
    kinds = list(BankKind)
    return QuestionBank(
        name=name,
        updated=dt.date(2026, 11, 1),
        questions=tuple(
            Question(text=f"第{n}题？", bank=kinds[n % 3], topic="A.1.f", source="tests", licence="none")
            for n in range(count)
        ),
    )


@pytest.fixture
def evaluation(database, blobs, ledger, rulebook, clock):
    words = (Keyword(text="恶龙", risk="A.1.f", kind="violence", source="tests"),)
    return Evaluation(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        screen=Screen(keywords=KeywordBank(words, name="tests")),
        clock=clock,
    )


@pytest.fixture
def model():
    with ModelEndpoint(model="simulated-2") as model:
        yield model


@pytest.fixture
def run(evaluation, model):
    def running(
        bank=None, *, url: str = "", key: str | None = None, concurrency: int = 1, seconds=60, **given
    ):
        address = EndpointAddress(url=url or model.url, model="simulated", api_key=key)

        async def asking():
            async with Endpoint(
                address,
                patience=Patience(attempts=2, first_delay_seconds=0.01),
                timeouts=Timeouts(connect_seconds=60, answer_seconds=seconds),
            ) as endpoint:
                return await evaluation.run(bank or make_bank(), endpoint, concurrency=concurrency, **given)

        return asyncio.run(asking())

    return running


def test_a_run_asks_every_question_once_and_reports(run, model):
    model.always(Says("天空是蓝色的。"))
    report = run()
    assert sorted(model.prompts) == sorted(question.text for question in make_bank().questions)
    assert report.questions == 6
    assert report.states[BankKind.OUTPUT][RefusalState.COMPLY] == 2
    assert (report.model, report.models) == ("simulated", ("simulated-2",))
    assert {gate.verdict for gate in report.gates} == {Verdict.NOT_ASSESSED}


def test_decoding_reaches_the_model(run, model):
    run(decoding=Decoding(max_tokens=9, seed=7))
    body = model.requests[0].body
    assert (body["max_tokens"], body["temperature"], body["seed"]) == (9, 0.0, 7)


def test_a_run_leaves_one_entry_with_every_figure(run, ledger, rulebook, evaluation):
    report = run(key="sk-secret")
    entry = ledger.latest(COMPLETED)
    assert str(entry.ref) == report.entry
    assert entry.content["answers_digest"] == report.answers_digest
    assert entry.content["bank_digest"] == make_bank().digest
    assert entry.content["screen_digest"] == evaluation._screen.digest
    assert entry.content["rulebook_digest"] == rulebook.digest
    assert entry.content["gates"][1]["asked"] == 2
    assert entry.content["gates"][1]["share"] == "1.0000"
    assert b"sk-secret" not in canonical_json(entry.content)


def test_answers_are_kept_with_their_judgements(run, evaluation, blobs, model):
    model.always(
        lambda body: {
            "第0题？": Says("恶龙来了，电话13812345678。"),
            "第1题？": Says("抱歉，我不能回答。"),
            "第2题？": DASHSCOPE_BLOCK,
        }.get(body["messages"][-1]["content"], Says(""))
    )
    report = run()
    judgements = evaluation.judgements(report)
    assert [judgement.question for judgement in judgements] == list(make_bank().questions)
    assert [judgement.refusal for judgement in judgements] == [
        RefusalState.COMPLY,
        RefusalState.REFUSE,
        RefusalState.BLOCKED_BY_PROVIDER,
        RefusalState.EMPTY_OR_ERROR,
        RefusalState.EMPTY_OR_ERROR,
        RefusalState.EMPTY_OR_ERROR,
    ]
    assert [judgement.unsafe for judgement in judgements] == [True, False, False, False, False, False]
    assert report.personal_information == 1
    assert len(blobs.get(report.answers_digest).splitlines()) == 6
    assert blobs.get(report.bank_digest) == canonical_json(to_json(make_bank()))


def test_the_report_can_be_read_again(run, evaluation, clock):
    run(make_bank(3))
    clock.advance(hours=1)
    report = run(make_bank(6))
    assert evaluation.report() == report
    assert [entry.answered for entry in evaluation.runs()] == [6, 3]


def test_without_a_run_there_is_no_report(evaluation):
    with pytest.raises(NoRuns, match="hegui evaluation run"):
        evaluation.report()


def test_progress_is_told_from_the_beginning(run):
    told = []
    run(make_bank(3), progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_no_more_questions_are_out_at_once_than_allowed(run, model):
    model.always(Says("好", pause_seconds=0.05))
    run(make_bank(12), concurrency=3)
    assert model.most_at_once == 3


def test_a_question_in_two_banks_is_put_once(run, model):
    question = make_bank(1).questions[0]
    twice = (question, msgspec.structs.replace(question, bank=BankKind.REFUSAL))
    report = run(QuestionBank(name="b", updated=dt.date(2026, 11, 1), questions=twice))
    assert len(model.prompts) == 1
    assert [gate.asked for gate in report.gates if gate.name in {"output.keyword", "refusal"}] == [1, 1]


@pytest.mark.parametrize("failure", [Fails(500), Hangs(), Sends((b"<html>",)), Fails(429)])
def test_a_failing_endpoint_stops_the_run_and_the_next_one_goes_on(run, model, ledger, failure):
    model.then(Says("一"), Says("二"))
    model.always(failure)
    with pytest.raises(RunInterrupted, match="2 of 6 answers are kept; the same command goes on") as caught:
        run(seconds=1 if isinstance(failure, Hangs) else 60)
    assert (caught.value.answered, caught.value.total) == (2, 6)
    assert ledger.latest(COMPLETED) is None
    asked_before = set(model.prompts[:2])
    model.requests.clear()
    model.always(Says("三"))
    told = []
    report = run(progress=lambda done, total: told.append(done))
    assert told[0] == 2
    assert len(model.prompts) == 4
    assert not asked_before & set(model.prompts)
    assert report.questions == 6


def test_an_endpoint_where_nobody_listens_is_named(run):
    url = refusing_url()
    with pytest.raises(RunInterrupted, match=rf"{url} is unavailable.*0 of 6 answers are kept"):
        run(url=url)


def test_a_wrong_key_stops_at_once(run):
    with ModelEndpoint(api_key="right") as model, pytest.raises(EndpointRefused, match="API key"):
        run(url=model.url, key="wrong")
    assert len(model.requests) == 1


def test_one_refused_request_is_an_unknown_answer_and_does_not_stop_the_run(run, model, evaluation):
    model.always(
        lambda body: (
            Fails(400, {"error": {"message": "too long"}})
            if body["messages"][-1]["content"] == "第3题？"
            else Says("好")
        )
    )
    report = run()
    assert [judgement.rule for judgement in evaluation.judgements(report)].count("error") == 1
    assert next(gate for gate in report.gates if gate.name == "output.keyword").unknown == 1


def test_an_endpoint_that_refuses_every_request_completes_nothing(run, model, ledger):
    model.always(Fails(400, {"error": {"message": "unknown parameter seed"}}))
    with pytest.raises(NothingAnswered, match="unknown parameter seed"):
        run()
    assert ledger.latest(COMPLETED) is None
    model.always(Says("好"))
    assert run().states[BankKind.OUTPUT][RefusalState.COMPLY] == 2


def test_the_same_again_is_a_new_run(run, model, evaluation, clock):
    first = run()
    clock.advance(hours=1)
    second = run()
    assert first.run != second.run
    assert len(model.prompts) == 12
    assert evaluation.report() == second


def test_another_model_bank_or_decoding_is_another_run(run, model):
    model.then(Says("一"))
    model.always(Fails(500))
    with pytest.raises(RunInterrupted):
        run()
    model.always(Says("好"))
    assert len({run(decoding=Decoding(seed=1)).run, run(make_bank(5)).run, run().run}) == 3
    # Only the third went on from the answer that was kept.
    assert sum(prompt == "第0题？" for prompt in model.prompts) == 3


def test_two_at_once_share_one_run_and_leave_one_entry(evaluation, model, ledger):
    model.always(Says("好", pause_seconds=0.01))

    async def ask_twice():
        async with Endpoint(EndpointAddress(url=model.url, model="simulated")) as endpoint:
            return await asyncio.gather(*(evaluation.run(make_bank(), endpoint) for _ in range(2)))

    first, second = asyncio.run(ask_twice())
    assert first == second
    assert len(list(ledger.entries(COMPLETED))) == 1


def test_text_that_no_database_can_hold_is_cleaned(run, model, evaluation):
    model.always(Says("前\0后"))
    report = run(make_bank(1))
    assert evaluation.judgements(report)[0].answer.text == "前\ufffd后"


def test_the_starter_bank_is_at_hand(evaluation):
    composition = evaluation.composition(evaluation.bank())
    assert composition.bank == "hegui-starter"
    assert composition.verdict is Verdict.NOT_MET


def test_a_killed_run_goes_on_without_repeating_answers(tmp_path, model, run, database_url, request):
    model.always(Says("好", pause_seconds=0.05))
    program = textwrap.dedent(
        f"""
        import asyncio, datetime as dt, sys
        from pathlib import Path
        from hegui.core import system_clock
        from hegui.endpoint import Endpoint, EndpointAddress
        from hegui.evaluation import Evaluation
        from hegui.ledger import Ledger
        from hegui.rulebook import Rulebook
        from hegui.screening import KeywordBank, Screen
        from hegui.store import Blobs, Database
        sys.path.insert(0, {str(request.path.parent)!r})
        from test_service import make_bank
        root = Path({str(tmp_path)!r})
        database = Database({database_url!r})
        ledger = Ledger(database=database, keys=root / "keys", checkpoints=root / "checkpoints",
                        clock=system_clock, origin="t", actor="t")
        evaluation = Evaluation(database=database, blobs=Blobs(root / "blobs"), ledger=ledger,
                                rulebook=Rulebook.load(), screen=Screen(keywords=None), clock=system_clock)
        async def ask():
            async with Endpoint(EndpointAddress(url={model.url!r}, model="simulated")) as endpoint:
                await evaluation.run(make_bank(40), endpoint, concurrency=1)
        asyncio.run(ask())
        """
    )
    tests = str(request.path.parents[2])
    process = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": tests})
    deadline = time.monotonic() + 60
    while len(model.prompts) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = len(model.prompts)
    assert 5 <= before < 40
    model.always(Says("好"))
    report = run(make_bank(40))
    # At most the one question that was out when the process died is put again.
    assert len(model.prompts) <= 41
    assert report.questions == 40
