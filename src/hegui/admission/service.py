"""The use cases of admission: keys of clients, minors' time of use."""

import datetime as dt
import hashlib
import secrets
import threading
import time
from typing import NamedTuple

from msgspec import structs

from hegui.admission import repository
from hegui.admission.minors import MinorNumbers, MinorUse, seen, until_tomorrow
from hegui.admission.model import (
    Age,
    AlertKind,
    ClientKey,
    GuardianAlert,
    MinorDay,
    MinorPolicy,
    TokenRevocation,
)
from hegui.admission.refusals import MinorTimeUsedUp
from hegui.admission.tokens import LEEWAY_SECONDS
from hegui.core import Clock, Conflict, InvalidInput, NotFound, legal_day, timestamp, to_json
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.store import Database

_MARGIN = dt.timedelta(hours=1)
FRESH_SECONDS = 1.0
"""How old what is known here of keys may be: a key that is revoked opens no replica a second later."""


class KeyMissing(NotFound):
    """There is no such key."""

    def __init__(self, identifier: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的密钥；见 hegui gateway keys list",
            en=f"there is no key {identifier}; see hegui gateway keys list",
        )


class AlertMissing(NotFound):
    """There is no such alert."""

    def __init__(self, identifier: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的提醒；见 hegui gateway minors alerts",
            en=f"there is no alert {identifier}; see hegui gateway minors alerts",
        )


class IssuedKey(NamedTuple):
    """A new key.

    Attributes:
        text: what the client presents; it is shown once and kept nowhere.
        key: what is kept of it.
    """

    text: str
    key: ClientKey


