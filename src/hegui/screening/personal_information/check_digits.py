"""What the last character of a number says about the others, and other rules that numbers keep."""

import datetime as dt

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CODE_ALPHABET = "0123456789abcdefghjklmnpqrtuwxy"
_AUTHORITIES = frozenset("123456789any")
_BODIES = frozenset("123459")
# Regions by the first two digits (GB/T 2260); 83 stands for Taiwan on residence permits, 91 for abroad.
_PROVINCES = frozenset(
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
_WITHOUT_PREFECTURES = frozenset({"81", "82", "83"})
_VIN_VALUES = dict(zip("0123456789abcdefghjklmnprstuvwxyz", "012345678912345678123457923456789", strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK = 8


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others by the Luhn formula (ISO/IEC 7812-1)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the digit sum of a number below 19
    return total % 10 == 0


def is_region(code: str) -> bool:
    """Whether six digits can be the region of an identity number (GB/T 2260): province, prefecture, county.

    Counties come and go, and a number keeps the code of its day, so they are not looked up.
    """
    return code[:2] in _PROVINCES and (code[2:4] != "00" or code[:2] in _WITHOUT_PREFECTURES)


def is_birthday(digits: str) -> bool:
    """Whether eight digits are a day on which somebody alive can have been born, as YYYYMMDD."""
    if digits[:2] not in {"19", "20"}:
        return False
    try:
        dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def is_resident_id(number: str) -> bool:
    """Whether 18 characters are a resident identity number (GB 11643): region, date of birth, check.

    Args:
        number: 17 digits and a digit or ``x``.
    """
    total = sum(int(digit) * weight for digit, weight in zip(number, _ID_WEIGHTS, strict=False))
    return is_region(number[:6]) and is_birthday(number[6:14]) and "10x98765432"[total % 11] == number[17]


def is_old_resident_id(number: str) -> bool:
    """Whether 15 digits are a resident identity number as given until 1999: region and date of birth."""
    return is_region(number[:6]) and is_birthday(f"19{number[6:12]}")


def is_unified_social_credit_code(code: str) -> bool:
    """Whether 18 characters are a unified social credit code (GB 32100): authority, region and check.

    Args:
        code: digits and small letters of the code's own alphabet.
    """
    if code[0] not in _AUTHORITIES or code[1] not in _BODIES or code[2:4] not in _PROVINCES | {"10"}:
        return False
    total = sum(_CODE_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
    return _CODE_ALPHABET[-total % 31] == code[17]


def is_hong_kong_id(number: str) -> bool:
    """Whether one or two letters, six digits and a check character are a Hong Kong identity card number.

    Args:
        number: small letters and digits, the check (a digit or ``a``) last, without brackets.
    """
    body = number[:-1].rjust(8)
    # A letter counts from a = 10, a missing first letter as 36.
    values = [36 if character == " " else int(character, 36) for character in body]
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789a"[-total % 11] == number[-1]


def is_vehicle_id(number: str) -> bool:
    """Whether the ninth of 17 characters checks the others (ISO 3779, GB 16735)."""
    total = sum(int(_VIN_VALUES[c]) * weight for c, weight in zip(number, _VIN_WEIGHTS, strict=True))
    return "0123456789x"[total % 11] == number[_VIN_CHECK]
