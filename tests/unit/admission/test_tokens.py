"""The signed tokens with which tenants name their users."""

import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from hegui.admission import (
    Age,
    Caller,
    DeclaredTokenKey,
    Guardian,
    TokenAlgorithm,
    TokenKey,
    UserClaims,
    UserTokens,
    WrongToken,
)
from hegui.core import InvalidInput

PRIVATE = Ed25519PrivateKey.generate()
PUBLIC = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SECRET = "s" * 32


def declared(kid, algorithm, tenant):
    return DeclaredTokenKey(kid=kid, tenant=tenant, algorithm=algorithm)


@pytest.fixture
def tokens():
    keys = {
        "app": TokenKey.read(declared("app", TokenAlgorithm.EDDSA, "a"), PUBLIC),
        "web": TokenKey.read(declared("web", TokenAlgorithm.HS256, "b"), f"{SECRET}\n"),
    }
    return UserTokens(keys, audience="hegui", longest_seconds=600)


@pytest.fixture
def make(clock):
    def making(key=PRIVATE, algorithm="EdDSA", kid="app", **more):
        now = int(clock().timestamp())
        said = {"sub": "li.lei", "aud": "hegui", "iat": now, "exp": now + 300} | more
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid} if kid else None)

    return making


@pytest.fixture
def read(tokens, clock):
    return lambda token: tokens.read(token, now=clock())


def test_a_token_says_whose_the_user_is_and_what_is_known(read, make, clock):
    said = {
        "tenant": "a",
        "agreement": "2026-11",
        "real_name": True,
        "age": "under_sixteen",
        "guardian": {"minutes_per_day": 30, "closed_from": "20:00", "closed_until": "07:00"},
        "iss": "my-backend",
        "jti": "1",
    }
    assert read(make(**said)) == Caller(
        "a",
        UserClaims(
            user="li.lei",
            agreement="2026-11",
            real_name=True,
            age=Age.UNDER_SIXTEEN,
            guardian=Guardian(minutes_per_day=30, closed_from="20:00", closed_until="07:00"),
        ),
        clock().timestamp(),
    )


def test_what_a_token_does_not_say_is_unknown(read, make, clock):
    caller = read(make(SECRET, "HS256", "web"))
    assert caller == Caller("b", UserClaims(user="li.lei"), clock().timestamp())


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"sub": None}, "it lacks sub"),
        ({"exp": None}, "it lacks exp"),
        ({"aud": None}, "it lacks aud"),
        ({"aud": "other"}, "not made out to hegui"),
        ({"kid": "nobody"}, "kid is no declared key"),
        ({"kid": None}, "kid is no declared key"),
        ({"tenant": "b"}, "its tenant is not the one of its key"),
        ({"key": Ed25519PrivateKey.generate()}, "its form or its signature is wrong"),
        ({"minor": True}, "minor"),
        ({"age": "12"}, "age"),
        ({"guardian": {"minutes_per_day": -1}}, "minutes_per_day"),
        ({"sub": ""}, "user"),
        ({"agreement": "v" * 4096}, "too long"),
    ],
)
def test_a_token_of_another_form_is_refused(read, make, more, reason):
    with pytest.raises(WrongToken, match=reason):
        read(make(**more))


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ({"iat": -400, "exp": -100}, "expired"),
        ({"iat": 100, "exp": 200}, "not good yet"),
        ({"nbf": 100}, "not good yet"),
        ({"exp": 601}, "600 seconds at most"),
        ({"exp": 0}, "600 seconds at most"),
        ({"iat": True}, "must be numbers"),
    ],
)
def test_a_token_of_another_time_is_refused(read, make, clock, times, reason):
    now = int(clock().timestamp())
    moved = {name: at if at is True else now + at for name, at in times.items()}
    with pytest.raises(WrongToken, match=reason):
        read(make(**moved))


def test_clocks_may_differ_by_seconds(read, make, clock):
    now = int(clock().timestamp())
    assert read(make(iat=now + 4)).tenant == "a"
    assert read(make(iat=now - 300, exp=now - 4)).tenant == "a"


def test_a_token_that_was_good_is_not_good_for_ever(read, make, clock):
    token = make()
    assert read(token) == read(token)
    clock.advance(seconds=306)
    with pytest.raises(WrongToken, match="expired"):
        read(token)


def test_only_so_many_tokens_are_remembered(tokens, make, clock, monkeypatch):
    monkeypatch.setattr("hegui.admission.tokens._MOST_KNOWN", 2)
    for user in "abc":
        assert tokens.read(make(sub=user), now=clock()).claims.user == user
    assert len(tokens._known) == 2


def forged(header, payload, signature=b""):
    parts = [json.dumps(header).encode(), json.dumps(payload).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512", "RS256"])
def test_the_header_does_not_choose_the_algorithm(read, clock, algorithm):
    now = int(clock().timestamp())
    said = {"sub": "li.lei", "aud": "hegui", "iat": now, "exp": now + 60}
    with pytest.raises(WrongToken, match="signature is wrong"):
        read(forged({"alg": algorithm, "kid": "app", "typ": "JWT"}, said, b"x" * 32))


def test_the_public_key_is_no_secret_to_sign_with(read, make, clock):
    # The classic confusion: a token signed by HMAC with the public key's text.
    now = int(clock().timestamp())
    said = {"sub": "li.lei", "aud": "hegui", "iat": now, "exp": now + 60}
    token = jwt.encode(said, base64.b64encode(PUBLIC.encode()).decode(), "HS256", headers={"kid": "app"})
    with pytest.raises(WrongToken, match="signature is wrong"):
        read(token)


@pytest.mark.parametrize("token", ["", "a.b.c", "..", "é.é.é", "e30.e30.e30"])
def test_what_is_no_token_is_refused(read, token):
    with pytest.raises(WrongToken):
        read(token)


def test_a_weak_secret_is_refused():
    with pytest.raises(InvalidInput, match="has 31 bytes; HS256 needs at least 32"):
        TokenKey.read(declared("web", TokenAlgorithm.HS256, "b"), "s" * 31)


@pytest.mark.parametrize(
    "material",
    [
        "no key",
        generate_private_key(65537, 2048)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
        PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    ],
)
def test_another_key_is_refused_with_the_command_that_helps(material):
    with pytest.raises(InvalidInput, match="openssl pkey"):
        TokenKey.read(declared("app", TokenAlgorithm.EDDSA, "a"), material)


def test_without_keys_there_are_no_tokens(tokens):
    assert tokens
    assert not UserTokens({}, audience="hegui", longest_seconds=1)
