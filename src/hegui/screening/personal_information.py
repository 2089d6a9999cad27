r"""Personal information that is recognised by its form: numbers and addresses, checked by their rules.

Everything here reads folded text: full-width digits are digits, letters are small, nothing invisible
stands between them. Boundaries are ASCII look-arounds and never ``\b``: to Python a Chinese character is a
word character, so that ``\b`` finds no boundary in 电话13812345678联系.
"""

import datetime as dt
import re
from collections.abc import Callable, Container, Iterator, Sequence
from importlib import resources
from typing import NamedTuple

from hegui.core import BilingualText, digest_bytes
from hegui.screening.detector import Account, Occurrence
from hegui.screening.model import PERSONAL_INFORMATION, Category, PersonalInformationKind
from hegui.screening.shapes import Shape, chain, either, literal, maybe, one, some

_Kind = PersonalInformationKind
_DIGIT = one("0-9")
_GAP = maybe(one(" -"))
_SEPARATORS = str.maketrans("", "", " -()")
# A letter may stand before a number (Tel13812345678, IP10.1.2.3), a digit may not. Behind it neither
# may: that is what tells a number from a piece of a hexadecimal string.
_NO_DIGIT_BEFORE = r"(?<![0-9])(?<![0-9]\.)"
_ALONE_BEFORE = r"(?<![0-9a-z_])"
_ALONE_BEHIND = r"(?![0-9a-z_])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


class _Form(NamedTuple):
    """One form of one kind: where it may stand, how it looks, and what must be true of it."""

    kind: PersonalInformationKind
    before: str
    shape: Shape
    behind: str
    holds: Callable[[str], bool]


class _Group(NamedTuple):
    """Forms in each of which the same small trace occurs; they are looked for only around one."""

    trace: re.Pattern[str]
    longest: int
    forms: tuple[tuple[re.Pattern[str], Callable[[str], bool], Category], ...]

    def places(self, text: str, start: int) -> Iterator[tuple[int, int]]:
        """The parts of the text, from ``start`` on, that a form around a trace can reach, and one more.

        Two traces may overlap, of which one is seen: the margin on both sides is a form's whole length, so
        that a form around either lies within.
        """
        reach = self.longest + 1
        begin = end = start
        for match in self.trace.finditer(text, start):
            if match.start() - reach > end:
                if begin < end:
                    yield begin, end
                begin = match.start() - reach
            end = match.end() + reach
        if begin < end:
            yield begin, end


class PersonalInformationDetector:
    """Looks for every kind of :class:`hegui.screening.model.PersonalInformationKind`."""

    name = "personal-information"

    def __init__(self) -> None:
        """Compile the forms."""
        self._groups = tuple(_group(trace, kinds) for trace, kinds in _TRACES)
        broken = "|".join(f"{form.before}{form.shape.broken}" for form in _FORMS)
        self._broken = re.compile(broken)
        self._longest = max(form.shape.longest for form in _FORMS)
        self.digest = _digest()

    @property
    def categories(self) -> Sequence[Category]:
        """One for each kind."""
        return list(_CATEGORIES.values())

    def occurrences(self, text: str, start: int) -> Sequence[Occurrence]:
        """See :class:`hegui.screening.detector.Detector`."""
        if _TRACE.search(text, start) is None:
            return ()
        found: list[Occurrence] = []
        for group in self._groups:
            for begin, end in group.places(text, start):
                for form in group.forms:
                    found += _within(text, begin, end, form)
        found.sort(key=lambda occurrence: (occurrence.start, -occurrence.end))
        return found

    def unfinished(self, text: str, start: int) -> int:
        """See :class:`hegui.screening.detector.Detector`."""
        end = len(text)
        if text[-1:] not in _ALPHABET:
            return end
        broken = self._broken.search(text, max(start, end - self._longest))
        return broken.start() if broken else end

    def account(self, matched: str, category: Category) -> Account:
        """See :class:`hegui.screening.detector.Detector`."""
        del matched
        kind = _Kind(category.kind)
        return Account(pattern=_RULES[kind], source=self.name)


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others by the Luhn formula (ISO/IEC 7812-1)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of a number below 19
    return total % 10 == 0


