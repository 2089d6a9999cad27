"""The gateway's door, as clients meet it: every refusal over HTTP, streamed and not."""

import asyncio
import datetime as dt
import http.client
import json
import time
import urllib.error
import urllib.request
from contextlib import asynccontextmanager, closing, contextmanager
from urllib.parse import quote, urlsplit

import jwt
import openai
import pytest
from starlette.applications import Starlette

from hegui.admission import (
    AdmissionPolicy,
    Admissions,
    Caller,
    Counted,
    DeclaredLimit,
    DeclaredTenant,
    DeclaredTokenKey,
    Due,
    LimitPolicy,
    MinorPolicy,
    Naming,
    TokenAlgorithm,
    TokenKey,
    UserTokens,
    Vouching,
    pseudonym,
)
from hegui.gateway import Limits, Presented, Wish, gateway_routes
from hegui.screening import Action, Direction, Keyword, KeywordBank, Rule, Screen
from hegui.store import AloneWhenLost, Replicas, SharedStateLost, Taken
from simulators.model_endpoint import Hangs, Says
from simulators.redis import a_name
from simulators.serving import serving

SECRET = "s" * 32
FORBIDDEN = "雷管制作方法"
CHAT = "/v1/chat/completions"
NIGHT = dt.timedelta(hours=11)


@pytest.fixture
def tokens():
    declared = DeclaredTokenKey(kid="web", tenant="a", algorithm=TokenAlgorithm.HS256)
    other = DeclaredTokenKey(kid="other", tenant="b", algorithm=TokenAlgorithm.HS256)
    keys = {each.kid: TokenKey.read(each, SECRET) for each in (declared, other)}
    return UserTokens(keys, audience="hegui", longest_seconds=86400)


@pytest.fixture
def token(clock):
    def making(kid="web", user="li.lei", **said):
        now = int(clock().timestamp())
        said = {"sub": user, "aud": "hegui", "iat": now, "exp": now + 3600} | said
        return jwt.encode(said, SECRET, algorithm="HS256", headers={"kid": kid})

    return making


@pytest.fixture
def admissions(database, ledger, rulebook, clock):
    return Admissions(database=database, ledger=ledger, rulebook=rulebook, clock=clock)


@contextmanager
def served(gateway):
    @asynccontextmanager
    async def lifespan(_application):
        async with gateway.running():
            yield

    with serving(
        Starlette(routes=gateway_routes(gateway, pass_through=("files",)), lifespan=lifespan)
    ) as url:
        yield url


@pytest.fixture
def door(make_gateway, tokens, model):
    """A gateway with two keys and tokens, and whatever else a test declares."""
    model.always(Says("好"))

    @contextmanager
    def opening(**more):
        made = make_gateway(keys={"key-a": "a", "key-b": "b"}, tokens=tokens, **more)
        with served(made) as url:
            yield url

    return opening


def ask(url, *, key="key-a", text="你好", path=CHAT, stream=False, model="m", headers=None, **more):
    """Status, headers and error of one request; streamed answers are read to their end."""
    body = {"model": model, "messages": [{"role": "user", "content": text}], "stream": stream} | more
    sent = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} | (headers or {})
    request = urllib.request.Request(f"{url}{path}", json.dumps(body).encode(), sent)
    try:
        with urllib.request.urlopen(request) as answer:
            answer.read()
            return answer.status, answer.headers, None
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.status, refused.headers, json.load(refused)["error"]


def terms(ledger):
    return ledger.latest("gateway.exchanged").content["terms"]


def turned_away(ledger):
    return [entry.content["code"] for entry in ledger.entries("gateway.turned_away")]


streamed = pytest.mark.parametrize("stream", [False, True])


# --- keys and tokens ---


def test_a_key_names_the_tenant(door, ledger):
    with door() as url:
        assert ask(url, key="key-b")[0] == 200
    content = ledger.latest("gateway.exchanged").content
    assert (content["tenant"], content["user"], content["terms"]["named"]) == ("b", None, "nobody")


