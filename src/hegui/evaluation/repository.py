"""Runs and answers, remembered."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hegui.evaluation.model import Answer, Decoding, EvaluationRun
from hegui.store import metadata

runs = sa.Table(
    "evaluation_run",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("bank_digest", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("decoding", sa.Text, nullable=False),
    sa.Column("started", sa.Text, nullable=False),
    sa.Column("completed", sa.Text),
    sa.Column("report_digest", sa.Text),
    sa.Column("entry", sa.Text),
)

answers = sa.Table(
    "evaluation_answer",
    metadata,
    sa.Column("run_id", sa.Text, sa.ForeignKey(runs.c.id), primary_key=True),
    sa.Column("question_id", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("finish_reason", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("latency_ms", sa.Integer, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("asked_at", sa.Text, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("prompt_tokens", sa.Integer),
    sa.Column("completion_tokens", sa.Integer),
)


class RunRepository:
    """What is known of runs, within a caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work within the transaction of ``connection``."""
        self._connection = connection

    def add(self, run: EvaluationRun) -> None:
        """Remember a run that begins; nothing happens where another process was faster."""
        values = msgspec.structs.asdict(run) | {"decoding": _text(run.decoding)}
        del values["answered"]
        self._connection.execute(self._insert(runs).values(values).on_conflict_do_nothing())

    def alike(self, run: EvaluationRun) -> tuple[EvaluationRun, ...]:
        """The runs, finished or not, in which the same is asked of the same model as in ``run``."""
        return self._read(
            runs.c.bank_digest == run.bank_digest,
            runs.c.url == run.url,
            runs.c.model == run.model,
            runs.c.decoding == _text(run.decoding),
        )

    def all(self) -> tuple[EvaluationRun, ...]:
        """Every run, the newest first."""
        return self._read()

    def complete(self, run_id: str, *, completed: str, report_digest: str, entry: str) -> None:
        """Note that a run is over."""
        self._connection.execute(
            runs.update()
            .where(runs.c.id == run_id)
            .values(completed=completed, report_digest=report_digest, entry=entry)
        )

    def is_completed(self, run_id: str) -> bool:
        """Whether a run is over; on PostgreSQL its row is locked until the transaction ends."""
        query = sa.select(runs.c.completed).where(runs.c.id == run_id).with_for_update()
        return self._connection.execute(query).scalar_one() is not None

    def put_answer(self, run_id: str, answer: Answer) -> None:
        """Remember an answer, in place of an earlier one to the same question."""
        values = {"run_id": run_id} | msgspec.structs.asdict(answer)
        insert = self._insert(answers).values(values)
        self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=[answers.c.run_id, answers.c.question_id],
                set_={name: insert.excluded[name] for name in msgspec.structs.asdict(answer)},
            )
        )

    def answers(self, run_id: str) -> dict[str, Answer]:
        """The answers of a run, by question."""
        columns = [answers.c[field] for field in Answer.__struct_fields__]
        rows = self._connection.execute(sa.select(*columns).where(answers.c.run_id == run_id))
        return {row["question_id"]: Answer(**row) for row in rows.mappings()}

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        is_sqlite = self._connection.dialect.name == "sqlite"
        return sqlite.insert(table) if is_sqlite else postgresql.insert(table)

    def _read(self, *conditions: sa.ColumnElement[bool]) -> tuple[EvaluationRun, ...]:
        answered = (
            sa.select(sa.func.count())
            .where(answers.c.run_id == runs.c.id, answers.c.error.is_(None))
            .scalar_subquery()
        )
        query = (
            sa.select(runs, answered.label("answered"))
            .where(*conditions)
            .order_by(runs.c.started.desc(), runs.c.id)
        )
        return tuple(_run(row) for row in self._connection.execute(query).mappings())


def _text(decoding: Decoding) -> str:
    return msgspec.json.encode(decoding).decode()


def _run(row: sa.RowMapping) -> EvaluationRun:
    return EvaluationRun(**dict(row) | {"decoding": msgspec.json.decode(row["decoding"], type=Decoding)})
