"""Addresses and patience."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.endpoint import EndpointAddress, InvalidAddress, Patience


def test_a_trailing_slash_makes_no_other_address():
    assert EndpointAddress(url="http://a/v1/", model="m") == EndpointAddress(url="http://a/v1", model="m")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8000/v1",
        "ftp://host/v1",
        "http://",
        "http://[::1",
        "http://host:port/v1",
        "http://h:0/",
        "http://a..b/v1",
        "http://.a/v1",
        f"http://{'a' * 64}.example/v1",
        "http://a b/v1",
        "http://例\ufffe.example/v1",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(url):
    with pytest.raises(InvalidAddress, match="should look like http://127") as caught:
        EndpointAddress(url=url, model="m")
    assert repr(url.rstrip("/")) in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://me:hunter2@host/v1", "http://host/v1?key=hunter2", "http://host/v1#hunter2"]
)
def test_a_secret_in_the_address_is_refused_and_not_repeated(url):
    with pytest.raises(InvalidAddress, match="key file") as caught:
        EndpointAddress(url=url, model="m")
    assert "hunter2" not in str(caught.value) + caught.value.text.zh


@pytest.mark.parametrize(
    "host",
    [
        "model_a",
        "a.example.",
        "xn--strae-oqa.example",
        "A-1.example",
        "[::1]",
        "[fe80::1%25eth0]",
        "10.0.0.1",
    ],
)
def test_a_host_is_named_as_names_are_asked_for(host):
    assert EndpointAddress(url=f"http://{host}:80/v1", model="m").url == f"http://{host}:80/v1"


@pytest.mark.parametrize(
    ("host", "asked_for"),
    [("straße.example:80", "xn--strae-oqa.example:80"), ("模型。例子.CN", "xn--xgs754b.xn--fsqu00a.cn")],
)
def test_a_host_of_another_script_is_asked_for_in_ascii(host, asked_for):
    assert EndpointAddress(url=f"https://{host}/v1/", model="m").url == f"https://{asked_for}/v1"


@pytest.mark.parametrize("url", ["htp://me:hunter2@host/v1", "http://me:hunter2@例子.example/v1"])
def test_a_secret_in_what_is_no_address_is_not_repeated(url):
    with pytest.raises(InvalidAddress) as caught:
        EndpointAddress(url=url, model="m")
    assert "hunter2" not in str(caught.value) + caught.value.text.zh


@pytest.mark.parametrize("key", ["", "two words", "line\n", "密钥"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(key):
    with pytest.raises(InvalidAddress, match="check the key file") as caught:
        EndpointAddress(url="http://host/v1", model="m", api_key=key)
    assert not key or key not in str(caught.value)


def test_an_address_read_from_a_file_is_checked_as_well():
    with pytest.raises(InvalidAddress):
        msgspec.convert({"url": "nowhere", "model": "m"}, EndpointAddress)


def test_an_address_shows_no_key():
    address = EndpointAddress(url="http://host/v1", model="m", api_key="hunter2")
    assert "hunter2" not in repr(address) + f"{address}"
    assert address.redact("they said hunter2!") == "they said ***!"
    assert EndpointAddress(url="http://host/v1", model="m").redact("hunter2") == "hunter2"


def test_waits_double_up_to_the_longest():
    patience = Patience(attempts=5, first_delay_seconds=1, longest_delay_seconds=3)
    assert [patience.delay(attempt, None) for attempt in range(1, 6)] == [1, 2, 3, 3, None]


def test_what_the_endpoint_asks_for_is_respected():
    patience = Patience(attempts=5, first_delay_seconds=1, longest_delay_seconds=30)
    assert patience.delay(1, 20) == 20
    assert patience.delay(1, 0.1) == 1


def test_an_endpoint_that_asks_for_more_than_the_longest_wait_is_given_up():
    assert Patience(longest_delay_seconds=30).delay(1, 31) is None


@given(attempt=st.integers(1, 2000), asked=st.none() | st.floats(0, 1e6))
def test_no_wait_is_longer_than_the_longest(attempt, asked):
    patience = Patience(attempts=3000)
    delay = patience.delay(attempt, asked)
    assert delay is None or 0 <= delay <= patience.longest_delay_seconds
