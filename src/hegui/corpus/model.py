"""What a training-data source is, what a scan of it counted, and what is said of it."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec

from hegui.core import BilingualText, Record, Verdict
from hegui.corpus.account import PartFault, SetAside, Tally
from hegui.corpus.formats.document import FileReading
from hegui.corpus.profile import Profile
from hegui.corpus.provenance import (
    DocumentKind,
    PersonalInformationStatement,
    PriorAssessment,
    Rights,
    SourceKind,
    SourceSize,
)

_LANGUAGE = re.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def is_language(tag: str) -> bool:
    """Whether ``tag`` has the shape of a BCP 47 tag, as ``zh`` or ``zh-Hans``."""
    return _LANGUAGE.fullmatch(tag) is not None


class Origin(StrEnum):
    """Where the source comes from, seen from China."""

    DOMESTIC = "domestic"
    FOREIGN = "foreign"


class Modality(StrEnum):
    """What the material is made of."""

    TEXT = "text"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"


class Source(Record):
    """One source of training data, as its owner declares it.

    Attributes:
        id: short name of small letters, digits and hyphens, unique in the workspace.
        name: what people call it.
        kind: how it came into the provider's hands.
        language: main language, as a BCP 47 tag.
        origin: domestic or foreign.
        files: files, folders and patterns, relative to the declaration or absolute, and URLs; none before
            it is collected.
        modality: what it is made of.
        text_field: the member or column that holds the text, or several; guessed for each file and shown
            where none is declared.
        rights: why it may be used; ``None`` where nobody has said.
        links: whether it is a collection of links: what they point to counts as collected by the provider.
        size: how large it is, as its owner or publisher says.
        personal_information: what it holds of it and by what right; ``None`` where nobody has said.
        assessed_before: how it was assessed before it was collected; ``None`` where nobody has said.
        url: where it is published, where it is.
    """

    id: str
    name: BilingualText
    kind: SourceKind
    language: Annotated[str, msgspec.Meta(min_length=2)]
    origin: Origin
    files: tuple[str, ...] = ()
    modality: Modality = Modality.TEXT
    text_field: str | tuple[str, ...] | None = None
    rights: Rights | None = None
    links: bool = False
    size: SourceSize | None = None
    personal_information: PersonalInformationStatement | None = None
    assessed_before: PriorAssessment | None = None
    url: str | None = None

    @property
    def text_fields(self) -> tuple[str, ...]:
        """What is declared to hold the text; none where it is guessed."""
        if self.text_field is None:
            return ()
        return (self.text_field,) if isinstance(self.text_field, str) else self.text_field


class FileScan(Record):
    """The account of one file: every line read is in exactly one place.

    Attributes:
        path: as the source declares it.
        digest: of the bytes that were read; empty where they could not be.
        size_bytes: of the file.
        tally: what was counted.
        first_set_aside: the first lines that were not screened; the rest are in the kept-aside file.
        reading: how it was read; ``None`` where it could not be.
        faults: the parts of it that could not be read.
    """

    path: str
    digest: str
    size_bytes: int
    tally: Tally
    first_set_aside: tuple[SetAside, ...] = ()
    reading: FileReading | None = None
    faults: tuple[PartFault, ...] = ()


class Duplicates(Record):
    """How often the same, and nearly the same, came.

    Attributes:
        repeated: the share of documents that are the same as an earlier one, as decimal text.
        near: at least this share is nearly the same as another text.
        exact: whether the first of them is no estimate.
        sketch: the blob that holds what they are estimated from, and by which scans are compared.
    """

    repeated: str
    near: str
    exact: bool
    sketch: str


class SourceScan(Record):
    """One pass over all of a source.

    Attributes:
        source: the source's id.
        content: digest of what was declared about where the material lies and how it is read.
        scanned_at: instant the scan ended, UTC.
        screen: digest of the screen that read the documents.
        files: the account of each file.
        tally: all files together.
        set_aside: blobs that hold every line that was not screened, in order; JSON Lines.
        profile: what the documents are like.
        duplicates: how often the same came; ``None`` where there was no document.
    """

    source: str
    content: str
    scanned_at: str
    screen: str
    files: tuple[FileScan, ...]
    tally: Tally
    set_aside: tuple[str, ...] = ()
    profile: Profile = Profile()
    duplicates: Duplicates | None = None

    @property
    def faults(self) -> int:
        """How many parts of files could not be read."""
        return sum(len(file.faults) for file in self.files)


class ScanProgress(Record):
    """How far a scan has come.

    Attributes:
        source: the source being read.
        file: the file being read.
        done_bytes: read so far, over all of the source's files.
        total_bytes: of all of the source's files.
    """

    source: str
    file: str
    done_bytes: int
    total_bytes: int


class Citation(Record):
    """Where a requirement stands.

    Attributes:
        clause: the clause as it is cited, ``TC260-003 5.1a``; the instrument alone where nobody has read
            the number in the official text.
        same_as: the same requirement in other editions.
        verified: whether the rulebook's statement of it was checked against a source.
    """

    clause: str
    same_as: tuple[str, ...]
    verified: bool


class RightsVerdict(Record):
    """Whether the right to use a source is proven.

    Attributes:
        verdict: met or not met.
        missing: the documents still to be supplied.
        reason: in a sentence.
        citation: the clause that asks.
        caveat: what people should look at all the same; ``None`` where nothing.
    """

    verdict: Verdict
    missing: tuple[DocumentKind, ...]
    reason: BilingualText
    citation: Citation
    caveat: BilingualText | None = None


class SourceVerdict(Record):
    """Whether a source holds too much illegal or unhealthy information.

    Only findings of a risk count as unsafe. Personal information is counted and reported beside this
    share and does not enter it: its lawfulness depends on consent, not on how much there is.

    Attributes:
        verdict: met where the share is within the limit, not assessed where nobody can tell.
        unsafe: screened documents with a finding of a risk.
        scanned: documents screened.
        unscreened: lines that hold something but could not be screened.
        share: ``unsafe / scanned`` as decimal text, rounded; the counts are exact.
        limit: the share that decides, as decimal text.
        reason: in a sentence.
        caveat: what weakens the verdict; ``None`` where nothing does.
        parameter: id of the threshold in the rulebook.
        citation: the clause that sets it.
        unread: parts of files that could not be read at all.
    """

    verdict: Verdict
    unsafe: int
    scanned: int
    unscreened: int
    share: str | None
    limit: str
    reason: BilingualText
    caveat: BilingualText | None
    parameter: str
    citation: Citation
    unread: int = 0


class RecommendedUse(StrEnum):
    """What to do with a source."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    HOLD = "hold"

    @property
    def text(self) -> BilingualText:
        """The recommendation, for people."""
        return _USES[self]


