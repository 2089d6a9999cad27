"""FLV tag by tag; properties are found by their names."""

import hashlib
import re
import struct

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, length

_METADATA = b"\x02\x00\x0aonMetaData"
_LABEL = re.compile(rb"\x00(?:\x04AIGC|\x0aTC260:AIGC)([\x02\x0c])", re.IGNORECASE)
_SIZE = re.compile(rb"(\x00\x08filesize\x00)(.{8})", re.DOTALL)
_LAST = re.compile(rb"(\x00\x14lastkeyframelocation\x00)(.{8})", re.DOTALL)
_ALL = re.compile(rb"\x00\x0dfilepositions\x0a(.{4})", re.DOTALL)


def read_back(file: Stream) -> ReadBack:
    """Every label in onMetaData, and the digest of all tags and of the other properties.

    What onMetaData says of places in the file counts from the end of its tag, and the length it gives by how
    much it differs from the file's.
    """
    labels: list[str] = []
    end = length(file)
    header = file.read(9)
    coded = hashlib.sha256(header + file.read(4))
    while len(head := file.read(11)) == 11:  # noqa: PLR2004 - a header
        size = int.from_bytes(head[1:4], "big")
        if head[0] == 18:  # noqa: PLR2004 - a script
            body = file.read(size)
            before = file.read(4)
            if body.startswith(_METADATA):
                found, rest = _without_labels(body[len(_METADATA) :])
                labels += found
                # A tag with nothing but the label is no more than that label.
                if rest != b"\0\0\x09":
                    coded.update(head[4:] + b"%d" % (int.from_bytes(before, "big") - size))
                    coded.update(_unplaced(rest, file.tell(), end))
            else:
                coded.update(head + body + before)
        else:
            coded.update(head)
            hash_next(file, size + 4, coded)
    coded.update(head)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _without_labels(value: bytes) -> tuple[list[str], bytes]:
    """The labels among the properties, and the properties without them and without their number."""
    rest = value[5:] if value[0] == 8 else value  # noqa: PLR2004 - an array says how many it has
    labels = []
    while match := _LABEL.search(rest):
        room = 2 if match[1] == b"\x02" else 4
        start = match.end() + room
        end = start + int.from_bytes(rest[match.end() : start], "big")
        labels.append(rest[start:end].decode("latin-1"))
        rest = rest[: match.start()] + rest[end:]
    return labels, rest


def _unplaced(rest: bytes, stop: int, end: int) -> bytes:
    """The properties with every place in the file replaced by its distance."""

    def relative(number: float, origin: int) -> bytes:
        # What is before the end of the tag does not move.
        distance = number - origin if number >= origin or origin == end else number
        return repr((distance, number < origin)).encode()

    def told(match: re.Match[bytes], origin: int) -> bytes:
        (number,) = struct.unpack(">d", match[2])
        return match[1] + relative(number, origin)

    rest = _SIZE.sub(lambda match: told(match, end), rest)
    rest = _LAST.sub(lambda match: told(match, stop), rest)
    places = _ALL.search(rest)
    if places is None:
        return rest
    (count,) = struct.unpack(">I", places[1])
    last = places.end() + min(9 * count, (len(rest) - places.end()) // 9 * 9)
    numbers = struct.iter_unpack(">xd", rest[places.end() : last])
    return rest[: places.end()] + b"".join(relative(number, stop) for (number,) in numbers) + rest[last:]
