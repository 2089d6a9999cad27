"""The provider's block list: hosts, and single pages of hosts, from which nothing may be trained on."""

import ipaddress
import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from hegui.core import InvalidInput, ascii_host
from hegui.corpus.account import LineFault
from hegui.corpus.formats.decoding import decoded

_REMARK = re.compile(r"(^|\s)#.*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|[0-9a-f:.]*:[0-9a-f:.]*")
_BELOW = ("*.", ".")
_ALL_OF_IT = "/*"
_NO_ADDRESS = re.compile(r"[\s*,，、]")  # one of a list, or with a remark: it would be on no page
_SHOWN = 60


class UnusableBlockList(InvalidInput):
    """A file that pages cannot be compared with.

    Attributes:
        path: the file.
        line: counted from 1; ``None`` where it is all of it.
    """

    def __init__(self, path: Path, line: int | None, *, zh: str, en: str) -> None:
        """Name the place before what is wrong there."""
        place = str(path) if line is None else f"{path}:{line}"
        super().__init__(zh=f"{place}：{zh}", en=f"{place}: {en}")
        self.path = path
        self.line = line


class _Page(NamedTuple):
    """A page of a host, in the one spelling by which pages are compared.

    Attributes:
        path: with the slash at its beginning, and neither doubled slashes nor dots for folders.
        query: its parameters, whatever their order.
    """

    path: str
    query: frozenset[str]

    def is_below(self, entry: "_Page") -> bool:
        """Whether it is what an entry names, or lies below that."""
        if entry.query:
            return self.path == entry.path and entry.query <= self.query
        if entry.path.endswith("/"):
            return self.path.startswith(entry.path)
        return f"{self.path}/".startswith(f"{entry.path}/")


class BlockList:
    """Hosts with all that lies below them, and pages with all that lies below those."""

    def __init__(self, entries: Iterable[tuple[str, _Page]] = ()) -> None:
        """Hold hosts, each with the page there that is meant: its first page is the whole host."""
        self._pages: dict[str, set[_Page]] = defaultdict(set)
        for host, page in entries:
            self._pages[host].add(page)

    def holds(self, url: str) -> bool:
        """Whether a page is on the list.

        Raises:
            ValueError: it is no URL.
        """
        parts = urlsplit(url)
        labels = host_of(parts).split(".")
        page = _page(parts)
        return any(
            page.is_below(entry)
            for first in range(len(labels))
            for entry in self._pages.get(".".join(labels[first:]), ())
        )


def read_block_list(*paths: Path) -> BlockList:
    """What block lists name: a host or a page on a line; what follows ``#`` is a remark.

    Ports are not told apart: whoever blocks one of a host blocks the host.

    Raises:
        OSError: a file cannot be read.
        UnusableBlockList: a line names neither, or no line does.
    """
    return BlockList(entry for path in paths for entry in _entries(path))


def host_of(parts: SplitResult) -> str:
    """The host of a URL in the one spelling by which hosts are compared: Chinese names as they are sent.

    Raises:
        ValueError: it has no such host.
    """
    host = (parts.hostname or "").strip(".")
    if ":" in host:
        return ipaddress.ip_address(host).compressed
    try:
        return ascii_host(host)
    except UnicodeError:
        return host


def _entries(path: Path) -> list[tuple[str, _Page]]:
    found = decoded(path.read_bytes())
    if isinstance(found, LineFault):
        raise UnusableBlockList(
            path,
            None,
            zh="既不是 UTF-8 也不是 GB18030；请另存为 UTF-8",
            en="neither UTF-8 nor GB18030; save it as UTF-8",
        )
    entries = []
    for number, line in enumerate(found[0].removeprefix("\ufeff").splitlines(), start=1):
        said = _REMARK.sub("", line).strip()
        if said:
            entry = _entry(said)
            if entry is None:
                shown = said[:_SHOWN]
                raise UnusableBlockList(
                    path,
                    number,
                    zh=f"{shown!r} 不是主机名或网址；每行写一个，如 bad.example 或 https://bad.example/page；"
                    "网址中的空格、逗号、星号写作 %20、%2C、%2A",
                    en=f"{shown!r} is neither a host nor an address; write one on a line, as bad.example or "
                    "https://bad.example/page, and a space, comma or asterisk in it as %20, %2C or %2A",
                )
            entries.append(entry)
    if not entries:
        raise UnusableBlockList(path, None, zh="没有列出任何主机", en="it names no host")
    return entries


def _entry(said: str) -> tuple[str, _Page] | None:
    """The host and the page that a line names; ``None`` where it names none."""
    below = next((mark for mark in _BELOW if said.startswith(mark)), "")
    address = said.removeprefix(below)
    if address.endswith(_ALL_OF_IT):
        address = address[:-1]
    if _NO_ADDRESS.search(address):
        return None
    try:
        parts = urlsplit(address if _SCHEME.match(address) else f"//{address}")
        host = host_of(parts)
    except ValueError:
        return None
    if not _HOST.fullmatch(host) or not (below or "." in host or ":" in host):
        return None
    return host, _page(parts)


def _page(parts: SplitResult) -> _Page:
    folders = re.sub("/+", "/", f"/{unquote(parts.path)}")
    end = "/" if folders.endswith(("/", "/.", "/..")) else ""
    path = posixpath.normpath(folders).rstrip("/") + end
    return _Page(path or "/", frozenset(unquote(each) for each in parts.query.split("&") if each))
