"""Who asks, on what terms, and what an operator declares about it. Pure."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from hegui.core import BilingualText, InvalidInput, Record, legal_day
from hegui.screening import MINORS, Action, Direction, Rule

_Count = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(gt=0)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
ClockTime = Annotated[str, msgspec.Meta(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]
"""A time of the day in China, ``22:00``."""


class Age(StrEnum):
    """The ages that the rules on minors tell apart. No birthday is asked for."""

    UNDER_FOURTEEN = "under_fourteen"
    UNDER_SIXTEEN = "under_sixteen"
    FROM_SIXTEEN = "from_sixteen"
    ADULT = "adult"

    @property
    def is_minor(self) -> bool:
        """Whether a user of this age is not yet eighteen."""
        return self is not Age.ADULT


class Named(StrEnum):
    """By whom a user was named."""

    TOKEN = "token"  # noqa: S105 - a word, no secret
    """A signed token says who it is."""
    CLIENT = "client"
    """The client says so, without proof."""
    NOBODY = "nobody"


class RealName(StrEnum):
    """What is known of a user's real identity."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    VOUCHED = "vouched"
    """The tenant answers for it by contract; there is nothing about it in the request."""
    UNKNOWN = "unknown"


class Due(StrEnum):
    """Whether something is owed, as far as it is known."""

    DUE = "due"
    NOT_DUE = "not_due"
    UNKNOWN = "unknown"
    """The scope has not been judged, or leaves it open."""


class Training(StrEnum):
    """Whether a user lets what they enter be used for training."""

    OPTED_OUT = "opted_out"
    ALLOWED = "allowed"
    NOT_SAID = "not_said"


class Vouching(StrEnum):
    """What a tenant may answer for on behalf of all its users."""

    AGREEMENT = "agreement"
    REAL_NAME = "real_name"
    ADULT = "adult"


class Guardian(Record):
    """What a minor's guardian has set.

    Attributes:
        minutes_per_day: how long the minor may use the service a day.
        closed_from: from when the service is closed to the minor; the same as ``closed_until`` for never.
        closed_until: until when.
        paid_features: whether the minor may use what costs money.
        consented: whether the guardian agreed that a child under fourteen uses the service.
        blocked: models and characters that the minor does not get, ``*`` at the end for any rest.
        alerts: whether the guardian is to be told of risks that the minor met.
    """

    minutes_per_day: Annotated[int, msgspec.Meta(ge=0, le=1440)] | None = None
    closed_from: ClockTime | None = None
    closed_until: ClockTime | None = None
    paid_features: bool = False
    consented: bool = False
    blocked: tuple[_Name, ...] = ()
    alerts: bool = True


class UserClaims(Record):
    """What a signed token says of a user. What it does not say is unknown.

    Attributes:
        user: the tenant's own identifier of the user; it becomes a pseudonym at once.
        agreement: the version of the service agreement that the user accepted.
        real_name: whether the user's real identity was verified.
        age: how old the user is, as far as the rules on minors ask.
        guardian: what a minor's guardian has set.
        training: whether the user lets what they enter be used for training.
    """

    user: _Name
    agreement: str | None = None
    real_name: bool | None = None
    age: Age | None = None
    guardian: Guardian | None = None
    training: bool | None = None


class Caller(NamedTuple):
    """Who presented a key or a token.

    Attributes:
        tenant: whose it is; ``None`` where none are declared.
        claims: what a token says of the user.
        issued: when the token was issued, in seconds since 1970.
    """

    tenant: str | None = None
    claims: UserClaims | None = None
    issued: float = 0.0


class Terms(Record):
    """On what terms a request was let in, as evidence keeps it.

    Attributes:
        named: by whom the user was named.
        agreement: the version that the user accepted; ``None`` where nobody says so.
        real_name: what is known of the user's real identity.
        real_name_due: whether it has to be known.
        age: as far as the rules on minors ask; ``None`` where nobody says so.
        vouched: what the tenant answers for.
        training: whether the user lets what they enter be used for training.
        minor_minutes: how many minutes a minor has used the service today.
        reminded: whether a minor was reminded to rest with this answer.
        alerts: whether a minor's guardian is to be told of risks.
        limits: the quotas that were drawn on.
        alone: whether they were counted by this process alone, because what replicas share was lost.
    """

    named: Named = Named.NOBODY
    agreement: str | None = None
    real_name: RealName = RealName.UNKNOWN
    real_name_due: Due = Due.UNKNOWN
    age: Age | None = None
    vouched: tuple[Vouching, ...] = ()
    training: Training = Training.NOT_SAID
    minor_minutes: int | None = None
    reminded: bool = False
    alerts: bool = False
    limits: tuple[str, ...] = ()
    alone: bool = False


