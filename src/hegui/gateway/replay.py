"""Replay: what would change if another screen had read what was said."""

import asyncio
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AsyncExitStack, suppress
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import structs

from hegui.core import BilingualText, InvalidInput, Json, Record, timestamp
from hegui.gateway.conversations import Conversation, KeptConversations
from hegui.gateway.hindsight import Said, once_more, rehear, said_in
from hegui.gateway.model import AnswerPolicy, Outcome, Unread
from hegui.gateway.passages import question_in
from hegui.ledger import Ledger
from hegui.screening import UNSCREENED, Action, Assembly, Direction, OpenGuards, Rulings, Screen

_AT_A_TIME = 8
"""How many are replayed at a time, so that guard models have something to do."""

_LOOKED_AHEAD = 4096
"""How many of a journal are held at a time."""

REPLAYED = "gateway.replayed"
"""The kind of the ledger entry that a replay leaves."""

_POLICY = AnswerPolicy(unread_input=Unread.PASS, unread_output=Unread.PASS, media_hosts=("*",))


class ReplayChange(StrEnum):
    """What changes for an exchange."""

    SAME = "same"
    REFUSED = "refused"
    STOPPED = "stopped"
    MASKED = "masked"
    PASSES = "passes"
    UNKNOWN = "unknown"
    """The text that decided is not kept: it was masked, or did not leave."""
    UNJUDGED = "unjudged"
    """The new screen could not judge."""

    @property
    def text(self) -> BilingualText:
        """The change in words."""
        return _CHANGES[self]


_CHANGES = {
    ReplayChange.SAME: BilingualText(zh="不变", en="nothing changes"),
    ReplayChange.REFUSED: BilingualText(zh="将被拒绝", en="would be refused"),
    ReplayChange.STOPPED: BilingualText(zh="将被中止", en="would be stopped"),
    ReplayChange.MASKED: BilingualText(zh="将被遮盖", en="would be masked"),
    ReplayChange.PASSES: BilingualText(zh="将予放行", en="would pass"),
    ReplayChange.UNKNOWN: BilingualText(
        zh="无从得知：被遮盖或未发出的文字没有留存",
        en="cannot be told: what was masked or did not leave is not kept",
    ),
    ReplayChange.UNJUDGED: BilingualText(zh="新方案未能审查", en="the new screen could not judge"),
}
_NEW = {
    Outcome.REFUSED: ReplayChange.REFUSED,
    Outcome.STOPPED: ReplayChange.STOPPED,
    Outcome.MASKED: ReplayChange.MASKED,
}


class ReplayCause(Record):
    """What a change comes of: what was found that something is done about, as the screen knows it.

    Attributes:
        direction: whether in the request or in the answer.
        risk: of the finding.
        kind: likewise.
        detector: what found it.
        pattern: the word of the bank, the form, or what a judge says it is; nothing that anybody said.
    """

    direction: Direction
    risk: str
    kind: str
    detector: str
    pattern: BilingualText


class Replayed(Record):
    """What another screen would have done about one exchange.

    Attributes:
        exchange: its name.
        before: how it ended.
        after: how it would have ended.
        is_complete: whether all that was said is there.
        causes: what a change comes of; of one that passes now, what the screen in force finds.
    """

    exchange: str
    before: Outcome
    after: Outcome
    is_complete: bool
    causes: tuple[ReplayCause, ...] = ()

    @property
    def change(self) -> ReplayChange:
        """What changes for it."""
        if self.after in {Outcome.SCREEN_FAILED, Outcome.UNREADABLE}:
            return ReplayChange.UNJUDGED
        if self.after is self.before:
            return ReplayChange.SAME
        if self.after is not Outcome.ANSWERED:
            return _NEW[self.after]
        # A request is kept as it was asked, whatever became of it.
        is_known = self.is_complete or self.before is Outcome.REFUSED
        return ReplayChange.PASSES if is_known else ReplayChange.UNKNOWN


class CountedCause(Record):
    """For how many exchanges something is a cause of their change."""

    change: ReplayChange
    cause: ReplayCause
    exchanges: int


