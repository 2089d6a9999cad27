"""What texts say of the rights to them, and of having been generated. Pure."""

import re
from collections.abc import Iterator
from enum import StrEnum

from hegui.core import BilingualText


class Marker(StrEnum):
    """Something a text says of itself.

    Basis:
        TC260-003 5.2b2
    """

    COPYRIGHT = "copyright"
    ALL_RIGHTS_RESERVED = "all_rights_reserved"
    NO_REPRODUCTION = "no_reproduction"
    ISBN = "isbn"
    OPEN_LICENSE = "open_license"
    WATERMARK = "watermark"
    GENERATED = "generated"

    @property
    def text(self) -> BilingualText:
        """What it is, for people."""
        return _TEXTS[self]


_TEXTS = {
    Marker.COPYRIGHT: BilingualText(zh="版权标记（©、版权所有）", en="copyright sign"),
    Marker.ALL_RIGHTS_RESERVED: BilingualText(zh="保留所有权利", en="all rights reserved"),
    Marker.NO_REPRODUCTION: BilingualText(zh="禁止转载", en="no reproduction"),
    Marker.ISBN: BilingualText(zh="书号（ISBN，校验位正确）", en="ISBN with a right check digit"),
    Marker.OPEN_LICENSE: BilingualText(zh="开放许可", en="open licence"),
    Marker.WATERMARK: BilingualText(zh="水印或来源声明", en="watermark or claim of origin"),
    Marker.GENERATED: BilingualText(zh="标明由人工智能生成", en="labelled as generated"),
}

_AI = r"(?:人工智能|(?<![A-Za-z])AI(?:GC)?(?![A-Za-z]))"
_GENERATED = r"(?:生成|合成)"
_ISBN = re.compile(r"ISBN(?:-1[03])?[:： ]{0,3}((?:97[89][- ]?)?\d[\d -]{7,14}[\dXx])(?!\d)", re.IGNORECASE)

# What has to be in a text in small letters before its expression is worth trying.
_SIGNS: dict[Marker, tuple[tuple[str, ...], re.Pattern[str]]] = {
    Marker.COPYRIGHT: (
        ("©", "copyright", "版权所有", "版权归"),
        re.compile(r"©|copyright\s*(?:\(c\)|©|\d{4})|版权所有|版权归", re.IGNORECASE),
    ),
    Marker.ALL_RIGHTS_RESERVED: (
        ("all rights reserved", "保留所有权利", "保留一切权利"),
        re.compile(r"all rights reserved|保留(?:所有|一切)权利", re.IGNORECASE),
    ),
    Marker.NO_REPRODUCTION: (
        ("转载", "reproduced"),
        re.compile(
            r"(?:未经.{0,20}(?:许可|授权|同意).{0,10}|禁止|谢绝|请勿|不得)转载|may not be reproduced",
            re.IGNORECASE,
        ),
    ),
    Marker.ISBN: (("isbn",), _ISBN),
    Marker.OPEN_LICENSE: (
        ("spdx-license", "creative commons", "cc by", "cc-by", "cc0", "知识共享"),
        re.compile(
            r"SPDX-License-Identifier|creative commons|\bCC[ -](?:BY|0)\b|\bCC0\b|知识共享", re.IGNORECASE
        ),
    ),
    Marker.WATERMARK: (
        ("本文来源", "来源：", "图片来自", "shutterstock", "gettyimages", "水印"),
        re.compile(
            r"本文来源于?[:：]|^\s*来源：|图片来自|shutterstock|gettyimages|水印",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    Marker.GENERATED: (
        ("生成", "合成", '"aigc"'),
        re.compile(rf"{_AI}[^\n]{{0,20}}{_GENERATED}|{_GENERATED}[^\n]{{0,20}}{_AI}|\"AIGC\"\s*:"),
    ),
}


_MARKERS = tuple(_SIGNS)


def marker_words() -> Iterator[tuple[str, int]]:
    """What is worth a closer look, each with a number for :func:`marker_of`."""
    return ((sign, number) for number, (signs, _) in enumerate(_SIGNS.values()) for sign in signs)


def marker_of(text: str, number: int) -> Marker | None:
    """What a text says of itself that holds one of the words with this number; ``None`` where it does not."""
    marker = _MARKERS[number]
    for match in _SIGNS[marker][1].finditer(text):
        if marker is not Marker.ISBN or _is_isbn(match[1]):
            return marker
    return None


def _is_isbn(written: str) -> bool:
    digits = [10 if character in "Xx" else int(character) for character in written if character.isalnum()]
    if len(digits) == 10:  # noqa: PLR2004 - the length in the name ISBN-10
        return sum(weight * digit for weight, digit in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    weights = (1, 3) * 6 + (1,)
    return len(digits) == len(weights) and (
        sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 10 == 0
    )
