"""Explicit and implicit labels: embedding them, reading anyone's, judging what was read.

GB 45438-2025 and its placement guides say what a label is and where it stands in a file. This room writes
strictly what they say and reads tolerantly what products write. It offers no way to remove a label.
"""

from hegui.marking.envelope import api_fields, headers
from hegui.marking.explicit import (
    DEFAULT_WORDING,
    Edge,
    ExplicitLabel,
    NoMiddle,
    Placement,
    Prominence,
    WordingIncomplete,
    labelled,
)
from hegui.marking.files import NotWritable
from hegui.marking.formats import MalformedFile
from hegui.marking.model import (
    Carrier,
    Deviation,
    Dialect,
    ExplicitMark,
    Fault,
    FieldValue,
    FoundLabel,
    ImplicitLabel,
    LabelInvalid,
    LabelledFile,
    LabelledText,
    MarkingReport,
    PlatformVerdict,
)
from hegui.marking.proof import LabelNotProven
from hegui.marking.provider_code import ProviderCode, ProviderCodeInvalid
from hegui.marking.service import ExplicitUnsupported, FormatUnsupported, Marking

__all__ = [
    "DEFAULT_WORDING",
    "Carrier",
    "Deviation",
    "Dialect",
    "Edge",
    "ExplicitLabel",
    "ExplicitMark",
    "ExplicitUnsupported",
    "Fault",
    "FieldValue",
    "FormatUnsupported",
    "FoundLabel",
    "ImplicitLabel",
    "LabelInvalid",
    "LabelNotProven",
    "LabelledFile",
    "LabelledText",
    "MalformedFile",
    "Marking",
    "MarkingReport",
    "NoMiddle",
    "NotWritable",
    "Placement",
    "PlatformVerdict",
    "Prominence",
    "ProviderCode",
    "ProviderCodeInvalid",
    "WordingIncomplete",
    "api_fields",
    "headers",
    "labelled",
]
