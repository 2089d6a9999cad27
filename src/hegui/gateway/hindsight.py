"""What another screen would have done: an exchange is gone through again as it was, and nothing leaves."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

import msgspec

from hegui.admission import ANYBODY, Admission
from hegui.core import Record
from hegui.gateway.choices import Piece, is_readable
from hegui.gateway.exchange import Asked, Exchange
from hegui.gateway.hearing import Overheard
from hegui.gateway.model import AnswerPolicy, GuardUse, Noticed, Outcome, Unread
from hegui.gateway.passages import contents
from hegui.gateway.reader import AnswerReader
from hegui.gateway.surfaces import TOKEN_VALUES, JsonObject, surface_at
from hegui.screening import Assembly, Inquiry, OpenGuards, Screen

_AT_A_TIME = 16
"""How many events are read together before others get their turn: well below a millisecond."""


class Hindsight(Record):
    """What a screen would have done.

    Attributes:
        screen: its digest.
        outcome: how the exchange would have ended.
        input: what it would have found in the request.
        output: what it would have found in the answer.
        characters: how many characters of text would have left: where a stopped answer would have ended.
        is_complete: whether all is known; not where the rest of the answer was never heard.
        guards: the guard models that were asked.
    """

    screen: str
    outcome: Outcome
    input: tuple[Noticed, ...]
    output: tuple[Noticed, ...]
    characters: int
    is_complete: bool
    guards: tuple[GuardUse, ...] = ()


class Said(NamedTuple):
    """What was said in an exchange, text by text as a screen reads it.

    Attributes:
        asked: the texts of the request.
        told: the texts of the answer, each string of it whole, however it came.
    """

    asked: tuple[str, ...]
    told: tuple[str, ...]


def once_more(
    heard: Overheard,
    screen: Screen,
    *,
    policy: AnswerPolicy,
    line: OpenGuards | None = None,
    admission: Admission = ANYBODY,
) -> Exchange:
    """The same exchange, to be read with another screen.

    Args:
        heard: what was said.
        screen: what reads.
        policy: what passes unread.
        line: answers what the screen asks.
        admission: who asked.
    """
    surface = surface_at(heard.method, heard.path)
    assert surface is not None  # noqa: S101 - it was heard on an interface
    return Exchange(
        exchange_id="",
        question=Asked(surface=surface, body=heard.request, path=heard.path),
        admission=admission,
        screen=screen,
        line=line,
        policy=policy,
        implicit={},
    )


async def rehear(heard: Overheard, exchange: Exchange) -> Hindsight:
    """Go through an exchange once more, as the gateway would.

    Args:
        heard: what was said.
        exchange: from :func:`once_more`.

    Raises:
        UnreadableRequest: the request holds something that cannot be screened.
        TooDeep: it nests beyond reason.
    """
    outcome, is_complete = await _ending(heard, exchange)
    record = exchange.record(outcome)
    return Hindsight(
        screen=record.screen,
        outcome=record.outcome,
        input=record.input,
        output=record.output,
        characters=record.characters_released,
        is_complete=is_complete,
        guards=record.guards,
    )


def said_in(heard: Overheard) -> Said:
    """What was said in an exchange, as far as it can be read.

    Raises:
        TooDeep: the request nests beyond reason.
    """
    exchange = once_more(heard, Assembly.idle().screen, policy=AnswerPolicy())
    scribe = _Scribe(exchange.screen)
    speech = exchange.speaking_to(scribe)
    for answer in filter(None, map(_answer, heard.told)):
        if heard.is_stream:
            for _ in speech.event(answer):
                pass
        else:
            speech.whole(answer)
    asked = tuple(passage.text for passage in contents(heard.request).passages)
    return Said(asked, tuple(scribe.written.values()))


class _Scribe(AnswerReader):
    """Writes down every text of an answer under its channel, and lets nothing out."""

    def __init__(self, screen: Screen) -> None:
        """Begin with nothing."""
        super().__init__(screen, unread=Unread.REFUSE, digest_key=b"")
        self.written: dict[Hashable, str] = {}

    def whole(self, value: JsonObject, *, leaves: bool = False) -> bool:
        """Write down each text by itself."""
        del leaves
        for passage in contents(value, without=TOKEN_VALUES).passages:
            self._write(object(), passage.text)
        return True

    def piece(self, channel: Hashable, text: str) -> str:
        """Write on."""
        self._write(channel, text)
        return ""

    def _write(self, channel: Hashable, text: str) -> None:
        self.written[channel] = self.written.get(channel, "") + text


async def _ending(heard: Overheard, exchange: Exchange) -> tuple[Outcome, bool]:
    """How it would have ended, and whether that is certain."""
    await _inform(exchange, exchange.asked_of_request)
    if not exchange.admits():
        return (Outcome.SCREEN_FAILED if exchange.unjudged else Outcome.REFUSED), True
    for part in _parts(heard, exchange):
        await asyncio.sleep(0)
        if not await _listen(heard, exchange, part):
            return Outcome.ANSWERED, False
        if exchange.stopped:
            break
    if exchange.stopped:
        return (Outcome.SCREEN_FAILED if exchange.unjudged else Outcome.STOPPED), True
    return Outcome.ANSWERED, heard.was_asked and heard.has_ended


def _parts(heard: Overheard, exchange: Exchange) -> Iterator[Piece | bytes]:
    """The answer as it is read: some events of a stream together, or all of it."""
    for begin in range(0, len(heard.told), _AT_A_TIME):
        together = [told.encode() for told in heard.told[begin : begin + _AT_A_TIME]]
        # What is read together costs a fraction, and is decided as though it had come piece by piece.
        yield from exchange.together(together) if heard.is_stream else together


async def _listen(heard: Overheard, exchange: Exchange, part: Piece | bytes) -> bool:
    """Read some events, or a whole answer; whether it could be read."""
    if isinstance(part, Piece):
        await _inform(exchange, partial(exchange.asked_of_piece, part))
        exchange.tell(part)
        return True
    answer = _answer(part)
    if answer is None:
        return False
    if heard.is_stream:
        await _inform(exchange, lambda: exchange.asked_of_event(answer))
        for _ in exchange.event(answer):
            pass
    else:
        await _inform(exchange, lambda: exchange.asked_of_whole(answer))
        exchange.whole(answer)
    return True


async def _inform(exchange: Exchange, wanted: Callable[[], Iterable[Inquiry]]) -> None:
    if exchange.line:
        exchange.learn(await exchange.line.ask(wanted()))


def _answer(data: str | bytes) -> JsonObject | None:
    """What a model answered, where it is of a form that can be read."""
    try:
        value: Any = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and is_readable(value) else None
