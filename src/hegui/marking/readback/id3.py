"""ID3 tags, frame by frame."""

import struct

from hegui.marking.readback.proof import labels_in_xmp


def size_of(header: bytes) -> int:
    """The length of the tag that begins with these ten bytes, or 0 where none does."""
    if header[:3] != b"ID3":
        return 0
    footer = 10 if header[3] == 4 and header[5] & 16 else 0  # noqa: PLR2004 - version 2.4 may have a footer
    return 10 + _content(header) + footer


def labels_and_rest(tag: bytes) -> tuple[list[str], bytes]:
    """The labels in a whole tag, and the contents of all other frames in one piece.

    A frame counts as a label by its description, and a packet of XMP by what it holds.
    """
    labels: list[str] = []
    rest = bytearray()
    version, flags = tag[3], tag[5]
    body = tag[10 : 10 + _content(tag)]
    if flags & 0x80 and version < 4:  # noqa: PLR2004 - version 2.4 protects each frame by itself
        body = body.replace(b"\xff\x00", b"\xff")
    position = _extended(body, version) if flags & 0x40 else 0
    name_bytes, header_bytes = (3, 6) if version == 2 else (4, 10)  # noqa: PLR2004 - version 2.2
    while position < len(body) and body[position]:
        size = _size(body, position, version)
        whole = body[position : position + header_bytes + size]
        content = whole[header_bytes:]
        if whole[:3] == b"TXX" and _description(content) in {b"AIGC", b"TC260:AIGC"}:
            labels.append(content.rpartition(b"\0")[2].decode("latin-1"))
        elif whole[:name_bytes] == b"PRIV" and content[:4] == b"XMP\0":
            labels += labels_in_xmp(content)
        else:
            rest += whole
        position += header_bytes + size
    return labels, bytes(rest)


def _content(header: bytes) -> int:
    one, two, three, four = header[6:10]
    return one << 21 | two << 14 | three << 7 | four


def _description(content: bytes) -> bytes:
    end = b"\0\0" if content[:1] in {b"\1", b"\2"} else b"\0"
    return content[1:].split(end)[0].replace(b"\0", b"").strip(b"\xff\xfe ").upper()


def _extended(body: bytes, version: int) -> int:
    (number,) = struct.unpack(">I", body[:4])
    return int(number) + 4 if version == 3 else _unsafe(number)  # noqa: PLR2004 - version 2.3 leaves itself out


def _size(body: bytes, position: int, version: int) -> int:
    if version == 2:  # noqa: PLR2004 - version 2.2
        return int.from_bytes(body[position + 3 : position + 6], "big")
    (number,) = struct.unpack(">I", body[position + 4 : position + 8])
    if version == 3 or number & 0x80808080:  # noqa: PLR2004 - version 2.3
        return int(number)
    size = _unsafe(number)
    follows = body[position + 10 + size : position + 14 + size]
    fits = not follows.strip(b"\0") or (follows.isalnum() and follows.isupper())
    return size if fits else int(number)


def _unsafe(number: int) -> int:
    return number & 0x7F | (number & 0x7F00) >> 1 | (number & 0x7F0000) >> 2 | (number & 0x7F000000) >> 3
