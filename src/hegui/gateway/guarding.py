"""What guard models have to be asked before an answer goes on. Pure.

An answer is read by the same code twice: first in rehearsal, to learn what would have to be judged, and when
that is known, in earnest. So nothing is read that was not asked about, however an interface tells its texts.
"""

import copy
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from hegui.gateway.model import GuardUse
from hegui.gateway.passages import contents
from hegui.gateway.reader import AnswerReader
from hegui.gateway.surfaces import TOKEN_VALUES, JsonObject
from hegui.screening import UNSCREENED, Direction, Inquiry, Rulings

Told = TypeVar("Told")


class Rehearsal(AnswerReader):
    """Stands in for a reader: releases nothing, and notes what that reader would have to know."""

    def __init__(self, reader: AnswerReader) -> None:
        """Stand in for ``reader``, which is left as it is."""
        super().__init__(reader.screen, unread=reader.unread, digest_key=b"", prompt=reader.prompt)
        self._reader = reader
        self._whole: list[Inquiry] = []
        self._fed: dict[Hashable, str] = {}
        self._ended: set[Hashable] = set()

    def whole(self, value: JsonObject, *, leaves: bool = False) -> bool:
        """Note every text in ``value``; nothing leaves in rehearsal."""
        del leaves
        for passage in contents(value, without=TOKEN_VALUES).passages:
            self._whole += self.screen.inquiries(passage.text, Direction.OUTPUT, prompt=self.prompt)
        return True

    def piece(self, channel: Hashable, text: str) -> str:
        """Note what a channel would be fed."""
        self._fed[channel] = self._fed.get(channel, "") + text
        return ""

    def rest(self, channel: Hashable) -> str:
        """Note that a channel would end."""
        self._fed.setdefault(channel, "")
        self._ended.add(channel)
        return ""

    def is_passed(self, place: str) -> bool:
        """Nothing passes in rehearsal."""
        del place
        return False

    @property
    def channels(self) -> tuple[Hashable, ...]:
        """The channels that would be open."""
        open_ones = dict.fromkeys((*self._reader.channels, *self._fed))
        return tuple(channel for channel in open_ones if channel not in self._ended)

    def inquiries(self) -> tuple[Inquiry, ...]:
        """What the reader would have to know, and does not know yet."""
        of_channels = (
            inquiry
            for channel, text in self._fed.items()
            for inquiry in self._reader.stream_of(channel).inquiries(text, complete=channel in self._ended)
        )
        wanted = dict.fromkeys((*self._whole, *of_channels))
        return tuple(inquiry for inquiry in wanted if inquiry not in self._reader.known)


def rehearsed(teller: Told, reader: AnswerReader, tell: Callable[[Told], object]) -> tuple[Inquiry, ...]:
    """What has to be asked before ``tell(teller)``.

    Args:
        teller: what tells an answer, and keeps ``reader``; it is left as it is. What it keeps in lists, sets
            and mappings it replaces whole and never changes within.
        reader: what reads the answer.
        tell: does to a copy of the teller what will be done to it.
    """
    rehearsal = Rehearsal(reader)
    tell(stand_in(teller, reader, rehearsal))
    return rehearsal.inquiries()


def stand_in(teller: Told, reader: AnswerReader, other: AnswerReader) -> Told:
    """A copy of what tells an answer to ``reader``, which tells it to another reader."""
    copied = copy.copy(teller)
    for name, kept in vars(teller).items():
        # Copied in depth, a rehearsal takes four times as long.
        if kept is reader:
            setattr(copied, name, other)
        elif isinstance(kept, dict | list | set):
            setattr(copied, name, kept.copy())
    return copied


def used(known: Rulings, digests: Mapping[str, str]) -> tuple[GuardUse, ...]:
    """What evidence keeps of the guard models that were asked.

    Args:
        known: what they answered.
        digests: of each, by name.
    """
    asked = Counter(inquiry.judge for inquiry in known)
    failed = Counter(_failures(known))
    return tuple(
        GuardUse(
            guard=name,
            digest=digests[name],
            asked=count,
            failed={failure: n for (guard, failure), n in sorted(failed.items()) if guard == name},
        )
        for name, count in sorted(asked.items())
    )


def _failures(known: Rulings) -> Iterable[tuple[str, str]]:
    for inquiry, ruled in known.items():
        for ruling in ruled:
            if ruling.category.risk == UNSCREENED:
                yield inquiry.judge, ruling.category.level
