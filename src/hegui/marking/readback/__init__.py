"""Second parsers, one for each format: they prove what the writers claim.

They share no code with :mod:`hegui.marking.formats` and take other ways where there are any: a stream in
place of a buffer, string search in place of an XML parser, the standard library's JSON.
"""

from hegui.marking.readback.proof import ReadBack, Stream

__all__ = ["ReadBack", "Stream"]
