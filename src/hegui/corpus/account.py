"""What a scan counted, and what it could not read: everything adds up in any order. Pure."""

from enum import StrEnum

import msgspec

from hegui.core import BilingualText, Record
from hegui.corpus.duplicates import DuplicateSketch
from hegui.corpus.profile import Profile, added


class LineFault(StrEnum):
    """Why a line, or a row, was not screened."""

    BLANK_LINE = "blank_line"
    EMPTY_TEXT = "empty_text"
    UNKNOWN_ENCODING = "unknown_encoding"
    NULL_BYTES = "null_bytes"
    INVALID_JSON = "invalid_json"
    NOT_AN_OBJECT = "not_an_object"
    NO_TEXT_FIELD = "no_text_field"
    TEXT_NOT_A_STRING = "text_not_a_string"
    TOO_MANY_COLUMNS = "too_many_columns"
    NOT_TEXT = "not_text"
    OVER_LONG = "over_long"

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to screen."""
        return self in {LineFault.BLANK_LINE, LineFault.EMPTY_TEXT}

    @property
    def text(self) -> BilingualText:
        """The reason, for people."""
        return _LINE_FAULTS[self]


_LINE_FAULTS = {
    LineFault.BLANK_LINE: BilingualText(zh="空行", en="blank line"),
    LineFault.EMPTY_TEXT: BilingualText(zh="文本为空", en="the text is empty"),
    LineFault.UNKNOWN_ENCODING: BilingualText(
        zh="既不是有效的 UTF-8，也不像 GB18030", en="neither valid UTF-8 nor plausible GB18030"
    ),
    LineFault.NULL_BYTES: BilingualText(zh="含空字节，不是文本", en="holds null bytes, which are no text"),
    LineFault.INVALID_JSON: BilingualText(zh="不是有效的 JSON", en="not valid JSON"),
    LineFault.NOT_AN_OBJECT: BilingualText(zh="不是 JSON 对象", en="not a JSON object"),
    LineFault.NO_TEXT_FIELD: BilingualText(zh="没有文本字段", en="the text field is missing"),
    LineFault.TEXT_NOT_A_STRING: BilingualText(zh="文本字段里没有文字", en="the text field holds no text"),
    LineFault.TOO_MANY_COLUMNS: BilingualText(zh="列数多于表头", en="more columns than the heading"),
    LineFault.NOT_TEXT: BilingualText(zh="不是文字内容", en="not a text"),
    LineFault.OVER_LONG: BilingualText(zh="超过单条长度上限", en="longer than the limit for one document"),
}


class SetAside(Record):
    """Lines that were not screened for the same reason and follow one another, and where they stand.

    Attributes:
        line: the first, counted from 1 at the beginning of what was read; of tables, the row.
        offset: of the first line's first byte in the file, unpacked where it is packed; of tables, the row.
        length: in bytes to the end of the last line, without its line feed.
        fault: why.
        lines: how many they are.
    """

    line: int
    offset: int
    length: int
    fault: LineFault
    lines: int = 1

    def joined(self, following: "SetAside") -> "SetAside | None":
        """Both as one, where ``following`` goes on where this ends; else ``None``."""
        # One byte lies between two lines of a file, and none between two rows of a table.
        gap = following.offset - self.offset - self.length
        if following.fault is not self.fault or following.line != self.line + self.lines or gap not in {0, 1}:
            return None
        return msgspec.structs.replace(
            self, length=self.length + gap + following.length, lines=self.lines + following.lines
        )


class PartFaultKind(StrEnum):
    """Why a file, or the rest of a part of it, could not be read."""

    UNREADABLE = "unreadable"
    DAMAGED = "damaged"
    CHANGED = "changed"
    NO_TEXT_FIELD = "no_text_field"
    UNKNOWN_FORMAT = "unknown_format"
    PACKAGE_MISSING = "package_missing"
    WORKER_LOST = "worker_lost"

    @property
    def text(self) -> BilingualText:
        """The reason and the cure, for people."""
        return _PART_FAULTS[self]


_PART_FAULTS = {
    PartFaultKind.UNREADABLE: BilingualText(
        zh="无法读取；请恢复文件或访问权限后重新扫描",
        en="cannot be read; restore the file or the permission and scan again",
    ),
    PartFaultKind.DAMAGED: BilingualText(
        zh="从此处起损坏，之后的内容没有审查；请换上完好的文件后重新扫描",
        en="damaged from here on, what follows was not screened; bring a sound file and scan again",
    ),
    PartFaultKind.CHANGED: BilingualText(
        zh="扫描时被改动，未计入；请停止写入后重新扫描",
        en="changed while it was scanned, not counted; stop writing to it and scan again",
    ),
    PartFaultKind.NO_TEXT_FIELD: BilingualText(
        zh="没有可以审查的文本字段；请在声明中写明 text_field 后重新登记",
        en="no text field to screen; declare text_field and register again",
    ),
    PartFaultKind.UNKNOWN_FORMAT: BilingualText(
        zh="不是能扫描的格式；请转换后重新登记",
        en="not of a format that can be scanned; convert it and register again",
    ),
    PartFaultKind.PACKAGE_MISSING: BilingualText(
        zh='缺少读取该格式的软件包；请运行 pip install "hegui[corpus]" 后重新扫描',
        en='the package that reads it is not installed; run pip install "hegui[corpus]" and scan again',
    ),
    PartFaultKind.WORKER_LOST: BilingualText(
        zh="读取它的进程两次意外终止（可能内存不足）；请减少进程数（--workers）或切小文件后重新扫描",
        en="the process that read it died twice (perhaps for want of memory); use fewer --workers or cut the "
        "file, and scan again",
    ),
}


class PartFault(Record):
    """A part of a file that could not be read, and from where.

    Attributes:
        kind: why.
        offset: from which byte on, unpacked where the file is packed; of tables, the row.
        detail: what the system said, or the names that are missing.
    """

    kind: PartFaultKind
    offset: int
    detail: str = ""


class Tally(Record):
    """What was counted over some lines.

    Attributes:
        read: lines met; always ``scanned + empty + unparsable + over_long``.
        scanned: documents screened.
        empty: lines with nothing to screen.
        unparsable: lines that could not be understood.
        over_long: lines longer than the limit.
        unsafe: screened documents with at least one finding of a risk.
        unjudged: other screened documents that a guard model should have judged and could not.
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
    unjudged: int = 0
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
            unjudged=self.unjudged + other.unjudged,
            noted=self.noted + other.noted,
            with_personal_information=self.with_personal_information + other.with_personal_information,
            risks=added(self.risks, other.risks),
            personal_information=added(self.personal_information, other.personal_information),
        )