@streamed
@pytest.mark.parametrize("key", ["", "key-c", "key-a key-b", "a.b.c", "e30.e30.e30"])
def test_a_wrong_key_or_token_is_refused(door, key, stream):
    with door() as url:
        status, _, error = ask(url, key=key, stream=stream)
    assert status == 401
    assert error["code"] in {"invalid_api_key", "invalid_user_token"}


def test_another_scheme_is_no_key(door):
    with door() as url:
        assert ask(url, headers={"Authorization": "Basic key-a"})[0] == 401


def test_an_issued_key_opens_and_a_revoked_one_does_not(door, database, ledger, rulebook, clock, monkeypatch):
    monkeypatch.setattr("hegui.admission.service.FRESH_SECONDS", 0)
    admissions = Admissions(database=database, ledger=ledger, rulebook=rulebook, clock=clock)
    issued = admissions.issue_key("c")
    with door() as url:
        assert ask(url, key=issued.text)[0] == 200
        admissions.revoke_key(issued.key.id, reason="leaked")
        assert ask(url, key=issued.text)[0] == 401
    assert ledger.latest("gateway.exchanged").content["tenant"] == "c"


def test_who_guesses_too_often_is_not_listened_to(make_gateway, tokens):
    made = make_gateway(keys={"key-a": "a"}, tokens=tokens, limits=Limits(wrong_keys=2))
    with served(made) as url:
        assert [ask(url, key=key)[0] for key in ("x", "y", "key-a")] == [401, 401, 429]


def test_a_token_is_enough_where_it_stands_for_a_key(door, token, ledger):
    with door() as url:
        assert ask(url, key=token(agreement="1", real_name=True))[0] == 200
    said = terms(ledger)
    assert (said["named"], said["agreement"], said["real_name"]) == ("token", "1", "verified")


def test_a_token_beside_a_key_has_to_be_of_the_same_tenant(door, token, ledger):
    with door() as url:
        assert ask(url, headers={"X-Hegui-User-Token": token()})[0] == 200
        status, _, error = ask(url, headers={"X-Hegui-User-Token": token("other")})
        assert ask(url, key="wrong", headers={"X-Hegui-User-Token": token()})[0] == 401
    assert (status, error["code"]) == (401, "invalid_user_token")
    assert terms(ledger)["named"] == "token"


def test_a_token_prevails_over_a_name_and_no_identifier_is_kept_or_told(door, token, ledger, model):
    with door() as url:
        for headers, more in (
            ({"X-Hegui-User-Token": token(), "X-Hegui-User": "han.meimei"}, {"user": "han.meimei"}),
            ({"X-Hegui-User": "li.lei"}, {"user": "han.meimei"}),
            ({}, {"safety_identifier": "li.lei", "user": "han.meimei"}),
            ({}, {"user": "li.lei"}),
        ):
            assert ask(url, headers=headers, **more)[0] == 200
        assert ask(url, key="key-b", user="li.lei")[0] == 200
    users = [entry.content["user"] for entry in ledger.entries("gateway.exchanged")]
    assert len(set(users[:4])) == 1
    assert users[4] != users[0]
    told = repr([request.body for request in model.requests]) + repr(list(ledger.entries()))
    assert "li.lei" not in told
    assert "han.meimei" not in told
    assert model.requests[-1].body["user"] == users[4]


# --- terms ---


@streamed
def test_a_user_who_has_not_accepted_the_agreement_is_told_which(door, token, ledger, model, stream):
    with door(admission=AdmissionPolicy(agreement="2026-11")) as url:
        status, _, error = ask(url, key=token(agreement="2025-01"), stream=stream)
        assert ask(url, key=token(agreement="2026-11"), stream=stream)[0] == 200
    assert (status, error["type"], error["code"]) == (403, "permission_error", "agreement_not_accepted")
    assert "2026-11" in error["message"]
    assert "2025-01" in error["message"]
    assert turned_away(ledger) == ["agreement_not_accepted"]
    assert len(model.requests) == 1


