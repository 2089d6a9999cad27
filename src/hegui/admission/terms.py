"""On what terms somebody asks, and whether that is enough. Pure."""

import datetime as dt

from hegui.admission.minors import MinorNumbers
from hegui.admission.model import (
    AdmissionPolicy,
    Age,
    Caller,
    Due,
    Guardian,
    MinorPolicy,
    Named,
    Naming,
    RealName,
    RealNameDuty,
    Terms,
    Training,
    UserClaims,
    Vouching,
)
from hegui.admission.refusals import (
    AgreementNotAccepted,
    BlockedCharacter,
    ClosedToMinors,
    ConsentRequired,
    MinorsNotServed,
    PaidFeature,
    RealNameRequired,
    UserRequired,
)
from hegui.core import keyed_digest

_NOTHING_SAID = UserClaims(user="nobody")
_KNOWN = frozenset({RealName.VERIFIED, RealName.VOUCHED})
_TRAINING = {None: Training.NOT_SAID, True: Training.ALLOWED, False: Training.OPTED_OUT}


def pseudonym(user: str, *, tenant: str | None, key: bytes) -> str:
    """The keyed pseudonym of a tenant's user: the same user of two tenants is two.

    Args:
        user: the tenant's own identifier.
        tenant: whose user it is, where tenants are told apart.
        key: 32 secret bytes.
    """
    named = user if tenant is None else f"{tenant}\x00{user}"
    digest = keyed_digest(key)
    digest.update(named.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:32]


def terms_of(
    policy: AdmissionPolicy,
    caller: Caller,
    *,
    user_named: bool,
    real_name_due: Due,
    training: bool | None = None,
) -> Terms:
    """On what terms a caller asks.

    Args:
        policy: what is declared.
        caller: who presented what.
        user_named: whether the client names a user.
        real_name_due: whether real identity has to be known, as the scope was judged.
        training: what the client says of training, where no token says anything.

    Basis:
        TC260-003 7c1
    """
    vouched = policy.tenant(caller.tenant).vouches
    said = caller.claims or _NOTHING_SAID
    named = Named.CLIENT if user_named else Named.NOBODY
    duty = policy.real_name
    return Terms(
        named=Named.TOKEN if caller.claims else named,
        agreement=said.agreement,
        real_name=_real_name(said, vouched),
        real_name_due=real_name_due if duty is RealNameDuty.FROM_SCOPE else Due(duty.value),
        age=said.age or (Age.ADULT if Vouching.ADULT in vouched else None),
        vouched=vouched,
        training=_TRAINING[training if said.training is None else said.training],
    )


def _real_name(said: UserClaims, vouched: tuple[Vouching, ...]) -> RealName:
    if said.real_name is not None:
        return RealName.VERIFIED if said.real_name else RealName.UNVERIFIED
    return RealName.VOUCHED if Vouching.REAL_NAME in vouched else RealName.UNKNOWN


def check_terms(policy: AdmissionPolicy, terms: Terms) -> None:
    """Let nobody in on terms that are not enough.

    Raises:
        UserRequired: the request does not say whose it is.
        AgreementNotAccepted: the agreement in force was not accepted.
        RealNameRequired: real identity has to be known and is not.
    """
    signed = policy.users is Naming.SIGNED
    if (signed and terms.named is not Named.TOKEN) or (
        policy.users is Naming.NAMED and terms.named is Named.NOBODY
    ):
        raise UserRequired(signed=signed)
    needed = policy.agreement
    if needed and needed != terms.agreement and Vouching.AGREEMENT not in terms.vouched:
        raise AgreementNotAccepted(needed=needed, accepted=terms.agreement)
    if terms.real_name_due is Due.DUE and terms.real_name not in _KNOWN:
        raise RealNameRequired


def check_minor(
    policy: MinorPolicy,
    numbers: MinorNumbers,
    guardian: Guardian | None,
    *,
    age: Age,
    model: str,
    character: str | None = None,
    now: dt.datetime,
) -> None:
    """Let no minor in where the service is not for them: at all, now, for money, with a character.

    Args:
        policy: how minors are served.
        numbers: the hours, as the guardian has set them.
        guardian: what the guardian has set.
        age: of the minor.
        model: what is asked for.
        character: whom the model is to play, where the client says so.
        now: the moment.

    Raises:
        MinorsNotServed: the service is not for minors.
        ConsentRequired: the child is under fourteen, and the guardian has not agreed.
        BlockedCharacter: the model or the character is not for this minor.
        ClosedToMinors: not at this hour.
        PaidFeature: the model costs money, and the guardian has not allowed it.

    Basis:
        TC260-003 7a3
        TC260-003 7a4
        ANTHRO 14.1
        ANTHRO 14.2
    """
    if not policy.served:
        raise MinorsNotServed
    consented = guardian is not None and guardian.consented
    if age is Age.UNDER_FOURTEEN and policy.consent_under_fourteen and not consented:
        raise ConsentRequired
    for name in (model, character):
        blocked = guardian is not None and _is_among(name, guardian.blocked)
        if name and (blocked or _is_among(name, policy.barred)):
            raise BlockedCharacter(name, by_guardian=not _is_among(name, policy.barred))
    wait = numbers.opens_in(now)
    if wait:
        raise ClosedToMinors(until=f"{numbers.closed_until:%H:%M}", wait_seconds=wait)
    if not (guardian and guardian.paid_features) and is_paid(policy, model):
        raise PaidFeature(model)


def is_paid(policy: MinorPolicy, model: str) -> bool:
    """Whether a model costs the user money."""
    return _is_among(model, policy.paid_models)


def _is_among(name: str | None, declared: tuple[str, ...]) -> bool:
    return name is not None and any(
        name.startswith(each[:-1]) if each.endswith("*") else name == each for each in declared
    )
