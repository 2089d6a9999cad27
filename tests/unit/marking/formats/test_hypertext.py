import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import (
    Carrier,
    Dialect,
    ExplicitLabel,
    Fault,
    ImplicitLabel,
    MalformedFile,
    NoMiddle,
    Placement,
    Prominence,
)
from hegui.marking.explicit import Treatment
from hegui.marking.formats import characters, hypertext
from hegui.marking.formats.characters import TextTooLarge
from hegui.marking.formats.hypertext import HTML
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from simulators.samples import htmls

ELEMENT = re.compile(rb"<meta name=\"AIGC\" content='[^']*'/>")


def embed(data: bytes | str, label: ImplicitLabel) -> bytes:
    data = data.encode() if isinstance(data, str) else data
    result = spliced(data, HTML.write(data, label))
    prove(HTML, before=data, after=result, label=label)
    return result


def read(data: bytes | str):
    items = list(HTML.read(data.encode() if isinstance(data, str) else data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def place(data: str, label: ImplicitLabel) -> str:
    """The page with a mark where the label went."""
    return ELEMENT.sub(b"|", embed(data, label)).decode()


@given(st.from_type(ImplicitLabel), st.data())
def test_what_is_embedded_is_what_is_extracted_and_nothing_else_changes(label, data):
    page = htmls()[data.draw(st.sampled_from(sorted(htmls())))]
    result = embed(page, label)
    ((item,), faults) = read(result)
    assert (item.strict(), item.carrier, item.dialect, faults) == (label, Carrier.HTML_META, Dialect.BARE, [])
    assert ELEMENT.sub(b"", result) == page


def test_the_place_says_that_it_is_a_convention(label):
    ((item,), _) = read(embed("<html></html>", label))
    assert ["own convention" in deviation.text.en for deviation in item.deviations] == [True]
    assert not item.deviations[0].binding
    assert "own convention" in HTML.convention.en


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html lang=zh><head>|<title>a</title></head><body></body></html>",
        "<!DOCTYPE html><html><head><title><b>a</title><META CharSet=gbk>|<link></head><body></body></html>",
        "<!doctype html><head><meta http-equiv='Content-Type' content='text/html; charset=gbk'>|</head>",
        "<html><head>|<script>if (a < b) '<meta charset=x>'</script></head><body><meta charset=y></body>",
        "<html><head>|<noscript><p>text<meta charset=x></noscript></head>",
        "<html><head>|<template><p></template><style>p > a {}</style></head><body>",
        "<html><head>|<meta name=viewport content='charset'></head>",
        "<?xml version='1.0'?><!-- a --><html xmlns='x'><head>|</head></html>",
        "<!doctype html>|<p>text</p><meta charset=x>",
        "<!doctype html>|text<meta charset=x>",
        "<html>|<body>",
        "|<body>",
        "<meta charset=x>|<p>",
        "<!doctype html>|</p><meta charset=x>",
        "<!doctype html>|<script>never ended",
    ],
)
def test_the_label_stands_in_the_head_behind_what_declares_the_encoding(label, page):
    assert place(page.replace("|", ""), label) == page


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8-sig", "gb18030", "big5", "shift_jis"])
def test_a_page_in_another_encoding_stays_in_it(label, other_label, encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    data = mark + "<html><head><title>表示</title></head></html>".encode(encoding)
    once = embed(data, label)
    assert "<title>表示</title>" in once.decode("utf-16" if mark else encoding)
    assert embed(embed(data, other_label), label) == once
    ((item,), _) = read(once)
    assert item.strict() == label


@pytest.mark.parametrize(
    "element",
    [
        '<meta name="AIGC" content="{}">',
        "<META NAME=aigc CONTENT='{}' />",
        '<meta content="{}" property="TC260:AIGC">',
        '<meta itemprop="AIGC" content="{}" content="second">',
    ],
)
def test_labels_of_others_are_read_wherever_they_are_and_give_way(label, other_label, element):
    other = element.format(html.escape(other_label.bare()))
    data = f"<html><head></head><body>{other}{other}</body></html>"
    (labels, _) = read(data)
    assert [item.strict() for item in labels] == [other_label, other_label]
    assert place(data, label) == "<html><head>|</head><body></body></html>"


def test_a_label_with_characters_beyond_ascii_is_read_as_it_was_written():
    for data in (
        '<meta name=AIGC content=\'{"Label":"是"}\'>',
        '\ufeff<meta name=AIGC content=\'{"Label":"是"}\'>',
    ):
        for encoding in ("utf-8", "utf-16-le") if data[0] == "\ufeff" else ("utf-8",):
            ((item,), _) = read(data.encode(encoding))
            assert item.value("Label") == "是"


@pytest.mark.parametrize(
    "page",
    [
        "<html><!-- <meta name=AIGC content=1> --><!--><!---><!--x--!></html>",
        "<html><textarea><meta name=AIGC content=1></textarea></html>",
        "<html><title><meta name=AIGC content=1></TITLE ></html>",
        "<html><a title='<meta name=AIGC content=1>'>a < b</a></html>",
        "<html></meta name=AIGC><meta content=AIGC><metas name=AIGC></html>",
        "<html><plaintext><meta name=AIGC content=1>",
        "<html><!-- <meta name=AIGC content=1>",
    ],
)
def test_what_only_looks_like_a_label_is_left_alone(label, page):
    assert read(page) == ([], [])
    assert ELEMENT.sub(b"", embed(page, label)).decode() == page


def test_a_tag_without_end_is_a_fault():
    (labels, (fault,)) = read("<html>\ufeff<p class='x")
    assert (labels, fault.offset, fault.text.en) == ([], 9, "a tag does not end")


@pytest.mark.parametrize(
    "page",
    [
        "<html><head><meta charset=utf-8 <title>a</title></head></html>",
        "<html lang=it's><head><meta charset=utf-8></head></html>",
        "<html><body><meta name=AIGC content=it's></body></html>",
    ],
)
def test_a_tag_that_may_end_in_two_places_is_not_written_behind_and_not_taken_out(label, page):
    with pytest.raises(MalformedFile, match="programs disagree where it ends"):
        HTML.write(page.encode(), label)


@pytest.mark.parametrize("name", ["iso-2022-jp", "hz-gb-2312", "utf-7"])
def test_an_encoding_in_which_markup_hides_is_not_read_and_not_written(label, name):
    data = f"<html><meta charset={name}></html>"
    assert f"encoding {name}" in read(data)[1][0].text.en
    with pytest.raises(MalformedFile, match="UTF-8"):
        HTML.write(data.encode(), label)


def test_a_large_page_is_read_in_part_and_refused(label, monkeypatch):
    data = embed("<html></html>", label) + b" " * 99
    for module in (hypertext, characters):
        monkeypatch.setattr(module, "LARGEST_TEXT", len(data) - 9)
    ((item,), (fault,)) = read(data)
    assert item.strict() == label
    assert "too large" in fault.text.en
    with pytest.raises(TextTooLarge):
        HTML.write(data, label)
    monkeypatch.setattr(hypertext, "MOST_PARTS", 2)
    assert "parts" in read("<html>" * 9)[1][0].text.en


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<!",
        "<?",
        "<a ",
        "<a b='",
        '<meta b="',
        "<meta b='",
        "</",
        "<script>",
        "<title>",
        "<meta charset=",
        "<-",
    ],
)
@pytest.mark.timeout(20)
def test_what_never_ends_is_read_soon(label, piece):
    data = ("<html>" + piece * 100_000).encode()
    assert len(list(HTML.read(data))) < 2
    embed(data, label)


