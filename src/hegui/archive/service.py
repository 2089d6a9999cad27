"""The use cases of the archive."""

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec import structs

from hegui.archive import repository
from hegui.archive.model import KeptExchange, RetentionPolicy, Withdrawal
from hegui.archive.sealing import KEY_BYTES, seal, unseal
from hegui.core import Clock, Conflict, Json, NotFound, timestamp
from hegui.ledger import Ledger
from hegui.store import Database


class NothingKept(NotFound):
    """Nothing is kept of a user."""

    def __init__(self, user: str) -> None:
        """Name the user, and how users are named here."""
        super().__init__(
            zh=f"没有 {user} 的留存内容；这里用假名称呼用户，见 hegui gateway pseudonym",
            en=f"nothing is kept of {user}; users go by pseudonym here: hegui gateway pseudonym",
        )


class Unopenable(Conflict):
    """Something kept cannot be opened: it was changed, or the workspace's key is another one."""

    def __init__(self, what: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"{what} 无法解封：内容被改动，或者 keys/archive.key 不是当时的密钥",
            en=f"{what} cannot be opened: it was changed, or keys/archive.key is not the one of then",
        )


class Holdings(NamedTuple):
    """What the archive holds.

    Attributes:
        exchanges: how many.
        users: of how many users.
        oldest: when the oldest ended; ``None`` where there is none.
    """

    exchanges: int
    users: int
    oldest: str | None


