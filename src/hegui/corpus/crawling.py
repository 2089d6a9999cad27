"""Whether pages could be collected: what robots.txt said when they were fetched, and the block list."""

import csv
import datetime as dt
import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple
from urllib.parse import urlsplit

import msgspec
from protego import Protego

from hegui.core import Record
from hegui.corpus.blocking import BlockList, host_of
from hegui.corpus.formats.tables import LONGEST_CELL
from hegui.corpus.provenance import Crawl, RobotsSnapshot

_FRESH = dt.timedelta(hours=24)  # for so long a crawler may go by a copy, says RFC 9309 in 2.4
_SHOWN = 5
_URL_NAMES = ("url", "uri", "target_uri")
_TIME_NAMES = ("time", "fetched_at", "timestamp", "date", "datetime")


class CrawlAccount(Record):
    """What became of every line of a crawl's log.

    Attributes:
        pages: fetched.
        refused: of them, those that the site's robots.txt forbade the crawler at that time.
        untold: of them, those of whose site no robots.txt of that time was kept.
        blocked: of them, those on the block list.
        unreadable: lines that name no page or no instant.
        first_refused: the first addresses.
        first_untold: the first sites.
        first_blocked: the first hosts.
    """

    pages: int = 0
    refused: int = 0
    untold: int = 0
    blocked: int = 0
    unreadable: int = 0
    first_refused: tuple[str, ...] = ()
    first_untold: tuple[str, ...] = ()
    first_blocked: tuple[str, ...] = ()


class _Fetch(NamedTuple):
    url: str
    site: str
    host: str
    at: dt.datetime


def account_for(crawl: Crawl, *, root: Path, blocked: BlockList) -> CrawlAccount:
    """Hold every page of a crawl against the robots.txt of its time and the block list.

    What a site says in other ways (page headers, terms of use) is not looked at.

    Args:
        crawl: the log, the crawler's name, the snapshots.
        root: the directory that relative paths start from.
        blocked: the block list; an empty one where there is none.

    Raises:
        OSError: the log or a snapshot cannot be read.

    Basis:
        TC260-003 5.1c2
        TC260-003 5.1d
    """
    robots = _Robots(crawl, root)
    refused, untold, banned = _Noted(), _Noted(), _Noted()
    pages = unreadable = 0
    for fetch in _fetches(root / crawl.log):
        if fetch is None:
            unreadable += 1
            continue
        pages += 1
        allowed = robots.allowed(fetch)
        if allowed is None:
            untold.note(fetch.site)
        elif not allowed:
            refused.note(fetch.url)
        if blocked.holds(fetch.url):
            banned.note(fetch.host)
    return CrawlAccount(
        pages=pages,
        refused=refused.count,
        untold=untold.count,
        blocked=banned.count,
        unreadable=unreadable,
        first_refused=tuple(refused.first),
        first_untold=tuple(untold.first),
        first_blocked=tuple(banned.first),
    )


class _Noted:
    """How often something was met, and the first different ones."""

    def __init__(self) -> None:
        self.count = 0
        self.first: dict[str, None] = {}

    def note(self, what: str) -> None:
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first[what] = None


class _Robots:
    """What the sites allowed, and when."""

    def __init__(self, crawl: Crawl, root: Path) -> None:
        self._agent = crawl.agent
        self._snapshots: dict[str, list[tuple[dt.datetime, Protego | bool | None]]] = defaultdict(list)
        for each in sorted(crawl.robots, key=lambda each: each.taken_at):
            site = _site(each.site)[0]
            self._snapshots[site].append((each.taken_at, _said(each, root)))

    def allowed(self, fetch: _Fetch) -> bool | None:
        """Whether the page could be fetched; ``None`` where nobody kept what the site said."""
        said: Protego | bool | None = None
        for taken_at, answer in self._snapshots.get(fetch.site, ()):
            if fetch.at - _FRESH <= taken_at <= fetch.at:
                said = answer
        return said.can_fetch(fetch.url, self._agent) if isinstance(said, Protego) else said


def _said(snapshot: RobotsSnapshot, root: Path) -> Protego | bool | None:
    # RFC 9309, 2.3.1: a site without the file allows everything, one that fails forbids everything.
    if 400 <= snapshot.status < 500:  # noqa: PLR2004 - the classes of HTTP
        return True
    if snapshot.status == 0 or snapshot.status >= 500:  # noqa: PLR2004 - the classes of HTTP
        return False
    if snapshot.path is None:
        return None
    # Nothing in the file may keep the rest from being read, says RFC 9309 in 2.2.
    text = (root / snapshot.path).read_bytes().decode("utf-8-sig", errors="replace")
    return Protego.parse(text)


def _site(url: str) -> tuple[str, str]:
    """Scheme and authority in one spelling, and the host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower(), host_of(parts)


def _fetches(log: Path) -> Iterator[_Fetch | None]:
    opened = gzip.open if log.suffix == ".gz" else Path.open
    with opened(log, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
        form = (log.with_suffix("") if log.suffix == ".gz" else log).suffix.lower()
        rows = _rows(file) if form == ".csv" else _objects(file)
        try:
            yield from map(_fetch, rows)
        except (OSError, EOFError, zlib.error):
            yield None  # a packed log is damaged from here on


def _rows(file: IO[str]) -> Iterator[Mapping[str, object] | None]:
    csv.field_size_limit(LONGEST_CELL)  # whoever read a table before may have set another
    reader = csv.DictReader(file)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield None  # a cell longer than any address


def _objects(file: IO[str]) -> Iterator[Mapping[str, object] | None]:
    for line in file:
        if line.strip():
            try:
                found = msgspec.json.decode(line)
            except (msgspec.DecodeError, RecursionError):
                found = None
            yield found if isinstance(found, dict) else None


def _fetch(row: Mapping[str, object] | None) -> _Fetch | None:
    if row is None:
        return None
    url = next((row[name] for name in _URL_NAMES if row.get(name)), None)
    said = next((row[name] for name in _TIME_NAMES if row.get(name)), None)
    at = _instant(str(said))
    try:
        site, host = _site(str(url))
    except ValueError:
        return None
    return _Fetch(str(url), site, host, at) if host and at is not None else None


def _instant(said: str) -> dt.datetime | None:
    """An instant in ISO 8601 with its zone, or in the fourteen digits of web archives; else ``None``."""
    try:
        if len(said) == len("20260501120000") and said.isdecimal():
            return dt.datetime.strptime(said, "%Y%m%d%H%M%S").replace(tzinfo=dt.UTC)
        at = dt.datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
