"""What is written in place of a finding, the same in a whole text and in the middle of a stream."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from hegui.core import InvalidInput
from hegui.screening.fold import fold
from hegui.screening.model import Category, Cover, Finding, PersonalInformationKind

_Kind = PersonalInformationKind
_KINDS = {kind.value: kind.text.zh for kind in _Kind}
_ANYTHING_ELSE = "已屏蔽"
# A pseudonym is written in letters that make no word, so that it is neither a number nor an address to
# whatever reads the masked text next. Twelve letters of sixteen are 48 bits.
_LETTERS = "bcdfghjkmnpqrtvz"
_PSEUDONYM_BYTES = 6
_LEAST_KEY_BYTES = 16
_MOBILE_DIGITS = 11
# What separates the parts of these has a meaning; in all other kinds it is a matter of style.
_PUNCTUATED = frozenset({_Kind.EMAIL, _Kind.IP_ADDRESS, _Kind.WECHAT, _Kind.COORDINATES, _Kind.ADDRESS})


class _Shown(NamedTuple):
    """How many characters ``PART`` leaves to be seen at either end; separators are always left."""

    head: int
    tail: int


# What receipts and apps in China show; of what is sensitive, no more than tells one's own from another's.
_SHOWN = {
    _Kind.RESIDENT_ID: _Shown(1, 1),
    _Kind.PASSPORT: _Shown(1, 2),
    _Kind.TRAVEL_PERMIT: _Shown(1, 2),
    _Kind.HONG_KONG_ID: _Shown(1, 1),
    _Kind.DRIVING_LICENCE: _Shown(2, 2),
    _Kind.BANK_CARD: _Shown(0, 4),
    _Kind.MOBILE_PHONE: _Shown(3, 4),
    _Kind.LANDLINE: _Shown(3, 4),
    _Kind.HOTLINE: _Shown(3, 3),
    _Kind.WECHAT: _Shown(2, 2),
    _Kind.QQ: _Shown(1, 2),
    _Kind.NAME: _Shown(1, 0),
    _Kind.LICENCE_PLATE: _Shown(2, 2),
    _Kind.VEHICLE_ID: _Shown(3, 4),
    _Kind.MAC_ADDRESS: _Shown(6, 0),
    _Kind.UNIFIED_SOCIAL_CREDIT_CODE: _Shown(2, 4),
}


class NoMaskingKey(InvalidInput):
    """A rule asks for pseudonyms, and there is no key to make them with."""

    def __init__(self) -> None:
        """Say where a key comes from."""
        super().__init__(
            zh=f"有规则要求替换为带密钥的假名（cover: {Cover.PSEUDONYM}），但没有密钥或密钥不足"
            f" {_LEAST_KEY_BYTES} 字节；请在工作区内使用，或给出 masking_key",
            en=f"a rule asks for pseudonyms (cover: {Cover.PSEUDONYM}), but there is no key of at least "
            f"{_LEAST_KEY_BYTES} bytes; use a workspace, which has one, or give masking_key",
        )


class Masking:
    """Says what stands where something was found.

    What it writes depends on the finding, its own text, and whether another finding overlaps it; never on
    how a text was cut.
    """

    def __init__(self, covers: Mapping[Category, Cover], *, key: bytes | None = None) -> None:
        """Write ``covers``; the kind for every other category.

        Args:
            covers: what is written for findings of each category.
            key: makes the pseudonyms; secret, at least 16 bytes.

        Raises:
            NoMaskingKey: there are pseudonyms among the covers, and no such key.
        """
        keyed = Cover.PSEUDONYM in covers.values()
        if keyed and (key is None or len(key) < _LEAST_KEY_BYTES):
            raise NoMaskingKey
        self._covers = dict(covers)
        self._key = key if keyed and key else b""

    @property
    def fingerprint(self) -> str | None:
        """Tells one key from another without telling the key; ``None`` where none is used."""
        return self._name("", "fingerprint") if self._key else None

    def waits(self, finding: Finding) -> bool:
        """Whether what is written depends on what begins within the finding."""
        return self._covers.get(finding.category) is Cover.PART

    def cover(self, finding: Finding, matched: str, *, alone: bool) -> str:
        """What stands in place of ``matched``, the text of ``finding``.

        Args:
            finding: what was found.
            matched: the original text it covers.
            alone: whether no other finding that may not pass overlaps it. Where one does, nothing of the
                text is left to be seen.
        """
        kind = _KINDS.get(finding.kind, _ANYTHING_ELSE)
        match self._covers.get(finding.category, Cover.KIND):
            case Cover.STARS:
                return "*" * len(fold(matched))
            case Cover.PART if alone and finding.kind in _KINDS:
                return _in_part(_Kind(finding.kind), matched)
            case Cover.PSEUDONYM:
                return f"[{kind}#{self._name(finding.kind, matched)}]"
            case _:
                return f"[{kind}]"

    def _name(self, kind: str, matched: str) -> str:
        value = f"{kind}\0{_value(kind, matched)}".encode()
        digest = hmac.digest(self._key, value, hashlib.sha256)[:_PSEUDONYM_BYTES]
        return "".join(_LETTERS[int(digit, 16)] for digit in digest.hex())


BY_KIND = Masking({})
"""Everything is replaced by its kind."""


def in_order(findings: Iterable[Finding]) -> Iterator[tuple[Finding, bool]]:
    """Each finding in order of place, and whether no other one overlaps it from behind its beginning."""
    ordered = sorted(findings, key=lambda finding: finding.order)
    for index, finding in enumerate(ordered):
        yield finding, index + 1 == len(ordered) or ordered[index + 1].start >= finding.end


def mask(text: str, findings: Iterable[Finding], masking: Masking = BY_KIND) -> str:
    """``text`` with each finding covered, as ``[手机号]``.

    Where findings overlap, what is written for the first stands for the whole stretch.

    Args:
        text: the original text, the one the findings' offsets count in.
        findings: what to cover, in any order.
        masking: what is written in place of each.
    """
    parts = []
    cursor = 0
    for finding, alone in in_order(findings):
        if finding.start >= cursor:
            covered = masking.cover(finding, text[finding.start : finding.end], alone=alone)
            parts += [text[cursor : finding.start], covered]
        cursor = max(cursor, finding.end)
    parts.append(text[cursor:])
    return "".join(parts)


def _value(kind: str, matched: str) -> str:
    """What is the same however a value is written."""
    folded = fold(matched)
    if kind in _PUNCTUATED:
        return folded
    bare = "".join(filter(str.isalnum, folded))
    return bare[-_MOBILE_DIGITS:] if kind == _Kind.MOBILE_PHONE else bare


def _in_part(kind: PersonalInformationKind, matched: str) -> str:
    # Character by character: what folds onto nothing is seen by nobody and is left out.
    folded = [(character, form) for character in matched if (form := fold(character))]
    hidden = _hidden(kind, [form for _, form in folded])
    return "".join("*" if place in hidden else character for place, (character, _) in enumerate(folded))


def _hidden(kind: PersonalInformationKind, forms: Sequence[str]) -> frozenset[int]:
    """The places of a value, in its folded form, that nobody is to see."""
    written = [place for place, form in enumerate(forms) if form.isalnum()]
    match kind:
        case _Kind.EMAIL:
            at = forms.index("@")
            return frozenset(range(min(1, at - 1), at))
        case _Kind.IP_ADDRESS:
            # The network is left, the device is not.
            second = [place for place, form in enumerate(forms) if form in ".:"][1]
            return frozenset(place for place in written if place > second)
        case _Kind.ADDRESS:
            # The street is left; the numbers of house and room are not.
            return frozenset(place for place in written if forms[place].isascii())
        case _Kind.COORDINATES:
            # A tenth of a degree is some ten kilometres.
            return frozenset(_behind_the_first_decimal(forms))
        case _Kind.MOBILE_PHONE:
            written = written[-_MOBILE_DIGITS:]
    head, tail = _SHOWN[kind]
    return frozenset(written[head : len(written) - tail])


def _behind_the_first_decimal(forms: Sequence[str]) -> Iterator[int]:
    behind = 0
    for place, form in enumerate(forms):
        if form == ".":
            behind = 1
        elif not form.isdigit():
            behind = 0
        elif behind:
            behind += 1
            if behind > 2:  # noqa: PLR2004 - the dot and the first decimal
                yield place