NOTICE = '<p class="aigc-label" role="note">&#12304;AI&#29983;&#25104;&#12305;</p>'
START, MIDDLE, END = Placement.START, Placement.MIDDLE, Placement.END


@pytest.mark.parametrize(
    ("placement", "page"),
    [
        (START, "<html><head></head><body class='x'>|<p>text</p></body></html>"),
        (START, "<html><head><title>a</title></head>|<p>text</p></html>"),
        (START, "<!doctype html><title>a</title>|<p>text</p>"),
        (START, "<!doctype html><link>|text"),
        (START, "<!doctype html>|"),
        (END, "<html><body><p>text</p>|</body></html>"),
        (END, "<html><p>text|</html>"),
        (END, "<html><p>text|"),
        (MIDDLE, "<html><p>the first one, which is long</p>|<p>two</p><p>three</p></html>"),
    ],
)
def test_words_for_readers_stand_where_they_are_asked_for_and_once(label, placement, page):
    explicit = ExplicitLabel(wording="AI生成", placement=placement)
    before = page.replace("|", "").encode()
    shown = HTML.show(before, explicit, Prominence(height=0.05, seconds=2))
    assert shown == (page.replace("|", NOTICE).encode(), "AI生成", Treatment.KEPT)
    assert HTML.show(shown.data, explicit, Prominence(height=0.05, seconds=2)) == shown
    embed(shown.data, label)


