"""The Redis server that tests share."""

import pytest

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
