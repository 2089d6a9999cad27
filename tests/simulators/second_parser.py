"""What tests ask of the second parser of a format: what it reads, and which changes it notices."""

import io
from collections.abc import Callable

from hegui.marking.readback import ReadBack, Stream


def second_parser(
    read_back: Callable[[Stream], ReadBack],
) -> tuple[Callable[[bytes], ReadBack], Callable[[bytes, int], str]]:
    """What the parser reads in bytes, and what it says of them with one bit turned at a place.

    The latter is the digest, or how the parser ends: a change of structure may end it in any way.
    """

    def back(data: bytes) -> ReadBack:
        return read_back(io.BytesIO(data))

    def changed_at(data: bytes, place: int) -> str:
        damaged = bytearray(data)
        damaged[place] ^= 1
        try:
            return back(bytes(damaged)).coded
        except Exception as error:  # noqa: BLE001 - see above
            return repr(error)

    return back, changed_at
