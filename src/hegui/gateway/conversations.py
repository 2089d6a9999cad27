"""Conversations that can be replayed: those that were kept, and an operator's own in a file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec

from hegui.admission import Age
from hegui.archive import Conversations, KeptExchange
from hegui.core import InvalidDocument, read_text, timestamp
from hegui.gateway.hearing import Overheard
from hegui.gateway.model import SCREENED, Outcome
from hegui.gateway.surfaces import JsonObject
from hegui.ledger import Ledger

_MARGIN = dt.timedelta(hours=1)  # an exchange is recorded before it is kept


class Conversation(NamedTuple):
    """One exchange that can be replayed.

    Attributes:
        name: of the exchange, or the line of a file.
        heard: what was said.
        before: how it ended; ``None`` where nobody recorded it.
        is_withdrawn: whether its answer must not be shown.
    """

    name: str
    heard: Overheard
    before: Outcome | None
    is_withdrawn: bool = False


class _Recorded(NamedTuple):
    outcome: Outcome
    is_stream: bool
    is_minor: bool
    is_within: bool

    @property
    def is_counted(self) -> bool:
        """Whether it is among those that could be compared; what ended before was read to be looked up."""
        return self.is_within and self.outcome in SCREENED


class KeptConversations:
    """What an archive keeps, beside what the ledger says of it; iterated once.

    Attributes:
        total: how many exchanges the ledger knows that ended by what the screen said.
        others: how many are kept and cannot be compared: they ended otherwise, or a minor's rules held.
        not_kept: of how many no text is kept; known at the end.
    """

    def __init__(
        self, archive: Conversations, ledger: Ledger, *, reason: str, since: dt.datetime | None = None
    ) -> None:
        """Look up what is recorded; that the archive is read is recorded when the iteration begins.

        Args:
            archive: keeps the texts.
            ledger: says how each exchange ended.
            reason: why they are read.
            since: only what ended at this moment or later.
        """
        self._archive = archive
        self._ledger = ledger
        self._reason = reason
        self._since = since
        self._recorded: dict[str, _Recorded] = {}
        self.total = sum(recorded.is_counted for _, recorded in self._records(since))
        self.others = 0
        self.not_kept = self.total

    def __iter__(self) -> Iterator[Conversation]:
        """Each that can be compared, the oldest first."""
        day = None
        for kept in self._archive.every(reason=self._reason, since=self._since):
            if kept.at.date() != day:
                # They come by time: what is recorded of one day is held at a time, however many there are.
                day = kept.at.date()
                begin = dt.datetime.combine(day, dt.time(), dt.UTC)
                self._recorded = dict(self._records(begin, until=begin + dt.timedelta(days=1)))
            recorded = self._recorded.get(kept.exchange)
            if recorded is None or recorded.outcome not in SCREENED:
                self.others += 1
                continue
            self.not_kept -= recorded.is_counted
            if recorded.is_minor:
                self.others += 1
                continue
            yield Conversation(
                kept.exchange, _heard(kept, recorded), recorded.outcome, is_withdrawn=kept.is_withdrawn
            )

    def _records(
        self, since: dt.datetime | None, *, until: dt.datetime | None = None
    ) -> Iterator[tuple[str, _Recorded]]:
        """What is recorded of exchanges that may have been kept in a while, by name."""
        first = "" if self._since is None else timestamp(self._since)
        found = self._ledger.entries(
            "gateway.exchanged",
            since=None if since is None else timestamp(since - _MARGIN),
            until=None if until is None else timestamp(until),
        )
        for entry in found:
            if entry.content is not None:
                exchanged = cast("dict[str, Any]", entry.content)
                yield (
                    exchanged["exchange"],
                    _Recorded(
                        outcome=Outcome(exchanged["outcome"]),
                        is_stream=exchanged["stream"],
                        is_minor=_is_minor(exchanged["terms"].get("age")),
                        is_within=entry.time >= first,
                    ),
                )


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a file: messages as OpenAI's interface has them; an answer, if there is one, is the last."""

    messages: list[dict[str, Any]]
    id: str | None = None


def conversations_in(path: Path) -> tuple[Conversation, ...]:
    """The conversations of a JSON Lines file; nobody recorded how they ended.

    Raises:
        NotFound: there is no such file.
        InvalidDocument: a line is no conversation.
    """
    found = []
    # Signs that separate lines elsewhere may stand in a JSON text as they are.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            read = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidDocument(
                path=path,
                line=number,
                field="messages",
                zh=f'应是 {{"messages": [{{"role": …, "content": …}}, …]}}：{error}',
                en=f'it must be {{"messages": [{{"role": …, "content": …}}, …]}}: {error}',
            ) from error
        found.append(Conversation(read.id or str(number), _written(read.messages), before=None))
    return tuple(found)


def _is_minor(age: str | None) -> bool:
    return age is not None and Age(age).is_minor


def _heard(kept: KeptExchange, recorded: _Recorded) -> Overheard:
    """An exchange as it came; or as much of it as its kept texts tell."""
    if kept.original is not None:
        return Overheard.unpacked(kept.original)
    # A guard model judges an answer by the last message of a user, so the question has to be that.
    asked = [text for text in kept.asked if text != kept.question]
    was_asked = recorded.outcome is not Outcome.REFUSED
    return _overheard(
        [{"role": "user", "content": text} for text in (*asked, kept.question)],
        {"role": "assistant", "content": kept.answered} if was_asked else None,
        is_stream=recorded.is_stream,
        # Of what was masked, and of what did not leave, no text is kept.
        has_ended=recorded.outcome is Outcome.ANSWERED,
    )


def _written(messages: Sequence[JsonObject]) -> Overheard:
    """A conversation of a file: its last message is the answer where an assistant says it."""
    *asked, last = messages or [{}]
    if last.get("role") == "assistant":
        return _overheard(asked, last, is_stream=False, has_ended=True)
    return _overheard(messages, None, is_stream=False, has_ended=False)


def _overheard(
    messages: Sequence[JsonObject], answer: JsonObject | None, *, is_stream: bool, has_ended: bool
) -> Overheard:
    choice = {"index": 0, "delta" if is_stream else "message": answer, "finish_reason": "stop"}
    return Overheard(
        path="chat/completions",
        method="POST",
        body=_json({"messages": messages}),
        told=() if answer is None else (_json({"choices": [choice]}),),
        is_stream=is_stream,
        was_asked=answer is not None,
        has_ended=has_ended,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
