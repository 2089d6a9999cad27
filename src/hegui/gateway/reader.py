"""Reads what leaves, whole or piece by piece, and remembers what was found. Pure."""

import hashlib
import hmac
from collections.abc import Hashable

from hegui.gateway.model import Unread
from hegui.gateway.passages import contents, without_token_values
from hegui.gateway.surfaces import JsonObject
from hegui.screening import Action, Direction, Finding, Released, Screen, StreamScreen


class AnswerReader:
    """One answer's way through the screen: every text of it is a channel of its own."""

    def __init__(self, screen: Screen, *, unread: Unread, digest_key: bytes) -> None:
        """Begin an answer.

        Args:
            screen: what reads it.
            unread: what is done about media that stand in it.
            digest_key: keys the digest of what leaves.
        """
        self._screen = screen
        self._unread = unread
        self._channels: dict[Hashable, StreamScreen] = {}
        self._digest = hmac.new(digest_key, digestmod=hashlib.sha256)
        self.findings: list[Finding] = []
        self.unscreened: list[str] = []
        self.released = 0
        self.stopped = False
        """Whether a finding has ended the answer; nothing more is released."""

    @property
    def masked(self) -> bool:
        """Whether something was covered or left out."""
        return self._screen.severest(self.findings, Direction.OUTPUT) is not Action.ALLOW

    @property
    def digest(self) -> str:
        """The keyed digest of everything that left."""
        return self._digest.hexdigest()

    def whole(self, value: JsonObject) -> bool:
        """Read everything in ``value``, cover in place what is to be masked, and say whether it may leave."""
        found = contents(without_token_values(value))
        texts = [passage.text for passage in found.passages]
        may_leave = True
        for passage, text, findings in zip(
            found.passages, texts, self._screen.scan_many(texts, Direction.OUTPUT), strict=True
        ):
            if not findings:
                continue
            self.findings.extend(findings)
            action = self._screen.severest(findings, Direction.OUTPUT)
            if action is Action.MASK:
                passage.replace(self._screen.examine(text, Direction.OUTPUT).masked)
            elif action is Action.BLOCK:
                may_leave = False
        for medium in found.media:
            if self._unread is Unread.PASS:
                self.unscreened.append(medium.place)
            elif medium.leaf is not None:
                medium.leaf.replace("")
        return may_leave

    def count(self, value: JsonObject) -> None:
        """Take everything in ``value`` as having left."""
        for passage in contents(value).passages:
            self._leave(passage.text)

    def is_passed(self, place: str) -> bool:
        """Whether the medium at ``place`` may leave unread; evidence keeps it if so."""
        if self._unread is Unread.PASS:
            self.unscreened.append(place)
            return True
        return False

    def piece(self, channel: Hashable, text: str) -> str:
        """Feed one channel and return what it releases; nothing once the answer is stopped."""
        stream = self._channels.get(channel)
        if stream is None:
            stream = self._channels[channel] = self._screen.stream(Direction.OUTPUT)
        return self._let_out(stream, stream.feed(text))

    def rest(self, channel: Hashable) -> str:
        """End one channel and return what it still held back."""
        stream = self._channels.pop(channel)
        return self._let_out(stream, stream.finish())

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
        self._digest.update(text.encode("utf-8", "surrogatepass"))
