"""What an operator declares of admission."""

import datetime as dt

import msgspec
import pytest

from hegui.admission import AdmissionPolicy, Age, ClientKey, DeclaredTenant, DeclaredTokenKey, TokenAlgorithm
from hegui.core import InvalidInput

NOW = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def a_key(**more):
    return ClientKey(id="k", tenant="a", digest="sha256:0", created=NOW, **more)


@pytest.mark.parametrize(
    ("more", "good", "state"),
    [
        ({}, True, "good"),
        ({"expires": NOW + dt.timedelta(days=1)}, True, "good until 2026-11-23"),
        ({"expires": NOW}, False, "expired 2026-11-22"),
        ({"revoked": NOW, "expires": NOW + dt.timedelta(days=1)}, False, "revoked 2026-11-22"),
    ],
)
def test_a_key_is_good_until_it_expires_or_is_revoked(more, good, state):
    assert a_key(**more).is_good(NOW) is good
    assert a_key(**more).state(NOW).en == state


@pytest.mark.parametrize("field", ["tokens", "tenants"])
def test_what_is_declared_twice_is_refused(field):
    one = {
        "tokens": DeclaredTokenKey(kid="a", tenant="t", algorithm=TokenAlgorithm.EDDSA, key_file="k"),
        "tenants": DeclaredTenant(name="a"),
    }[field]
    with pytest.raises(InvalidInput, match=f"{field}.* 'a' is declared twice"):
        AdmissionPolicy(**{field: (one, one)})


def test_of_a_tenant_that_is_not_declared_nothing_is():
    policy = AdmissionPolicy(tenants=(DeclaredTenant(name="a"),))
    assert policy.tenant("a") is policy.tenants[0]
    assert policy.tenant("b") == DeclaredTenant(name="b")
    assert policy.tenant(None).vouches == ()


@pytest.mark.parametrize("time", ["24:00", "7:00", "22:60", "22"])
def test_a_time_that_is_none_is_refused(time):
    with pytest.raises(msgspec.ValidationError, match="closed_from"):
        msgspec.convert({"minors": {"closed_from": time}}, AdmissionPolicy)


def test_only_adults_are_not_minors():
    assert [age for age in Age if not age.is_minor] == [Age.ADULT]
