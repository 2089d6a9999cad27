"""The gateway's door: who comes, on what terms they are let in, and how much is left to them.

Whoever presents a key or a token is known before the body of a request is read; whether they may ask is
decided when it is known what for, and before a word of it is read.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from functools import lru_cache, partial
from types import TracebackType

import msgspec

from hegui.admission import (
    Admission,
    AdmissionPolicy,
    Admissions,
    AlertKind,
    BlockedCharacter,
    Caller,
    Counted,
    DeclaredLimit,
    Due,
    Guesses,
    LimitReached,
    MinorTimeUsedUp,
    NotAdmitted,
    Terms,
    Training,
    UserClaims,
    UserTokens,
    WrongKey,
    WrongToken,
    check_minor,
    check_terms,
    is_paid,
    key_digest,
    pseudonym,
    terms_of,
)
from hegui.core import Clock, Record
from hegui.gateway.refreshing import Refreshing
from hegui.ledger import GroupWriter
from hegui.screening import Rule
from hegui.store import Draw, Quota, Quotas, SharedStateLost, Taken

_TOLD_AGAIN_SECONDS = 60.0
_MOST_TOLD = 10_000
_MOST_KEPT = 1_000
_LEASE_MARGIN_SECONDS = 60.0
_TOKEN_PARTS = 3
_NOTHING_TAKEN = Taken(None, 0.0, ())


class TurnedAway(Record):
    """What evidence keeps of somebody who was not let in.

    Attributes:
        code: why.
        surface: the path of the interface, behind ``/v1/``.
        model: as the client named it.
        tenant: whose key was presented.
        user: the pseudonym.
        terms: on what terms they asked.
        limit: the limit that was reached, where it was one.
    """

    code: str
    surface: str
    model: str
    tenant: str | None
    user: str | None
    terms: Terms
    limit: str | None


class Presented(msgspec.Struct, frozen=True):
    """What came with a request, before its body.

    Attributes:
        authorization: the header of that name.
        token: the user token beside it, where there is one.
        address: where it came from.
    """

    authorization: str = ""
    token: str | None = None
    address: str = ""


class Wish(msgspec.Struct, frozen=True):
    """What is asked for, as far as letting in goes.

    Attributes:
        surface: the path of the interface, behind ``/v1/``.
        model: the model.
        user: the user as the client names them, in a header or a field.
        training: whether the user lets what they enter be used for training, as the client says.
        character: whom the model is to play, as the client says.
    """

    surface: str
    model: str = ""
    user: str | None = None
    training: bool | None = None
    character: str | None = None


class Visit(AbstractAsyncContextManager["Visit"]):
    """Somebody who was let in, until their answer has ended.

    Attributes:
        admission: who, and on what terms.
        headers: what is told to the client beside the answer.
        characters: how many characters were read and released; told before the end.
    """

    def __init__(
        self, admission: Admission, headers: dict[str, str], settle: Callable[[int], Awaitable[None]] | None
    ) -> None:
        """Begin.

        Args:
            admission: who, and on what terms.
            headers: what is told to the client beside the answer.
            settle: is told the characters in the end, where somebody counts them.
        """
        self.admission = admission
        self.headers = headers
        self.characters = 0
        self._settle = settle

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Be gone."""
        if self._settle is not None:
            # Whoever goes away cancels us here; what they used is counted all the same.
            await asyncio.shield(self._settle(self.characters))

    def admit(self, terms: Terms, draws: Sequence[Draw], taken: Taken) -> None:
        """Let them in on ``terms``, with what they draw on."""
        if draws:
            names = tuple(draw.quota.name for draw in draws)
            terms = msgspec.structs.replace(terms, limits=names, alone=taken.alone)
        if terms is not self.admission.terms:
            self.admission = msgspec.structs.replace(self.admission, terms=terms)
        if terms.reminded:
            self.headers["x-hegui-reminder"] = "rest"
        if terms.training is Training.OPTED_OUT:
            self.headers["x-hegui-training"] = "opted-out"


