"""The use cases of marking."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from hegui.core import Clock, InvalidInput, Json, Verdict, digest_bytes, legal_day, timestamp
from hegui.ledger import Ledger
from hegui.marking import explicit as words
from hegui.marking.explicit import ExplicitLabel, Prominence
from hegui.marking.files import check_writable, drafted, named, opened
from hegui.marking.formats import FORMATS, Format, format_of
from hegui.marking.inspection import inspected
from hegui.marking.judgement import conformity, file_deviations, platform_verdict
from hegui.marking.model import FoundLabel, ImplicitLabel, LabelledFile, LabelledText, MarkingReport
from hegui.marking.proof import prove
from hegui.marking.splices import Buffer, digest, pieces
from hegui.rulebook import Rulebook
from hegui.store import Blobs, Database

LABELLED = "marking.labelled"

_LONGEST_QUOTE = 1024


class FormatUnsupported(InvalidInput):
    """A file whose format has no place for a label that is known here.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        """Name the file and the formats that can be labelled."""
        known = "、".join(item.name for item in FORMATS)
        suffixes = " ".join(suffix for item in FORMATS if item.told_by_name for suffix in item.suffixes)
        super().__init__(
            zh=f"{named(path)}：不认识的格式，没有改动；可加标识的格式：{known}（文本按文件名识别：{suffixes}）",
            en=f"{named(path)}: not a format that can be labelled, nothing was changed; known are "
            f"{known.replace('、', ', ')} (text is told by its name: {suffixes})",
        )
        self.path = path


