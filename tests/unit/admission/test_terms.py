"""On what terms somebody asks."""

import datetime as dt

import pytest

from hegui.admission import (
    AdmissionPolicy,
    Age,
    AgreementNotAccepted,
    BlockedCharacter,
    Caller,
    ClosedToMinors,
    ConsentRequired,
    DeclaredTenant,
    Due,
    Guardian,
    MinorNumbers,
    MinorPolicy,
    MinorsNotServed,
    Named,
    Naming,
    PaidFeature,
    RealName,
    RealNameDuty,
    RealNameRequired,
    Terms,
    Training,
    UserClaims,
    UserRequired,
    Vouching,
    check_minor,
    check_terms,
    pseudonym,
    terms_of,
)

NUMBERS = MinorNumbers({}, dt.time(22), dt.time(6), 30, 5)
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)


DEFAULT = AdmissionPolicy()
MINORS = MinorPolicy()


def of(policy=DEFAULT, *, claims=None, named=False, due=Due.UNKNOWN, tenant="a"):
    return terms_of(policy, Caller(tenant, claims), user_named=named, real_name_due=due)


def test_a_user_is_named_by_a_token_before_a_client():
    claims = UserClaims(user="u")
    assert of(claims=claims, named=True).named is Named.TOKEN
    assert of(named=True).named is Named.CLIENT
    assert of().named is Named.NOBODY


def test_what_nobody_says_is_unknown():
    assert of() == Terms()


@pytest.mark.parametrize(
    ("said", "vouches", "known"),
    [
        (True, (), RealName.VERIFIED),
        (False, (Vouching.REAL_NAME,), RealName.UNVERIFIED),
        (None, (Vouching.REAL_NAME,), RealName.VOUCHED),
        (None, (Vouching.AGREEMENT,), RealName.UNKNOWN),
    ],
)
def test_what_a_token_says_counts_before_what_a_tenant_vouches_for(said, vouches, known):
    policy = AdmissionPolicy(tenants=(DeclaredTenant(name="a", vouches=vouches),))
    assert of(policy, claims=UserClaims(user="u", real_name=said)).real_name is known


@pytest.mark.parametrize(
    ("token", "client", "known"),
    [
        (None, None, Training.NOT_SAID),
        (None, False, Training.OPTED_OUT),
        (False, True, Training.OPTED_OUT),
        (True, False, Training.ALLOWED),
    ],
)
def test_what_a_token_says_of_training_counts_before_what_a_client_says(token, client, known):
    caller = Caller("a", UserClaims(user="u", training=token))
    terms = terms_of(DEFAULT, caller, user_named=True, real_name_due=Due.UNKNOWN, training=client)
    assert terms.training is known


def test_a_tenant_may_vouch_for_adults_but_not_against_a_token():
    policy = AdmissionPolicy(tenants=(DeclaredTenant(name="a", vouches=(Vouching.ADULT,)),))
    assert of(policy).age is Age.ADULT
    claims = UserClaims(user="u", age=Age.FROM_SIXTEEN)
    assert of(policy, claims=claims).age is Age.FROM_SIXTEEN
    assert of(policy, tenant="b").age is None


@pytest.mark.parametrize(
    ("declared", "judged", "due"),
    [
        (RealNameDuty.FROM_SCOPE, Due.UNKNOWN, Due.UNKNOWN),
        (RealNameDuty.FROM_SCOPE, Due.DUE, Due.DUE),
        (RealNameDuty.DUE, Due.NOT_DUE, Due.DUE),
        (RealNameDuty.NOT_DUE, Due.DUE, Due.NOT_DUE),
    ],
)
def test_whether_real_names_are_due_is_declared_or_judged(declared, judged, due):
    assert of(AdmissionPolicy(real_name=declared), due=judged).real_name_due is due


