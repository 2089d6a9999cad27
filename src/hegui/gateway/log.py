"""What the gateway's process says of itself: a line an event, for machines or for people, never any content.

Whatever is logged below the root logger is written by the same rule: of an error its kind and the places it
came through are told, its message is not, since messages quote what they stumbled over.
"""

import datetime as dt
import logging
import traceback
from enum import StrEnum
from pathlib import Path

import msgspec

from hegui.core import Json

FIELDS = "fields"
"""The name under which a record's ``extra`` holds what a line tells beside its event."""


class LogForm(StrEnum):
    """How lines are written."""

    TEXT = "text"
    JSON = "json"


class Lines(logging.Formatter):
    """Writes each record as one line."""

    def __init__(self, form: LogForm) -> None:
        """Choose the form."""
        super().__init__()
        self._form = form

    def format(self, record: logging.LogRecord) -> str:
        """The line of ``record``."""
        moment = dt.datetime.fromtimestamp(record.created, dt.UTC)
        line: dict[str, Json] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            # What stands below the first line shows objects, and errors in them with their messages.
            "event": record.getMessage().partition("\n")[0],
            **getattr(record, FIELDS, {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = type(error).__name__
            line["through"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(error.__traceback__)
            ]
        if self._form is LogForm.JSON:
            return msgspec.json.encode(line, enc_hook=str).decode()
        head = " ".join(str(line.pop(name)) for name in ("time", "level", "event"))
        return " ".join([head, *(f"{name}={_plain(value)}" for name, value in line.items())])


def _plain(value: Json) -> str:
    """A value that cannot begin another line or another field."""
    return value if isinstance(value, str) and value.isidentifier() else msgspec.json.encode(value).decode()


def write_log(form: LogForm, level: int = logging.INFO) -> None:
    """Write what the process logs to the standard error, from ``level`` on."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form))
    logging.basicConfig(level=level, handlers=[handler], force=True)