@streamed
def test_real_names_are_asked_for_where_they_are_due(door, token, ledger, stream):
    vouched = AdmissionPolicy(tenants=(DeclaredTenant(name="b", vouches=(Vouching.REAL_NAME,)),))
    with door(real_name_due=Due.DUE, admission=vouched) as url:
        assert ask(url, key=token(real_name=False), stream=stream)[2]["code"] == "real_name_required"
        assert ask(url, stream=stream)[0] == 403
        assert ask(url, key=token(real_name=True), stream=stream)[0] == 200
        assert ask(url, key="key-b", stream=stream)[0] == 200
    assert terms(ledger)["real_name"] == "vouched"
    assert terms(ledger)["real_name_due"] == "due"


def test_whether_real_names_are_due_may_be_unknown_and_then_that_is_said(door, ledger):
    with door() as url:
        assert ask(url)[0] == 200
    assert (terms(ledger)["real_name_due"], terms(ledger)["real_name"]) == ("unknown", "unknown")


@streamed
def test_a_user_has_to_be_named_where_that_is_declared(door, token, stream):
    with door(admission=AdmissionPolicy(users=Naming.SIGNED)) as url:
        assert ask(url, user="li.lei", stream=stream)[2]["code"] == "user_required"
        assert ask(url, key=token(), stream=stream)[0] == 200


def test_the_same_knock_is_recorded_once_a_minute(door, token, ledger, clock, monkeypatch):
    with door(admission=AdmissionPolicy(agreement="2")) as url:
        for _ in range(3):
            assert ask(url, key=token())[0] == 403
        assert ask(url, key=token(user="han.meimei"))[0] == 403
        assert len(turned_away(ledger)) == 2
        clock.advance(minutes=1)
        assert ask(url, key=token())[0] == 403
        assert len(turned_away(ledger)) == 3
        monkeypatch.setattr("hegui.gateway.reception._MOST_TOLD", 1)
        for user in "abc":
            ask(url, key=token(user=user))
    content = ledger.latest("gateway.turned_away").content
    assert (content["surface"], content["model"], content["limit"]) == ("chat/completions", "m", None)


@streamed
def test_who_opts_out_of_training_is_flagged_in_the_answer_and_in_evidence(door, token, ledger, stream):
    no = {"X-Hegui-Training": "no"}
    with door() as url:
        for key, headers, flag in (
            (token(training=False), {}, "opted-out"),
            (token(), no, "opted-out"),
            (token(training=True), no, None),
            ("key-a", {"X-Hegui-Training": "yes"}, None),
            ("key-a", {}, None),
        ):
            assert ask(url, key=key, headers=headers, stream=stream)[1]["x-hegui-training"] == flag
        assert ask(url, headers={"X-Hegui-Training": "nein"}, stream=stream)[0] == 400
    said = [entry.content["terms"]["training"] for entry in ledger.entries("gateway.exchanged")]
    assert said == ["opted_out", "opted_out", "allowed", "allowed", "not_said"]


@streamed
def test_a_revoked_token_opens_nothing_and_a_later_one_does(
    door, token, admissions, clock, monkeypatch, stream
):
    monkeypatch.setattr("hegui.admission.service.FRESH_SECONDS", 0)
    with door() as url:
        old, others = token(), token(user="han")
        assert ask(url, key=old, stream=stream)[0] == 200
        admissions.revoke_tokens("a", user=ledger_user(old), reason="lost")
        status, _, error = ask(url, key=old, stream=stream)
        assert (status, error["code"]) == (401, "invalid_user_token")
        assert ask(url, key="key-a", headers={"X-Hegui-User-Token": old}, stream=stream)[0] == 401
        assert ask(url, key=others, stream=stream)[0] == 200
        clock.advance(seconds=6)  # by five, the clock of who issues tokens may run ahead
        assert ask(url, key=token(), stream=stream)[0] == 200


