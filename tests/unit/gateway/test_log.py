"""What the gateway's process says of itself."""

import asyncio
import gc
import json
import logging

import pytest

from hegui.gateway.log import FIELDS, Lines, LogForm, write_log

SAID = "what a user said"


def line_of(form, *, fields=None, error=None):
    record = logging.LogRecord("hegui.gateway", logging.WARNING, "", 0, "exchanged", None, error)
    record.created = 1_790_000_000.25
    if fields is not None:
        setattr(record, FIELDS, fields)
    return Lines(form).format(record)


def failure():
    try:
        int(SAID)
    except ValueError as error:
        return type(error), error, error.__traceback__


def test_a_line_for_machines_is_one_json_object():
    assert json.loads(line_of(LogForm.JSON, fields={"outcome": "answered", "seconds": 0.5})) == {
        "time": "2026-09-21T14:13:20.250Z",
        "level": "warning",
        "logger": "hegui.gateway",
        "event": "exchanged",
        "outcome": "answered",
        "seconds": 0.5,
    }


def test_a_line_for_people_is_one_line_whatever_it_tells():
    line = line_of(LogForm.TEXT, fields={"outcome": "answered", "model": "a\nb c=d"})
    assert line == (
        '2026-09-21T14:13:20.250Z warning exchanged logger="hegui.gateway" outcome=answered model="a\\nb c=d"'
    )


@pytest.mark.parametrize("form", LogForm)
def test_of_an_error_its_kind_and_way_are_told_and_not_its_words(form):
    line = line_of(form, error=failure())
    assert "ValueError" in line
    assert "test_log.py" in line
    assert "failure" in line
    assert SAID not in line


def test_everything_that_the_process_logs_is_written_so(capsys):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        write_log(LogForm.JSON)
        logging.getLogger("some.library").error("broken", exc_info=failure())
        logging.getLogger("some.library").debug("not told")
    finally:
        for handler in root.handlers[:]:
            root.removeHandler(handler)
        for handler in before:
            root.addHandler(handler)
        root.setLevel(level)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["error"] == "ValueError"
    assert SAID not in line


def test_what_the_event_loop_adds_about_a_lost_error_is_left_out():
    async def losing():
        async def lost():
            int(SAID)

        task = asyncio.create_task(lost())
        await asyncio.wait([task])
        del task
        gc.collect()

    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logger = logging.getLogger("asyncio")
    logger.addHandler(handler)
    try:
        asyncio.run(losing())
    finally:
        logger.removeHandler(handler)
    (record,) = records
    assert SAID in record.getMessage()
    line = Lines(LogForm.JSON).format(record)
    assert json.loads(line)["event"] == "Task exception was never retrieved"
    assert SAID not in line
