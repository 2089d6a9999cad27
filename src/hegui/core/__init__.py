"""Words every room shares: verdicts, bilingual text, periods, digests, time, errors, files, bounds.

The bottom of the house: it imports nothing of Hegui above itself, and holds only what no room owns.
"""

from hegui.core.bounds import lower_bound, upper_bound
from hegui.core.canonical import Json, canonical_json, to_json
from hegui.core.clock import CHINA, Clock, legal_day, system_clock, timestamp
from hegui.core.digest import digest_bytes, digest_file, digest_value, keyed_digest
from hegui.core.documents import InvalidDocument, field_line, load_document, nearest, read_text
from hegui.core.doors import front_door
from hegui.core.errors import Conflict, HeguiError, InvalidInput, NotFound
from hegui.core.hosts import ascii_host
from hegui.core.period import Period
from hegui.core.records import Record
from hegui.core.text import BilingualText, Language, counted
from hegui.core.verdict import Verdict, overall

__all__ = [
    "CHINA",
    "BilingualText",
    "Clock",
    "Conflict",
    "HeguiError",
    "InvalidDocument",
    "InvalidInput",
    "Json",
    "Language",
    "NotFound",
    "Period",
    "Record",
    "Verdict",
    "ascii_host",
    "canonical_json",
    "counted",
    "digest_bytes",
    "digest_file",
    "digest_value",
    "field_line",
    "front_door",
    "keyed_digest",
    "legal_day",
    "load_document",
    "lower_bound",
    "nearest",
    "overall",
    "read_text",
    "system_clock",
    "timestamp",
    "to_json",
    "upper_bound",
]
