"""Whether pages could be collected, by what robots.txt said at the time."""

import datetime as dt
import gzip
import json

import pytest

from hegui.corpus.blocking import BlockList, read_block_list
from hegui.corpus.crawling import account_for
from hegui.corpus.provenance import Crawl, RobotsSnapshot

NOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def account(tmp_path):
    """Holds pages, each a URL with its instant, against robots files, each a text with its instant."""

    def account(pages, *robots, agent="HeguiBot/1.0", blocked=()):
        lines = [json.dumps({"url": url, "time": at.isoformat()}) for url, at in pages]
        (tmp_path / "log.jsonl").write_text("\n".join(lines), encoding="utf-8")
        snapshots = []
        for index, (text, at, status) in enumerate(robots):
            name = None
            if text is not None:
                name = f"robots-{index}.txt"
                (tmp_path / name).write_text(text, encoding="utf-8")
            snapshots.append(RobotsSnapshot(site="https://Example.cn", taken_at=at, path=name, status=status))
        crawl = Crawl(agent=agent, log="log.jsonl", robots=tuple(snapshots))
        (tmp_path / "blocked.txt").write_text("\n".join(blocked), encoding="utf-8")
        listed = read_block_list(tmp_path / "blocked.txt") if blocked else BlockList()
        return account_for(crawl, root=tmp_path, blocked=listed)

    return account


# The examples of RFC 9309, 2.2 and 5, and what sites really write.
ANSWERS = [
    ("longest match", "User-agent: *\nDisallow: /a\nAllow: /a/b\n", "/a/b/c", True),
    ("allow wins a draw", "User-agent: *\nDisallow: /p\nAllow: /p\n", "/p", True),
    ("wildcard", "User-agent: *\nDisallow: /*.pdf$\n", "/q/a.pdf", False),
    ("end", "User-agent: *\nDisallow: /*.pdf$\n", "/q/a.pdf?x=1", True),
    ("own group", "User-agent: *\nDisallow: /\n\nUser-agent: HeguiBot\nDisallow: /x\n", "/a", True),
    (
        "groups of one name",
        "User-agent: HeguiBot\nDisallow: /a\n\nUser-agent: heguibot\nDisallow: /b\n",
        "/b",
        False,
    ),
    ("empty rule", "User-agent: *\nDisallow:\n", "/b", True),
    ("Chinese path", "User-agent: *\nDisallow: /百科\n", "/%E7%99%BE%E7%A7%91/1", False),
    ("byte order mark", "\ufeffUser-agent: *\nDisallow: /\n", "/1", False),
    ("robots itself", "User-agent: *\nDisallow: /\n", "/robots.txt", True),
    ("a page instead", "<html>not found</html>", "/", True),
]


@pytest.mark.parametrize(("_name", "text", "path", "allowed"), ANSWERS, ids=[each[0] for each in ANSWERS])
def test_a_page_is_allowed_or_refused_by_the_file_of_the_time(account, _name, text, path, allowed):
    url = f"https://example.cn{path}"
    found = account([(url, NOON)], (text, NOON - HOUR, 200))
    assert (found.pages, found.refused, found.untold) == (1, 0 if allowed else 1, 0)
    assert found.first_refused == (() if allowed else (url,))


@pytest.mark.parametrize(
    ("text", "status", "refused", "untold"),
    [(None, 404, 0, 0), (None, 503, 1, 0), (None, 0, 1, 0), (None, 200, 0, 1), (None, 301, 0, 1)],
)
def test_a_site_without_the_file_allows_and_one_that_fails_forbids(account, text, status, refused, untold):
    found = account([("https://example.cn/a", NOON)], (text, NOON, status))
    assert (found.refused, found.untold) == (refused, untold)


