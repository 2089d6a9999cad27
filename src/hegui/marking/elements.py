"""XML as elements with their places, so that it can be changed without being written anew.

A document type is refused: nothing outside the file is ever read, and nothing inside it can multiply.
"""

import re
from typing import NamedTuple
from xml.parsers import expat

MOST_ELEMENTS = 1 << 16
"""Elements of one document that are looked at at most; a package of office software has some hundred."""

_DEEPEST = 64
_SEPARATOR = " "
_TAG = re.compile(rb"<([^\s/>]+)(?:\s+[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*\s*(/?)>")


class XmlRefused(Exception):
    """What stopped the reading."""


class XmlElement(NamedTuple):
    """One element. Places are bytes of the document.

    Attributes:
        namespace: its namespace; empty where it has none.
        name: its name without a prefix.
        tag: its name as it stands in the document.
        attributes: by their names; those in a namespace have it and a blank before the name.
        start: where it begins.
        inner: where its content begins.
        inner_end: where its content ends; the same as ``inner`` where it closes itself.
        end: where it ends.
        depth: how many elements are around it.
        text: the characters directly in it.
    """

    namespace: str
    name: str
    tag: str
    attributes: dict[str, str]
    start: int
    inner: int
    inner_end: int
    end: int
    depth: int
    text: str

    @property
    def prefix(self) -> str:
        """The prefix of its name with the colon; empty where it has none."""
        return self.tag[: self.tag.find(":") + 1]

    def holds(self, other: "XmlElement") -> bool:
        """Whether ``other`` stands within it."""
        return self.inner <= other.start < self.inner_end


def elements(xml: bytes) -> tuple[XmlElement, ...]:
    """Every element of a document, in the order in which they begin; the first is the root.

    Args:
        xml: the document, in UTF-8.

    Raises:
        XmlRefused: it is not well-formed, has a document type, or is too deep or too large.
    """
    walk = _Walk(xml)
    try:
        walk.parser.Parse(xml, True)  # noqa: FBT003 - expat's signature
    except expat.ExpatError as error:
        raise XmlRefused(str(error)) from error
    return tuple(sorted(walk.found, key=lambda element: element.start))


def escaped(text: str) -> str:
    """The text as it may stand in an element or an attribute."""
    for character, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, reference)
    return text


class _Open(NamedTuple):
    """An element that has begun."""

    name: str
    tag: re.Match[bytes]
    attributes: dict[str, str]
    text: list[str]


class _Walk:
    """Expat's events, with the byte each begins at."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._open: list[_Open] = []
        self._begun = 0
        self.found: list[XmlElement] = []
        self.parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _doctype(self, *_: object) -> None:
        raise XmlRefused("a document type is not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._begun += 1
        if len(self._open) >= _DEEPEST or self._begun > MOST_ELEMENTS:
            raise XmlRefused("elements are nested too deep, or there are too many")
        tag = _TAG.match(self._xml, self.parser.CurrentByteIndex)
        if tag is None:
            raise XmlRefused("it is not UTF-8")
        self._open.append(_Open(name, tag, attributes, []))

    def _end(self, _: str) -> None:
        opened = self._open.pop()
        inner = inner_end = end = opened.tag.end()
        if not opened.tag[2]:
            inner_end = self.parser.CurrentByteIndex
            end = self._xml.index(b">", inner_end) + 1
        namespace, _, name = opened.name.rpartition(_SEPARATOR)
        self.found.append(
            XmlElement(
                namespace=namespace,
                name=name,
                tag=opened.tag[1].decode(),
                attributes=opened.attributes,
                start=opened.tag.start(),
                inner=inner,
                inner_end=inner_end,
                end=end,
                depth=len(self._open),
                text="".join(opened.text),
            )
        )

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)