class ReplayReport(Record):
    """What would change.

    Attributes:
        screen: the digest of the screen that is tried.
        in_force: of the one in force.
        replayed: how many exchanges were replayed.
        in_part: of how many not all that was said is there.
        changes: how many there are of each change.
        causes: the causes of changes, the most frequent first.
        not_kept: exchanges that could not be replayed because no text of theirs is kept.
        others: exchanges that are kept and cannot be compared: they ended otherwise than by a screen, or a
            minor's rules held.
        entry: the ledger entry.
    """

    screen: str
    in_force: str
    replayed: int
    in_part: int
    changes: dict[ReplayChange, int]
    causes: tuple[CountedCause, ...]
    not_kept: int = 0
    others: int = 0
    entry: str = ""

    @property
    def evidence(self) -> dict[str, Json]:
        """What the ledger holds of it: no causes, for they name words of banks."""
        counted = msgspec.to_builtins(self)
        del counted["causes"], counted["entry"]
        return dict(counted)


class _Reading(NamedTuple):
    screen: Screen
    line: OpenGuards | None


class ReplayJournal:
    """Remembers in a file what was replayed, so that whoever is interrupted goes on. It holds no texts."""

    def __init__(self, path: Path) -> None:
        """Go on where the file ends; what an interruption cut off is done again."""
        self._path = path
        self._lines = self._read()
        self._ahead: dict[str, Replayed] = {}
        path.parent.mkdir(parents=True, exist_ok=True)

    def done(self, exchange: str) -> Replayed | None:
        """What was replayed of an exchange, if it was.

        They are asked for in the order in which they were replayed, so that few are held at a time. What is
        passed over for long, since it is kept no more, is let go; if it comes yet, it is replayed again.
        """
        while exchange not in self._ahead:
            found = next(self._lines, None)
            if found is None:
                return None
            self._ahead[found.exchange] = found
            if len(self._ahead) > _LOOKED_AHEAD:
                del self._ahead[next(iter(self._ahead))]
        return self._ahead.pop(exchange)

    def _read(self) -> Iterator[Replayed]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            end = file.seek(0, io.SEEK_END)
            file.seek(0)
            while file.tell() < end:
                with suppress(msgspec.DecodeError):
                    yield msgspec.json.decode(file.readline(), type=Replayed)

    def add(self, replayed: Iterable[Replayed]) -> None:
        """Remember more."""
        with self._path.open("ab") as file:
            for each in replayed:
                # Behind a line that was cut off, a new one begins.
                file.write(b"\n" + msgspec.json.encode(each))

    def finish(self) -> None:
        """Forget everything."""
        self._path.unlink(missing_ok=True)


class Replay:
    """Goes through conversations with another screen."""

    def __init__(
        self,
        *,
        in_force: Assembly,
        tried: Assembly,
        journal: ReplayJournal,
        ledger: Ledger,
    ) -> None:
        """Prepare.

        Args:
            in_force: the screen in force: what acts where nobody recorded how something ended.
            tried: the other screen.
            journal: of earlier attempts at the same.
            ledger: receives the evidence.
        """
        self._in_force = in_force
        self._tried = tried
        self._journal = journal
        self._ledger = ledger

    def run(
        self,
        conversations: Iterable[Conversation],
        *,
        source: str,
        since: dt.datetime | None = None,
        advance: Callable[[int], object] = lambda _count: None,
        tell: Callable[[Conversation, Replayed], object] = lambda _conversation, _replayed: None,
    ) -> ReplayReport:
        """Replay them all, on record.

        Args:
            conversations: what was said.
            source: where that is from, for the record.
            since: from when on, likewise.
            advance: is told how many more are done.
            tell: is told of each that changes, and was not replayed before an interruption.

        Raises:
            HeguiError: a conversation cannot be read.
        """
        tally = _Tally()

        async def all_of_them() -> None:
            async with AsyncExitStack() as stack:
                sides = [await _opened(stack, side) for side in (self._in_force, self._tried)]
                for batch in _batches(conversations):
                    done = [self._journal.done(each.name) for each in batch]
                    new = [each for each, before in zip(batch, done, strict=True) if before is None]
                    replayed = await asyncio.gather(*(_replayed(each, *sides) for each in new))
                    self._journal.add(replayed)
                    for conversation, each in zip(new, replayed, strict=True):
                        if each.change is not ReplayChange.SAME:
                            tell(conversation, each)
                    tally.add((*replayed, *filter(None, done)))
                    advance(len(batch))

        asyncio.run(all_of_them())
        report = tally.report(screen=self._tried.screen.digest, in_force=self._in_force.screen.digest)
        if isinstance(conversations, KeptConversations):
            report = structs.replace(report, not_kept=conversations.not_kept, others=conversations.others)
        begun = {"source": source, "since": None if since is None else timestamp(since)}
        with self._ledger.writer() as writer:
            entry = writer.append(kind=REPLAYED, content={**begun, **report.evidence}).result()
        self._journal.finish()
        return structs.replace(report, entry=str(entry))


