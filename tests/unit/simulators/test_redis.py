"""The Redis server that tests share."""

import pytest
import redis

from simulators import redis as simulated


@pytest.fixture
def nothing_there(monkeypatch):
    monkeypatch.delenv("HEGUI_TEST_REDIS", raising=False)
    monkeypatch.setattr(simulated, "LOCAL", "redis://127.0.0.1:1/0")


def test_a_server_of_our_own_ends_with_the_test(own_redis, nothing_there):
    with simulated.server() as url:
        assert simulated.answers(url)
    assert not simulated.answers(url)


def test_a_given_server_is_used(own_redis, monkeypatch):
    monkeypatch.setenv("HEGUI_TEST_REDIS", own_redis[0])
    with simulated.server() as given:
        assert given == own_redis[0]


def test_a_machine_without_one_is_told_what_to_install(nothing_there, monkeypatch):
    monkeypatch.setattr(simulated, "PROGRAMS", ("no-such-program",))
    with pytest.raises(simulated.NoServer, match="install redis-server"), simulated.server():
        pass


def test_a_server_that_does_not_start_is_said(nothing_there, monkeypatch):
    monkeypatch.setattr(simulated, "PROGRAMS", ("false",))  # a program that ends at once
    with pytest.raises(simulated.NoServer, match="did not start"), simulated.server():
        pass


def test_a_stopped_server_answers_when_it_goes_on(own_redis):
    url, _ = own_redis
    with redis.Redis.from_url(url, socket_timeout=0.1) as impatient, redis.Redis.from_url(url) as patient:
        with simulated.stopped(url), pytest.raises(redis.TimeoutError):
            impatient.ping()
        assert patient.ping()


def test_connections_are_counted_by_what_they_call_themselves(own_redis):
    url, _ = own_redis
    with redis.Redis.from_url(url, client_name="a") as client:
        client.ping()
        assert [simulated.connections(url, name) for name in "ab"] == [1, 0]
