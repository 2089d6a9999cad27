"""Labels in EXIF, a TIFF structure: read where products put them, blanked where a new label replaces them."""

from collections.abc import Iterator
from contextlib import suppress

from hegui.marking import ifd
from hegui.marking.candidates import LARGEST_VALUE, Allowance, Candidate, decoded, fault
from hegui.marking.model import ELEMENT, Carrier, Fault
from hegui.marking.splices import Buffer, Splice

_IMAGE_DESCRIPTION = 0x010E
_EXIF_DIRECTORY = 0x8769
_USER_COMMENT = 0x9286
_INLINE_BYTES = 8
_CHARSET_BYTES = 8
_SINGLE_BYTE_TYPES = {1, 2, 6, 7}


def candidates(
    data: Buffer, start: int, end: int, allowance: Allowance, *, offset: int
) -> Iterator[Candidate | Fault]:
    """Every label in an EXIF block.

    Args:
        data: the file, or the block alone.
        start: where the block begins, with its byte order mark.
        end: where it ends.
        allowance: how much of the file may still be read.
        offset: where the structure that holds it begins in the file.
    """
    block = ifd.layout(data, start, end)
    if block is None:
        return
    try:
        first = ifd.linked(data, block, block.first_link)
        for entry in labelled_entries(data, block, ifd.directory(data, block, first), allowance):
            yield candidate(data, entry, offset=offset)
    except ifd.BrokenDirectory:
        yield fault(offset, zh="EXIF 的目录不完整", en="the EXIF directory is cut off")


def candidate(data: Buffer, entry: ifd.DirectoryEntry, *, offset: int) -> Candidate:
    """The label that an entry holds."""
    carrier, text = _text(entry.tag, data[entry.start : entry.start + entry.size])
    return Candidate(value=text, carrier=carrier, offset=offset)


def blanked(data: Buffer, start: int, end: int, allowance: Allowance) -> tuple[Splice, ...]:
    """What takes older labels out of an EXIF block without moving anything else in it.

    The values are overwritten with zeros, which is EXIF's own way to say that nothing is noted.

    Args:
        data: the file, or the block alone.
        start: where the block begins, with its byte order mark.
        end: where it ends.
        allowance: how much of the file may still be read.
    """
    block = ifd.layout(data, start, end)
    if block is None:
        return ()
    splices = []
    with suppress(ifd.BrokenDirectory):
        first = ifd.linked(data, block, block.first_link)
        for entry in labelled_entries(data, block, ifd.directory(data, block, first), allowance):
            splices.append(blank(entry))  # noqa: PERF401 - what was found before the breach counts
    return tuple(splices)


def blank(entry: ifd.DirectoryEntry) -> Splice:
    """What takes the label out of an entry."""
    kept = _CHARSET_BYTES if entry.tag == _USER_COMMENT else 0
    return Splice(entry.start + kept, entry.start + entry.size, bytes(entry.size - kept))


def labelled_entries(
    data: Buffer, block: ifd.Layout, directory: ifd.Directory, allowance: Allowance
) -> Iterator[ifd.DirectoryEntry]:
    """The entries with labels in a directory and in the EXIF directory under it.

    Raises:
        BrokenDirectory: the EXIF directory is broken, or entries share so much that it is not read through.
    """
    for entry in directory.entries:
        if entry.tag == _EXIF_DIRECTORY:
            below = ifd.directory(data, block, ifd.pointed(data, block, entry))
            yield from (item for item in below.entries if _is_label(data, block, item, allowance))
        elif _is_label(data, block, entry, allowance):
            yield entry


def _is_label(data: Buffer, block: ifd.Layout, entry: ifd.DirectoryEntry, allowance: Allowance) -> bool:
    may_be = (
        entry.tag in {_IMAGE_DESCRIPTION, _USER_COMMENT}
        and entry.kind in _SINGLE_BYTE_TYPES
        and _INLINE_BYTES < entry.size <= LARGEST_VALUE
        and block.base <= entry.start <= block.end - entry.size
    )
    if may_be and not allowance.takes(entry.size):
        raise ifd.BrokenDirectory(entry.start)
    text = data[entry.start : entry.start + entry.size] if may_be else b""
    return ELEMENT.encode() in text.replace(b"\0", b"").upper()


def _text(tag: int, value: bytes) -> tuple[Carrier, str]:
    if tag == _IMAGE_DESCRIPTION:
        return Carrier.EXIF_IMAGE_DESCRIPTION, decoded(value).strip("\0 ")
    charset, text = value[:_CHARSET_BYTES], value[_CHARSET_BYTES:]
    if charset.startswith(b"UNICODE"):
        # The byte order of the text is not said anywhere; a label begins with a brace.
        encoding = "utf-16-be" if text.startswith(b"\0") else "utf-16-le"
        return Carrier.EXIF_USER_COMMENT, text.decode(encoding, "replace").strip("\0 ")
    return Carrier.EXIF_USER_COMMENT, decoded(text).strip("\0 ")
