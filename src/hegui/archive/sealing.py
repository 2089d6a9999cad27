"""Sealing with AES-256-GCM: what is sealed cannot be read, changed or put elsewhere without its key."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
KEY_BYTES = 32


def seal(key: bytes, content: bytes, *, place: str) -> bytes:
    """``content`` sealed for one place.

    Args:
        key: 32 secret bytes.
        content: what is sealed.
        place: where it belongs; elsewhere it does not open.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def unseal(key: bytes, sealed: bytes, *, place: str) -> bytes | None:
    """What was sealed; ``None`` where the key, the bytes or the place are not the ones of then."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        return None
