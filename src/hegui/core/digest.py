"""Digests of bytes and of values."""

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path

from hegui.core.canonical import Json, canonical_json

_CHUNK_BYTES = 1 << 20
_KEYS = 16


def digest_bytes(data: bytes) -> str:
    """The digest of ``data``, as ``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def digest_value(value: Json) -> str:
    """The digest of a JSON value's canonical form."""
    return digest_bytes(canonical_json(value))


def digest_file(path: Path) -> str:
    """The digest of a file's bytes, read in constant memory."""
    state = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            state.update(chunk)
    return f"sha256:{state.hexdigest()}"


def keyed_digest(key: bytes) -> hmac.HMAC:
    """The keyed digest (HMAC-SHA-256) of nothing yet, ready to be told more."""
    return _keyed(key).copy()  # half the time that taking the key in again takes


@lru_cache(_KEYS)
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod=hashlib.sha256)
