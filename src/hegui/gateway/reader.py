"""Reads what leaves, whole or piece by piece, and remembers what was found. Pure."""

from collections.abc import Hashable, Sequence

from hegui.core import keyed_digest
from hegui.gateway.model import Unread
from hegui.gateway.passages import TextPlace, contents
from hegui.gateway.surfaces import TOKEN_VALUES, JsonObject
from hegui.screening import (
    Action,
    Direction,
    Finding,
    Inquiry,
    Released,
    Ruling,
    Screen,
    StreamScreen,
)


class AnswerReader:
    """One answer's way through the screen: every text of it is a channel of its own."""

    def __init__(
        self, screen: Screen, *, unread: Unread, digest_key: bytes, prompt: str = "", keeps: bool = False
    ) -> None:
        """Begin an answer.

        Args:
            screen: what reads it.
            unread: what is done about media that stand in it.
            digest_key: keys the digest of what leaves.
            prompt: what it answers.
            keeps: whether what leaves is remembered, for the archive.
        """
        self.screen = screen
        self.unread = unread
        self.prompt = prompt
        self.known: dict[Inquiry, Sequence[Ruling]] = {}
        """What guard models have answered; what is not among it when it is needed is unscreened."""
        self._channels: dict[Hashable, StreamScreen] = {}
        self._digest = keyed_digest(digest_key)
        self.findings: list[Finding] = []
        self.unscreened: list[str] = []
        self.released = 0
        self.kept: list[str] | None = [] if keeps else None
        self.stopped = False
        """Whether a finding has ended the answer; nothing more is released."""
        self.recalled = False
        """Whether the answer must not leave because of what was asked, as somebody found meanwhile."""

    @property
    def masked(self) -> bool:
        """Whether something was covered or left out."""
        severest = self.screen.severest
        return bool(self.findings) and severest(self.findings, Direction.OUTPUT) is not Action.ALLOW

    @property
    def digest(self) -> str:
        """The keyed digest of everything that left."""
        return self._digest.hexdigest()

    def whole(self, value: JsonObject, *, leaves: bool = False) -> bool:
        """Read everything in ``value``, cover in place what is to be masked, and say whether it may leave.

        Args:
            value: JSON; what tells an answer token by token is emptied in it.
            leaves: whether it is taken as having left where it may.
        """
        found = contents(value, without=TOKEN_VALUES)
        may_leave = self._passes(found.passages) and not self.recalled
        for medium in found.media:
            if self.unread is Unread.PASS:
                self.unscreened.append(medium.place)
            elif medium.leaf is not None:
                medium.leaf.replace("")
        if leaves and may_leave:
            for passage in found.passages:
                self._leave(passage.present_text)
        return may_leave

    def _passes(self, passages: Sequence[TextPlace]) -> bool:
        """Whether nothing that is blocked is in passages; what is to be masked is."""
        if not passages:
            return True
        passes = True
        texts = [passage.text for passage in passages]
        scanned = self.screen.scan_many(texts, Direction.OUTPUT, prompt=self.prompt, known=self.known)
        for passage, text, findings in zip(passages, texts, scanned, strict=True):
            if not findings:
                continue
            self.findings.extend(findings)
            action = self.screen.severest(findings, Direction.OUTPUT)
            if action is Action.MASK:
                examined = self.screen.examine(text, Direction.OUTPUT, prompt=self.prompt, known=self.known)
                passage.replace(examined.masked)
            elif action is Action.BLOCK:
                passes = False
        return passes

    def count(self, value: JsonObject) -> None:
        """Take everything in ``value`` as having left."""
        for passage in contents(value).passages:
            self._leave(passage.text)

    def is_passed(self, place: str) -> bool:
        """Whether the medium at ``place`` may leave unread; evidence keeps it if so."""
        if self.unread is Unread.PASS:
            self.unscreened.append(place)
            return True
        return False

    def piece(self, channel: Hashable, text: str) -> str:
        """Feed one channel and return what it releases; nothing once the answer is stopped."""
        stream = self._channels.get(channel)
        if stream is None:
            stream = self._channels[channel] = self.stream_of(channel)
        return self._let_out(stream, stream.feed(text))

    def rest(self, channel: Hashable) -> str:
        """End one channel and return what it still held back."""
        stream = self._channels.pop(channel)
        return self._let_out(stream, stream.finish())

    def stream_of(self, channel: Hashable) -> StreamScreen:
        """The stream of one channel; a new one where the channel has not begun."""
        stream = self._channels.get(channel)
        return stream or self.screen.stream(Direction.OUTPUT, prompt=self.prompt, known=self.known)

    @property
    def channels(self) -> tuple[Hashable, ...]:
        """The channels that have begun and not ended."""
        return tuple(self._channels)

    def _let_out(self, stream: StreamScreen, released: Released) -> str:
        if self.stopped:
            return ""
        if released.findings:
            self.findings.extend(released.findings)
            self.stopped = stream.blocked
        if released.text:
            self._leave(released.text)
        return released.text

    def _leave(self, text: str) -> None:
        self.released += len(text)
        if self.kept is not None:
            self.kept.append(text)
        self._digest.update(text.encode("utf-8", "surrogatepass"))