def is_resident_id(number: str) -> bool:
    """Whether 18 characters are a resident identity number (GB 11643): region, date of birth, check.

    Args:
        number: 17 digits and a digit or ``x``.
    """
    return number[:2] in _REGIONS and _is_birthday(number[6:14]) and _mod_11_2(number[:17]) == number[17]


def is_unified_social_credit_code(code: str) -> bool:
    """Whether 18 characters are a unified social credit code (GB 32100): authority, region and check.

    Args:
        code: digits and small letters of the code's own alphabet.
    """
    if code[0] not in _AUTHORITIES or code[1] not in _BODIES or code[2:4] not in _REGIONS | {"10"}:
        return False
    total = sum(_CODE_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _CODE_ALPHABET[-total % 31] == code[17]


# Regions by the first two digits (GB/T 2260); 83 stands for Taiwan on residence permits, 91 for abroad.
_REGIONS = frozenset(
    f"{first}{second}"
    for first, seconds in (
        ("1", "12345"),
        ("2", "123"),
        ("3", "1234567"),
        ("4", "123456"),
        ("5", "01234"),
        ("6", "12345"),
        ("7", "1"),
        ("8", "123"),
        ("9", "1"),
    )
    for second in seconds
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_AUTHORITIES = frozenset("123456789any")
_BODIES = frozenset("123459")
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js"})


def _mod_11_2(digits: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(digits, _ID_WEIGHTS, strict=True))
    return "10x98765432"[total % 11]


def _is_birthday(digits: str) -> bool:
    if digits[:2] not in {"19", "20"}:
        return False
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def _holds_resident_id(matched: str) -> bool:
    return is_resident_id(matched.translate(_SEPARATORS))


def _holds_bank_card(matched: str) -> bool:
    digits = matched.translate(_SEPARATORS)
    return passes_luhn(digits) and not (len(digits) == 18 and is_resident_id(digits))  # noqa: PLR2004 - GB 11643


def _holds_credit_code(matched: str) -> bool:
    return is_unified_social_credit_code(matched) and not (matched[:17].isdigit() and is_resident_id(matched))


def _holds_email(matched: str) -> bool:
    _, _, domain = matched.partition("@")
    labels = domain.split(".")
    if any(label.startswith("-") or label.endswith("-") for label in labels):
        return False
    last = labels[-1]
    return last[0].isalpha() and len(last) > 1 and last not in _PICTURES


def _holds_ip_address(matched: str) -> bool:
    parts = matched.split(".")
    if len(parts) != 4 or any(len(part) > 1 and part[0] == "0" for part in parts):  # noqa: PLR2004 - IPv4 has four
        return False
    values = [int(part) for part in parts]
    # Loopback, multicast and reserved addresses are nobody's; four single digits are a version number.
    return max(values) < 256 and 0 < values[0] < 224 and values[0] != 127 and max(values) > 9  # noqa: PLR2004


def _holds_licence_plate(matched: str) -> bool:
    return _PLATE_BODY.fullmatch(matched[2:].lstrip(_PLATE_GAPS)) is not None


def _holds_always(_matched: str) -> bool:
    return True


# At most two letters in five places; new-energy plates have six, with a letter first or last.
_PLATE_BODY = re.compile(
    "(?=(?:[^a-z]*[a-z]){0,2}[^a-z]*$)[0-9a-z]{4}[0-9a-z挂学警港澳领]|[a-k][0-9a-z][0-9]{4}|[0-9]{5}[a-k]"
)
_PLATE_GAPS = " ·•.-"


def _group(trace: str, kinds: Container[PersonalInformationKind]) -> _Group:
    forms = [form for form in _FORMS if form.kind in kinds]
    return _Group(
        trace=re.compile(trace),
        longest=max(form.shape.longest for form in forms),
        forms=tuple(
            (re.compile(form.before + form.shape.whole + form.behind), form.holds, _CATEGORIES[form.kind])
            for form in forms
        ),
    )


def _within(
    text: str, begin: int, end: int, form: tuple[re.Pattern[str], Callable[[str], bool], Category]
) -> Iterator[Occurrence]:
    pattern, holds, category = form
    match = pattern.search(text, begin, end)
    while match is not None:
        if holds(match.group()):
            yield Occurrence(match.start(), match.end(), category)
        # From the next character on, not from the match's end: what occurs at a place must not depend on
        # where the search began.
        match = pattern.search(text, match.start() + 1, end)


def _digest() -> str:
    # The rules are these two files: whatever changes in them may change what is found.
    room = resources.files("hegui.screening")
    return digest_bytes(
        b"".join(room.joinpath(name).read_bytes() for name in ("personal_information.py", "shapes.py"))
    )


def _digits(count: int) -> Shape:
    return some("0-9", count, count)


def _email() -> Shape:
    label = some("0-9a-z-", 1, 63)
    further = chain(literal("."), label)
    domain = maybe(further)
    for _ in range(3):
        domain = maybe(chain(further, domain))
    return chain(one("0-9a-z_"), some("0-9a-z._%+-", 0, 63), literal("@"), label, further, domain)


def _bank_card(*tail: Shape) -> Shape:
    return chain(one("3-6"), _digits(3), _GAP, _digits(4), _GAP, _digits(4), _GAP, _digits(4), *tail)


def _mobile_phone() -> Shape:
    prefixes = either(*map(literal, ("+86", "0086", "86", "(+86)", "(86)")))
    return chain(
        maybe(chain(prefixes, _GAP)), literal("1"), one("3-9"), _DIGIT, _GAP, _digits(4), _GAP, _digits(4)
    )


def _landline(area: Shape, number: Shape) -> Shape:
    bare = chain(literal("0"), area)
    written = either(chain(literal("("), bare, literal(")")), bare)
    return chain(written, _GAP, number, maybe(chain(one("转-"), some("0-9", 1, 5))))


def _passport() -> Shape:
    return either(
        chain(literal("e"), either(_digits(8), chain(one("a-hj-np-z"), _digits(7)))),
        chain(one("gdsp"), either(_digits(8), chain(literal("e"), _digits(7)))),
    )


def _credit_code() -> Shape:
    allowed = "0-9a-hj-npqrtuwxy"
    return chain(some(allowed, 2, 2), _digits(6), some(allowed, 10, 10))


def _ip_address() -> Shape:
    part = chain(literal("."), some("0-9", 1, 3))
    # A fifth part is taken along so that what has one is seen to be no address.
    return chain(some("0-9", 1, 3), part, part, part, maybe(chain(literal("."), some("0-9", 1, 10))))


def _licence_plate(*body: Shape) -> Shape:
    return chain(one(_PROVINCES), one("a-hj-np-z"), maybe(one(re.escape(_PLATE_GAPS))), *body)


def _forms() -> tuple[_Form, ...]:
    number = _NO_DIGIT_BEFORE, _ALONE_BEHIND
    alone = _ALONE_BEFORE, _ALONE_BEHIND
    resident = chain(one("1-9"), _digits(5), _GAP, _digits(8), _GAP, _digits(3), one("0-9x"))
    american_express = chain(literal("3"), one("47"), _digits(2), _GAP, _digits(6), _GAP, _digits(5))
    short_area = either(literal("10"), chain(literal("2"), one("0-57-9")))
    long_area = chain(one("3-9"), _digits(2))
    plate_characters = "0-9a-hj-np-z"
    return tuple(
        _Form(kind, edges[0], shape, edges[1], holds)
        for kind, edges, shape, holds in (
            (_Kind.RESIDENT_ID, number, resident, _holds_resident_id),
            (_Kind.PASSPORT, alone, _passport(), _holds_always),
            (_Kind.BANK_CARD, number, _bank_card(), _holds_bank_card),
            (_Kind.BANK_CARD, number, _bank_card(_GAP, some("0-9", 1, 3)), _holds_bank_card),
            (_Kind.BANK_CARD, number, american_express, _holds_bank_card),
            (_Kind.MOBILE_PHONE, number, _mobile_phone(), _holds_always),
            (_Kind.LANDLINE, number, _landline(short_area, chain(one("2-8"), _digits(7))), _holds_always),
            (
                _Kind.LANDLINE,
                number,
                _landline(long_area, chain(one("2-8"), some("0-9", 6, 7))),
                _holds_always,
            ),
            (_Kind.EMAIL, (r"(?<![0-9a-z])", "(?![0-9a-z_-])"), _email(), _holds_email),
            (_Kind.UNIFIED_SOCIAL_CREDIT_CODE, alone, _credit_code(), _holds_credit_code),
            (_Kind.IP_ADDRESS, (r"(?<![0-9v.])", _ALONE_BEHIND), _ip_address(), _holds_ip_address),
            (
                _Kind.LICENCE_PLATE,
                ("", _ALONE_BEHIND),
                _licence_plate(some(plate_characters, 5, 6)),
                _holds_licence_plate,
            ),
            (
                _Kind.LICENCE_PLATE,
                ("", _ALONE_BEHIND),
                _licence_plate(some(plate_characters, 4, 4), one("挂学警港澳领")),
                _holds_licence_plate,
            ),
        )
    )


_FORMS = _forms()
_CATEGORIES = {kind: Category(risk=PERSONAL_INFORMATION, kind=kind.value, level=kind.level) for kind in _Kind}
# No form does without a digit or an at sign, nor any of these kinds without what stands before it here.
_TRACE = re.compile("[0-9@]")
_TRACES = (
    (
        "[0-9]{3}(?:[ -]?[0-9]{4}|[0-9]{3})",
        {
            _Kind.RESIDENT_ID,
            _Kind.PASSPORT,
            _Kind.BANK_CARD,
            _Kind.MOBILE_PHONE,
            _Kind.LANDLINE,
            _Kind.UNIFIED_SOCIAL_CREDIT_CODE,
        },
    ),
    ("@", {_Kind.EMAIL}),
    (r"[0-9]\.[0-9]{1,3}\.[0-9]", {_Kind.IP_ADDRESS}),
    (f"[{_PROVINCES}][a-hj-np-z]", {_Kind.LICENCE_PLATE}),
)
# Every character that can stand in a form: a text that ends in another one leaves nothing unfinished.
_ALPHABET = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyz@._%+-() 转挂学警港澳领" + _PROVINCES + _PLATE_GAPS
)
_RULES = {
    _Kind.RESIDENT_ID: BilingualText(
        zh="18位公民身份号码：地区码、出生日期与校验码均成立（GB 11643）",
        en="18-character resident identity number whose region, date of birth and check hold (GB 11643)",
    ),
    _Kind.PASSPORT: BilingualText(zh="中国护照号码的形式", en="the form of a Chinese passport number"),
    _Kind.BANK_CARD: BilingualText(
        zh="15至19位卡号，校验码成立（Luhn）", en="card number of 15 to 19 digits whose Luhn check holds"
    ),
    _Kind.MOBILE_PHONE: BilingualText(zh="11位中国大陆手机号码", en="mainland mobile number of 11 digits"),
    _Kind.LANDLINE: BilingualText(zh="带区号的固定电话号码", en="landline number with its area code"),
    _Kind.EMAIL: BilingualText(zh="电子邮箱地址", en="e-mail address"),
    _Kind.UNIFIED_SOCIAL_CREDIT_CODE: BilingualText(
        zh="18位统一社会信用代码，校验码成立（GB 32100）",
        en="18-character unified social credit code whose check holds (GB 32100)",
    ),
    _Kind.IP_ADDRESS: BilingualText(zh="IPv4地址", en="IPv4 address"),
    _Kind.LICENCE_PLATE: BilingualText(zh="机动车号牌", en="licence plate of a motor vehicle"),
}
