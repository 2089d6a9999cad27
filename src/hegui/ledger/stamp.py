"""A third party's word on when: RFC 3161 time stamps on checkpoints."""

import urllib.error
import urllib.request
from types import ModuleType

from hegui.core import Conflict, InvalidInput

_TIMEOUT_SECONDS = 30
_LONGEST_REPLY_BYTES = 1 << 20
_REQUEST_TYPE = "application/timestamp-query"


class StampUnavailable(Conflict):
    """The time-stamping authority gave no stamp that can be used."""

    def __init__(self, tsa: str, *, zh: str, en: str) -> None:
        """Name the authority and what it did."""
        super().__init__(
            zh=f"时间戳服务 {tsa}：{zh}；检查点本身已保存，可稍后重试",
            en=f"time-stamping authority {tsa}: {en}; the checkpoint itself is kept, repeat later",
        )
        self.tsa = tsa


def request_stamp(data: bytes, *, tsa: str) -> bytes:
    """Ask ``tsa`` to stamp ``data`` and return its reply (DER) once it fits what was asked.

    Whether the authority is to be trusted is for whoever verifies the stamp against its certificate.

    Raises:
        InvalidInput: ``tsa`` is no web address, or the client is not installed.
        StampUnavailable: the authority cannot be reached, refuses, or stamps something else.
    """
    client = _client()
    if not tsa.startswith(("http://", "https://")):
        raise InvalidInput(
            zh=f"{tsa!r} 不是时间戳服务地址；应以 http:// 或 https:// 开头",
            en=f"{tsa!r} is not the address of a time-stamping authority; it begins with http:// or https://",
        )
    builder = client.TimestampRequestBuilder().data(data)
    query = builder.hash_algorithm(client.HashAlgorithm.SHA256).build()
    reply = _ask(tsa, query.as_bytes())
    try:
        response = client.decode_timestamp_response(reply)
        imprint = response.tst_info.message_imprint.message
        nonce = response.tst_info.nonce
    except ValueError as error:
        raise StampUnavailable(
            tsa, zh=f"回复中没有有效的时间戳（{error}）", en=f"no valid time stamp in the reply ({error})"
        ) from error
    if (imprint, nonce) != (query.message_imprint.message, query.nonce):
        raise StampUnavailable(
            tsa, zh="时间戳对应的不是所提交的检查点", en="the time stamp is for something else"
        )
    return reply


def _client() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an optional extra
    except ModuleNotFoundError as error:
        raise InvalidInput(
            zh="缺少 rfc3161-client；请运行 pip install 'hegui[timestamp]'",
            en="rfc3161-client is not installed; run pip install 'hegui[timestamp]'",
        ) from error
    return rfc3161_client


def _ask(tsa: str, query: bytes) -> bytes:
    request = urllib.request.Request(tsa, data=query, headers={"Content-Type": _REQUEST_TYPE})  # noqa: S310 - the caller has checked the scheme
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - likewise
            reply: bytes = response.read(_LONGEST_REPLY_BYTES)
    except (urllib.error.URLError, OSError) as error:
        raise StampUnavailable(tsa, zh=f"无法取得回复（{error}）", en=f"no reply ({error})") from error
    return reply
