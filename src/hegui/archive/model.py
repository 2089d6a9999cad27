"""What is kept of a conversation, and for how long. Pure."""

import datetime as dt
from typing import Annotated

import msgspec

from hegui.core import Record


class RetentionPolicy(Record):
    """That conversations are kept, as the operator declares it.

    Attributes:
        days: how long; then they are erased. No clause asks for content, so this is the operator's.
        originals: whether an exchange is kept as it came as well, with what was masked and what did not
            leave: then all of it can be replayed with another screen.
    """

    days: Annotated[int, msgspec.Meta(ge=1)]
    originals: bool = False

    def oldest(self, now: dt.datetime) -> dt.datetime:
        """What is older than this is erased."""
        return now - dt.timedelta(days=self.days)


class KeptExchange(Record):
    """One exchange with its texts. The keyed digests in its evidence are of the same texts.

    Attributes:
        exchange: its name.
        at: when it ended.
        training: what the user said of training.
        asked: the texts of the request, as they were entered.
        answered: the text that left, in the order in which it left.
        question: the last thing that the user says in the request; among what was asked, too.
        is_withdrawn: whether a person withdrew the answer, so that it is no longer shown.
        original: the exchange as it came, where that is declared; the gateway knows how it is written.
    """

    exchange: str
    at: dt.datetime
    training: str
    asked: tuple[str, ...]
    answered: str
    question: str = ""
    is_withdrawn: bool = False
    original: bytes | None = None


class Withdrawal(Record):
    """That an answer is no longer shown, whoever keeps it.

    Attributes:
        exchange: the exchange's name; labels have it as the number of the content.
        at: when it was withdrawn.
    """

    exchange: str
    at: dt.datetime