def test_words_for_readers_are_the_same_in_every_encoding(label):
    explicit = ExplicitLabel(wording="AI<生成>", placement=Placement.CORNER)
    page = "<html><body>文字</body></html>"
    for encoding in ("gb18030", "utf-16-le", "utf-8"):
        data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + page.encode(encoding)
        shown = HTML.show(data, explicit, Prominence(height=0.05, seconds=2))
        assert shown.words == "AI"
        assert "文字<p class" in shown.data.decode(encoding)
        assert "【AI】</p></body>" in html.unescape(shown.data.decode(encoding))


def test_a_page_without_two_paragraphs_has_no_middle():
    with pytest.raises(NoMiddle):
        HTML.show(
            b"<html><p>one</p></html>", ExplicitLabel(placement=MIDDLE), Prominence(height=1, seconds=1)
        )


def test_it_is_told_by_how_it_begins():
    for page in (" <!DOCTYPE HTML PUBLIC 'x'>", "<!-- a --><html>", "<?xml version='1.0'?><html ", "<body>"):
        assert HTML.recognises(page.encode())
    for page in ("<p>", "# <html>", "", "<!doctype svg>", "<!-- <html> -->", "<header>", "---\n---\n<html>"):
        assert not HTML.recognises(page.encode())


def shown(page: str) -> str:
    return HTML.text(f"<!DOCTYPE html><html><body>{page}</body></html>".encode()).text.strip()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>本内容由<b>人工智能</b>生成</p><p>正文", "本内容由人工智能生成\n\n正文"),
        ("&#12304;AI&#x3011;", "【AI】"),
        ("<!-- AI生成 --><script>'AI生成'</script><style>AI生成</style><p>正文</p>", "正文"),
        ("<template><p>AI生成</p></template>正文", "正文"),
        ("<div hidden>AI生成<div>AI生成</div>AI生成</div>正文", "正文"),
        ('<p style="color:red; Display : none">AI生成</p>正文', "正文"),
        ('<p style="color:red">AI生成</p>', "AI生成"),
        ("<img hidden>AI生成", "AI生成"),
        ("<i hidden/>AI生成", "AI生成"),
        ("正文<p hidden>AI生成", "正文"),
        ("<p hidden>AI生成<p>正文", "正文"),
        ("<p hidden>AI<b>生成</b><p hidden>AI生成<h2>正文</h2>", "正文"),
        ("<div><p hidden>AI生成</div>正文", "正文"),
        ("<p hidden>AI<button>生成<p>AI</p></button>生成<ul><li>正文</ul>", "正文"),
        ("<ul><li hidden>AI生成<li>正文</ul>", "正文"),
        ("<ul><li hidden>AI<ul><li>生成<ul><li>AI</ul></ul>生成</ul>正文", "正文"),
        ("<ul><li hidden>AI<ol><li>生成</li></ol>AI</li><li>正文</li></ul>", "正文"),
        ("<dl><dt hidden>AI<dd hidden>生成<dt>正文</dl>", "正文"),
        ("<dl><dd hidden>AI生成</dl>正文", "正文"),
        ("<table><tr><td hidden>AI<table><td>生成</table><td>正文</table>", "正文"),
        ("<table><tr><th hidden>AI生成<tr><td>正文</table>", "正文"),
        ("<table><tr hidden><td>AI<td>生成<tr><td>正文</table>", "正文"),
        ("<table><thead hidden><tr><th>AI生成<tbody><tr><td>正文</table>", "正文"),
        ("<table><caption hidden>AI生成<tr><td>正文</table>", "正文"),
        ("<table><tr><td hidden>AI生成</table>正文", "正文"),
        ("<select><option hidden>AI生成<option>正文</select>", "正文"),
        ("<select><optgroup hidden><option>AI<option>生成<optgroup><option>正文</select>", "正文"),
        ("<ruby>正<rt hidden>AI生成</ruby>文", "正\n\n文"),
        ('正文<p "', "正文"),
    ],
)
def test_what_people_read_on_a_page_is_told_from_what_they_do_not(page, text):
    assert shown(page) == text


def test_a_page_whose_markup_cannot_be_told_has_no_text_for_people():
    assert HTML.text(b"<html><meta charset=iso-2022-jp><p>AI</p>").text == ""


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-8"])
def test_a_page_is_read_in_the_encoding_that_it_declares(encoding):
    page = f"<html><head><meta charset={encoding}></head><body><p>AI生成</p></body></html>"
    assert HTML.text(page.encode(encoding)).text.strip() == "AI生成"