def test_the_newest_file_before_the_page_counts(account):
    closed, opened = "User-agent: *\nDisallow: /\n", "User-agent: *\nAllow: /\n"
    pages = [("https://example.cn/a", NOON), ("https://example.cn/b", NOON + 3 * HOUR)]
    found = account(pages, (opened, NOON - HOUR, 200), (closed, NOON + HOUR, 200))
    assert found.first_refused == ("https://example.cn/b",)


@pytest.mark.parametrize("taken_at", [NOON - 25 * HOUR, NOON + HOUR])
def test_a_file_that_is_stale_or_later_tells_nothing(account, taken_at):
    found = account([("https://example.cn/a", NOON)], ("User-agent: *\nAllow: /\n", taken_at, 200))
    assert (found.untold, found.first_untold) == (1, ("https://example.cn",))


def test_another_host_or_scheme_is_another_site(account):
    pages = [("http://example.cn/a", NOON), ("https://www.example.cn/a", NOON)]
    assert account(pages, ("User-agent: *\nAllow: /\n", NOON, 200)).untold == 2


def test_only_the_first_pages_are_named(account):
    pages = [(f"https://example.cn/{number}", NOON) for number in range(9)]
    found = account(pages, ("User-agent: *\nDisallow: /\n", NOON, 200))
    assert (found.refused, len(found.first_refused)) == (9, 5)


def test_pages_on_the_block_list_are_counted_and_their_hosts_named(account):
    pages = [
        (f"https://{host}/", NOON)
        for host in ("bad.example", "www.bad.example", "notbad.example", "worse.example.")
    ]
    found = account(pages, blocked=("bad.example", "worse.example"))
    assert found.blocked == 3
    assert found.first_blocked == ("bad.example", "www.bad.example", "worse.example")


LOGS = [
    ("log.csv", "url,timestamp\nhttps://example.cn/a,20260501120000\nhttps://example.cn/b,soon\n", 1, 1),
    ("log.csv", "address,when\nx,y\n", 0, 1),
    ("log.csv", f"url,time\n{'u' * 200_000},x\nhttps://example.cn/a,20260501120000\n", 1, 1),
    ("log.jsonl", "[" * 100_000 + "\n", 0, 1),
    ("log.jsonl", '{"uri": "https://example.cn/a", "date": "2026-05-01T12:00:00Z"}\n\n', 1, 0),
    ("log.jsonl", '{"url": "https://example.cn/a", "time": "2026-05-01T12:00:00"}\n', 0, 1),
    ("log.jsonl", '{"url": "https://[bad/", "time": "2026-05-01T12:00:00Z"}\nnot json\n[1]\n', 0, 3),
    ("log.jsonl", '{"url": "/relative", "time": "20261399999999"}\n', 0, 1),
    ("log.jsonl", '{"url": "/relative", "time": "20260501120000"}\n', 0, 1),
]


@pytest.mark.parametrize(("name", "text", "pages", "unreadable"), LOGS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_line_of_a_log_is_a_page_or_named_unreadable(tmp_path, name, text, pages, unreadable, packed):
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    found = account_for(Crawl(agent="a", log=path.name), root=tmp_path, blocked=BlockList())
    assert (found.pages, found.unreadable) == (pages, unreadable)


@pytest.mark.parametrize("cut", [30, 60])
def test_a_packed_log_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path, cut):
    lines = "".join(f"https://example.cn/{number},20260501120000\n" for number in range(9_000))
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(f"url,time\n{lines}".encode())[:-cut])
    found = account_for(Crawl(agent="a", log=path.name), root=tmp_path, blocked=BlockList())
    assert 0 < found.pages < 9_000
    assert found.unreadable >= 1


def test_a_log_that_is_packed_in_name_only_is_unreadable(tmp_path):
    (tmp_path / "log.csv.gz").write_text("url,time\n", encoding="utf-8")
    found = account_for(Crawl(agent="a", log="log.csv.gz"), root=tmp_path, blocked=BlockList())
    assert (found.pages, found.unreadable) == (0, 1)