class _Tally:
    """Counts what was replayed, so that nobody has to remember each."""

    def __init__(self) -> None:
        self._changes: Counter[ReplayChange] = Counter()
        self._causes: Counter[tuple[ReplayChange, ReplayCause]] = Counter()
        self._in_part = 0

    def add(self, replayed: Iterable[Replayed]) -> None:
        for each in replayed:
            self._changes[each.change] += 1
            self._causes.update((each.change, cause) for cause in each.causes)
            self._in_part += not each.is_complete

    def report(self, *, screen: str, in_force: str) -> ReplayReport:
        return ReplayReport(
            screen=screen,
            in_force=in_force,
            replayed=self._changes.total(),
            in_part=self._in_part,
            changes={change: self._changes[change] for change in ReplayChange if self._changes[change]},
            causes=tuple(
                CountedCause(change=change, cause=cause, exchanges=count)
                for (change, cause), count in sorted(self._causes.items(), key=_by_frequency)
            ),
        )


def _by_frequency(counted: tuple[tuple[ReplayChange, ReplayCause], int]) -> tuple[object, ...]:
    (change, cause), count = counted
    return -count, change, cause.risk, cause.kind, cause.detector, cause.pattern.zh, cause.direction


def _batches(conversations: Iterable[Conversation]) -> Iterator[list[Conversation]]:
    waiting = iter(conversations)
    while batch := list(islice(waiting, _AT_A_TIME)):
        yield batch


async def _opened(stack: AsyncExitStack, side: Assembly) -> _Reading:
    line = await stack.enter_async_context(side.guards.open()) if side.guards.models else None
    return _Reading(side.screen, line)


async def _replayed(conversation: Conversation, in_force: _Reading, tried: _Reading) -> Replayed:
    heard, before = conversation.heard, conversation.before
    exchange = once_more(heard, tried.screen, policy=_POLICY, line=tried.line)
    try:
        would = await rehear(heard, exchange)
        if before is None:
            acting = once_more(heard, in_force.screen, policy=_POLICY, line=in_force.line)
            before = (await rehear(heard, acting)).outcome
    except InvalidInput:  # nobody could have answered it
        unreadable = Outcome.UNREADABLE
        return Replayed(
            exchange=conversation.name, before=before or unreadable, after=unreadable, is_complete=False
        )
    replayed = Replayed(
        exchange=conversation.name, before=before, after=would.outcome, is_complete=would.is_complete
    )
    if replayed.change in {ReplayChange.SAME, ReplayChange.UNKNOWN, ReplayChange.UNJUDGED}:
        return replayed
    passes = replayed.change is ReplayChange.PASSES
    deciding = before if passes else would.outcome
    causes = _causes(
        said_in(heard),
        in_force.screen if passes else tried.screen,
        Direction.INPUT if deciding is Outcome.REFUSED else Direction.OUTPUT,
        prompt=question_in(heard.request),
        known={} if passes else exchange.rulings_for(tried.screen),
    )
    return structs.replace(replayed, causes=causes)


def _causes(
    said: Said, screen: Screen, direction: Direction, *, prompt: str, known: Rulings
) -> tuple[ReplayCause, ...]:
    """Everything for which a screen does something, once each."""
    is_input = direction is Direction.INPUT
    texts, prompt = (said.asked, "") if is_input else (said.told, prompt)
    causes = {
        ReplayCause(
            direction=direction,
            risk=finding.risk,
            kind=finding.kind,
            detector=finding.detector,
            pattern=screen.explain(finding, text, direction).pattern,
        ): None
        for text in texts
        for finding in screen.scan(text, direction, prompt=prompt, known=known)
        if finding.risk != UNSCREENED and screen.action(finding, direction) is not Action.ALLOW
    }
    return tuple(causes)
