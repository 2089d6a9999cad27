"""Multipart forms, read strictly and written anew. Pure.

What is passed on is made from what was read here, never the client's own bytes: a form that two parsers
would read differently cannot carry anything past the screen.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from hegui.gateway.passages import UnreadableRequest
from hegui.gateway.surfaces import JsonObject

_MOST_PARTS = 64
_DISPOSITION = re.compile(r'form-data((?:; *[a-z]+\*?=(?:"(?:[^"\\\r\n]|\\.)*"|[^;" ]+))*)', re.IGNORECASE)
_PARAMETER = re.compile(r'; *([a-z]+)=(?:"((?:[^"\\]|\\.)*)"|([^;" ]+))', re.IGNORECASE)
_BOUNDARY = re.compile(r'(?:^|;) *boundary=(?:"([^"]{1,70})"|([^;" ]{1,70})) *(?:;|$)', re.IGNORECASE)


class FormFile(NamedTuple):
    """An uploaded file."""

    name: str
    content_type: str
    data: bytes


class Form:
    """A form: texts and files by field, in order."""

    def __init__(self, fields: list[tuple[str, str | FormFile]]) -> None:
        """Keep the fields."""
        self.fields = fields

    @property
    def body(self) -> JsonObject:
        """The texts of the form as a body, and its files as media."""
        body: dict[str, Any] = {}
        for name, value in self.fields:
            key = name.removesuffix("[]")
            shown = {"type": "file", "filename": value.name} if isinstance(value, FormFile) else value
            if name.endswith("[]") or key in body:
                held = body.setdefault(key, [])
                body[key] = [*held, shown] if isinstance(held, list) else [held, shown]
            else:
                body[key] = shown
        return body

    @property
    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files, each with its place in :attr:`body`."""
        repeated = {name for name, count in Counter(self._keys).items() if count > 1}
        seen: Counter[str] = Counter()
        for (name, value), key in zip(self.fields, self._keys, strict=True):
            is_list = name.endswith("[]") or key in repeated
            if isinstance(value, FormFile):
                yield (f"{key}[{seen[key]}]" if is_list else key), value.data
            seen[key] += 1

    @property
    def _keys(self) -> list[str]:
        return [name.removesuffix("[]") for name, _ in self.fields]

    def take(self, body: JsonObject) -> None:
        """Take over the texts of :attr:`body` after something in it was masked."""
        seen: dict[str, int] = {}
        for position, (name, value) in enumerate(self.fields):
            key = name.removesuffix("[]")
            held = body.get(key)
            text = held[seen.get(key, 0)] if isinstance(held, list) else held
            seen[key] = seen.get(key, 0) + 1
            if isinstance(value, str) and isinstance(text, str):
                self.fields[position] = (name, text)

    def encoded(self, model: str) -> tuple[bytes, str]:
        """The bytes for an upstream that knows the model as ``model``, and their type."""
        boundary = secrets.token_hex(16)
        parts = []
        for name, value in self.fields:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"'
            if isinstance(value, FormFile):
                head += f'; filename="{_quoted(value.name)}"\r\nContent-Type: {value.content_type}'
                data = value.data
            else:
                data = (model if name == "model" else value).encode()
            parts += [head.encode(), b"\r\n\r\n", data, b"\r\n"]
        parts.append(f"--{boundary}--\r\n".encode())
        return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def parse_form(data: bytes, content_type: str) -> Form:
    """The form in ``data``.

    Raises:
        UnreadableRequest: it is none, or one that could be read in two ways.
    """
    if not content_type.lower().startswith("multipart/form-data"):
        raise _unreadable("multipart/form-data")
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _unreadable("boundary")
    delimiter = b"\r\n--" + (boundary[1] or boundary[2]).encode()
    first, *parts = (b"\r\n" + data).split(delimiter)
    if first.strip() or not parts or parts[-1].strip() != b"--" or len(parts) > _MOST_PARTS:
        raise _unreadable("delimiters")
    return Form([_part(part) for part in parts[:-1]])


def _part(part: bytes) -> tuple[str, str | FormFile]:
    head, blank, data = part.partition(b"\r\n\r\n")
    if not blank or not head.startswith(b"\r\n"):
        raise _unreadable("a part's headers")
    headers: dict[str, str] = {}
    for line in head[2:].decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or name.lower() in headers:
            raise _unreadable("a part's headers")
        headers[name.lower()] = value.strip()
    disposition = _DISPOSITION.fullmatch(headers.get("content-disposition", ""))
    if disposition is None or "content-transfer-encoding" in headers:
        raise _unreadable("a part's disposition")
    parameters = {m[1].lower(): _plain(m[2] or m[3] or "") for m in _PARAMETER.finditer(disposition[1])}
    name = parameters.get("name", "")
    if not name:
        raise _unreadable("a part's name")
    if "filename" in parameters:
        declared = headers.get("content-type", "application/octet-stream")
        kind = declared if re.fullmatch(r"[\w.+-]+/[\w.+-]+", declared) else "application/octet-stream"
        return name, FormFile(parameters["filename"], kind, data)
    try:
        return name, data.decode()
    except UnicodeDecodeError as error:
        raise _unreadable(f"field {name!a}") from error


def _plain(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted)


def _quoted(text: str) -> str:
    safe = "".join(character for character in text if character.isprintable())
    return safe.replace("\\", "\\\\").replace('"', '\\"')


def _unreadable(what: str) -> UnreadableRequest:
    return UnreadableRequest(
        zh=f"表单无法可靠解析（{what}），因此不予转发",
        en=f"the form cannot be read with certainty ({what}), so it is not passed on",
    )