class Admission(Record):
    """Who asks; made before a word of the request is read, and kept with the exchange.

    Attributes:
        tenant: whose key was presented; ``None`` where no keys are declared.
        user: the pseudonym of the user, where one is known; never the identifier itself.
        terms: on what terms.
    """

    tenant: str | None = None
    user: str | None = None
    terms: Terms = Terms()


ANYBODY = Admission()
"""Somebody who presented nothing, where nothing is asked for."""


# --- What operators declare ---


class TokenAlgorithm(StrEnum):
    """How tokens are signed."""

    EDDSA = "EdDSA"
    HS256 = "HS256"


class DeclaredTokenKey(Record):
    """A key with which a tenant signs the tokens of its users.

    Attributes:
        kid: names the key in the header of a token.
        tenant: whose users its tokens name.
        algorithm: the one algorithm that its tokens are signed with.
        key_file: a file with the public key in PEM (EdDSA), or with the shared secret (HS256).
        key_variable: an environment variable with the same.
    """

    kid: _Name
    tenant: _Name
    algorithm: TokenAlgorithm
    key_file: str | None = None
    key_variable: str | None = None


class Naming(StrEnum):
    """Whether requests have to name a user."""

    ANYONE = "anyone"
    NAMED = "named"
    SIGNED = "signed"


class RealNameDuty(StrEnum):
    """Whether users' real identity has to be known."""

    FROM_SCOPE = "from_scope"
    DUE = "due"
    NOT_DUE = "not_due"


class Counted(StrEnum):
    """What a limit counts."""

    REQUESTS = "requests"
    CHARACTERS = "characters"
    """Of requests and answers, counted when an answer has ended."""
    AT_ONCE = "at_once"


class DeclaredLimit(Record):
    """So much of something.

    Attributes:
        count: what is counted.
        most: how much.
        seconds: within how long; it means nothing for what is held at once.
    """

    count: Counted
    most: _Count
    seconds: _Seconds = 60.0


class DeclaredTenant(Record):
    """A tenant of whom more is declared than a key.

    Attributes:
        name: as its keys name it.
        vouches: what it answers for on behalf of all its users.
        limits: its own limits, instead of those of every tenant.
        user_limits: the limits of each of its users, instead of those of every user.
    """

    name: _Name
    vouches: tuple[Vouching, ...] = ()
    limits: tuple[DeclaredLimit, ...] | None = None
    user_limits: tuple[DeclaredLimit, ...] | None = None


class LimitPolicy(Record):
    """The limits of every tenant and of every user.

    Attributes:
        tenant: of each tenant.
        user: of each user.
    """

    tenant: tuple[DeclaredLimit, ...] = ()
    user: tuple[DeclaredLimit, ...] = ()


class WhenLost(StrEnum):
    """What is done while the state that replicas share cannot be reached."""

    REFUSE = "refuse"
    ALONE = "alone"
    """Each replica counts for itself, and evidence says so."""


MINOR_RULES = (Rule(direction=Direction.OUTPUT, risk=MINORS, action=Action.BLOCK),)
"""What may affect minors is not shown to them; see :class:`hegui.screening.MinorsClass`."""


class MinorPolicy(Record):
    """How minors are served. What is left out is taken from the rulebook.

    Attributes:
        served: whether the service is for minors at all.
        minutes_under_sixteen: how long they may use it a day.
        minutes_from_sixteen: how long they may use it a day.
        closed_from: from when it is closed to minors, in China.
        closed_until: until when; the same as ``closed_from`` for never closed.
        reminder_minutes: after how long of continuous use a minor is reminded to rest.
        pause_minutes: a pause up to so long, for reading and writing, is use. No clause says how use is
            counted, so this is the operator's.
        barred: models and characters that minors never get, as virtual relatives and partners; ``*`` at the
            end for any rest.
        consent_under_fourteen: whether children under fourteen need their guardian's consent.
        paid_models: models that cost the user money, ``*`` at the end for any rest; minors do not get them
            unless their guardian lets them.
        rules: what is done about findings where a minor asks; they come before the screen's own rules.
        overview_days: for how many days guardians can see how much the service was used, and alerts are kept.
            No clause says how long, so this is the operator's.
    """

    served: bool = True
    minutes_under_sixteen: _Count | None = None
    minutes_from_sixteen: _Count | None = None
    closed_from: ClockTime | None = None
    closed_until: ClockTime | None = None
    reminder_minutes: _Count | None = None
    pause_minutes: _Count = 5
    barred: tuple[_Name, ...] = ()
    consent_under_fourteen: bool = True
    paid_models: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = MINOR_RULES
    overview_days: _Count = 30