class Admissions:
    """Issues and revokes the keys of clients, and counts how long minors use the service.

    Several processes share it through the database. Keys are held in memory and read again when they are
    older than :data:`FRESH_SECONDS`.
    """

    def __init__(self, *, database: Database, ledger: Ledger, rulebook: Rulebook, clock: Clock) -> None:
        """Prepare; nothing is read yet.

        Args:
            database: where keys and time of use are kept.
            ledger: where what happens to keys leaves evidence.
            rulebook: says what holds for minors.
            clock: the time.
        """
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, ClientKey] = {}
        self._revoked: dict[tuple[str, str], float] = {}
        self._read_at = float("-inf")
        self._numbers: tuple[MinorPolicy, dt.date, MinorNumbers] | None = None

    # --- Keys ---

    def issue_key(self, tenant: str, *, expires: dt.datetime | None = None) -> IssuedKey:
        """Make a key for a tenant's clients, and record that.

        Args:
            tenant: whose it is.
            expires: until when it is good; until it is revoked where left out.

        Raises:
            InvalidInput: the tenant has no name, or the key would have expired already.
        """
        now = self._clock()
        if not tenant.strip() or (expires is not None and expires <= now):
            raise InvalidInput(
                zh="请给出租户名称，以及今天以后的到期日",
                en="name a tenant, and a day of expiry after today",
            )
        identifier = secrets.token_hex(4)
        text = f"hg-{identifier}-{secrets.token_urlsafe(32)}"
        key = ClientKey(
            id=identifier, tenant=tenant.strip(), digest=key_digest(text), created=now, expires=expires
        )
        with self._database.write() as connection:
            repository.add_key(connection, key)
            self._ledger.record(
                connection,
                kind="gateway.key_issued",
                content={
                    "key": key.id,
                    "tenant": key.tenant,
                    "expires": None if expires is None else timestamp(expires),
                },
            )
        self._stale()
        return IssuedKey(text, key)

    def revoke_key(self, identifier: str, *, reason: str) -> None:
        """Let a key open nothing any more, and record why.

        Raises:
            KeyMissing: there is no such key.
            Conflict: it was revoked before.
            InvalidInput: no reason is given.
        """
        _check_reason(reason)
        with self._database.write() as connection:
            found = {key.id: key for key in repository.read_keys(connection)}.get(identifier)
            if found is None:
                raise KeyMissing(identifier)
            if found.revoked is not None:
                raise Conflict(
                    zh=f"密钥 {identifier} 已于 {legal_day(found.revoked)} 撤销",
                    en=f"the key {identifier} was revoked on {legal_day(found.revoked)}",
                )
            repository.revoke_key(connection, identifier, self._clock())
            self._ledger.record(
                connection,
                kind="gateway.key_revoked",
                content={"key": identifier, "tenant": found.tenant, "reason": reason},
            )
        self._stale()

    def keys(self) -> tuple[ClientKey, ...]:
        """Every key that was issued, oldest first."""
        with self._database.read() as connection:
            return tuple(repository.read_keys(connection))

    @property
    def is_fresh(self) -> bool:
        """Whether what is known here of keys is recent enough to answer without the database."""
        return time.monotonic() - self._read_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Read the keys and what was revoked again, unless that was just now.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        with self._lock:
            if not self.is_fresh:
                with self._database.read() as connection:
                    self._known = {key.digest: key for key in repository.read_keys(connection)}
                    self._revoked = {
                        (each.tenant, each.user): each.until.timestamp()
                        for each in repository.read_revocations(connection)
                    }
                self._read_at = time.monotonic()

    def _stale(self) -> None:
        """What was just written here holds here at once."""
        with self._lock:  # a reading under way may have begun before it was written
            self._read_at = float("-inf")

    @property
    def has_keys(self) -> bool:
        """Whether any key was ever issued, as far as is known here."""
        return bool(self._known)

    def tenant_of(self, digest: str) -> str | None:
        """Whose key has a digest; ``None`` where it is nobody's or good no more."""
        key = self._known.get(digest)
        return key.tenant if key is not None and key.is_good(self._clock()) else None

    # --- Tokens ---

    def revoke_tokens(self, tenant: str, *, user: str | None, reason: str) -> TokenRevocation:
        """Let tokens that were issued up to now open nothing any more, and record why.

        Args:
            tenant: whose they are.
            user: whom they name, by pseudonym; all users of the tenant where left out.
            reason: why.

        Raises:
            InvalidInput: no reason is given.
        """
        _check_reason(reason)
        revocation = TokenRevocation(tenant=tenant, user=user or "", until=self._clock())
        with self._database.write() as connection:
            repository.keep_revocation(connection, revocation)
            self._ledger.record(
                connection,
                kind="gateway.tokens_revoked",
                content={
                    "tenant": tenant,
                    "user": user,
                    "until": timestamp(revocation.until),
                    "reason": reason,
                },
            )
        self._stale()
        return revocation

    @property
    def has_revoked_tokens(self) -> bool:
        """Whether any token was revoked that may still be presented, as far as is known here."""
        return bool(self._revoked)

    def is_revoked(self, tenant: str, user: str, *, issued: float) -> bool:
        """Whether a tenant's token for a user, a pseudonym, is good no more.

        The clock of who issued it may run ahead of ours.
        """
        until = max(self._revoked.get((tenant, whose), float("-inf")) for whose in (user, ""))
        return issued <= until + LEEWAY_SECONDS

    def forget_revocations(self, *, longest_seconds: float) -> int:
        """Forget revocations of tokens that have expired since; how many.

        Args:
            longest_seconds: how long a token may be good for.
        """
        with self._database.write() as connection:
            before = self._clock() - dt.timedelta(seconds=longest_seconds) - _MARGIN
            return repository.forget_revocations(connection, before)

    # --- Minors ---

    def minor_numbers(self, policy: MinorPolicy) -> MinorNumbers:
        """The numbers of minors' mode today."""
        today = legal_day(self._clock())
        if self._numbers is None or self._numbers[:2] != (policy, today):
            self._numbers = (policy, today, MinorNumbers.of(policy, self._rulebook, on=today))
        return self._numbers[2]

    def see_minor(
        self, user: str, age: Age, numbers: MinorNumbers, *, paid: bool = False
    ) -> tuple[MinorUse | None, MinorUse]:
        """Count that a minor came: what was known of their use before, and what is now.

        Args:
            user: the pseudonym.
            age: which of the minors' ages.
            numbers: how long minors may use the service.
            paid: whether they ask for what costs money.

        Raises:
            MinorTimeUsedUp: they have used it for so long today; that they came is not counted.

        Basis:
            MINORS-MODE time
        """
        now = self._clock()
        with self._database.write() as connection:
            before = repository.use_of(connection, user)
            minutes = numbers.minutes[age]
            spent = before.minutes if before is not None and before.day == legal_day(now) else 0
            if spent >= minutes:
                raise MinorTimeUsedUp(minutes=minutes, wait_seconds=until_tomorrow(now))
            after = seen(before, now, pause_minutes=numbers.pause_minutes)
            repository.keep_use(connection, user, after)
            repository.add_to_day(connection, user, after.day, seconds=after.seconds, paid=int(paid))
        return before, after

    def overview(self, user: str) -> tuple[MinorDay, ...]:
        """How much a minor used the service on each of the last days, for the guardian; the latest first.

        Args:
            user: the pseudonym.

        Basis:
            ANTHRO 14.2
        """
        with self._database.read() as connection:
            return tuple(repository.days_of(connection, user))

    def alert(self, kind: AlertKind, *, user: str, tenant: str | None) -> None:
        """Note that a minor's guardian is to be told of a risk, once for each kind and day.

        Basis:
            ANTHRO 14.2
        """
        now = self._clock()
        alert = GuardianAlert(
            id=secrets.token_hex(8), user=user, tenant=tenant or "", kind=kind, at=now, told=None
        )
        with self._database.write() as connection:
            if repository.add_alert(connection, alert, day=legal_day(now)):
                self._ledger.record(connection, kind="gateway.guardian_alert", content=to_json(alert))

    def alerts(self, *, open_only: bool = True) -> tuple[GuardianAlert, ...]:
        """Of what guardians are to be told, oldest first."""
        with self._database.read() as connection:
            return tuple(repository.read_alerts(connection, open_only=open_only))

    def told_guardian(self, identifier: str) -> GuardianAlert:
        """Say that a guardian was told, recorded as ``gateway.guardian_told``.

        Raises:
            AlertMissing: there is no such alert.
            Conflict: the guardian was told before.
        """
        with self._database.write() as connection:
            found = repository.alert(connection, identifier)
            if found is None:
                raise AlertMissing(identifier)
            if found.told is not None:
                raise Conflict(
                    zh=f"提醒 {identifier} 已于 {legal_day(found.told)} 告知",
                    en=f"the guardian was told of {identifier} on {legal_day(found.told)}",
                )
            told = structs.replace(found, told=self._clock())
            repository.update_alert(connection, told)
            self._ledger.record(connection, kind="gateway.guardian_told", content=to_json(told))
        return told

    def forget_minors(self, *, overview_days: int) -> int:
        """Erase what is kept of minors and counts no more; how many rows.

        Args:
            overview_days: for how many days guardians can see how much the service was used.

        Basis:
            PIPL 19
        """
        today = legal_day(self._clock())
        with self._database.write() as connection:
            return repository.forget_use(
                connection,
                today - dt.timedelta(days=1),
                overview=today - dt.timedelta(days=overview_days),
            )


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput(
            zh="请写明撤销的理由，例如“密钥泄露”", en="say why it is revoked, such as 'the key leaked'"
        )


def key_digest(text: str) -> str:
    """What is kept of a key. A key holds 256 random bits, so that a plain digest tells nothing of it."""
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()}"
