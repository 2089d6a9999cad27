"""HTML by string search, between what is no markup."""

import codecs
import hashlib
import html
import re

from hegui.marking.readback.proof import ReadBack, Stream

_ASIDE = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(script|style|textarea|title|xmp|iframe|noembed|noframes|plaintext)(?=[\s/>]).*?(?:</\1(?=[\s/>])|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[a-z/](?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*>", re.IGNORECASE)
_META = re.compile(r"<meta[\s/]", re.IGNORECASE)
_NAMED = re.compile(
    r"[\s/](?:name|property|itemprop)\s*=\s*([\"']?)\s*(?:tc260:)?aigc\s*\1(?=[\s/>])", re.IGNORECASE
)
_CONTENT = re.compile(r"[\s/]content\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def read_back(file: Stream) -> ReadBack:
    """Every element that calls itself AIGC, and the digest of everything else."""
    data = file.read()
    text = data.decode(_WIDE.get(data[:2], "latin-1"))
    labels: list[str] = []
    coded = hashlib.sha256()

    def taken(element: re.Match[str]) -> str:
        if not _META.match(element[0]) or not _NAMED.search(element[0]):
            return element[0]
        content = _CONTENT.search(element[0])
        labels.append(html.unescape(content[1] or content[2]) if content else "")
        return ""

    position = 0
    for aside in _ASIDE.finditer(text):
        coded.update(_TAG.sub(taken, text[position : aside.start()]).encode())
        coded.update(aside[0].encode())
        position = aside.end()
    coded.update(_TAG.sub(taken, text[position:]).encode())
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())