def ledger_user(token):
    """The pseudonym of the user whom a token of the tenant a names."""
    user = jwt.decode(token, options={"verify_signature": False})["sub"]
    return pseudonym(user, tenant="a", key=b"k" * 32)


# --- minors ---


@streamed
def test_a_minor_is_not_served_at_night(door, token, clock, ledger, stream):
    clock.advance(hours=11)
    with door() as url:
        status, headers, error = ask(url, key=token(age="from_sixteen"), stream=stream)
        assert ask(url, key=token(age="adult"), stream=stream)[0] == 200
        night_owl = {"closed_from": "00:00", "closed_until": "00:00"}
        assert ask(url, key=token(age="from_sixteen", guardian=night_owl), stream=stream)[0] == 200
    assert (status, error["code"], headers["Retry-After"]) == (403, "minor_hours", str(7 * 3600))
    assert turned_away(ledger) == ["minor_hours"]


@streamed
def test_a_minors_time_is_used_up_and_comes_back_tomorrow(door, token, clock, ledger, stream):
    policy = AdmissionPolicy(minors=MinorPolicy(minutes_under_sixteen=3))
    with door(admission=policy) as url:
        for minute in range(3):
            assert ask(url, key=token(age="under_sixteen"), stream=stream)[0] == 200
            assert terms(ledger)["minor_minutes"] == minute + 1
            clock.advance(minutes=1)
        status, headers, error = ask(url, key=token(age="under_sixteen"), stream=stream)
        assert (status, error["code"]) == (403, "minor_daily_time")
        assert ask(url, key=token(age="under_sixteen", user="han.meimei"), stream=stream)[0] == 200
        clock.advance(seconds=int(headers["Retry-After"]))
        clock.advance(hours=7)
        assert ask(url, key=token(age="under_sixteen"), stream=stream)[0] == 200


@streamed
def test_a_minor_is_reminded_to_rest(door, token, clock, ledger, stream):
    reminded = []
    with door(admission=AdmissionPolicy(minors=MinorPolicy(reminder_minutes=8))) as url:
        for _ in range(5):
            reminded.append(ask(url, key=token(age="from_sixteen"), stream=stream)[1]["x-hegui-reminder"])
            clock.advance(minutes=4)
    assert reminded == [None, None, "rest", None, "rest"]
    assert terms(ledger)["reminded"] is True


@streamed
def test_minors_get_no_paid_features_unless_their_guardian_allows_it(door, token, stream):
    with door(admission=AdmissionPolicy(minors=MinorPolicy(paid_models=("pro*",)))) as url:
        minor = token(age="from_sixteen")
        assert ask(url, key=minor, model="pro-1", stream=stream)[2]["code"] == "minor_paid_feature"
        allowed = token(age="from_sixteen", guardian={"paid_features": True})
        assert ask(url, key=allowed, model="pro-1", stream=stream)[0] == 200


@streamed
def test_a_service_that_is_not_for_minors_serves_none(door, token, stream):
    with door(admission=AdmissionPolicy(minors=MinorPolicy(served=False))) as url:
        assert ask(url, key=token(age="under_sixteen"), stream=stream)[2]["code"] == "minors_not_served"


def test_what_a_minor_asks_is_read_by_stricter_rules(make_gateway, tokens, token, model, ledger):
    rule = Rule(direction=Direction.INPUT, risk="pii", action=Action.BLOCK)
    policy = AdmissionPolicy(minors=MinorPolicy(rules=(rule,)))
    model.always(Says("好"))
    with served(make_gateway(tokens=tokens, admission=policy)) as url:
        for age in ("adult", "under_sixteen"):
            assert ask(url, key=token(age=age), text="我的电话13812345678")[0] == 200
    adult, minor = [entry.content for entry in ledger.entries("gateway.exchanged")]
    assert (adult["outcome"], minor["outcome"]) == ("answered", "refused")
    assert adult["screen"] != minor["screen"]


