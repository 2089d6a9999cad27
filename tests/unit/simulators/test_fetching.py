"""A test is skipped where the network is away, and only there."""

import sys

import pytest

from simulators import fetching
from simulators.fetching import fetched


def says(text, status=1):
    return sys.executable, "-c", f"import sys; print({text!r}, file=sys.stderr); sys.exit({status})"


@pytest.mark.parametrize(
    "away",
    [
        "npm error code ENOTFOUND",
        "fatal: unable to access 'https://…': Could not resolve host: github.com",
        "NewConnectionError: [Errno -3] Temporary failure in name resolution",
        "npm error code E503",
    ],
)
def test_it_is_skipped_where_the_network_is_away(tmp_path, away):
    with pytest.raises(pytest.skip.Exception, match="the network is away"):
        fetched(*says(away), cwd=tmp_path)


def test_it_is_skipped_where_nobody_answers(tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "_SECONDS", 0.01)
    with pytest.raises(pytest.skip.Exception, match="the network is away: no answer"):
        fetched(sys.executable, "-c", "import time; time.sleep(60)", cwd=tmp_path)


def test_it_is_skipped_where_the_program_is_not_installed(tmp_path):
    with pytest.raises(pytest.skip.Exception, match="test-tools"):
        fetched("no-such-program", cwd=tmp_path)


@pytest.mark.parametrize("mistake", ["npm error code ETARGET", "npm error code E404", "boom"])
def test_it_fails_where_a_network_that_answers_has_no_such_thing(tmp_path, mistake):
    with pytest.raises(AssertionError, match=mistake):
        fetched(*says(mistake), cwd=tmp_path)


def test_what_was_fetched_is_there(tmp_path):
    fetched(sys.executable, "-c", "open('it', 'w')", cwd=tmp_path)
    fetched(*says("warning: ETIMEDOUT, tried again", status=0), cwd=tmp_path)
    assert (tmp_path / "it").exists()
