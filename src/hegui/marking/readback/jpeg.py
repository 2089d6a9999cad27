"""JPEG as a stream of segments."""

import hashlib
import struct

from hegui.marking.readback.proof import ReadBack, Stream, hash_rest, labels_in_xmp


def read_back(file: Stream) -> ReadBack:
    """Every label in an APP1 packet, an extended one or a segment of its own; the digest of all but APP1.

    A segment of text that begins with the word AIGC counts as a label, and not as coded data.
    """
    labels: list[str] = []
    extended: dict[bytes, list[bytes]] = {}
    coded = hashlib.sha256(file.read(2))
    marker = 0
    while marker != 0xDA:  # noqa: PLR2004 - start of scan: image data from here on
        marker = _marker(file)
        size = file.read(2)
        (length,) = struct.unpack(">H", size)
        body = file.read(length - 2)
        if marker == 0xE1 and body.startswith(b"http://ns.adobe.com/xmp/ext"):  # noqa: PLR2004 - APP1
            extended.setdefault(body[35:71], []).append(body[71:])
        elif marker == 0xE1:  # noqa: PLR2004 - APP1
            labels += labels_in_xmp(body)
        elif b"AIGC" in body[:16].upper():
            labels.append(body.decode("latin-1"))
        else:
            coded.update(bytes((marker,)) + size + body)
    hash_rest(file, coded)
    for pieces in extended.values():
        labels += labels_in_xmp(b"".join(piece[4:] for piece in sorted(pieces)))
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _marker(file: Stream) -> int:
    value = 0xFF
    while value == 0xFF:  # noqa: PLR2004 - fill bytes before a marker
        value = file.read(1)[0]
    return value
