"""The use cases of the ladder."""

import secrets
import threading
import time
from collections import defaultdict

from hegui.conduct import repository
from hegui.conduct.model import (
    IN_A_DAY,
    IN_A_ROW,
    NOTHING,
    AbuseLimits,
    Appeal,
    ConductEvent,
    ConductEventKind,
    LadderPolicy,
    UserStanding,
    is_forgotten,
    standing,
)
from hegui.core import Clock, Conflict, Json, NotFound, legal_day, timestamp
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.store import Connection, Database

FRESH_SECONDS = 0.5
"""How old what is known here may be: a step taken by one process holds in all of them within a second."""

_LONGEST_TEXT = 4_000


class ViolationMissing(NotFound):
    """No violation is known of an exchange."""

    def __init__(self, exchange: str) -> None:
        """Name the exchange and where to find such names."""
        super().__init__(
            zh=f"没有 {exchange} 的违规记录；编号见 hegui conduct show 或台账中的 gateway.exchanged",
            en=f"no violation is recorded of {exchange}; hegui conduct show and the ledger's "
            "gateway.exchanged name them",
        )


class AppealMissing(NotFound):
    """There is no such appeal."""

    def __init__(self, identifier: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的申诉；见 hegui conduct appeals",
            en=f"there is no appeal {identifier}; see hegui conduct appeals",
        )