_USES = {
    RecommendedUse.INCLUDE: BilingualText(zh="可用于训练", en="include"),
    RecommendedUse.EXCLUDE: BilingualText(zh="不得用于训练", en="exclude"),
    RecommendedUse.HOLD: BilingualText(zh="暂缓：尚未评估", en="hold: not assessed yet"),
}


def recommended_use(verdict: Verdict) -> RecommendedUse:
    """What follows from the overall verdict on a source. What is unknown is held back, never included."""
    if verdict is Verdict.MET:
        return RecommendedUse.INCLUDE
    if verdict is Verdict.NOT_MET:
        return RecommendedUse.EXCLUDE
    return RecommendedUse.HOLD


class RegisteredFile(Record):
    """A file of a source as it lay when the source was registered."""

    path: str
    size_bytes: int


class RegisteredSource(Record):
    """A source on the register.

    Attributes:
        source: what was declared, with the digest of every document.
        root: the directory that relative paths start from.
        files: what lay there.
        content: digest of ``root`` and what is read from it and how; a scan belongs to one such digest.
        rights: whether the right to use it is proven.
        registered_at: instant, UTC.
        entry: the ledger entry that says so.
    """

    source: Source
    root: str
    files: tuple[RegisteredFile, ...]
    content: str
    rights: RightsVerdict
    registered_at: str
    entry: str

    @property
    def base(self) -> Path:
        """:attr:`root` as a path."""
        return Path(self.root)


class ScannedSource(Record):
    """A scan and what follows from it.

    Attributes:
        scan: what was counted.
        verdict: what it means.
        entry: the ledger entry that says so.
    """

    scan: SourceScan
    verdict: SourceVerdict
    entry: str


class SourceReport(Record):
    """All that is known of one source.

    Attributes:
        registered: the source and its rights.
        scanned: the last scan of what is registered now; ``None`` where there is none yet.
        verdict: rights and content together.
        use: the recommendation.
    """

    registered: RegisteredSource
    scanned: ScannedSource | None
    verdict: Verdict
    use: RecommendedUse


class CorpusReport(Record):
    """All that is known of the corpus.

    Attributes:
        sources: in order of their ids.
        tally: all scanned sources together.
    """

    sources: tuple[SourceReport, ...]
    tally: Tally
