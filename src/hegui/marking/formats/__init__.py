"""One module for each file format: how to know it, read labels from it, and write one into it."""

from hegui.marking.formats.format import Format, MalformedFile
from hegui.marking.formats.table import FORMATS, format_of

__all__ = ["FORMATS", "Format", "MalformedFile", "format_of"]