@pytest.mark.parametrize(
    ("users", "named", "passes"),
    [
        (Naming.ANYONE, Named.NOBODY, True),
        (Naming.NAMED, Named.NOBODY, False),
        (Naming.NAMED, Named.CLIENT, True),
        (Naming.SIGNED, Named.CLIENT, False),
        (Naming.SIGNED, Named.TOKEN, True),
    ],
)
def test_a_user_is_named_as_is_declared(users, named, passes):
    policy, terms = AdmissionPolicy(users=users), Terms(named=named)
    if passes:
        check_terms(policy, terms)
        return
    with pytest.raises(UserRequired):
        check_terms(policy, terms)


def test_the_agreement_in_force_has_to_be_accepted():
    policy = AdmissionPolicy(agreement="2")
    check_terms(policy, Terms(agreement="2"))
    check_terms(policy, Terms(vouched=(Vouching.AGREEMENT,)))
    for accepted in ("1", None):
        with pytest.raises(AgreementNotAccepted, match=f"version 2 .*{accepted or 'none'}"):
            check_terms(policy, Terms(agreement=accepted))


@pytest.mark.parametrize("due", list(Due))
@pytest.mark.parametrize("known", list(RealName))
def test_who_is_not_known_is_turned_away_only_where_that_is_due(due, known):
    terms = Terms(real_name=known, real_name_due=due)
    if due is Due.DUE and known in {RealName.UNKNOWN, RealName.UNVERIFIED}:
        with pytest.raises(RealNameRequired):
            check_terms(AdmissionPolicy(), terms)
    else:
        check_terms(AdmissionPolicy(), terms)


def check(policy=MINORS, guardian=None, *, age=Age.UNDER_SIXTEEN, model="m", character=None, now=NOON):
    check_minor(policy, NUMBERS, guardian, age=age, model=model, character=character, now=now)


def test_minors_are_served_by_day():
    check()
    with pytest.raises(ClosedToMinors, match="after 06:00") as closed:
        check(now=NIGHT)
    assert closed.value.wait_seconds == 7 * 3600


def test_a_service_that_is_not_for_minors_serves_none():
    with pytest.raises(MinorsNotServed):
        check(MinorPolicy(served=False))


def test_what_costs_money_is_for_minors_whose_guardian_allows_it():
    policy = MinorPolicy(paid_models=("pro", "draw-*"))
    check(policy)
    check(policy, model="pro-mini")
    for model in ("pro", "draw-", "draw-xl"):
        with pytest.raises(PaidFeature, match=model):
            check(policy, model=model)
        check(policy, Guardian(paid_features=True), model=model)


@pytest.mark.parametrize("guardian", [None, Guardian(), Guardian(consented=False)])
def test_a_child_under_fourteen_needs_the_guardians_consent(guardian):
    with pytest.raises(ConsentRequired, match="under fourteen"):
        check(guardian=guardian, age=Age.UNDER_FOURTEEN)
    check(guardian=Guardian(consented=True), age=Age.UNDER_FOURTEEN)
    check(guardian=guardian)
    check(MinorPolicy(consent_under_fourteen=False), guardian, age=Age.UNDER_FOURTEEN)


@pytest.mark.parametrize(
    ("model", "character"), [("lover-1", None), ("m", "virtual-mother"), ("lover-1", "x")]
)
def test_some_characters_are_for_no_minor(model, character):
    with pytest.raises(BlockedCharacter, match="is not for minors"):
        check(MinorPolicy(barred=("lover-*", "virtual-mother")), model=model, character=character)


def test_a_guardian_blocks_models_and_characters():
    guardian = Guardian(blocked=("dragon", "rude-*"))
    check(guardian=guardian, character="knight")
    for model, character in (("dragon", None), ("m", "dragon"), ("rude-2", None)):
        with pytest.raises(BlockedCharacter, match="the guardian blocked"):
            check(guardian=guardian, model=model, character=character)


def test_a_pseudonym_depends_on_key_user_and_tenant():
    names = {
        pseudonym(user, tenant=tenant, key=key)
        for user in ("u", "v", "\udcff")
        for tenant in (None, "a", "b")
        for key in (b"k", b"l")
    }
    assert len(names) == 18
    assert pseudonym("u", tenant="a", key=b"k") in names
    assert all(len(name) == 32 for name in names)
