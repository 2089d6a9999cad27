"""Addresses, messages, replies, and how long to wait."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from hegui.core import InvalidInput, Record, ascii_host

_MOST_DOUBLINGS = 64  # more would overflow a float, and any wait is at its longest by then
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f.]*:[0-9a-f:.]*(?:%[!-~]+)?")
"""A name of labels, none of them empty; or an address, of IPv6 with the zone where it holds."""
_SECRET = "***"  # noqa: S105 - what stands in a secret's place


class InvalidAddress(InvalidInput):
    """An address at which no endpoint can be."""


class EndpointAddress(Record):
    """Where a model answers, and under which name.

    The key is left out of ``repr``; :meth:`redact` takes it out of any other text.

    Attributes:
        url: the base address, up to and with ``/v1``, its host in ASCII; a trailing slash is dropped.
        model: the name the endpoint knows the model by.
        api_key: the bearer token, if the endpoint asks for one.
    """

    url: str
    model: str
    api_key: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be reached, and secrets where they would be logged."""
        msgspec.structs.force_setattr(self, "url", _checked(self.url.rstrip("/")))
        if self.api_key is not None and not (self.api_key and self.api_key.isascii() and self._key_is_plain):
            raise InvalidAddress(
                zh="API 密钥为空，或含有空格、换行、非 ASCII 字符；请检查密钥文件",
                en="the API key is empty or holds spaces, line breaks or characters beyond ASCII; "
                "check the key file",
            )

    def __repr__(self) -> str:
        """The address without its key."""
        key = None if self.api_key is None else _SECRET
        return f"EndpointAddress(url={self.url!r}, model={self.model!r}, api_key={key!r})"

    @property
    def _key_is_plain(self) -> bool:
        return all("!" <= character <= "~" for character in self.api_key or "")

    def redact(self, text: str) -> str:
        """``text`` with the key replaced, should someone have echoed it."""
        return text if self.api_key is None else text.replace(self.api_key, _SECRET)


class Message(Record):
    """One turn of a conversation.

    Attributes:
        role: whose.
        content: what is said.
        pictures: what is shown with it, as ``data:`` URIs.
    """

    role: Literal["system", "user", "assistant"]
    content: str
    pictures: tuple[str, ...] = ()


class Reply(Record):
    """What came back.

    Attributes:
        text: the answer; empty where the provider gave none.
        finish_reason: why it ended, as ``stop``, ``length`` or ``content_filter``; empty if not said.
        model: the model that says it answered; the one asked for where the endpoint does not say.
        latency_ms: from the first attempt to the end of the answer, waiting included.
        attempts: how often the question was put.
        prompt_tokens: counted by the endpoint, if it counts.
        completion_tokens: counted by the endpoint, if it counts.
    """

    text: str
    finish_reason: str
    model: str
    latency_ms: int = 0
    attempts: int = 1
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Delta(Record):
    """One piece of a streamed answer.

    Attributes:
        text: what is added; may be empty.
        finish_reason: set on the last piece.
    """

    text: str
    finish_reason: str | None = None


class Timeouts(Record):
    """How long to wait for an endpoint.

    Attributes:
        connect_seconds: until a connection stands.
        answer_seconds: until a whole answer is there; for a stream, the longest silence between pieces.
    """

    connect_seconds: float = 10.0
    answer_seconds: float = 120.0


class Patience(Record):
    """How often to ask again, and how long to wait before.

    Attributes:
        attempts: how often at most a request is sent.
        first_delay_seconds: the wait before the second attempt; each further wait is twice as long.
        longest_delay_seconds: no wait is longer; an endpoint that asks for more is given up.
    """

    attempts: int = 5
    first_delay_seconds: float = 0.5
    longest_delay_seconds: float = 30.0

    def delay(self, attempt: int, retry_after_seconds: float | None) -> float | None:
        """The wait in seconds after failed attempt number ``attempt``, or ``None`` to give up.

        Args:
            attempt: counted from 1.
            retry_after_seconds: what the endpoint asked for, if it did.
        """
        if attempt >= self.attempts:
            return None
        doublings = min(attempt - 1, _MOST_DOUBLINGS)
        own = min(self.first_delay_seconds * 2.0**doublings, self.longest_delay_seconds)
        if retry_after_seconds is None:
            return own
        if retry_after_seconds > self.longest_delay_seconds:
            return None
        return max(own, retry_after_seconds)


def _checked(url: str) -> str:
    """``url`` with its host in ASCII."""
    try:
        parts = urlsplit(url)
        if not parts.netloc.isascii():
            host, colon, port = parts.netloc.partition(":")
            parts = parts._replace(netloc=f"{ascii_host(host)}{colon}{port}")
            url = parts.geturl()
        usable = (
            parts.scheme in {"http", "https"}
            and bool(_HOST.fullmatch(parts.hostname or ""))
            and parts.port != 0
        )
    except ValueError:  # a bracket without its pair, a port that is no number, a character of no host
        parts, usable = urlsplit(""), False
    if not usable:
        shown = _SECRET + url[url.rindex("@") :] if "@" in url else url
        raise InvalidAddress(
            zh=f"不是模型端点的地址：{shown!r}；应形如 http://127.0.0.1:8000/v1",
            en=f"not the address of a model endpoint: {shown!r}; "
            "it should look like http://127.0.0.1:8000/v1",
        )
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidAddress(
            zh=f"端点地址里不能有用户名、密码、? 或 #：{parts.hostname}；密钥请放进密钥文件",
            en=f"an endpoint address holds no user name, password, ? or #: {parts.hostname}; "
            "put the key into a key file",
        )
    return url
