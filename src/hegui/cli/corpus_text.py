"""What people read of the training data in a terminal."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from hegui.cli.terminal import Terminal
from hegui.core import BilingualText, counted
from hegui.corpus import (
    Citation,
    Compression,
    CorpusReport,
    Marker,
    RegisteredSource,
    ScannedSource,
    SourceReport,
    SourceScan,
)
from hegui.screening import PersonalInformationKind, risk_wording

_SHOWN_LINES = 5


def report_lines(terminal: Terminal, made: CorpusReport) -> Iterator[str]:
    """All that is known of the corpus."""
    for each in made.sources:
        yield from _source(terminal, each)
        yield ""
    tally = made.tally
    yield terminal.text(
        BilingualText(
            zh=f"合计：审查 {tally.scanned} 篇，其中不良 {tally.unsafe} 篇，含个人信息 "
            f"{tally.with_personal_information} 篇，未能审查 {tally.unscreened} 行",
            en=f"Total: {counted(tally.scanned, 'document')} screened, {tally.unsafe} unsafe, "
            f"{tally.with_personal_information} with personal information, "
            f"{counted(tally.unscreened, 'line')} not screened",
        )
    )


def _source(terminal: Terminal, each: SourceReport) -> Iterator[str]:
    registered = each.registered
    yield from registration_lines(terminal, registered)
    if each.scanned is None:
        yield terminal.text(
            BilingualText(
                zh=f"  内容：尚未扫描；运行 hegui corpus scan {registered.source.id}",
                en=f"  content: not scanned yet; run hegui corpus scan {registered.source.id}",
            )
        )
    else:
        yield from content_lines(terminal, each.scanned)
    yield terminal.text(BilingualText(zh=f"  建议：{each.use.text.zh}", en=f"  use: {each.use.text.en}"))


def registration_lines(terminal: Terminal, registered: RegisteredSource) -> Iterator[str]:
    """A source and the right to it."""
    source, rights = registered.source, registered.rights
    name, kind = terminal.text(source.name), terminal.text(source.kind.text)
    yield f"{source.id} · {name} · {kind} · {source.language}"
    label = terminal.text(BilingualText(zh="权利：", en="rights: "))
    yield (
        f"  {label}{terminal.text(rights.verdict.text)} — {terminal.text(rights.reason)} "
        f"({cited(terminal, rights.citation)}) [{registered.entry}]"
    )
    if rights.caveat is not None:
        yield f"    {terminal.text(rights.caveat)}"


def content_lines(terminal: Terminal, scanned: ScannedSource) -> Iterator[str]:
    """What a scan found in a source."""
    verdict, tally = scanned.verdict, scanned.scan.tally
    label = terminal.text(BilingualText(zh="内容：", en="content: "))
    yield (
        f"  {label}{terminal.text(verdict.verdict.text)} — {terminal.text(verdict.reason)} "
        f"({cited(terminal, verdict.citation)}) [{scanned.entry}]"
    )
    if verdict.caveat is not None:
        label = terminal.text(BilingualText(zh="  注意：", en="  caution: "))
        yield label + terminal.text(verdict.caveat)
    yield terminal.text(
        BilingualText(
            zh=f"  逐行：读入 {tally.read} = 审查 {tally.scanned} + 空 {tally.empty} + 无法解析 "
            f"{tally.unparsable} + 过长 {tally.over_long}",
            en=f"  lines: {tally.read} read = {tally.scanned} screened + {tally.empty} empty + "
            f"{tally.unparsable} unparsable + {tally.over_long} over-long",
        )
    )
    yield from _readings(terminal, scanned.scan)
    yield from _found(terminal, scanned.scan)
    yield from _profile(terminal, scanned.scan)
    yield from _unread(terminal, scanned.scan)
    yield from _set_aside(terminal, scanned.scan)


def _found(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    tally = scan.tally
    if tally.risks:
        rulebook = terminal.workspace.rulebook
        risks = (
            f"{name} {terminal.text(risk_wording(name, rulebook))} {n}" for name, n in tally.risks.items()
        )
        label = terminal.text(BilingualText(zh="  风险（篇）：", en="  risks (documents): "))
        yield label + ", ".join(risks)
        first = (scan.profile.sightings[name][0] for name in tally.risks)
        label = terminal.text(
            BilingualText(
                zh=f"  例（hegui corpus why {scan.source} FILE:LINE 说明原因）：",
                en=f"  for example (hegui corpus why {scan.source} FILE:LINE says why): ",
            )
        )
        yield label + ", ".join(dict.fromkeys(f"{seen.file}:{seen.line}" for seen in first))
    for name, asked in scan.profile.asked.items():
        objected = scan.profile.objected.get(name, 0)
        yield terminal.text(
            BilingualText(
                zh=f"  审核模型 {name}：问了 {tally.scanned} 篇中的 {asked} 篇，认为 {objected} 篇不良",
                en=f"  guard model {name}: asked about {asked} of {counted(tally.scanned, 'document')}, "
                f"found {objected} unsafe",
            )
        )
    if tally.unjudged:
        yield terminal.text(
            BilingualText(
                zh=f"  另有 {tally.unjudged} 篇未能由审核模型判断；模型恢复后请重新扫描",
                en=f"  {counted(tally.unjudged, 'more document')} could not be judged by a guard model; "
                "scan again when it answers",
            )
        )
    if tally.noted:
        yield terminal.text(
            BilingualText(
                zh=f"  另有 {tally.noted} 篇只含按规则仅作记录的词",
                en=f"  {counted(tally.noted, 'more document holds', 'more documents hold')} only words that "
                "the rules merely record",
            )
        )
    if tally.personal_information:
        kinds = (
            f"{terminal.text(PersonalInformationKind(kind).text)} {n}"
            for kind, n in tally.personal_information.items()
        )
        yield terminal.text(
            BilingualText(
                zh="  个人信息（篇，不计入上述比例）：",
                en="  personal information (documents; no part of that share): ",
            )
        ) + ", ".join(kinds)


def _readings(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    """How the files were read; those that were read in the same way on one line."""
    readings = Counter(file.reading for file in scan.files if file.reading is not None)
    for reading, files in readings.items():
        parts = [reading.format.value]
        if reading.compression is not Compression.NONE:
            parts.append(reading.compression.value)
        if reading.encoding is not None:
            parts.append(reading.encoding)
        fields = ", ".join(reading.fields)
        if fields:
            guessed = terminal.text(BilingualText(zh="（推断）", en=" (guessed)")) if reading.guessed else ""
            parts.append(
                terminal.text(BilingualText(zh=f"文本字段 {fields}", en=f"text in {fields}")) + guessed
            )
        yield terminal.text(
            BilingualText(
                zh=f"  读法：{files} 个文件：{'，'.join(parts)}",
                en=f"  read: {counted(files, 'file')}: {', '.join(parts)}",
            )
        )


def _profile(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    profile = scan.profile
    for label, counts in (
        (BilingualText(zh="  语言（篇）：", en="  languages (documents): "), profile.languages),
        (BilingualText(zh="  编码（篇）：", en="  encodings (documents): "), profile.encodings),
        (
            BilingualText(zh="  自述（篇）：", en="  what documents say of themselves: "),
            {terminal.text(Marker(name).text): n for name, n in profile.markers.items()},
        ),
        (BilingualText(zh="  提及人群（篇）：", en="  groups named (documents): "), profile.groups),
    ):
        if counts:
            yield terminal.text(label) + ", ".join(f"{name} {n}" for name, n in counts.items())
    if scan.duplicates is not None:
        repeated, near = percent(scan.duplicates.repeated), percent(scan.duplicates.near)
        about = BilingualText(zh="", en="") if scan.duplicates.exact else BilingualText(zh="约 ", en="about ")
        yield terminal.text(
            BilingualText(
                zh=f"  重复：{about.zh}{repeated} 与前文完全相同，至少 {near} 与其他文档几乎相同",
                en=f"  duplicates: {about.en}{repeated} the same as an earlier document, at least {near} "
                "nearly the same as another",
            )
        )


def percent(share: str) -> str:
    """A share, written as decimal text, for people."""
    return f"{Decimal(share) * 100:.2f} %"


def _unread(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    faults = [(file.path, fault) for file in scan.files for fault in file.faults]
    for path, fault in faults[:_SHOWN_LINES]:
        detail = f" ({fault.detail})" if fault.detail else ""
        yield f"  {path}@{fault.offset}: {terminal.text(fault.kind.text)}{detail}"
    if len(faults) > _SHOWN_LINES:
        more = len(faults) - _SHOWN_LINES
        yield terminal.text(
            BilingualText(
                zh=f"  另有 {more} 处无法读取，见 --json", en=f"  {more} more could not be read, see --json"
            )
        )


def _set_aside(terminal: Terminal, scan: SourceScan) -> Iterator[str]:
    named = [(file.path, line) for file in scan.files for line in file.first_set_aside]
    for path, line in named[:_SHOWN_LINES]:
        lines = f"{line.line}" if line.lines == 1 else f"{line.line}-{line.line + line.lines - 1}"
        yield f"  {path}:{lines}: {terminal.text(line.fault.text)}"
    for digest in scan.set_aside:
        kept = terminal.workspace.blobs.path(digest)
        yield terminal.text(BilingualText(zh=f"  全部留存于：{kept}", en=f"  all kept in: {kept}"))


def cited(terminal: Terminal, citation: Citation) -> str:
    """The clause, as it is in every edition that is known to have it."""
    same = ", ".join(citation.same_as)
    text = f"{citation.clause} = {same}" if same else citation.clause
    mark = terminal.text(BilingualText(zh="未核实", en="unverified"))
    return text if citation.verified else f"{text}; {mark}"