class Conduct:
    """Counts what users do wrong, takes the steps declared for it, and hears appeals.

    Several processes share one history through the database. Each keeps it in memory, which is small,
    since only users who did something are in it, and reads what was added when it is older than
    :data:`FRESH_SECONDS`; a user without a history costs nothing.
    """

    def __init__(
        self, *, database: Database, ledger: Ledger, rulebook: Rulebook, clock: Clock, policy: LadderPolicy
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            database: where the history is shared.
            ledger: where each step leaves evidence.
            rulebook: says at which counts measures are due.
            clock: the time.
            policy: the operator's ladder.
        """
        self.policy = policy
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock
        self._lock = threading.Lock()
        self._histories: defaultdict[str, list[ConductEvent]] = defaultdict(list)
        self._position = 0
        self._read_at = float("-inf")

    # --- While the service runs ---

    @property
    def is_fresh(self) -> bool:
        """Whether what is known here is recent enough to answer without the database."""
        return time.monotonic() - self._read_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Read what was added to the history since it was read last, unless that was just now.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        if self.is_fresh:
            return
        with self._lock, self._database.read() as connection:
            self._position, added = repository.after(connection, self._position)
            for event in added:
                self._histories[event.user].append(event)
            self._read_at = time.monotonic()

    def standing(self, user: str) -> UserStanding:
        """How a user stands now."""
        self.refresh()
        past = self._histories.get(user)
        return self._judge(past) if past else NOTHING

    def violated(self, user: str, *, exchange: str) -> UserStanding:
        """A request was refused because of what it asked for; the step it leads to is recorded.

        Args:
            user: the user's pseudonym.
            exchange: the request, as its evidence names it.

        Basis:
            TC260-003 7g1
        """
        with self._database.write() as connection:
            before = self._judge(repository.history(connection, user))
            self._append(connection, user, ConductEventKind.VIOLATION, exchange)
            after = self._judge(repository.history(connection, user))
            if after.because == exchange:
                rung = self.policy.rungs[after.rung - 1]
                self._record(
                    connection,
                    "conduct.step_taken",
                    {
                        "user": user,
                        "exchange": exchange,
                        "from_rung": before.rung,
                        "rung": after.rung,
                        "step": str(rung.step),
                        "notice": {"zh": rung.notice.zh, "en": rung.notice.en},
                        "until": None if after.until is None else timestamp(after.until),
                    },
                )
        self._stale()
        return after

    def behaved(self, user: str) -> None:
        """A request was clean: violations before it and after it are not in a row."""
        if not self.standing(user).is_blank:
            with self._database.write() as connection:
                self._append(connection, user, ConductEventKind.CLEAN, "")
            self._stale()

    # --- What people decide ---

    def appeal(self, user: str, *, text: str, exchange: str = "") -> Appeal:
        """Take down a user's objection.

        Args:
            user: the user's pseudonym.
            text: what the user says; cut after 4,000 characters.
            exchange: the refused request it is about, if it is about one.

        Raises:
            ViolationMissing: no violation of this user is known of that exchange.
        """
        made = Appeal(
            id=secrets.token_hex(8),
            user=user,
            exchange=exchange,
            text=text[:_LONGEST_TEXT],
            at=self._clock(),
        )
        with self._database.write() as connection:
            known = repository.violation(connection, exchange) if exchange else None
            if exchange and (known is None or known.user != user):
                raise ViolationMissing(exchange)
            repository.add_appeal(connection, made)
            self._record(
                connection, "conduct.appealed", {"appeal": made.id, "user": user, "exchange": exchange}
            )
        return made

    def appeals(self, *, open_only: bool = True) -> tuple[Appeal, ...]:
        """Appeals, oldest first."""
        with self._database.read() as connection:
            return tuple(repository.read_appeals(connection, open_only=open_only))

    def decide(self, identifier: str, *, granted: bool, reason: str) -> Appeal:
        """Decide an appeal: granting it overturns the violation it names, or else lifts what is in force.

        Raises:
            AppealMissing: there is no such appeal.
            Conflict: it was decided before.
        """
        with self._database.write() as connection:
            found = repository.appeal(connection, identifier)
            if found is None:
                raise AppealMissing(identifier)
            if found.granted is not None:
                raise Conflict(
                    zh=f"申诉 {identifier} 已经有决定：{found.reason}",
                    en=f"appeal {identifier} was decided before: {found.reason}",
                )
            decided = Appeal(
                id=found.id,
                user=found.user,
                exchange=found.exchange,
                text=found.text,
                at=found.at,
                granted=granted,
                reason=reason,
                decided_at=self._clock(),
            )
            repository.update_appeal(connection, decided)
            if granted:
                kind = ConductEventKind.OVERTURNED if found.exchange else ConductEventKind.LIFTED
                self._append(connection, found.user, kind, found.exchange)
            self._record(
                connection,
                "conduct.appeal_decided",
                {"appeal": identifier, "user": found.user, "granted": granted, "reason": reason},
            )
        self._stale()
        return decided

    def overturn(self, exchange: str, *, reason: str) -> UserStanding:
        """Find that a violation was none: every count and step that rests on it is corrected.

        Raises:
            ViolationMissing: no violation is known of that exchange.
        """
        with self._database.write() as connection:
            found = repository.violation(connection, exchange)
            if found is None:
                raise ViolationMissing(exchange)
            self._append(connection, found.user, ConductEventKind.OVERTURNED, exchange)
            self._record(
                connection,
                "conduct.violation_overturned",
                {"user": found.user, "exchange": exchange, "reason": reason},
            )
        self._stale()
        return self.standing(found.user)

    def lift(self, user: str, *, reason: str) -> UserStanding:
        """End whatever is in force for a user, who begins anew."""
        with self._database.write() as connection:
            self._append(connection, user, ConductEventKind.LIFTED, "")
            self._record(connection, "conduct.lifted", {"user": user, "reason": reason})
        self._stale()
        return self.standing(user)

    def users(self) -> tuple[tuple[str, UserStanding], ...]:
        """Everybody of whom there is a history, and how they stand."""
        with self._database.read() as connection:
            names = repository.users(connection)
            return tuple((user, self._judge(repository.history(connection, user))) for user in names)

    def history(self, user: str) -> tuple[ConductEvent, ...]:
        """One user's history, oldest first."""
        with self._database.read() as connection:
            return tuple(repository.history(connection, user))

    def forget(self) -> int:
        """Erase users of whom nothing counts any more; how many they were.

        Basis:
            PIPL 19
        """
        now = self._clock()
        with self._database.write() as connection:
            gone = [
                user
                for user in repository.users(connection)
                if (past := repository.history(connection, user))
                and is_forgotten(past, policy=self.policy, now=now)
                and self._judge(past).current is None
            ]
            repository.erase(connection, gone)
            if gone:
                self._record(connection, "conduct.forgotten", {"users": len(gone)})
        with self._lock:
            for user in gone:
                self._histories.pop(user, None)
        return len(gone)

    # --- Inside ---

    def _judge(self, past: list[ConductEvent]) -> UserStanding:
        now = self._clock()
        day = legal_day(now)
        limits = AbuseLimits(
            in_a_row=self._rulebook.parameter(IN_A_ROW, on=day),
            in_a_day=self._rulebook.parameter(IN_A_DAY, on=day),
        )
        return standing(past, policy=self.policy, limits=limits, now=now)

    def _stale(self) -> None:
        """What was just written here holds here at once."""
        with self._lock:  # a reading under way may have begun before it was written
            self._read_at = float("-inf")

    def _append(self, connection: Connection, user: str, kind: ConductEventKind, exchange: str) -> None:
        event = ConductEvent(user=user, kind=kind, at=self._clock(), exchange=exchange)
        repository.append(connection, event)

    def _record(self, connection: Connection, kind: str, content: Json) -> None:
        self._ledger.record(connection, kind=kind, content=content)