class ExplicitUnsupported(InvalidInput):
    """An explicit label was asked for in a format that Hegui cannot draw or speak one into.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path, file_format: str) -> None:
        """Name the file, its format and the way out."""
        super().__init__(
            zh=f"{named(path)}：还不能在 {file_format} 中添加显式标识；请在生成时画上，再来添加隐式标识",
            en=f"{named(path)}: an explicit label cannot be put into {file_format} yet; draw it when the "
            "content is made, then add the implicit label here",
        )
        self.path = path


class Marking:
    """Labels generated content and reads the labels of anyone's.

    There is no way here to take a label out of a file: a label is only ever replaced by another, and the
    evidence keeps the one replaced.

    Basis:
        LABEL 10
    """

    def __init__(
        self, *, database: Database, blobs: Blobs, ledger: Ledger, rulebook: Rulebook, clock: Clock
    ) -> None:
        """Label into evidence.

        Args:
            database: where the ledger's transaction is opened.
            blobs: where replaced labels are kept whole.
            ledger: the evidence.
            rulebook: how large and how long explicit labels have to be.
            clock: dates the reports.
        """
        self._database = database
        self._blobs = blobs
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock

    def label_file(
        self, path: Path, *, out: Path, label: ImplicitLabel, explicit: ExplicitLabel | None = None
    ) -> LabelledFile:
        """Write the label into a file, prove that it is there, and record it.

        A label already in the file is replaced, since a file holds one; everything else in the file stays
        as it is, byte for byte. The file appears whole at ``out`` or not at all.

        Args:
            path: the file to label.
            out: where the labelled file goes; may be ``path``.
            label: the label.
            explicit: words for the readers, in text files.

        Raises:
            NotFound: there is no such file.
            InvalidInput: the file is of no known format, damaged, or cannot take the label.
            Conflict: ``out`` cannot be written, the disk is full, or the result did not stand the check.

        Basis:
            LABEL 5
            GB-45438 6.1
            GB-45438 E
        """
        target = out.resolve()
        check_writable(target)
        with opened(path) as original:
            file_format = _writable_format(path, original)
            data = self._with_words(path, file_format, original, explicit)
            replaced = inspected(data).labels
            parts = pieces(data, file_format.write(data, label))
            with drafted(target, parts, mode=path.stat().st_mode & 0o777) as draft:
                with opened(draft) as result:
                    prove(file_format, before=data, after=result, label=label)
                    before, after = digest(original), digest(result)
                with self._database.write() as connection:
                    content: dict[str, Json] = {
                        "file": named(path),
                        "out": named(out),
                        "format": file_format.name,
                        "before": before,
                        "after": after,
                        "label": label.fields(),
                        "explicit": _wording(explicit),
                        **self._replacement(replaced),
                    }
                    entry = self._ledger.record(connection, kind=LABELLED, content=content)
                    # Within the transaction: a file that cannot take its place leaves no evidence either.
                    draft.replace(target)
        return LabelledFile(
            file=named(path),
            out=named(out),
            format=file_format.name,
            label=label,
            before=before,
            after=after,
            replaced=replaced,
            explicit=_wording(explicit),
            entry=str(entry),
        )

    def label_text(
        self, text: str, *, label: ImplicitLabel, explicit: ExplicitLabel | None = None
    ) -> LabelledText:
        """Put an explicit label into a text, and record the implicit label that goes with it.

        The implicit label of a text without a file travels beside it: see :func:`hegui.marking.api_fields`.

        Args:
            text: what was generated.
            label: the label of the content.
            explicit: words for the readers and their place; the usual words at the start if not given.

        Raises:
            InvalidInput: the text has no middle for a label, or holds what is not Unicode.

        Basis:
            LABEL 4
            GB-45438 5.1
        """
        shown = explicit or ExplicitLabel()
        result = words.labelled(text, shown)
        before, after = digest_bytes(_encoded(text)), digest_bytes(_encoded(result))
        with self._database.write() as connection:
            content: dict[str, Json] = {
                "format": "text",
                "before": before,
                "after": after,
                "label": label.fields(),
                "explicit": _wording(shown),
            }
            entry = self._ledger.record(connection, kind=LABELLED, content=content)
        return LabelledText(text=result, label=label, before=before, after=after, entry=str(entry))

    def verify_file(self, path: Path) -> MarkingReport:
        """Read every label in a file, whoever wrote it, and judge it. Nothing is recorded.

        Args:
            path: the file; its name is not believed.

        Raises:
            NotFound: there is no such file.
            InvalidInput: it may not be read.

        Basis:
            LABEL 6
        """
        with opened(path) as data:
            return self.verify(data, name=named(path))

    def verify(self, data: Buffer, *, name: str) -> MarkingReport:
        """Read every label in bytes that are no file, and judge them.

        Args:
            data: the bytes.
            name: what to call them in the report.
        """
        found = inspected(data)
        deviations = file_deviations(found.labels)
        return MarkingReport(
            file=name,
            digest=digest(data),
            time=timestamp(self._clock()),
            format=found.format.name if found.format else None,
            verdict=platform_verdict(found.labels, found.marks, found.faults),
            implicit=conformity(found.labels, deviations),
            explicit=Verdict.MET if found.marks else Verdict.NOT_ASSESSED,
            labels=found.labels,
            marks=found.marks,
            deviations=deviations,
            faults=found.faults,
        )

    @property
    def prominence(self) -> Prominence:
        """How large and how long explicit labels have to be today.

        Basis:
            GB-45438 5.2
            GB-45438 5.4
        """
        today = legal_day(self._clock())
        return Prominence(
            height=float(self._rulebook.parameter("label-character-height", on=today).value),
            seconds=float(self._rulebook.parameter("label-opening-seconds", on=today).value),
        )

    def _with_words(
        self, path: Path, file_format: Format, data: Buffer, explicit: ExplicitLabel | None
    ) -> Buffer:
        if explicit is None:
            return data
        if file_format.show is None:
            raise ExplicitUnsupported(path, file_format.name)
        return file_format.show(data, explicit, self.prominence)

    def _replacement(self, replaced: Sequence[FoundLabel]) -> dict[str, Json]:
        """What evidence keeps of the labels replaced: quotations here, the whole in a blob."""
        quoted: Json = [
            {
                "carrier": item.carrier.value,
                "dialect": item.dialect.value,
                "fields": {field.name: field.value[:_LONGEST_QUOTE] for field in item.fields},
            }
            for item in replaced
        ]
        return {
            "replaced": quoted,
            "replaced_whole": self._blobs.put(msgspec.json.encode(replaced)) if replaced else None,
        }


def _writable_format(path: Path, data: Buffer) -> Format:
    file_format = format_of(data)
    if file_format is None or (file_format.told_by_name and path.suffix.lower() not in file_format.suffixes):
        raise FormatUnsupported(path)
    return file_format


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            zh=f"第 {error.start + 1} 个字符不是 Unicode 文字；请检查文字的来源",
            en=f"character {error.start + 1} is not Unicode text; check where the text comes from",
        ) from error


def _wording(explicit: ExplicitLabel | None) -> str | None:
    if explicit is None:
        return None
    return words.CORNER_MARK if explicit.placement is words.Placement.CORNER else explicit.wording
