"""What is passed on: written anew from what was read, so that nobody else reads it otherwise. Pure."""

from typing import Protocol

import msgspec

from hegui.gateway.surfaces import JsonObject


class Sendable(Protocol):
    """A body that can be written for an upstream."""

    def encoded(self, model: str) -> tuple[bytes, str]:
        """The bytes for an upstream that knows the model as ``model``, and their type."""


class Body:
    """What is asked: JSON, written anew from what was read, so that nobody else reads it otherwise."""

    def __init__(self, value: JsonObject) -> None:
        """Keep the value."""
        self._value = value

    def encoded(self, model: str) -> tuple[bytes, str]:
        """The bytes for an upstream that knows the model as ``model``, and their type."""
        value = self._value
        if "model" in value:
            value = value | {"model": model}
        return msgspec.json.encode(value), "application/json"


class Raw:
    """Bytes as they came, on a path that nothing reads."""

    def __init__(self, data: bytes, content_type: str) -> None:
        """Keep them."""
        self._data = data
        self._content_type = content_type

    def encoded(self, model: str) -> tuple[bytes, str]:  # noqa: ARG002 - what is not read is not changed
        """The bytes and their type."""
        return self._data, self._content_type