class Conversations:
    """Keeps conversations, each sealed with its user's key, and the keys sealed with the workspace's."""

    def __init__(self, *, database: Database, ledger: Ledger, clock: Clock, key: bytes) -> None:
        """Prepare.

        Args:
            database: where they are kept.
            ledger: where reading and erasing leave evidence.
            clock: the time.
            key: seals the users' keys; 32 secret bytes.
        """
        self._database = database
        self._ledger = ledger
        self._clock = clock
        self._key = key

    def keep(
        self,
        user: str,
        *,
        exchange: str,
        training: str,
        asked: tuple[str, ...],
        answered: str,
        question: str = "",
        original: bytes | None = None,
    ) -> None:
        """Keep one exchange of a user; its evidence is the exchange's own.

        Args:
            user: the pseudonym.
            exchange: its name.
            training: what the user said of training.
            asked: the texts of the request.
            answered: the text that left.
            question: the last thing that the user says.
            original: the exchange as it came, where it is kept so.

        Raises:
            DatabaseUnavailable: it cannot be kept.
            Unopenable: the user's key cannot be opened.
        """
        at = self._clock()
        kept = KeptExchange(
            exchange=exchange,
            at=at,
            training=training,
            asked=asked,
            answered=answered,
            question=question,
            original=original,
        )
        offered = seal(self._key, secrets.token_bytes(KEY_BYTES), place=user)
        with self._database.write() as connection:
            key = self._opened(user, repository.offer_key(connection, user, offered))
            sealed = seal(key, msgspec.json.encode(kept), place=f"{user}/{exchange}")
            repository.add(connection, user, exchange, at, sealed)

    def read(self, user: str, *, reason: str) -> tuple[KeptExchange, ...]:
        """What is kept of a user, oldest first, without answers that were withdrawn.

        That it was read is recorded, with the reason.

        Raises:
            NothingKept: of this user.
            Unopenable: something was changed.

        Basis:
            MOPR 36
        """
        with self._database.write() as connection:
            sealed_key = repository.key_of(connection, user)
            if sealed_key is None:
                raise NothingKept(user)
            key = self._opened(user, sealed_key)
            withdrawn = {each.exchange for each in repository.withdrawn(connection)}
            found = tuple(
                structs.replace(kept, answered="", original=None, is_withdrawn=True)
                if exchange in withdrawn
                else kept
                for exchange, sealed in repository.of_user(connection, user)
                for kept in (self._kept(key, user, exchange, sealed),)
            )
            self._ledger.record(
                connection,
                kind="archive.read",
                content={"user": user, "exchanges": len(found), "reason": reason},
            )
        return found

    def every(self, *, reason: str, since: dt.datetime | None = None) -> Iterator[KeptExchange]:
        """Everything that is kept, withdrawn or not, the oldest first; that it is read is recorded first.

        Args:
            reason: why, for the record.
            since: only what ended at this moment or later.

        Raises:
            Unopenable: something was changed.
        """
        begin = "" if since is None else timestamp(since)
        with self._database.write() as connection:
            withdrawn = {each.exchange for each in repository.withdrawn(connection)}
            content: dict[str, Json] = {
                "users": "*",
                "exchanges": repository.count(connection, since=begin)[0],
                "since": begin or None,
                "reason": reason,
            }
            self._ledger.record(connection, kind="archive.read", content=content)
        return self._pages(begin, withdrawn)

    def _pages(self, since: str, withdrawn: set[str]) -> Iterator[KeptExchange]:
        after = (since, "")
        while True:
            with self._database.read() as connection:
                page = repository.page(connection, after=after)
            if not page:
                return
            for row in page:
                kept = self._kept(self._opened(row.user, row.key), row.user, row.exchange, row.sealed)
                yield structs.replace(kept, is_withdrawn=row.exchange in withdrawn)
            after = (page[-1].at, page[-1].exchange)

    def exchange(self, exchange: str, *, reason: str) -> KeptExchange | None:
        """One exchange as it was, for whoever deals with it; that it was read is recorded, with the reason.

        Returns:
            The exchange, withdrawn or not; ``None`` where it is not kept, or not any more.

        Raises:
            Unopenable: something was changed.
        """
        with self._database.write() as connection:
            found = repository.one(connection, exchange)
            if found is None:
                return None
            user, sealed_key, sealed = found
            kept = self._kept(self._opened(user, sealed_key), user, exchange, sealed)
            withdrawn = repository.is_withdrawn(connection, exchange)
            self._ledger.record(
                connection,
                kind="archive.read",
                content={"user": user, "exchanges": 1, "exchange": exchange, "reason": reason},
            )
        return structs.replace(kept, is_withdrawn=withdrawn)

    def withdraw(self, exchange: str, *, reason: str) -> bool:
        """Let an answer no longer be shown; what is kept of it stays sealed, and its evidence stands.

        An answer that is not kept here is withdrawn too: applications that show it ask what is.

        Returns:
            Whether the answer is kept here.

        Basis:
            IM 14.1
        """
        withdrawal = Withdrawal(exchange=exchange, at=self._clock())
        with self._database.write() as connection:
            if repository.withdraw(connection, withdrawal):
                content = {"exchange": exchange, "reason": reason}
                self._ledger.record(connection, kind="archive.withdrawn", content=content)
            return repository.one(connection, exchange) is not None

    def restore(self, exchange: str, *, reason: str) -> None:
        """Let an answer be shown again that was withdrawn; nothing happens where it was not."""
        with self._database.write() as connection:
            if repository.restore(connection, exchange):
                content = {"exchange": exchange, "reason": reason}
                self._ledger.record(connection, kind="archive.restored", content=content)

    def withdrawn(self) -> tuple[Withdrawal, ...]:
        """The answers that must not be shown, the oldest withdrawal first."""
        with self._database.read() as connection:
            return tuple(repository.withdrawn(connection))

    def erase(self, user: str, *, reason: str) -> int:
        """Erase a user's key, and with it everything it sealed; how many exchanges that were.

        Raises:
            NothingKept: of this user.

        Basis:
            PIPL 47
        """
        with self._database.write() as connection:
            if repository.key_of(connection, user) is None:
                raise NothingKept(user)
            gone = repository.erase_user(connection, user)
            self._ledger.record(
                connection,
                kind="archive.erased",
                content={"user": user, "exchanges": gone, "reason": reason},
            )
        return gone

    def sweep(self, policy: RetentionPolicy) -> int:
        """Erase what was kept long enough, and record it; how many exchanges that were.

        Basis:
            PIPL 19
        """
        oldest = policy.oldest(self._clock())
        with self._database.write() as connection:
            gone = repository.erase_before(connection, oldest)
            if gone:
                self._ledger.record(
                    connection,
                    kind="archive.swept",
                    content={"exchanges": gone, "before": timestamp(oldest), "days": policy.days},
                )
        return gone

    def holdings(self) -> Holdings:
        """What the archive holds."""
        with self._database.read() as connection:
            return Holdings(*repository.count(connection))

    def _opened(self, user: str, sealed: bytes) -> bytes:
        key = unseal(self._key, sealed, place=user)
        if key is None:
            raise Unopenable(user)
        return key

    def _kept(self, key: bytes, user: str, exchange: str, sealed: bytes) -> KeptExchange:
        content = unseal(key, sealed, place=f"{user}/{exchange}")
        if content is None:
            raise Unopenable(exchange)
        return msgspec.json.decode(content, type=KeptExchange)
