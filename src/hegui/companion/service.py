"""The use cases of companions: uses that are seen and left, crises met, contacts made by people."""

import datetime as dt
import secrets

from msgspec import structs

from hegui.companion import repository
from hegui.companion.model import (
    REMINDER,
    CompanionPolicy,
    CompanionSession,
    Contact,
    Crisis,
    CrisisKind,
    continued,
)
from hegui.core import Clock, Conflict, InvalidInput, NotFound, legal_day, to_json
from hegui.ledger import Ledger
from hegui.rulebook import Rulebook
from hegui.store import Database


class ContactMissing(NotFound):
    """There is no such contact."""

    def __init__(self, identifier: str) -> None:
        """Name it."""
        super().__init__(
            zh=f"没有编号为 {identifier} 的联络；见 hegui companion contacts",
            en=f"there is no contact {identifier}; see hegui companion contacts",
        )


class Companion:
    """Knows whose use goes on since when, and whom a person has to contact.

    Several processes share both through the database.
    """

    def __init__(
        self,
        *,
        database: Database,
        ledger: Ledger,
        rulebook: Rulebook,
        clock: Clock,
        policy: CompanionPolicy,
    ) -> None:
        """Prepare; nothing is read yet.

        Args:
            database: where uses and contacts are shared.
            ledger: where each crisis and each contact leaves evidence.
            rulebook: says when reminders are due.
            clock: the time.
            policy: what the operator declared.
        """
        self.policy = policy
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock

    # --- While the service runs ---

    def seen(self, user: str) -> CompanionSession:
        """Note that a user goes on: their use, with what they have been told in it.

        Args:
            user: the pseudonym.
        """
        with self._database.write() as connection:
            before = repository.session_of(connection, user)
            after = continued(before, self._clock(), pause_minutes=self.policy.pause_minutes)
            repository.keep_session(connection, user, after)
        return after

    def told(self, user: str, use: CompanionSession, *, in_words: bool) -> None:
        """Note that what was due in a use was told; until then it is due again.

        Args:
            user: the pseudonym.
            use: as it was seen when that fell due.
            in_words: whether the user read it; otherwise the application alone knows.

        Basis:
            ANTHRO 18
        """
        with self._database.write() as connection:
            now = repository.session_of(connection, user)
            if now is not None and now.since == use.since:
                repository.keep_session(connection, user, now.settled(use.last, in_words=in_words))

    @property
    def reminder_hours(self) -> float:
        """After how long of continuous use a user is reminded: as declared, else by the rulebook, today.

        Basis:
            ANTHRO 18
        """
        declared = self.policy.reminder_hours
        if declared is not None:
            return declared
        return float(self._rulebook.parameter(REMINDER, on=legal_day(self._clock())).value)

    def left(self, user: str) -> None:
        """Forget a user's use: they have gone.

        Basis:
            ANTHRO 19
        """
        with self._database.write() as connection:
            repository.end_session(connection, user)

    def met_crisis(self, kind: CrisisKind, *, exchange: str, user: str | None, tenant: str | None) -> Crisis:
        """Record a crisis, and queue whom a person has to contact: once for as long as that is open.

        Args:
            kind: which.
            exchange: in which exchange.
            user: the pseudonym, where the user is known.
            tenant: whose user it is.

        Basis:
            ANTHRO 13
        """
        with self._database.write() as connection:
            self._ledger.hold(connection)  # of two replicas that meet it at once, one queues it
            due = kind.needs_contact and user is not None
            known = repository.open_contact(connection, str(user), kind) if due else None
            contact = known
            if due and known is None:
                contact = Contact(
                    id=secrets.token_hex(8),
                    user=str(user),
                    tenant=tenant or "",
                    kind=kind,
                    exchange=exchange,
                    at=self._clock(),
                )
                repository.add_contact(connection, contact)
            crisis = Crisis(
                kind=kind,
                exchange=exchange,
                user=user,
                tenant=tenant,
                contact=None if contact is None else contact.id,
                is_new=due and known is None,
            )
            self._ledger.record(connection, kind="companion.crisis_met", content=to_json(crisis))
        return crisis

    # --- What people do ---

    def contacts(self, *, open_only: bool = True) -> tuple[Contact, ...]:
        """Whom a person has to contact, oldest first."""
        with self._database.read() as connection:
            return tuple(repository.read_contacts(connection, open_only=open_only))

    def close(self, identifier: str, *, outcome: str) -> Contact:
        """Say what came of a contact, recorded as ``companion.contact_closed``.

        Args:
            identifier: the contact.
            outcome: who was reached how, or why nobody; it stands in the ledger, so no names belong here.

        Raises:
            ContactMissing: there is no such contact.
            InvalidInput: nothing is said.
            Conflict: it was closed before.
        """
        if not outcome.strip():
            raise InvalidInput(
                zh="请写明结果，例如“已电话联系监护人”",
                en="say what came of it, such as 'reached the guardian by phone'",
            )
        with self._database.write() as connection:
            found = repository.contact(connection, identifier)
            if found is None:
                raise ContactMissing(identifier)
            if not found.is_open:
                raise Conflict(
                    zh=f"联络 {identifier} 已经办结：{found.outcome}",
                    en=f"contact {identifier} was closed before: {found.outcome}",
                )
            closed = structs.replace(found, outcome=outcome.strip(), closed_at=self._clock())
            repository.update_contact(connection, closed)
            self._ledger.record(connection, kind="companion.contact_closed", content=to_json(closed))
        return closed

    def forget(self) -> int:
        """Erase uses that are over and contacts that were closed long enough ago; how many.

        Basis:
            PIPL 19
        """
        now = self._clock()
        over = now - dt.timedelta(minutes=self.policy.pause_minutes)
        kept = now - dt.timedelta(days=self.policy.keep_days)
        with self._database.write() as connection:
            return repository.forget_sessions(connection, before=over) + repository.forget_contacts(
                connection, before=kept
            )