@streamed
def test_what_may_affect_minors_is_not_shown_to_them(make_gateway, tokens, token, model, ledger, stream):
    word = Keyword(text="吸烟很酷", risk="M.1", kind="smoking", source="ours")
    model.always(Says("吸烟很酷。"))
    screen = Screen(keywords=KeywordBank([word], name="test"))
    with served(make_gateway(tokens=tokens, screen=screen)) as url:
        for age in ("adult", "from_sixteen"):
            assert ask(url, key=token(age=age), stream=stream)[0] == 200
    outcomes = [entry.content["outcome"] for entry in ledger.entries("gateway.exchanged")]
    assert outcomes == ["answered", "stopped"]


@streamed
def test_characters_are_blocked_by_the_operator_and_by_guardians(door, token, stream):
    policy = AdmissionPolicy(minors=MinorPolicy(barred=("恋人*",)))
    blocking = {"age": "from_sixteen", "guardian": {"blocked": ["dragon"]}}
    with door(admission=policy) as url:
        for said, model, character, status in (
            ({"age": "adult"}, "dragon", "恋人", 200),
            (blocking, "m", "knight", 200),
            (blocking, "dragon", "", 403),
            (blocking, "m", "dragon", 403),
            (blocking, "m", "恋人小美", 403),
        ):
            headers = {"X-Hegui-Character": quote(character)}
            told = ask(url, key=token(**said), model=model, stream=stream, headers=headers)
            assert told[0] == status
            assert (told[2] or {}).get("code") in {None, "minor_blocked_character"}


def test_a_child_under_fourteen_is_let_in_with_consent(door, token):
    with door() as url:
        assert ask(url, key=token(age="under_fourteen"))[2]["code"] == "guardian_consent_required"
        assert ask(url, key=token(age="under_fourteen", guardian={"consented": True}))[0] == 200


def test_guardians_are_told_of_risks_where_they_want_to_be(door, token, admissions):
    policy = AdmissionPolicy(minors=MinorPolicy(minutes_under_sixteen=1, paid_models=("pro",)))
    minor = {"age": "under_sixteen"}
    with door(admission=policy) as url:
        ask(url, key=token(user="quiet", **minor, guardian={"alerts": False}), text=FORBIDDEN)
        ask(url, key=token(user="nobody", **minor), text=FORBIDDEN)
        watched = token(user="watched", **minor, guardian={"blocked": ["dragon"], "paid_features": True})
        ask(url, key=watched, model="dragon")
        ask(url, key=watched, model="pro", text=FORBIDDEN)
        ask(url, key=watched)
    found = admissions.alerts()
    assert {alert.kind for alert in found} == {"character", "content", "time"}
    assert {(alert.user, alert.tenant) for alert in found} == {(found[0].user, "a")}
    (day,) = admissions.overview(found[0].user)
    assert (day.requests, day.paid) == (1, 1)


# --- limits ---


def limited(*user, tenant=(), **more):
    return AdmissionPolicy(limits=LimitPolicy(tenant=tenant, user=user), **more)


