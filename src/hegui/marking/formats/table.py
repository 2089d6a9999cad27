"""The formats, in the order in which bytes are held against them."""

from hegui.marking.formats.avi import AVI
from hegui.marking.formats.flac import FLAC
from hegui.marking.formats.flv import FLV
from hegui.marking.formats.format import Format
from hegui.marking.formats.gif import GIF
from hegui.marking.formats.heif import HEIF
from hegui.marking.formats.hypertext import HTML
from hegui.marking.formats.jpeg import JPEG
from hegui.marking.formats.json_object import JSON
from hegui.marking.formats.matroska import MATROSKA
from hegui.marking.formats.mp3 import MP3
from hegui.marking.formats.mp4 import M4A, MOV, MP4
from hegui.marking.formats.ogg import OGG
from hegui.marking.formats.ooxml import OOXML
from hegui.marking.formats.pdf import PDF
from hegui.marking.formats.png import PNG
from hegui.marking.formats.svg import SVG
from hegui.marking.formats.text import TEXT
from hegui.marking.formats.tiff import TIFF
from hegui.marking.formats.wav import WAV
from hegui.marking.formats.webp import WEBP
from hegui.marking.splices import Buffer

_PICTURES = (PNG, JPEG, WEBP, GIF, TIFF, HEIF, SVG)
_SOUND = (WAV, FLAC, OGG, MP3)
_FILMS = (MP4, MOV, M4A, MATROSKA, FLV, AVI)
_DOCUMENTS = (PDF, OOXML, HTML, JSON)

FORMATS: tuple[Format, ...] = (*_PICTURES, *_SOUND, *_FILMS, *_DOCUMENTS, TEXT)
"""Text comes last: it is told by what it is not."""


def format_of(data: Buffer) -> Format | None:
    """The format of a file by its bytes; its name may say anything."""
    return next((candidate for candidate in FORMATS if candidate.recognises(data)), None)