class Reception:
    """Lets people in, or says why not."""

    def __init__(  # noqa: PLR0913 - the workspace hands it its parts, each under its name
        self,
        *,
        admissions: Admissions,
        policy: AdmissionPolicy,
        keys: Mapping[str, str],
        tokens: UserTokens,
        guesses: Guesses,
        quotas: Quotas,
        real_name_due: Due,
        pseudonym_key: bytes,
        longest_answer_seconds: float,
        writer: GroupWriter,
        clock: Clock,
    ) -> None:
        """Open the door.

        Args:
            admissions: the keys that were issued, and minors' time of use.
            policy: on what terms people are let in.
            keys: the tenant of each key that is declared in a file.
            tokens: checks the tokens of users.
            guesses: counts wrong keys.
            quotas: counts what is limited.
            real_name_due: whether real identity has to be known, as the scope was judged.
            pseudonym_key: keys the pseudonyms of users; 32 secret bytes.
            longest_answer_seconds: how long an answer may take.
            writer: where evidence of those who are turned away goes.
            clock: the time.
        """
        self._admissions = admissions
        self._refreshing = Refreshing(admissions.refresh)
        self._policy = policy
        self._keys = {key_digest(key): tenant for key, tenant in keys.items()}
        self._tokens = tokens
        self._guesses = guesses
        self._quotas = quotas
        self._pseudonym_key = pseudonym_key
        self._lease_seconds = longest_answer_seconds + _LEASE_MARGIN_SECONDS
        self._writer = writer
        self._clock = clock
        self._told: dict[tuple[str | None, ...], float] = {}
        self._terms_of = partial(terms_of, policy, real_name_due=real_name_due)
        # Without a token they are the same for all clients of a tenant, but for a few words.
        self._terms_of_client = lru_cache(_MOST_KEPT)(self._terms_of)

    @property
    def minor_rules(self) -> tuple[Rule, ...]:
        """What is done about findings where a minor asks, before the screen's own rules."""
        return self._policy.minors.rules

    @property
    def is_open(self) -> bool:
        """Whether everybody is let in, because there are neither keys nor tokens."""
        return not (self._keys or self._tokens or self._admissions.has_keys)

    def pseudonym(self, user: str, tenant: str | None) -> str:
        """The keyed pseudonym of a tenant's user; the identifier itself is kept nowhere."""
        return pseudonym(user, tenant=tenant, key=self._pseudonym_key)

    async def caller(self, presented: Presented) -> Caller:
        """Who presents a key or a token.

        Raises:
            WrongKey: nobody whom we know.
            WrongToken: a token that cannot be accepted, or one of another tenant than the key.
            TooManyWrongKeys: the address has guessed too often; even a right key is not looked at.
            DatabaseUnavailable: nobody can tell which keys are good.
        """
        if not self._admissions.is_fresh:
            await self._refreshing.refresh()
        if self.is_open:
            return Caller()
        self._guesses.listen(presented.address)
        try:
            return self._known(presented)
        except (WrongKey, WrongToken):
            self._guesses.wrong(presented.address)
            raise

    def _known(self, presented: Presented) -> Caller:
        scheme, _, credential = presented.authorization.partition(" ")
        credential = credential.strip() if scheme.lower() == "bearer" else ""
        # Digests are looked up, so that the time tells nothing about the keys.
        digest = key_digest(credential)
        tenant = self._keys.get(digest) or self._admissions.tenant_of(digest)
        if tenant is None:
            # Without a key a token is enough, so long as it stands where a key would.
            if not self._tokens or credential.count(".") != _TOKEN_PARTS - 1:
                raise WrongKey
            return self._read(credential)
        if presented.token is None:
            return Caller(tenant)
        caller = self._read(presented.token)
        if caller.tenant != tenant:
            raise WrongToken(zh="与 API 密钥不属于同一租户", en="it is not of the API key's tenant")
        return caller

    def _read(self, token: str) -> Caller:
        """Whose token it is and what it says, unless it was revoked."""
        caller = self._tokens.read(token, now=self._clock())
        if self._admissions.has_revoked_tokens:
            assert caller.claims is not None  # noqa: S101 - a token names a user
            assert caller.tenant is not None  # noqa: S101 - its key is a tenant's
            user = self.pseudonym(caller.claims.user, caller.tenant)
            if self._admissions.is_revoked(caller.tenant, user, issued=caller.issued):
                raise WrongToken(zh="已撤销", en="it was revoked")
        return caller

    async def let_in(self, caller: Caller, wish: Wish) -> Visit:
        """Let somebody in for one answer; whoever does enters the visit and leaves it.

        Raises:
            NotAdmitted: and why; recorded, but the same of the same user once a minute only.
            SharedStateLost: nobody can tell how much is left.
            DatabaseUnavailable: nobody can tell how long a minor has used the service.
        """
        user = caller.claims.user if caller.claims else wish.user
        terms_of_caller = self._terms_of_client if caller.claims is None else self._terms_of
        terms = terms_of_caller(caller, user_named=bool(user), training=wish.training)
        admission = Admission(
            tenant=caller.tenant,
            user=self.pseudonym(user, caller.tenant) if user else None,
            terms=terms,
        )
        draws = self._draws(admission)
        holder = secrets.token_hex(8) if draws else ""
        try:
            check_terms(self._policy, terms)
            taken = await self._take(draws, holder)
        except NotAdmitted as error:
            await self._tell(error, admission, wish)
            raise
        visit = self._visit(admission, draws, taken, holder)
        if caller.claims is not None:
            async with AsyncExitStack() as leaving:
                await leaving.enter_async_context(visit)
                try:
                    terms = await self._see_minor(caller.claims, admission, wish)
                except NotAdmitted as error:
                    await self._tell(error, admission, wish)
                    raise
                leaving.pop_all()
        visit.admit(terms, draws, taken)
        return visit

    async def let_ask(self, caller: Caller, surface: str) -> Visit:
        """Let a platform ask about what its users say, on the limits of its tenant.

        Who its users are, and on what terms they come, the platform knows and we do not.

        Raises:
            LimitReached: the tenant's limits are drawn on; recorded once a minute.
            SharedStateLost: nobody can tell how much is left.
        """
        admission = Admission(tenant=caller.tenant)
        draws = self._draws(admission)
        holder = secrets.token_hex(8)
        try:
            taken = await self._take(draws, holder)
        except NotAdmitted as error:
            await self._tell(error, admission, Wish(surface))
            raise
        return self._visit(admission, draws, taken, holder)

    def _visit(self, admission: Admission, draws: Sequence[Draw], taken: Taken, holder: str) -> Visit:
        if not draws:
            return Visit(admission, {}, None)
        return Visit(admission, _left(draws, taken), partial(self._settle, draws, holder))

    def _draws(self, admission: Admission) -> list[Draw]:
        """What somebody draws on with one request."""
        tenant = self._policy.tenant(admission.tenant)
        limits = self._policy.limits
        ours = limits.tenant if tenant.limits is None else tenant.limits
        theirs = limits.user if tenant.user_limits is None else tenant.user_limits
        draws = [self._draw(limit, "tenant", tenant.name) for limit in ours]
        if admission.user is not None:
            draws += [self._draw(limit, "user", admission.user) for limit in theirs]
        return draws

    def _draw(self, limit: DeclaredLimit, whose: str, of: str) -> Draw:
        at_once = limit.count is Counted.AT_ONCE
        quota = Quota(
            name=f"{whose}-at_once" if at_once else f"{whose}-{limit.count}-{limit.seconds:g}",
            of=of,
            most=limit.most,
            seconds=self._lease_seconds if at_once else limit.seconds,
            at_once=at_once,
        )
        # How many characters it will be is not known yet: so long as there is one left, they pass.
        return Draw(quota, 0 if limit.count is Counted.CHARACTERS else 1)

    async def _take(self, draws: Sequence[Draw], holder: str) -> Taken:
        if not draws:
            return _NOTHING_TAKEN
        taken = await self._quotas.take(draws, holder=holder, at=self._clock().timestamp())
        if taken.refused is not None:
            raise LimitReached(
                taken.refused.name, most=taken.refused.most, wait_seconds=max(taken.wait_seconds, 1.0)
            )
        return taken

    async def _see_minor(self, claims: UserClaims, admission: Admission, wish: Wish) -> Terms:
        """The terms of somebody who may be a minor, and then is served as one."""
        terms = admission.terms
        if claims.age is None or not claims.age.is_minor:
            return terms
        assert admission.user is not None  # noqa: S101 - whoever has claims has a name
        policy = self._policy.minors
        numbers = self._admissions.minor_numbers(policy).for_guardian(claims.guardian)
        guardian = claims.guardian
        alerts = guardian is not None and guardian.alerts
        try:
            check_minor(
                policy,
                numbers,
                guardian,
                age=claims.age,
                model=wish.model,
                character=wish.character,
                now=self._clock(),
            )
            paid = is_paid(policy, wish.model)
            before, after = await asyncio.to_thread(
                self._admissions.see_minor, admission.user, claims.age, numbers, paid=paid
            )
        except (MinorTimeUsedUp, BlockedCharacter) as error:
            if alerts:
                kind = AlertKind.TIME if isinstance(error, MinorTimeUsedUp) else AlertKind.CHARACTER
                await self.alert(kind, admission)
            raise
        return msgspec.structs.replace(
            terms,
            alerts=alerts,
            minor_minutes=after.minutes,
            reminded=after.earns_reminder(before, every_minutes=numbers.reminder_minutes),
        )

    async def alert(self, kind: AlertKind, admission: Admission) -> None:
        """Let a minor's guardian be told of a risk.

        Raises:
            DatabaseUnavailable: it cannot be noted.
        """
        assert admission.user is not None  # noqa: S101 - a minor is known by a token
        await asyncio.to_thread(self._admissions.alert, kind, user=admission.user, tenant=admission.tenant)

    async def _settle(self, draws: Sequence[Draw], holder: str, characters: int) -> None:
        used = [Draw(draw.quota, characters) for draw in draws if draw.amount == 0]
        held = [draw for draw in draws if draw.quota.at_once]
        if used or held:
            # An answer that was given cannot be taken back; places come back when their lease ends.
            with suppress(SharedStateLost):
                await self._quotas.settle([*used, *held], holder=holder, at=self._clock().timestamp())

    async def _tell(self, error: NotAdmitted, admission: Admission, wish: Wish) -> None:
        """Keep evidence of whoever is turned away."""
        limit = error.limit if isinstance(error, LimitReached) else None
        if self._was_told((error.code, limit, admission.tenant, admission.user)):
            return
        record = TurnedAway(
            code=error.code,
            surface=wish.surface,
            model=wish.model,
            tenant=admission.tenant,
            user=admission.user,
            terms=admission.terms,
            limit=limit,
        )
        await asyncio.shield(self._writer.enter(kind="gateway.turned_away", content=record))

    def _was_told(self, what: tuple[str | None, ...]) -> bool:
        """Whether the same was recorded less than a minute ago: nobody fills the ledger by knocking."""
        now = self._clock().timestamp()
        if now - self._told.get(what, float("-inf")) < _TOLD_AGAIN_SECONDS:
            return True
        self._told.pop(what, None)
        if len(self._told) >= _MOST_TOLD:
            self._told.pop(next(iter(self._told)))
        self._told[what] = now
        return False


def _left(draws: Sequence[Draw], taken: Taken) -> dict[str, str]:
    """What clients are told of their limits, in the headers they know: of each count the scarcest."""
    scarcest: dict[str, tuple[int, int]] = {}
    for (quota, _), left in zip(draws, taken.left, strict=True):
        if not quota.at_once:
            count = quota.name.split("-")[1]
            scarcest[count] = min(scarcest.get(count, (left, quota.most)), (left, quota.most))
    headers = {}
    for count, (left, most) in scarcest.items():
        headers[f"x-ratelimit-limit-{count}"] = str(most)
        headers[f"x-ratelimit-remaining-{count}"] = str(left)
    return headers
