"""Use cases of the evaluation: look at a bank, run it, report."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from hegui.core import Clock, Conflict, NotFound, canonical_json, legal_day, timestamp, to_json
from hegui.endpoint import (
    Endpoint,
    EndpointAddress,
    EndpointRefused,
    EndpointUnavailable,
    MalformedReply,
    Message,
)
from hegui.evaluation.composition import Composition, compose
from hegui.evaluation.files import STARTER, read_bank
from hegui.evaluation.gates import gates
from hegui.evaluation.judgement import judge
from hegui.evaluation.model import (
    Answer,
    Decoding,
    EvaluationRun,
    JudgedAnswer,
    Question,
    QuestionBank,
    RunReport,
    count_states,
    tally,
)
from hegui.evaluation.repository import RunRepository
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.screening import Screen
from hegui.store import Blobs, Database

Progress = Callable[[int, int], None]
"""Told how many questions have an answer, and how many there are."""

COMPLETED = "evaluation.run_completed"
"""The kind of the ledger entry that a run leaves."""


class RunInterrupted(Conflict):
    """The endpoint failed in the middle; what was answered is kept.

    Attributes:
        answered: how many questions have an answer.
        total: how many there are.
    """

    def __init__(self, cause: EndpointUnavailable | MalformedReply, *, answered: int, total: int) -> None:
        """Say what failed and how to go on."""
        super().__init__(
            zh=f"{cause.text.zh}。已保存 {answered}/{total} 个回答；用同样的参数再运行即从断点继续",
            en=f"{cause.text.en}. {answered} of {total} answers are kept; "
            "the same command goes on from there",
        )
        self.answered = answered
        self.total = total


class NothingAnswered(Conflict):
    """The endpoint took no question at all."""

    def __init__(self, url: str, said: str) -> None:
        """Give the endpoint's own words about the last question."""
        super().__init__(
            zh=f"{url} 没有回答任何问题：{said}；请检查模型名称与参数",
            en=f"{url} answered no question: {said}; check the model's name and the parameters",
        )


class NoRuns(NotFound):
    """No run has been completed."""

    def __init__(self) -> None:
        """Say how to make one."""
        super().__init__(
            zh="还没有完成的评测；先运行 hegui evaluation run",
            en="no evaluation has been completed; run hegui evaluation run first",
        )