@streamed
def test_a_user_has_so_many_requests(door, clock, ledger, stream):
    two = DeclaredLimit(count=Counted.REQUESTS, most=2)
    with door(admission=limited(two, tenant=(DeclaredLimit(count=Counted.REQUESTS, most=9),))) as url:
        left = []
        for _ in range(2):
            _, headers, _ = ask(url, user="li.lei", stream=stream)
            left.append((headers["x-ratelimit-limit-requests"], headers["x-ratelimit-remaining-requests"]))
        status, headers, error = ask(url, user="li.lei", stream=stream)
        assert ask(url, user="han.meimei", stream=stream)[0] == 200
        assert ask(url, stream=stream)[0] == 200
        clock.advance(seconds=int(headers["Retry-After"]))
        assert ask(url, user="li.lei", stream=stream)[0] == 200
    assert left == [("2", "1"), ("2", "0")]
    assert (status, error["type"], error["code"]) == (429, "rate_limit_error", "rate_limit_exceeded")
    assert ledger.latest("gateway.turned_away").content["limit"] == "user-requests-60"
    assert terms(ledger)["limits"] == ["tenant-requests-60", "user-requests-60"]


def test_the_official_client_knows_the_error(door):
    one = DeclaredLimit(count=Counted.REQUESTS, most=1)
    with door(admission=limited(tenant=(one,))) as url:
        ask(url)
        client = openai.OpenAI(base_url=f"{url}/v1", api_key="key-a", max_retries=0)
        with client, pytest.raises(openai.RateLimitError) as refused:
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "你好"}])
    assert refused.value.code == "rate_limit_exceeded"
    assert int(refused.value.response.headers["retry-after"]) > 0


@streamed
def test_characters_are_counted_when_they_were_said(door, model, clock, stream):
    model.always(Says("好" * 30))
    limit = DeclaredLimit(count=Counted.CHARACTERS, most=100, seconds=3600)
    with door(admission=limited(limit)) as url:
        remaining = []
        while (answer := ask(url, user="li.lei", stream=stream))[0] == 200:
            remaining.append(int(answer[1]["x-ratelimit-remaining-characters"]))
        clock.advance(seconds=int(answer[1]["Retry-After"]))
        assert ask(url, user="li.lei", stream=stream)[0] == 200
    assert answer[2]["code"] == "rate_limit_exceeded"
    assert remaining[0] == 100
    assert remaining == sorted(remaining, reverse=True)
    assert 2 <= len(remaining) <= 4


@streamed
def test_so_many_answers_are_given_at_once(door, model, stream):
    model.always(Hangs())
    limit = DeclaredLimit(count=Counted.AT_ONCE, most=1)
    with door(admission=limited(limit)) as url:
        asked = {"model": "m", "messages": [{"role": "user", "content": "你好"}], "user": "li.lei"}
        with closing(http.client.HTTPConnection(urlsplit(url).netloc)) as waiting:
            body = json.dumps(asked | {"stream": stream})
            waiting.request("POST", CHAT, body, {"Authorization": "Bearer key-a"})
            assert model.wait_for_requests()
            assert ask(url, user="li.lei", stream=stream)[0] == 429
        model.always(Says("好"))
        # The gateway learns in its own time that the other one went away.
        for _ in range(1200):
            if (status := ask(url, user="li.lei", stream=stream)[0]) == 200:
                break
            time.sleep(0.05)
    assert status == 200


