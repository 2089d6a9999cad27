"""From bytes to characters: UTF-8, or GB18030 where it is plausible, told for each line by itself. Pure."""

from functools import cache

import numpy as np

from hegui.corpus.account import LineFault

UTF_8 = "utf-8"
GB18030 = "gb18030"

# The first and the second bytes of Chinese punctuation and of the 3,755 commonest characters (GB 2312).
_ROWS = (*range(0xA1, 0xA4), *range(0xB0, 0xD8))
_CELLS = range(0xA1, 0xFF)
_PLAUSIBLE = 2
"""At least one character in so many must be an everyday one: nearly any bytes are some GB18030."""
_ASCII = 0x7F
_BEYOND_BMP = 0x10000


def decoded(data: bytes) -> tuple[str, str] | LineFault:
    """The characters and the encoding of a line; files may hold lines in either."""
    try:
        return data.decode(), UTF_8
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode(GB18030)
    except UnicodeDecodeError:
        return LineFault.UNKNOWN_ENCODING
    points = np.frombuffer(text.encode("utf-32-le"), np.dtype("<u4"))
    beyond = points[points > _ASCII]
    everyday = np.count_nonzero(np.take(_everyday(), beyond, mode="clip"))
    return (text, GB18030) if everyday * _PLAUSIBLE >= len(beyond) else LineFault.UNKNOWN_ENCODING


@cache
def _everyday() -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """For each character of the basic plane whether it is an everyday one; the last stands for all others."""
    characters = bytes(byte for row in _ROWS for cell in _CELLS for byte in (row, cell)).decode(GB18030)
    table = np.zeros(_BEYOND_BMP + 1, np.bool_)
    table[list(map(ord, characters))] = True
    return table
