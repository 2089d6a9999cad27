"""Explicit and implicit labels: embedding them, reading anyone's, judging what was read.

GB 45438-2025 and its placement guides say what a label is and where it stands in a file. This room writes
strictly what they say and reads tolerantly what products write. It offers no way to remove a label.
"""

from hegui.marking.batch import LabelTask, RunInProgress
from hegui.marking.certificates import CertificateUnusable
from hegui.marking.envelope import api_fields, headers
from hegui.marking.explicit import (
    DEFAULT_WORDING,
    Edge,
    ExplicitLabel,
    NoMiddle,
    Placement,
    Prominence,
    Treatment,
    WordingIncomplete,
    labelled,
)
from hegui.marking.ffmpeg import FfmpegMissing, RecordingUnusable, check_ffmpeg
from hegui.marking.files import NotWritable
from hegui.marking.formats import MalformedFile
from hegui.marking.label_keys import LabelKeyUnusable
from hegui.marking.listing import (
    ManifestInvalid,
    check_report_name,
    files_in,
    label_tasks,
    listed_tasks,
    write_report,
)
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
    PlatformVerdict,
)
from hegui.marking.picture_watermark import (
    WatermarkCheck,
    WatermarkNotHeld,
    WatermarkStatus,
    WatermarkUnavailable,
)
from hegui.marking.production import (
    CredentialsWouldBreak,
    ExplicitUnsupported,
    FormatUnsupported,
    SigningUnsupported,
    WatermarkUnsupported,
)
from hegui.marking.proof import LabelNotProven
from hegui.marking.propagation import NothingToPropagate, Statement
from hegui.marking.protection import KeyPin, ProtectionCheck, ProtectionForm, ProtectionStatus
from hegui.marking.provenance import Provenance, ProvenanceStatus, ProvenanceUnavailable
from hegui.marking.provider_code import ProviderCode, ProviderCodeInvalid
from hegui.marking.release import NotReleasable
from hegui.marking.reports import (
    FileOutcome,
    LabelledData,
    LabelledFile,
    LabelledText,
    MarkingReport,
    OutcomeStatus,
    Release,
)
from hegui.marking.service import Marking, Signing
from hegui.marking.sm2 import Sm2Unavailable
from hegui.marking.snippets import Surface, snippet

__all__ = [
    "DEFAULT_WORDING",
    "Carrier",
    "CertificateUnusable",
    "CredentialsWouldBreak",
    "Deviation",
    "Dialect",
    "Edge",
    "ExplicitLabel",
    "ExplicitMark",
    "ExplicitUnsupported",
    "Fault",
    "FfmpegMissing",
    "FieldValue",
    "FileOutcome",
    "FormatUnsupported",
    "FoundLabel",
    "ImplicitLabel",
    "KeyPin",
    "LabelInvalid",
    "LabelKeyUnusable",
    "LabelNotProven",
    "LabelTask",
    "LabelledData",
    "LabelledFile",
    "LabelledText",
    "MalformedFile",
    "ManifestInvalid",
    "Marking",
    "MarkingReport",
    "NoMiddle",
    "NotReleasable",
    "NotWritable",
    "NothingToPropagate",
    "OutcomeStatus",
    "Placement",
    "PlatformVerdict",
    "Prominence",
    "ProtectionCheck",
    "ProtectionForm",
    "ProtectionStatus",
    "Provenance",
    "ProvenanceStatus",
    "ProvenanceUnavailable",
    "ProviderCode",
    "ProviderCodeInvalid",
    "RecordingUnusable",
    "Release",
    "RunInProgress",
    "Signing",
    "SigningUnsupported",
    "Sm2Unavailable",
    "Statement",
    "Surface",
    "Treatment",
    "WatermarkCheck",
    "WatermarkNotHeld",
    "WatermarkStatus",
    "WatermarkUnavailable",
    "WatermarkUnsupported",
    "WordingIncomplete",
    "api_fields",
    "check_ffmpeg",
    "check_report_name",
    "files_in",
    "headers",
    "label_tasks",
    "labelled",
    "listed_tasks",
    "snippet",
    "write_report",
]