class AdmissionPolicy(Record):
    """Who is let in, and on what terms.

    Attributes:
        tokens: the keys with which tenants sign the tokens of their users.
        audience: what tokens must be made out to.
        longest_token_seconds: how long a token may be good for.
        users: whether requests have to name a user.
        agreement: the version of the service agreement that users must have accepted; any where left out.
        real_name: whether real identity has to be known; what the scope was judged to say if left out.
        tenants: tenants of whom more is declared than a key.
        limits: how much tenants and users may ask for.
        minors: how minors are served.
        when_lost: what is done while the state that replicas share cannot be reached.
    """

    tokens: tuple[DeclaredTokenKey, ...] = ()
    audience: _Name = "hegui"
    longest_token_seconds: _Seconds = 3600.0
    users: Naming = Naming.ANYONE
    agreement: _Name | None = None
    real_name: RealNameDuty = RealNameDuty.FROM_SCOPE
    tenants: tuple[DeclaredTenant, ...] = ()
    limits: LimitPolicy = LimitPolicy()
    minors: MinorPolicy = MinorPolicy()
    when_lost: WhenLost = WhenLost.REFUSE

    def __post_init__(self) -> None:
        """Refuse what is declared twice."""
        for what, names in (
            ("tokens.kid", [key.kid for key in self.tokens]),
            ("tenants.name", [tenant.name for tenant in self.tenants]),
        ):
            for name in names:
                if names.count(name) > 1:
                    raise InvalidInput(
                        zh=f"{what} {name!r} 声明了两次；请只留一个",
                        en=f"{what} {name!r} is declared twice; keep one of them",
                    )

    def tenant(self, name: str | None) -> DeclaredTenant:
        """What is declared of a tenant."""
        for tenant in self.tenants:
            if tenant.name == name:
                return tenant
        return DeclaredTenant(name=name or "anybody")


class TokenRevocation(Record):
    """That tokens which are out are good no more.

    Attributes:
        tenant: whose.
        user: of which user, by pseudonym; of all the tenant's users where empty.
        until: tokens that were issued up to then.
    """

    tenant: str
    user: str
    until: dt.datetime


# --- What guardians see ---


class AlertKind(StrEnum):
    """What a guardian is told of; never what was said."""

    CONTENT = "content"
    """The minor asked for, or was about to be shown, what is blocked for them."""
    CRISIS = "crisis"
    """The minor is in danger or beside themselves."""
    TIME = "time"
    """The day's time is used up."""
    CHARACTER = "character"
    """The minor asked for a model or a character that is blocked for them."""

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _ALERT_TEXTS[self]


_ALERT_TEXTS = {
    AlertKind.CONTENT: BilingualText(zh="遇到不适宜内容", en="unsuitable content"),
    AlertKind.CRISIS: BilingualText(zh="处于危机", en="a crisis"),
    AlertKind.TIME: BilingualText(zh="当日时长用完", en="the day's time is used up"),
    AlertKind.CHARACTER: BilingualText(zh="请求被屏蔽的角色", en="a blocked character"),
}


class GuardianAlert(Record):
    """That a minor's guardian is to be told of a risk; one for each kind and day.

    Attributes:
        id: names it.
        user: the minor's pseudonym.
        tenant: whose user it is; they know the guardian.
        kind: of what.
        at: when it was first seen that day.
        told: when the guardian was told; ``None`` while that is open.
    """

    id: str
    user: str
    tenant: str
    kind: AlertKind
    at: dt.datetime
    told: dt.datetime | None = None


class MinorDay(Record):
    """How much a minor used the service on one day, and nothing about for what.

    Attributes:
        day: the legal day.
        seconds: of use.
        requests: how often they asked.
        paid: how often for what costs money.
    """

    day: dt.date
    seconds: int
    requests: int
    paid: int

    @property
    def minutes(self) -> int:
        """Whole minutes of use."""
        return self.seconds // 60


# --- Keys of clients ---


class ClientKey(Record):
    """A key with which a tenant's clients come; the key itself is not kept.

    Attributes:
        id: names it; the part of the key that may be shown.
        tenant: whose it is.
        digest: of the key.
        created: when it was issued.
        expires: until when it is good; ``None`` for until it is revoked.
        revoked: since when it is not.
    """

    id: str
    tenant: str
    digest: str
    created: dt.datetime
    expires: dt.datetime | None = None
    revoked: dt.datetime | None = None

    def is_good(self, now: dt.datetime) -> bool:
        """Whether it opens the gateway."""
        return self.revoked is None and (self.expires is None or now < self.expires)

    def state(self, now: dt.datetime) -> BilingualText:
        """How it stands, in words."""
        if self.revoked is not None:
            return BilingualText(
                zh=f"{legal_day(self.revoked)} 撤销", en=f"revoked {legal_day(self.revoked)}"
            )
        if self.expires is None:
            return BilingualText(zh="有效", en="good")
        if now < self.expires:
            return BilingualText(
                zh=f"有效至 {legal_day(self.expires)}", en=f"good until {legal_day(self.expires)}"
            )
        return BilingualText(zh=f"{legal_day(self.expires)} 到期", en=f"expired {legal_day(self.expires)}")
