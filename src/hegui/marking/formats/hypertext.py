"""HTML: the label is ``<meta name="AIGC" content='{…}'>`` in the head of the page.

No guide was found that covers it; this is Hegui's own convention. A page is told from a text by how it
begins, cut into tags as the HTML standard says, and not written anew. The element goes behind the one that
declares the encoding, which browsers look for in the first 1,024 bytes only.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hegui.marking.candidates import MOST_PARTS, Candidate, decoded, fault, names_label, too_many
from hegui.marking.explicit import (
    ExplicitLabel,
    NoMiddle,
    Placement,
    Prominence,
    Shown,
    Treatment,
    words_in_text,
)
from hegui.marking.formats.characters import LARGEST_TEXT, Characters, characters, check_size, too_long
from hegui.marking.formats.format import Format, MalformedFile, ReadableText
from hegui.marking.misplaced import HTML_CONVENTION
from hegui.marking.model import ELEMENT, Carrier, Fault, ImplicitLabel
from hegui.marking.readback.hypertext import read_back
from hegui.marking.splices import Buffer, Splice, spliced

_HEAD_BYTES = 1 << 16
# Python 3.11.2, which Debian 12 has, matches possessive groups wrongly where something inside them may match
# in two ways. So groups are not possessive here, and nothing can be matched in two ways: linear as well.
_COMMENT = r"<!--(?:-?>|(?!-?>)[^-]*+(?:-(?!-!?>)[^-]*+)*(?:--!?>|\Z))"
_BEGIN = re.compile(
    rf"\s*+(?:(?:{_COMMENT}|<\?xml[^>]*+>)\s*+)*<(?:!doctype\s++html[\s>]|(?:html|head|body|meta)[\s/>])",
    re.IGNORECASE,
)
_VALUE = r"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)"
_ATTRIBUTE = rf"[^\s/>][^\s/>=]*+(?:{_VALUE}|(?!{_VALUE}))"
_TAG = re.compile(
    rf"{_COMMENT}|<[!?][^>]*+(?:>|\Z)|"
    rf"<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*)>"
)
_WHOLE = re.compile(r"[^<\"']*+(?:(?:\"[^\"]*+\"|'[^']*+')[^<\"']*+)*")
_PAIR = re.compile(r"([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"'][^\s>]*+)))?")
_LETTER = re.compile(r"</?[a-zA-Z]")
_RAW = ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext")
_RAW_ENDS = {name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE) for name in _RAW}
_IN_HEAD = {"base", "link", "meta", "script", "style", "title"}
_AROUND = {"html", "head"}
_APART = {"noscript", "template"}
# What stands in a line of text and does not end it.
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr",
}  # fmt: skip
_ALONE = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
}  # fmt: skip
# HTML lets these go without their end tags: they end where one of the tags stands; "/" is an end tag.
_LISTS = ("/dir", "/menu", "/ol", "/ul")
_GROUPS = ("tbody", "tfoot", "thead")
_ROWS = ("tr", *_GROUPS, "/table", *(f"/{name}" for name in _GROUPS))
_CELLS = ("td", "th", *_ROWS, "/tr")
_BLOCKS = (
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search",
    "section", "summary", "table", "td", "th", "tr", "ul", "xmp", *_GROUPS,
)  # fmt: skip
_UNCLOSED = {
    "p": (*_BLOCKS, *(f"/{name}" for name in _BLOCKS)),
    "li": ("li", *_LISTS),
    "dt": ("dd", "dt", "/dl"),
    "dd": ("dd", "dt", "/dl"),
    "rt": ("rp", "rt", "/ruby"),
    "rp": ("rp", "rt", "/ruby"),
    "option": ("hr", "optgroup", "option", "/datalist", "/optgroup", "/select"),
    "optgroup": ("hr", "optgroup", "/select"),
    "caption": ("col", "colgroup", *_ROWS),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _ROWS,
    **dict.fromkeys(_GROUPS, (*_GROUPS, "/table")),
}
# A tag within one of these ends nothing that is around it.
_ENCLOSED = {
    "button", "dir", "dl", "menu", "object", "ol", "ruby", "select", "table", "template", "ul",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHINESE = re.compile(r"charset\s*=\s*[\"']?\s*(gb2312|gbk|gb18030|big5)\b", re.IGNORECASE)
_STATEFUL = re.compile(r"charset\s*=\s*[\"']?\s*(iso-2022-\w+|hz-gb-\w+|utf-7)", re.IGNORECASE)


class _Tag(NamedTuple):
    """A tag, a comment or a declaration, and its place in characters.

    Attributes:
        name: the element, in small letters; empty where there is none.
        ends: whether it ends it.
        attributes: what stands behind the name.
        start: where it begins.
        end: where it ends.
    """

    name: str
    ends: bool
    attributes: str
    start: int
    end: int

    def values(self) -> Mapping[str, str]:
        """Its attributes by their names; of two with one name the first counts."""
        pairs = [
            (name.lower(), one or two or three) for name, one, two, three in _PAIR.findall(self.attributes)
        ]
        return dict(reversed(pairs))


class _Unseen:
    """An element that is not shown, while the tags in it go by."""

    def __init__(self, name: str) -> None:
        """Begin behind its start tag."""
        unclosed = _UNCLOSED.get(name)
        self._ends = {f"/{name}", *(unclosed or ())}
        self._nested = {name} if unclosed is None else _ENCLOSED
        self._within, self._depth = "", 0

    def ends_at(self, tag: _Tag) -> bool:
        """Whether it does not go on behind where a tag begins."""
        if self._depth:
            if tag.name == self._within:
                self._depth += -1 if tag.ends else 1
        elif (f"/{tag.name}" if tag.ends else tag.name) in self._ends:
            return True
        elif tag.name in self._nested and not tag.ends:
            self._within, self._depth = tag.name, 1
        return False


def _recognises(data: Buffer) -> bool:
    return _BEGIN.match(characters(data[:_HEAD_BYTES]).text) is not None


def _read(data: Buffer) -> Iterator[Candidate | Fault]:
    text = characters(data)
    stateful = _STATEFUL.search(text.text, 0, _HEAD_BYTES)
    if stateful:
        yield _unknown_encoding(stateful[1])
        return
    for item in _tags(text.text):
        if isinstance(item, Fault):
            yield fault(text.place(item.offset), zh=item.text.zh, en=item.text.en)
        elif _is_label(item):
            value = html.unescape(_said(text, item.values().get("content", "")))
            yield Candidate(value=value.strip(), carrier=Carrier.HTML_META, offset=text.place(item.start))
    if len(data) > LARGEST_TEXT:
        yield too_long(LARGEST_TEXT)


def _write(data: Buffer, label: ImplicitLabel) -> tuple[Splice, ...]:
    check_size(data, HTML.name, most=LARGEST_TEXT)
    text = characters(data)
    stateful = _STATEFUL.search(text.text, 0, _HEAD_BYTES)
    if stateful:
        refusal = _unknown_encoding(stateful[1])
        raise MalformedFile(format_name=HTML.name, offset=0, zh=refusal.text.zh, en=refusal.text.en)
    tags = [item for item in _tags(text.text) if isinstance(item, _Tag)]
    home = _head(text.text, tags).home
    for tag in tags:
        if not _WHOLE.fullmatch(tag.attributes) and (tag.start < home or _is_label(tag)):
            raise MalformedFile(
                format_name=HTML.name,
                offset=text.place(tag.start),
                zh="标签里有没有配对的引号或 <，看不出它在哪里结束",
                en="a quote or a < stands alone in a tag, so that programs disagree where it ends",
            )
    place = text.place(home)
    splices = [Splice(text.place(tag.start), text.place(tag.end), b"") for tag in tags if _is_label(tag)]
    return (Splice(place, place, text.encoded(_element(label))), *splices)


def _show(data: Buffer, explicit: ExplicitLabel, _prominence: Prominence) -> Shown:
    """The page with a paragraph for its readers at its start, its end, or between two others.

    Raises:
        NoMiddle: the middle was asked for, and there are no two paragraphs.

    Basis:
        GB-45438 5.1
    """
    check_size(data, HTML.name, most=LARGEST_TEXT)
    text = characters(data)
    words = words_in_text(explicit)
    # As references, which say the same in every encoding.
    said = "".join(sign if sign.isascii() else f"&#{ord(sign)};" for sign in html.escape(f"【{words}】"))
    notice = f'<p class="aigc-label" role="note">{said}</p>'
    if notice in text.text:
        return Shown(data[:], words, Treatment.KEPT)
    tags = [item for item in _tags(text.text) if isinstance(item, _Tag)]
    place = text.place(_place(text.text, tags, explicit.placement))
    return Shown(spliced(data, [Splice(place, place, text.encoded(notice))]), words, Treatment.KEPT)


def _text(data: Buffer) -> ReadableText:
    """What people read on the page, as far as its markup tells: what a style sheet hides counts as shown."""
    page = characters(data)
    text = page.text
    if _STATEFUL.search(text, 0, _HEAD_BYTES):
        return ReadableText("")
    parts = []
    position = 0
    unseen: _Unseen | None = None
    for tag in _tags(text):
        if isinstance(tag, Fault):
            break
        if unseen is None:
            parts.append(text[position : tag.start])
        elif unseen.ends_at(tag):
            unseen = None
        if unseen is None:
            parts.append("" if tag.name in _INLINE or not tag.name else "\n")
            unseen = _Unseen(tag.name) if not tag.ends and _hides(tag) else None
        position = tag.end
    else:
        parts.append("" if unseen else text[position:])
    said = "".join(parts)
    declared = _CHINESE.search(text, 0, _HEAD_BYTES)
    if declared is not None and page.width == 1:
        return ReadableText(html.unescape(said.encode(page.encoding).decode(declared[1], "replace")))
    return ReadableText(html.unescape(_said(page, said)))


def _hides(tag: _Tag) -> bool:
    """Whether what stands in an element is not shown."""
    if tag.name in _ALONE or tag.attributes.endswith("/"):
        return False
    values = tag.values()
    return tag.name in _APART or "hidden" in values or _HIDDEN.search(values.get("style", "")) is not None


def _place(text: str, tags: list[_Tag], placement: Placement) -> int:
    if placement is Placement.MIDDLE:
        ends = [tag.end for tag in tags if tag.name == "p" and tag.ends][:-1]
        if not ends:
            raise NoMiddle
        return min(ends, key=lambda end: abs(end - len(text) // 2))
    if placement is Placement.START:
        body = next((tag.end for tag in tags if tag.name == "body" and not tag.ends), None)
        return _head(text, tags).end if body is None else body
    return next((tag.start for tag in tags if tag.name in {"body", "html"} and tag.ends), len(text))


def _element(label: ImplicitLabel) -> str:
    # Closed as XML asks, which HTML allows.
    content = html.escape(label.bare(), quote=False).replace("'", "&#39;")
    return f"<meta name=\"{ELEMENT}\" content='{content}'/>"


class _Head(NamedTuple):
    """Where in a head the label stands, and where it ends."""

    home: int
    end: int


def _head(text: str, tags: list[_Tag]) -> _Head:
    """Behind what a head begins with, and behind what declares the encoding, wherever in the head that is."""
    home = position = 0
    apart = False
    for tag in tags:
        if not apart and text[position : tag.start].strip():
            break
        if tag.name in _APART:
            apart = not tag.ends
        elif not apart and not _stays_in_head(tag):
            position = tag.end if tag.name == "head" else position
            break
        elif not apart and _moves_home(text, tag):
            home = tag.end
        position = tag.end
    return _Head(home, position)


def _stays_in_head(tag: _Tag) -> bool:
    return not tag.name or tag.name in _IN_HEAD or (tag.name in _AROUND and not tag.ends)


def _moves_home(text: str, tag: _Tag) -> bool:
    """Whether the label has to stand behind it."""
    if not tag.name:
        return not text.startswith("<!--", tag.start) and text[tag.end - 1] == ">"
    values = tag.values()
    declares = "charset" in values or values.get("http-equiv", "").strip().lower() == "content-type"
    return tag.name in _AROUND or (tag.name == "meta" and declares)


def _is_label(tag: _Tag) -> bool:
    if tag.name != "meta" or tag.ends:
        return False
    values = tag.values()
    return any(names_label(values.get(key, "")) for key in ("name", "property", "itemprop"))


def _said(text: Characters, value: str) -> str:
    """A value as its bytes say it, which the characters need not."""
    return decoded(value.encode(text.encoding)) if text.width == 1 else value


def _unknown_encoding(name: str) -> Fault:
    return fault(
        0,
        zh=f"编码 {name} 中看不出标记在哪里；请另存为 UTF-8",
        en=f"in the encoding {name} it cannot be told where markup is; save the page in UTF-8",
    )


def _tags(text: str) -> Iterator[_Tag | Fault]:
    """The tags of a page; one of an element that holds text alone reaches to the tag that ends it."""
    position = 0
    for _ in range(MOST_PARTS):
        position = text.find("<", position)
        if position < 0:
            return
        match = _TAG.match(text, position)
        if match is None and _LETTER.match(text, position):
            yield fault(position, zh="标签没有结束", en="a tag does not end")
            return
        if match is None:
            position += 1
            continue
        name, end = (match["name"] or "").lower(), match.end()
        if name in _RAW_ENDS and not match["end"]:
            close = _RAW_ENDS[name].search(text, end)
            end = close.start() if close else len(text)
        yield _Tag(name, bool(match["end"]), match["attributes"] or "", position, end)
        position = end
    yield too_many(position)


HTML = Format(
    name="HTML",
    suffixes=(".html", ".htm", ".xhtml"),
    recognises=_recognises,
    read=_read,
    write=_write,
    read_back=read_back,
    show=_show,
    convention=HTML_CONVENTION,
    text=_text,
)
