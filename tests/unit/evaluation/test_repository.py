"""Runs and answers, on both databases."""

import msgspec
import pytest
import sqlalchemy as sa

from hegui.evaluation import Answer, Decoding, EvaluationRun
from hegui.evaluation.repository import RunRepository, answers, runs

RUN = EvaluationRun(
    id="r1",
    bank="b",
    bank_digest="d",
    url="http://a/v1",
    model="m",
    decoding=Decoding(seed=7),
    started="2026-11-22T04:00:00.000Z",
)
ANSWER = Answer(question_id="q1", asked_at="2026-11-22T04:00:00.000Z", text="一", prompt_tokens=3)


@pytest.fixture
def repository(database):
    with database.write() as connection:
        repository = RunRepository(connection)
        repository.add(RUN)
        yield repository


def test_a_run_comes_back_as_it_went_in(repository):
    assert repository.all() == (RUN,)


def test_a_run_added_twice_is_one(repository):
    repository.add(msgspec.structs.replace(RUN, started="later"))
    assert repository.all() == (RUN,)


@pytest.mark.parametrize(
    "other", [{"bank_digest": "e"}, {"url": "http://b/v1"}, {"model": "n"}, {"decoding": Decoding(seed=8)}]
)
def test_only_the_same_asked_of_the_same_is_alike(repository, other):
    assert repository.alike(msgspec.structs.replace(RUN, id="x", started="later")) == (RUN,)
    assert repository.alike(msgspec.structs.replace(RUN, **other)) == ()


def test_an_answer_comes_back_and_the_later_one_counts(repository):
    repository.put_answer("r1", ANSWER)
    assert repository.answers("r1") == {"q1": ANSWER}
    repository.put_answer("r1", msgspec.structs.replace(ANSWER, text="二", prompt_tokens=None))
    assert [answer.text for answer in repository.answers("r1").values()] == ["二"]


def test_only_answers_without_error_are_counted(repository):
    repository.put_answer("r1", ANSWER)
    repository.put_answer("r1", Answer(question_id="q2", asked_at="now", error="HTTP 400"))
    assert repository.all()[0].answered == 1


def test_a_completed_run_says_so(repository):
    assert not repository.is_completed("r1")
    repository.complete("r1", completed="now", report_digest="sha", entry="main/1")
    assert repository.is_completed("r1")
    run = repository.all()[0]
    assert (run.completed, run.report_digest, run.entry) == ("now", "sha", "main/1")


@pytest.mark.parametrize("table", [runs, answers])
def test_the_migration_makes_the_tables_of_the_repository(database, table):
    with database.read() as connection:
        inspector = sa.inspect(connection)
        made = {column["name"]: column for column in inspector.get_columns(table.name)}
        primary = inspector.get_pk_constraint(table.name)["constrained_columns"]
    assert set(made) == set(table.columns.keys())
    for column in table.columns:
        assert made[column.name]["nullable"] is column.nullable, column
        assert isinstance(made[column.name]["type"], type(column.type)), column
    assert set(primary) == {column.name for column in table.primary_key}