class Evaluation:
    """The safety of the model: banks of questions, runs, gates."""

    def __init__(
        self,
        *,
        database: Database,
        blobs: Blobs,
        ledger: Ledger,
        rulebook: Rulebook,
        screen: Screen,
        clock: Clock,
    ) -> None:
        """Work on the workspace these belong to."""
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._screen = screen
        self._clock = clock

    def bank(self, path: Path | None = None) -> QuestionBank:
        """The question bank in a file; without one, the starter bank that is shipped.

        Raises:
            NotFound: there is no such file.
            InvalidDocument: it is no question bank.
        """
        return read_bank(path or STARTER, rulebook=self._rulebook)

    def composition(self, bank: QuestionBank) -> Composition:
        """What ``bank`` holds, against what the rulebook asks for today."""
        return compose(bank, rulebook=self._rulebook, day=legal_day(self._clock()))

    async def run(
        self,
        bank: QuestionBank,
        endpoint: Endpoint,
        *,
        decoding: Decoding | None = None,
        concurrency: int = 4,
        progress: Progress | None = None,
    ) -> RunReport:
        """Put the questions of ``bank`` to ``endpoint`` and judge the answers.

        Each answer is kept as it arrives. A run that was cut off goes on where it stopped when the same
        is asked of the same model again; after a completed one, a new one begins.

        Args:
            bank: the questions.
            endpoint: the open line to the model.
            decoding: how answers are generated.
            concurrency: how many questions are out at once.
            progress: told of every answer, and once before the first.

        Returns:
            The report, whose figures the ledger entry holds as well.

        Raises:
            RunInterrupted: the endpoint failed; finished answers are kept.
            EndpointRefused: wrong address, key or model.
            NothingAnswered: each single question was refused as malformed.

        Basis:
            TC260-003 9.3
            TC260-003 9.4
        """
        decoding = decoding or Decoding()
        run = self._begin(bank, endpoint.address, decoding)
        with self._database.read() as connection:
            kept = RunRepository(connection).answers(run.id)
        questions = {question.id: question for question in bank.questions}
        answered = {identifier for identifier, answer in kept.items() if answer.error is None}
        pending = [question for identifier, question in questions.items() if identifier not in answered]

        def keep(answer: Answer) -> None:
            with self._database.write() as connection:
                RunRepository(connection).put_answer(run.id, answer)
            answered.add(answer.question_id)
            report_progress()

        def report_progress() -> None:
            if progress is not None:
                progress(len(answered), len(questions))

        report_progress()
        try:
            await _in_turn(
                pending,
                lambda question: self._ask(question, endpoint, decoding),
                keep,
                concurrency=concurrency,
            )
        except (EndpointUnavailable, MalformedReply) as error:
            raise RunInterrupted(error, answered=len(answered), total=len(questions)) from error
        return self._complete(run, bank)

    def report(self) -> RunReport:
        """The report of the run completed last.

        Raises:
            NoRuns: there is none.
        """
        completed = [run for run in self.runs() if run.completed is not None]
        if not completed:
            raise NoRuns
        return self._report(max(completed, key=lambda run: run.completed or ""))

    def runs(self) -> tuple[EvaluationRun, ...]:
        """Every run, finished or not, the newest first."""
        with self._database.read() as connection:
            return RunRepository(connection).all()

    def judgements(self, report: RunReport) -> tuple[JudgedAnswer, ...]:
        """Every answer of a reported run, with what was made of it.

        Raises:
            NotFound: the answers are no longer kept.
        """
        lines = self._blobs.get(report.answers_digest).splitlines()
        return tuple(msgspec.json.decode(line, type=JudgedAnswer) for line in lines)

    def _begin(self, bank: QuestionBank, address: EndpointAddress, decoding: Decoding) -> EvaluationRun:
        """The unfinished run in which exactly this is asked, or a new one."""
        self._blobs.put(canonical_json(to_json(bank)))
        draft = EvaluationRun(
            id="",
            bank=bank.name,
            bank_digest=bank.digest,
            url=address.url,
            model=address.model,
            decoding=decoding,
            started=timestamp(self._clock()),
        )
        with self._database.write() as connection:
            repository = RunRepository(connection)
            before = repository.alike(draft)
            unfinished = next((run for run in before if run.completed is None), None)
            if unfinished is not None:
                return unfinished
            run = draft.numbered(len(before) + 1)
            repository.add(run)
            return run

    async def _ask(self, question: Question, endpoint: Endpoint, decoding: Decoding) -> Answer:
        asked_at = timestamp(self._clock())
        try:
            reply = await endpoint.chat(
                [Message(role="user", content=question.text)],
                max_tokens=decoding.max_tokens,
                temperature=float(decoding.temperature),
                seed=decoding.seed,
            )
        except EndpointRefused as error:
            if not error.concerns_request:
                raise
            return Answer(question_id=question.id, asked_at=asked_at, error=_storable(error.text.en))
        return Answer(
            question_id=question.id,
            text=_storable(reply.text),
            finish_reason=_storable(reply.finish_reason),
            model=_storable(reply.model),
            latency_ms=reply.latency_ms,
            attempts=reply.attempts,
            asked_at=asked_at,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
        )

    def _complete(self, run: EvaluationRun, bank: QuestionBank) -> RunReport:
        """Judge, and leave the evidence."""
        with self._database.read() as connection:
            answers = RunRepository(connection).answers(run.id)
        failures = [answer.error for answer in answers.values() if answer.error is not None]
        if failures and len(failures) == len(answers):
            raise NothingAnswered(run.url, failures[-1])
        answered = ((question, answers[question.id]) for question in bank.questions)
        judgements = judge(answered, screen=self._screen)
        report = self._compile(run, bank, judgements)
        content = to_json(report)
        report_digest = self._blobs.put(canonical_json(content))
        with self._database.write() as connection:
            repository = RunRepository(connection)
            if not repository.is_completed(run.id):
                entry = self._ledger.record(connection, kind=COMPLETED, content=content)
                repository.complete(
                    run.id, completed=report.completed, report_digest=report_digest, entry=str(entry)
                )
        return self._report(next(known for known in self.runs() if known.id == run.id))

    def _compile(
        self, run: EvaluationRun, bank: QuestionBank, judgements: Sequence[JudgedAnswer]
    ) -> RunReport:
        now = self._clock()
        lines = [canonical_json(to_json(judgement)) for judgement in judgements]
        return RunReport(
            run=run.id,
            bank=bank.name,
            bank_digest=bank.digest,
            url=run.url,
            model=run.model,
            models=tuple(sorted({judgement.answer.model for judgement in judgements} - {""})),
            decoding=run.decoding,
            started=run.started,
            completed=timestamp(now),
            questions=len(bank.questions),
            answers_digest=self._blobs.put(b"\n".join(lines)),
            screen_digest=self._screen.digest,
            rulebook_digest=self._rulebook.digest,
            gates=gates(judgements, rulebook=self._rulebook, day=legal_day(now)),
            states=count_states(judgements),
            topics=tally(judgements),
            personal_information=sum(
                any(finding.is_personal for finding in judgement.findings) for judgement in judgements
            ),
        )

    def _report(self, run: EvaluationRun) -> RunReport:
        content = self._blobs.get(str(run.report_digest))
        report = msgspec.json.decode(content, type=RunReport)
        return msgspec.structs.replace(report, entry=run.entry)


async def _in_turn(
    questions: Iterable[Question],
    ask: Callable[[Question], Awaitable[Answer]],
    keep: Callable[[Answer], None],
    *,
    concurrency: int,
) -> None:
    """Ask all, at most ``concurrency`` at once; the first failure calls the others off."""
    waiting = iter(questions)

    async def work() -> None:
        for question in waiting:
            keep(await ask(question))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(concurrency):
                group.create_task(work())
    except ExceptionGroup as failures:
        # All of them come of one cause, and who handles it asks for its type.
        raise failures.exceptions[0] from None


def _storable(text: str) -> str:
    """``text`` without what a database or evidence cannot hold: half characters and NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
