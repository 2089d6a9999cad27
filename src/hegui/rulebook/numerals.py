"""Numbers as Chinese law writes them: 第四十七条, 第（三）项."""

_DIGITS = "零一二三四五六七八九"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)} | {"〇": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
NUMERAL = "[0-9零〇一二两三四五六七八九十百千]+"
"""A regular expression for a number in either script."""


def chinese_numeral(number: int) -> str:
    """``number`` as laws number their articles: 10 is 十, 21 is 二十一, 105 is 一百零五.

    Args:
        number: from 1 to 9999.
    """
    written, skipped = "", False
    for scale, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            written += ("零" if skipped and written else "") + _DIGITS[digit] + sign
        skipped = not digit
    return written.removeprefix("一") if written.startswith("一十") else written


def read_numeral(text: str) -> int | None:
    """The number that ``text`` writes in Chinese or Arabic numerals; ``None`` where it writes none."""
    if text.isascii() and text.isdigit():
        return int(text)
    if text and all(sign in _VALUES for sign in text):
        return int("".join(str(_VALUES[sign]) for sign in text))  # 一〇五, digit by digit
    total, digit = 0, 0
    for sign in text:
        if sign in _VALUES:
            digit = _VALUES[sign]
        elif sign in _SCALES:
            # 十二 leaves the one before the ten unsaid.
            total += (digit or 1) * _SCALES[sign]
            digit = 0
        else:
            return None
    return total + digit or None
