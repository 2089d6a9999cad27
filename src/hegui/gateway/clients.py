"""The keys that clients present, and how often somebody may guess."""

import hashlib
from collections.abc import Callable, Mapping

from hegui.core import Conflict, InvalidInput
from hegui.gateway.admission import ANYBODY, Admission

_MOST_ADDRESSES = 10_000
_WINDOW_SECONDS = 60.0


class WrongKey(InvalidInput):
    """A key that is missing or not declared."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__(zh="缺少 API 密钥或密钥错误", en="the API key is missing or wrong")


class TooManyWrongKeys(Conflict):
    """An address that presented too many wrong keys."""

    def __init__(self) -> None:
        """Say when to come again."""
        super().__init__(
            zh="该地址提交的错误密钥过多；请一分钟后重试",
            en="too many wrong keys from this address; try again in a minute",
        )


class Clients:
    """Who may use the gateway: tenants by the digests of their keys. The keys themselves are not kept."""

    def __init__(self, keys: Mapping[str, str], *, wrong_keys: int, monotonic: Callable[[], float]) -> None:
        """Take the keys.

        Args:
            keys: the tenant of each key; without any, every client is served.
            wrong_keys: how many wrong keys an address may present in a minute.
            monotonic: seconds that never go back.
        """
        self._tenants = {_digest(key): tenant for key, tenant in keys.items()}
        self._most = wrong_keys
        self._monotonic = monotonic
        self._wrong: dict[str, tuple[float, int]] = {}

    def admit(self, authorization: str, address: str) -> Admission:
        """Who presents ``authorization`` from ``address``.

        Raises:
            WrongKey: nobody whom we know.
            TooManyWrongKeys: the address has guessed too often; even a right key is not looked at.
        """
        if not self._tenants:
            return ANYBODY
        now = self._monotonic()
        since, count = self._wrong.get(address, (now, 0))
        if now - since >= _WINDOW_SECONDS:
            since, count = now, 0
        if count >= self._most:
            raise TooManyWrongKeys
        scheme, _, key = authorization.partition(" ")
        # Digests are looked up, so that the time tells nothing about the keys.
        tenant = self._tenants.get(_digest(key.strip())) if scheme.lower() == "bearer" else None
        if tenant is None:
            if len(self._wrong) >= _MOST_ADDRESSES:
                self._wrong.pop(next(iter(self._wrong)))
            self._wrong.pop(address, None)
            self._wrong[address] = (since, count + 1)
            raise WrongKey
        return Admission(tenant=tenant)


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
