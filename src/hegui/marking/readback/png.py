"""PNG as a stream of chunks."""

import binascii
import hashlib
import struct

from hegui.marking.readback.proof import ReadBack, Stream, hash_next, hash_rest, labels_in_xmp

_METADATA = (b"iTXt", b"tEXt", b"zTXt", b"eXIf")


def read_back(file: Stream) -> ReadBack:
    """Every label under an XMP or AIGC keyword, and the digest of all chunks but text and EXIF.

    A chunk whose checksum does not fit counts as none.
    """
    labels: list[str] = []
    coded = hashlib.sha256(file.read(8))
    kind = b""
    while kind != b"IEND":
        header = file.read(8)
        length, kind = struct.unpack(">I4s", header)
        if kind not in _METADATA:
            coded.update(header)
            hash_next(file, length + 4, coded)
            continue
        body = file.read(length)
        checksum = file.read(4)
        if binascii.crc32(body, binascii.crc32(kind)).to_bytes(4, "big") == checksum:
            labels += _labels(body)
    hash_rest(file, coded)
    return ReadBack(labels=tuple(labels), coded=coded.hexdigest())


def _labels(body: bytes) -> list[str]:
    if body.startswith(b"XML:com.adobe.xmp\0"):
        return labels_in_xmp(body)
    return [body.decode("latin-1")] if body[:5].upper() == b"AIGC\0" else []
