"""What a training-data source is, what a scan of it counted, and what is said of it."""

from enum import StrEnum
from typing import Annotated

import msgspec

from hegui.core import BilingualText, Record, Verdict


class SourceKind(StrEnum):
    """How the material came into the provider's hands."""

    OPEN_SOURCE = "open_source"
    SELF_COLLECTED = "self_collected"
    COMMERCIAL = "commercial"
    USER_INPUT = "user_input"
    SYNTHETIC = "synthetic"

    @property
    def text(self) -> BilingualText:
        """The kind in the words of a filing's table."""
        return _KINDS[self]


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


class DocumentKind(StrEnum):
    """What a document proves about the right to use a source."""

    LICENSE = "license"
    COLLECTION_RECORD = "collection_record"
    CONTRACT = "contract"
    COMMITMENT = "commitment"
    AUDIT_RECORD = "audit_record"
    AUTHORIZATION_RECORD = "authorization_record"

    @property
    def text(self) -> BilingualText:
        """What to ask the business side for."""
        return _DOCUMENTS[self]


_KINDS = {
    SourceKind.OPEN_SOURCE: BilingualText(zh="开源", en="open source"),
    SourceKind.SELF_COLLECTED: BilingualText(zh="自采", en="self-collected"),
    SourceKind.COMMERCIAL: BilingualText(zh="商业", en="commercial"),
    SourceKind.USER_INPUT: BilingualText(zh="使用者输入", en="user input"),
    SourceKind.SYNTHETIC: BilingualText(zh="合成", en="synthetic"),
}

_DOCUMENTS = {
    DocumentKind.LICENSE: BilingualText(zh="开源许可或授权文件", en="open-source licence or authorisation"),
    DocumentKind.COLLECTION_RECORD: BilingualText(zh="采集记录", en="collection record"),
    DocumentKind.CONTRACT: BilingualText(zh="交易合同或合作协议", en="contract or cooperation agreement"),
    DocumentKind.COMMITMENT: BilingualText(
        zh="对方关于来源、质量、安全的承诺及证明材料",
        en="the supplier's commitment and proof of origin, quality and safety",
    ),
    DocumentKind.AUDIT_RECORD: BilingualText(
        zh="对语料、承诺和材料的审核记录", en="record of auditing the material, commitment and proof"
    ),
    DocumentKind.AUTHORIZATION_RECORD: BilingualText(zh="使用者授权记录", en="users' authorisation record"),
}


class RightsDocument(Record):
    """One document that proves a right.

    Attributes:
        kind: what it proves.
        path: the file, relative to the declaration or absolute.
        digest: of the file's bytes. A declaration may pin it; a registration always holds it.
    """

    kind: DocumentKind
    path: str
    digest: str | None = None


class Rights(Record):
    """Why the provider may train on a source.

    Attributes:
        vouched_by: the person or post who answers for the statement.
        license: SPDX identifier or name of the licence, where there is one.
        statement: the ground in a sentence or two.
        documents: what proves it.
    """

    vouched_by: Annotated[str, msgspec.Meta(min_length=1)]
    license: str | None = None
    statement: str = ""
    documents: tuple[RightsDocument, ...] = ()


class Source(Record):
    """One source of training data, as its owner declares it.

    Attributes:
        id: short name of small letters, digits and hyphens, unique in the workspace.
        name: what people call it.
        kind: how it came into the provider's hands.
        language: main language, as a BCP 47 tag.
        origin: domestic or foreign.
        files: JSON Lines files, relative to the declaration or absolute.
        modality: what it is made of.
        text_field: the member of each line that holds the text.
        rights: why it may be used; ``None`` where nobody has said.
    """

    id: str
    name: BilingualText
    kind: SourceKind
    language: Annotated[str, msgspec.Meta(min_length=2)]
    origin: Origin
    files: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    modality: Modality = Modality.TEXT
    text_field: str = "text"
    rights: Rights | None = None


