"""The formats, in the order in which bytes are held against them."""

from hegui.marking.formats.format import Format
from hegui.marking.formats.gif import GIF
from hegui.marking.formats.jpeg import JPEG
from hegui.marking.formats.png import PNG
from hegui.marking.formats.text import TEXT
from hegui.marking.formats.tiff import TIFF
from hegui.marking.splices import Buffer

FORMATS: tuple[Format, ...] = (PNG, JPEG, GIF, TIFF, TEXT)
"""Text comes last: it is told by what it is not."""


def format_of(data: Buffer) -> Format | None:
    """The format of a file by its bytes; its name may say anything."""
    return next((candidate for candidate in FORMATS if candidate.recognises(data)), None)