class ShardResult(Record):
    """What one scan of a contiguous part of one file found.

    Results that follow one another merge into that of the part they make up, whatever the cuts: line
    numbers count from the beginning of the part and are shifted as parts are joined.

    Attributes:
        tally: what was counted.
        profile: what the screened documents are like.
        duplicates: how often the same and nearly the same came.
        set_aside: the lines that were not screened, in order.
        faults: what could not be read at all, in order.
    """

    tally: Tally = Tally()
    profile: Profile = Profile()
    duplicates: DuplicateSketch = DuplicateSketch()
    set_aside: tuple[SetAside, ...] = ()
    faults: tuple[PartFault, ...] = ()

    def merge(self, following: "ShardResult") -> "ShardResult":
        """This part together with the one that begins where it ends; associative."""
        moved = following.shifted(self.tally.read)
        return ShardResult(
            tally=self.tally.merge(following.tally),
            profile=self.profile.merge(moved.profile),
            duplicates=self.duplicates.merge(following.duplicates),
            set_aside=in_runs((*self.set_aside, *moved.set_aside)),
            faults=self.faults + following.faults,
        )

    def shifted(self, lines: int) -> "ShardResult":
        """The same part, its lines counted from ``lines`` lines before its beginning."""
        moved = tuple(msgspec.structs.replace(each, line=each.line + lines) for each in self.set_aside)
        return msgspec.structs.replace(self, set_aside=moved, profile=self.profile.shifted(lines))


def in_runs(lines: tuple[SetAside, ...]) -> tuple[SetAside, ...]:
    """``lines`` with those that follow one another for the same reason joined."""
    runs: list[SetAside] = []
    for each in lines:
        joined = runs[-1].joined(each) if runs else None
        if joined is None:
            runs.append(each)
        else:
            runs[-1] = joined
    return tuple(runs)
