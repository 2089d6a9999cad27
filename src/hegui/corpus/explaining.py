"""Why a document was found to hold something: what fired, where, and by which rule."""

from hegui.core import BilingualText, NotFound, Record, counted
from hegui.corpus.account import LineFault
from hegui.corpus.kernel import readable
from hegui.corpus.model import RegisteredSource
from hegui.corpus.planning import found_files, plan_file
from hegui.corpus.source_pass import ScanSettings
from hegui.screening import Action, Direction, Explanation, Screen

_AROUND = 20


class UnknownDocument(NotFound):
    """A source has no such document.

    Attributes:
        file: the file that was named.
        line: the line.
    """

    def __init__(self, file: str, line: int, *, reason: BilingualText) -> None:
        """Name the place and the cure."""
        super().__init__(zh=f"{file}:{line}：{reason.zh}", en=f"{file}:{line}: {reason.en}")
        self.file = file
        self.line = line


class ExplainedFinding(Record):
    """A finding, what was done about it and why.

    Attributes:
        explanation: of the screen.
        action: what the rules say.
        before: some of the text before it.
        after: some of the text behind it.
    """

    explanation: Explanation
    action: Action
    before: str
    after: str


class ExplainedDocument(Record):
    """A document and everything that was found in it.

    Attributes:
        file: as the source declares it.
        line: counted from 1; of tables, the row.
        offset: of its first byte in the file, unpacked where it is packed; of tables, the row.
        encoding: what it is written in.
        fault: why it was not screened; ``None`` where it was.
        characters: its length.
        findings: in order of place.
    """

    file: str
    line: int
    offset: int
    encoding: str
    fault: LineFault | None
    characters: int
    findings: tuple[ExplainedFinding, ...]


def explain_document(
    registered: RegisteredSource, *, file: str, line: int, screen: Screen, settings: ScanSettings
) -> ExplainedDocument:
    """Read one document again and explain what is found in it now.

    Raises:
        UnknownDocument: the source has no such file, or the file no such line.
    """
    source = registered.source
    places = dict(found_files(registered.base, source.files))
    if file not in places:
        reason = BilingualText(
            zh=f"来源 {source.id} 没有这个文件；hegui corpus report --json 列出全部",
            en=f"source {source.id} has no such file; hegui corpus report --json lists all",
        )
        raise UnknownDocument(file, line, reason=reason)
    plan = plan_file(
        file,
        places[file],
        fields=source.text_fields,
        shard_bytes=settings.shard_bytes,
        longest_bytes=settings.longest_bytes,
    )
    number = 0
    for shard in plan.shards:
        for document in readable(shard, []):
            number += 1
            if number == line:
                fault = document.text if isinstance(document.text, LineFault) else None
                text = "" if fault else document.text
                return ExplainedDocument(
                    file=file,
                    line=line,
                    offset=document.offset,
                    encoding=document.encoding,
                    fault=fault,
                    characters=len(text),
                    findings=_findings(text, screen),
                )
    reason = BilingualText(
        zh=f"文件只有 {number} 行可读", en=f"the file has {counted(number, 'line')} that can be read"
    )
    raise UnknownDocument(file, line, reason=reason)


def _findings(text: str, screen: Screen) -> tuple[ExplainedFinding, ...]:
    return tuple(
        ExplainedFinding(
            explanation=screen.explain(finding, text, Direction.CORPUS),
            action=screen.action(finding, Direction.CORPUS),
            before=text[max(0, finding.start - _AROUND) : finding.start],
            after=text[finding.end : finding.end + _AROUND],
        )
        for finding in screen.scan(text, Direction.CORPUS)
    )