def test_a_tenant_may_have_limits_of_its_own(door, ledger):
    one = DeclaredLimit(count=Counted.REQUESTS, most=1)
    tenant = DeclaredTenant(name="b", limits=(), user_limits=())
    with door(admission=limited(one, tenant=(one,), tenants=(tenant,))) as url:
        assert [ask(url, key="key-b", user="u")[0] for _ in range(3)] == [200] * 3
        assert [ask(url, user="u")[0] for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(("path", "body"), [("/v1/moderations", {"input": "你好"}), ("/v1/files", {})])
def test_other_interfaces_have_limits_too(door, path, body):
    one = DeclaredLimit(count=Counted.REQUESTS, most=1)
    with door(admission=limited(tenant=(one,))) as url:
        assert [ask(url, path=path, **body)[0] for _ in range(2)] != [429, 429]
        assert ask(url, path=path, **body)[0] == 429


def test_replicas_share_limits(make_gateway, model, redis_url):
    model.always(Says("好"))
    policy = limited(DeclaredLimit(count=Counted.REQUESTS, most=3))
    name = a_name()
    first, second = (make_gateway(admission=policy, quotas=Replicas(redis_url, name=name)) for _ in range(2))
    with served(first) as one, served(second) as two:
        assert [ask(url, user="u")[0] for url in (one, two, one, two)] == [200, 200, 200, 429]


@streamed
@pytest.mark.parametrize("alone", [False, True])
def test_a_replica_that_loses_the_others_fails_as_declared(
    make_gateway, model, ledger, own_redis, alone, stream
):
    model.always(Says("好"))
    policy = limited(DeclaredLimit(count=Counted.REQUESTS, most=2))
    redis, end = own_redis
    shared = Replicas(redis, name=a_name())
    made = make_gateway(admission=policy, quotas=AloneWhenLost(shared) if alone else shared)
    with served(made) as url:
        assert ask(url, user="u", stream=stream)[0] == 200
    end()
    with served(made) as url:
        status, _, error = ask(url, user="u", stream=stream)
        if alone:
            assert status == 200
            assert terms(ledger)["alone"] is True
            assert [ask(url, user="u", stream=stream)[0] for _ in range(2)] == [200, 429]
        else:
            assert (status, error["type"]) == (503, "server_error")
            assert "HEGUI_REDIS_URL" in error["message"]
            assert len(model.requests) == 1


# --- the door itself ---


def test_an_answer_that_was_given_stands_though_it_cannot_be_counted(make_gateway, clock):
    class LostLater:
        def __init__(self):
            self.inner = []

        async def take(self, draws, *, holder, at):
            return Taken(None, 0.0, tuple(1 for _ in draws))

        async def settle(self, draws, *, holder, at):
            self.inner.append([draw.amount for draw in draws])
            raise SharedStateLost("redis://h")

        async def close(self):
            return None

    lost = LostLater()
    policy = limited(tenant=(DeclaredLimit(count=Counted.CHARACTERS, most=9),))

    async def visiting():
        reception = make_gateway(admission=policy, quotas=lost).reception
        async with await reception.let_in(Caller("a"), Wish("chat/completions")) as visit:
            visit.characters = 7
        return visit.admission.terms.limits

    assert asyncio.run(visiting()) == ("tenant-characters-60",)
    assert lost.inner == [[7]]


def test_without_keys_and_tokens_everybody_is_let_in(make_gateway):
    async def coming():
        reception = make_gateway().reception
        assert reception.is_open
        return await reception.caller(Presented("Bearer whatever"))

    assert asyncio.run(coming()) == Caller()


def test_a_platform_draws_on_the_limits_of_its_tenant(make_gateway, ledger):
    limits = LimitPolicy(tenant=(
        DeclaredLimit(count=Counted.REQUESTS, most=2),
        DeclaredLimit(count=Counted.CHARACTERS, most=100),
    ))  # fmt: skip
    policy = AdmissionPolicy(limits=limits, users=Naming.SIGNED)
    asked = {"point": "app.moderation.input", "params": {"inputs": {}, "query": "你好"}}
    with served(make_gateway(keys={"key-a": "a"}, admission=policy)) as url:
        told = [_consult(url, asked) for _ in range(3)]
        assert _consult(url, {"point": "ping"})[0] == 200, (
            "whoever only asks whether we are there draws nothing"
        )
    assert [status for status, _ in told] == [200, 200, 429]
    assert [headers["x-ratelimit-remaining-characters"] for _, headers in told[:2]] == ["100", "98"]
    assert ledger.latest("gateway.turned_away").content["surface"] == "extensions/dify"


def _consult(url, body):
    sent = {"Authorization": "Bearer key-a", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/extensions/dify", json.dumps(body).encode(), sent)
    try:
        with urllib.request.urlopen(request) as answer:
            answer.read()
            return answer.status, answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.status, refused.headers
