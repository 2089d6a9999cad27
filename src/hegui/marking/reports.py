"""What the use cases of marking hand back."""

from enum import StrEnum

from hegui.core import BilingualText, Record, Verdict
from hegui.marking.explicit import Treatment
from hegui.marking.model import Deviation, ExplicitMark, Fault, FoundLabel, ImplicitLabel, PlatformVerdict
from hegui.marking.picture_watermark import WatermarkCheck
from hegui.marking.protection import ProtectionCheck
from hegui.marking.provenance import Provenance


class MarkingReport(Record):
    """What one file says about its own origin.

    Attributes:
        file: the file as it was named.
        digest: the digest of its bytes; ``None`` where it could not be opened.
        time: when it was read.
        format: what its bytes are, whatever its name says; ``None`` where no known format begins so.
        verdict: what a platform may conclude.
        implicit: whether the metadata label is as the standard demands.
        explicit: whether an explicit label was found; not assessed where that cannot be told.
        labels: every metadata label found.
        protection: what the reserved fields of those labels prove, where they are filled.
        provenance: what the content credentials (C2PA) are worth, where there are any.
        watermark: what came of looking for a watermark in a picture; ``None`` where that was not asked.
        marks: every explicit label found, in a text or, where that was asked, read from a picture.
        deviations: what is wrong with the file as a whole.
        faults: what could not be read.
    """

    file: str
    digest: str | None
    time: str
    format: str | None
    verdict: PlatformVerdict
    implicit: Verdict
    explicit: Verdict
    labels: tuple[FoundLabel, ...]
    protection: tuple[ProtectionCheck, ...]
    provenance: Provenance | None
    watermark: WatermarkCheck | None
    marks: tuple[ExplicitMark, ...]
    deviations: tuple[Deviation, ...]
    faults: tuple[Fault, ...]


class LabelledFile(Record):
    """A file that was labelled.

    Attributes:
        file: the file as it was named.
        out: where the labelled file is.
        format: what its bytes are.
        convention: what the label's place rests on where no guide names it; ``None`` where one does.
        label: the label now in it.
        before: the digest of the file without the label.
        after: the digest of the labelled file.
        replaced: the labels that gave way to this one.
        explicit: the words people see or hear, where any were added.
        treatment: what became of the content as they, or a watermark, were added.
        signed: whether somebody had signed the file in its format's own way: the signature covers what it
            covered, but programs will say that the file was changed since.
        provenance: the content credentials it was signed with, where it was.
        watermark: what the watermark in its pixels says, where one was put there.
        entry: the evidence, as ``main/17``.
    """

    file: str
    out: str
    format: str
    convention: BilingualText | None
    label: ImplicitLabel
    before: str
    after: str
    replaced: tuple[FoundLabel, ...]
    explicit: str | None
    treatment: Treatment | None
    signed: bool
    provenance: Provenance | None
    watermark: str | None
    entry: str


class LabelledData(Record):
    """A file in memory that was labelled.

    Attributes:
        data: the labelled file.
        file: what was done to it.
    """

    data: bytes
    file: LabelledFile


class LabelledText(Record):
    """A text that was labelled.

    Attributes:
        text: the text with the label its readers see.
        label: the label that goes with it in the response or in the file made of it.
        before: the digest of the text without the label, as UTF-8.
        after: the digest of the labelled text.
        entry: the evidence, as ``main/17``.
    """

    text: str
    label: ImplicitLabel
    before: str
    after: str
    entry: str


class OutcomeStatus(StrEnum):
    """What became of one file of many."""

    LABELLED = "labelled"
    KEPT = "kept"
    REFUSED = "refused"


class FileOutcome(Record):
    """What became of one file of many.

    Attributes:
        file: the file as it was named.
        out: where the labelled file is, or was to be.
        status: labelled now; kept, because an earlier run labelled it and it is still as that run left it;
            or refused, and unchanged.
        format: what its bytes are.
        produce_id: the number in its label.
        before: the digest of the file without the label.
        after: the digest of the labelled file.
        replaced: how many labels gave way.
        treatment: what became of the content as a label for people or a watermark was added, where one was.
        signed: whether somebody had signed the file in its format's own way.
        watermark: what the watermark in its pixels says, where one was put there.
        entry: the evidence, as ``main/17``.
        error: the kind of the refusal.
        reason: the refusal in words.
    """

    file: str
    out: str
    status: OutcomeStatus
    produce_id: str
    format: str | None = None
    before: str | None = None
    after: str | None = None
    replaced: int = 0
    treatment: Treatment | None = None
    signed: bool = False
    watermark: str | None = None
    entry: str | None = None
    error: str | None = None
    reason: BilingualText | None = None


class Release(Record):
    """A file that was given to a user without an explicit label, at the user's request.

    Attributes:
        file: the file as it was named.
        out: where the copy for the recipient is.
        digest: the digest of its bytes.
        produce_id: the content's number in its metadata label, which stays.
        recipient: to whom it was given.
        agreement: the user agreement that fixes the recipient's duties, with its edition.
        time: when.
        keep_until: the last day on which this record has to be kept.
        entry: the evidence, as ``main/17``.
    """

    file: str
    out: str
    digest: str
    produce_id: str
    recipient: str
    agreement: str
    time: str
    keep_until: str
    entry: str