class LineFault(StrEnum):
    """Why a line was not screened."""

    BLANK_LINE = "blank_line"
    EMPTY_TEXT = "empty_text"
    INVALID_UTF8 = "invalid_utf8"
    INVALID_JSON = "invalid_json"
    NOT_AN_OBJECT = "not_an_object"
    NO_TEXT_FIELD = "no_text_field"
    TEXT_NOT_A_STRING = "text_not_a_string"
    OVER_LONG = "over_long"

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to screen."""
        return self in {LineFault.BLANK_LINE, LineFault.EMPTY_TEXT}

    @property
    def text(self) -> BilingualText:
        """The reason, for people."""
        return _FAULTS[self]


_FAULTS = {
    LineFault.BLANK_LINE: BilingualText(zh="空行", en="blank line"),
    LineFault.EMPTY_TEXT: BilingualText(zh="文本为空", en="the text is empty"),
    LineFault.INVALID_UTF8: BilingualText(zh="不是有效的 UTF-8", en="not valid UTF-8"),
    LineFault.INVALID_JSON: BilingualText(zh="不是有效的 JSON", en="not valid JSON"),
    LineFault.NOT_AN_OBJECT: BilingualText(zh="不是 JSON 对象", en="not a JSON object"),
    LineFault.NO_TEXT_FIELD: BilingualText(zh="没有文本字段", en="the text field is missing"),
    LineFault.TEXT_NOT_A_STRING: BilingualText(zh="文本字段不是字符串", en="the text field is not a string"),
    LineFault.OVER_LONG: BilingualText(zh="超过单行长度上限", en="longer than the limit for one line"),
}


class SetAside(Record):
    """A line that was not screened, and where it stands.

    Attributes:
        line: counted from 1 at the beginning of what was read.
        offset: of the line's first byte in the file.
        length: in bytes, without the line feed.
        fault: why.
    """

    line: int
    offset: int
    length: int
    fault: LineFault


class Tally(Record):
    """What was counted over some lines.

    Attributes:
        read: lines met; always ``scanned + empty + unparsable + over_long``.
        scanned: documents screened.
        empty: lines with nothing to screen.
        unparsable: lines that could not be understood.
        over_long: lines longer than the limit.
        unsafe: screened documents with at least one finding of a risk.
        noted: other screened documents with a word that the screen's rules only record.
        with_personal_information: screened documents with at least one item of personal information.
        risks: screened documents by the risk found in them.
        personal_information: screened documents by the kind of personal information in them.
    """

    read: int = 0
    scanned: int = 0
    empty: int = 0
    unparsable: int = 0
    over_long: int = 0
    unsafe: int = 0
    noted: int = 0
    with_personal_information: int = 0
    risks: dict[str, int] = msgspec.field(default_factory=dict)
    personal_information: dict[str, int] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a tally that has lost a line."""
        if self.read != self.scanned + self.empty + self.unparsable + self.over_long:
            message = f"{self.read} lines read, but {self} accounts for another number"
            raise ValueError(message)

    @property
    def unscreened(self) -> int:
        """Lines that hold something nobody has looked at."""
        return self.unparsable + self.over_long

    def merge(self, other: "Tally") -> "Tally":
        """The tally over both; associative and commutative."""
        return Tally(
            read=self.read + other.read,
            scanned=self.scanned + other.scanned,
            empty=self.empty + other.empty,
            unparsable=self.unparsable + other.unparsable,
            over_long=self.over_long + other.over_long,
            unsafe=self.unsafe + other.unsafe,
            noted=self.noted + other.noted,
            with_personal_information=self.with_personal_information + other.with_personal_information,
            risks=_add(self.risks, other.risks),
            personal_information=_add(self.personal_information, other.personal_information),
        )


def _add(left: dict[str, int], right: dict[str, int]) -> dict[str, int]:
    return {key: left.get(key, 0) + right.get(key, 0) for key in sorted(left.keys() | right.keys())}


class Partial(Record):
    """What one scan of a contiguous part of one file found.

    Parts that follow one another merge into the part they make up, whatever the cuts: line numbers
    count from the beginning of the part and are shifted as parts are joined.
    """

    tally: Tally = Tally()
    set_aside: tuple[SetAside, ...] = ()

    def merge(self, following: "Partial") -> "Partial":
        """This part together with the one that begins where it ends; associative."""
        return Partial(
            tally=self.tally.merge(following.tally),
            set_aside=self.set_aside + following.shifted(self.tally.read).set_aside,
        )

    def shifted(self, lines: int) -> "Partial":
        """The same part, its lines counted from ``lines`` lines before its beginning."""
        if not self.set_aside or not lines:
            return self
        moved = tuple(msgspec.structs.replace(each, line=each.line + lines) for each in self.set_aside)
        return Partial(tally=self.tally, set_aside=moved)


class FileScan(Record):
    """The account of one file: every line read is in exactly one place.

    Attributes:
        path: as the source declares it.
        digest: of the bytes that were read.
        size_bytes: of the file.
        tally: what was counted.
        first_set_aside: the first lines that were not screened; the rest are in the kept-aside file.
    """

    path: str
    digest: str
    size_bytes: int
    tally: Tally
    first_set_aside: tuple[SetAside, ...] = ()


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
    """

    source: str
    content: str
    scanned_at: str
    screen: str
    files: tuple[FileScan, ...]
    tally: Tally
    set_aside: tuple[str, ...] = ()


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
    """

    verdict: Verdict
    missing: tuple[DocumentKind, ...]
    reason: BilingualText
    citation: Citation


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
