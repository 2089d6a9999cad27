"""What a block list names, however it was written."""

import pytest

from hegui.corpus.blocking import BlockList, UnusableBlockList, read_block_list


@pytest.fixture
def read(tmp_path):
    """Reads a block list of these bytes."""

    def read(data):
        path = tmp_path / "blocked.txt"
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return read_block_list(path)

    return read


@pytest.mark.parametrize(
    ("line", "held", "free"),
    [
        (
            "bad.example  # since May",
            ["https://bad.example/", "http://www.bad.example/a"],
            ["https://notbad.example/"],
        ),
        ("*.Worse.example", ["https://worse.example./"], ["https://example/"]),
        (".onion", ["http://abc.onion/"], ["http://onion.example/"]),
        ("https://bad.example/", ["http://bad.example:8080/a"], []),
        ("bad.example:8443", ["https://bad.example/"], []),
        ("192.0.2.7", ["http://192.0.2.7/a"], ["http://192.0.2.70/"]),
        ("http://[2001:db8::1]/", ["http://[2001:db8::1]:81/a"], ["http://[2001:db8::2]/"]),
        ("例子.cn", ["https://例子.cn/", "https://www.xn--fsqu00a.cn/"], ["https://例.cn/"]),
        ("straße.example", ["https://xn--strae-oqa.example/"], ["https://strasse.example/"]),
        ("a" * 70 + ".Example", ["https://" + "a" * 70 + ".example/"], []),
        (
            "https://bbs.example/u/12#top",
            ["https://bbs.example/u/12", "http://bbs.example/u/12/posts", "https://m.bbs.example/u/12?p=2"],
            ["https://bbs.example/u/123", "https://bbs.example/", "https://example/u/12"],
        ),
        (
            "bbs.example/论坛/",
            ["https://bbs.example/%E8%AE%BA%E5%9D%9B/1"],
            ["https://bbs.example/%E8%AE%BA%E5%9D%9B"],
        ),
        (
            "bbs.example/t?id=7",
            [
                "https://bbs.example/t?id=7",
                "https://bbs.example/t?id=7&page=2",
                "https://bbs.example/t?page=2&id=7",
            ],
            ["https://bbs.example/t?id=71", "https://bbs.example/t", "https://bbs.example/t/u?id=7"],
        ),
        ("bad.example/*", ["https://bad.example/", "https://bad.example/x"], []),
        ("*.bad.example/news/*", ["https://m.bad.example/news/1"], ["https://bad.example/ads"]),
        (
            "bad.example/news/1.html",
            [
                "https://bad.example//news/1.html",
                "https://bad.example/./news/../news/%31.html",
                "https://bad.example/news/1.html/",
            ],
            ["https://bad.example/news/..", "https://bad.example/news/1.html5"],
        ),
        ("bad.example/a%20b", ["https://bad.example/a%20b", "https://bad.example/a b"], []),
        ("[::1]", ["http://[0:0:0:0:0:0:0:1]/x"], ["http://[::2]/"]),
    ],
)
def test_a_host_or_a_page_is_named_with_what_lies_below_it(read, line, held, free):
    blocked = read(f"# our list\n\n{line}\n")
    assert [blocked.holds(url) for url in held] == [True] * len(held)
    assert [blocked.holds(url) for url in free] == [False] * len(free)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_is_read_in_the_encodings_of_chinese_programs(read, encoding):
    assert read("例子.cn # 阻断名单\r\n".encode(encoding)).holds("https://例子.cn/")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("bad.example\n博彩类网站\n", ":2", "neither a host nor an address"),
        ("0.0.0.0 bad.example\n", ":1", "neither a host nor an address"),
        ("bad..example\n", ":1", "neither a host nor an address"),
        ("https://\n", ":1", "neither a host nor an address"),
        ("例\ufffe.cn\n", ":1", "neither a host nor an address"),
        ("http://[bad/\n", ":1", "neither a host nor an address"),
        ("||bad.example^\n", ":1", "neither a host nor an address"),
        ("bad.example/page 广告\n", ":1", "%20"),
        ("bad.example/page\u3000广告\n", ":1", "%20"),
        ("bad.example/news,bad.example/ads\n", ":1", "%2C"),
        ("bad.example/*/ads\n", ":1", "%2A"),
        ("# nothing yet\n\n", "", "names no host"),
        (b"\xff\xfeb\x00a\x00", "", "UTF-8"),
    ],
)
def test_what_names_nothing_is_refused_with_its_line(read, tmp_path, text, place, says):
    with pytest.raises(UnusableBlockList) as caught:
        read(text)
    assert str(caught.value).startswith(f"{tmp_path / 'blocked.txt'}{place}: ")
    assert says in str(caught.value)
    assert caught.value.line == (int(place[1:]) if place else None)


def test_several_lists_are_one_and_none_holds_nothing(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"{name}.example", encoding="utf-8")
    blocked = read_block_list(tmp_path / "a", tmp_path / "b")
    assert blocked.holds("http://a.example")
    assert blocked.holds("http://b.example")
    assert not BlockList().holds("http://a.example")
