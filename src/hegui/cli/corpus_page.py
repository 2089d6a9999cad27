"""The corpus report as a page with charts, and as the text of a filing."""

import html
from collections.abc import Iterator, Mapping
from decimal import Decimal

from hegui.cli.corpus_text import percent
from hegui.core import BilingualText, Language, Verdict
from hegui.corpus import CorpusReport, Marker, ScannedSource, SourceReport
from hegui.rulebook import Rulebook
from hegui.screening import PersonalInformationKind, risk_wording
from hegui.spotcheck import CorpusGate, GateReport

_STYLE = """
body { font: 15px/1.6 system-ui, "Noto Sans SC", sans-serif; max-width: 60rem; margin: 2rem auto }
h2 { font-size: 1.2rem; border-top: 1px solid #ccc; padding-top: 1rem }
h3 { font-size: 1rem; margin: .8rem 0 .2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd }
svg text { font: 12px system-ui, "Noto Sans SC", sans-serif }
.met { color: #14692f }
.not_met, .fault { color: #a11 }
.not_assessed { color: #7a5b00 }
"""
_BAR = 18
_LABEL = 220
_WIDE = 360


class CorpusPage:
    """A report in one language, for a browser."""

    def __init__(
        self,
        report: CorpusReport,
        *,
        rulebook: Rulebook,
        language: Language,
        gates: GateReport | None = None,
        outdated: bool = False,
    ) -> None:
        """Show ``report`` with the texts of ``rulebook``.

        Args:
            report: what is known.
            rulebook: names the risks.
            language: of the page.
            gates: as they were judged last.
            outdated: whether what they are judged by or asked has changed since.
        """
        self._report = report
        self._gates = gates
        self._outdated = outdated
        self._rulebook = rulebook
        self._language = language

    def html(self) -> str:
        """The whole page: one file that loads nothing."""
        title = self._say(zh="训练数据扫描报告", en="Scan of the training data")
        body = "\n".join((self._overview(), *self._judged(), *map(self._source, self._report.sources)))
        return (
            f'<!doctype html>\n<html lang="{self._language.value}">\n<head>\n<meta charset="utf-8">\n'
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}\n"
            "</body>\n</html>\n"
        )

    def _overview(self) -> str:
        heads = self._cells(
            "th",
            (
                self._say(zh="来源", en="Source"),
                self._say(zh="权利", en="Rights"),
                self._say(zh="内容", en="Content"),
                self._say(zh="审查文档", en="Screened"),
                self._say(zh="违法不良", en="Unsafe"),
                self._say(zh="建议", en="Use"),
            ),
        )
        rows = "\n".join(f"<tr>{self._row(each)}</tr>" for each in self._report.sources)
        return f"<table><tr>{heads}</tr>\n{rows}\n</table>"

    def _judged(self) -> Iterator[str]:
        """The gates of the whole, with a warning where something has changed since."""
        if self._gates is None:
            return
        yield f"<h2>{self._say(zh='抽检', en='Spot checks')} [{html.escape(self._gates.entry)}]</h2>"
        for each in self._gates.gates:
            if each.source is None:
                numbers = "" if each.share is None else f" ({each.share}; ≥ {each.bound})"
                text = (
                    f"{self._text(each.title)}: {self._text(each.verdict.text)} — {self._text(each.reason)}"
                )
                yield f"<p class='{each.verdict.value}'>{html.escape(text + numbers)}</p>"
        if self._outdated:
            said = self._say(
                zh="此后数据、抽样、审核或门槛要求又有变化，判定已过时。",
                en="Data, samples, reviews or thresholds have changed since: out of date.",
            )
            yield f"<p class='fault'>{said}</p>"

    def _row(self, report: SourceReport) -> str:
        scanned = report.scanned
        content = Verdict.NOT_ASSESSED if scanned is None else scanned.verdict.verdict
        counts = ("—", "—")
        if scanned is not None:
            share = scanned.verdict.share
            counts = (
                str(scanned.scan.tally.scanned),
                f"{scanned.scan.tally.unsafe} ({percent(share)})" if share else "0",
            )
        source = report.registered.source
        return (
            self._cells("td", (f"{source.id} {self._text(source.name)}",))
            + self._verdict(report.registered.rights.verdict)
            + self._verdict(content)
            + self._cells("td", (*counts, self._text(report.use.text)))
        )

    def _source(self, report: SourceReport) -> str:
        source = report.registered.source
        parts = [f"<h2>{html.escape(f'{source.id} {self._text(source.name)}')}</h2>"]
        if report.scanned is None:
            parts.append(f"<p>{self._say(zh='尚未扫描。', en='Not scanned yet.')}</p>")
        else:
            parts += self._content(report.scanned)
        return "\n".join(parts)

    def _content(self, scanned: ScannedSource) -> Iterator[str]:
        verdict, scan = scanned.verdict, scanned.scan
        yield f"<p class='{verdict.verdict.value}'>{html.escape(self._text(verdict.reason))}</p>"
        if verdict.caveat is not None:
            yield f"<p>{html.escape(self._text(verdict.caveat))}</p>"
        for file in scan.files:
            for fault in file.faults:
                where = f"{file.path}@{fault.offset}: {self._text(fault.kind.text)} {fault.detail}"
                yield f"<p class='fault'>{html.escape(where)}</p>"
        if verdict.share is not None:
            limit = {
                self._say(zh="占比", en="share"): int(Decimal(verdict.share) * 1_000_000),
                self._say(zh="限值", en="limit"): int(Decimal(verdict.limit) * 1_000_000),
            }
            yield self._chart(self._say(zh="违法不良占比与限值", en="Share and limit"), limit, shares=True)
        yield from self._charts(scanned)
        if scan.duplicates is not None:
            repeated, near = percent(scan.duplicates.repeated), percent(scan.duplicates.near)
            said = self._say(
                zh=f"完全重复 {repeated}，近似重复至少 {near}。",
                en=f"The same as an earlier document: {repeated}; nearly as another: at least {near}.",
            )
            yield f"<p>{said}</p>"

    def _charts(self, scanned: ScannedSource) -> Iterator[str]:
        tally, profile = scanned.scan.tally, scanned.scan.profile
        lengths = sorted(profile.lengths.items(), key=lambda each: int(each[0]))
        risks = {
            f"{name} {self._text(risk_wording(name, self._rulebook))}": n for name, n in tally.risks.items()
        }
        kinds = {
            self._text(PersonalInformationKind(name).text): n
            for name, n in tally.personal_information.items()
        }
        marks = {self._text(Marker(name).text): n for name, n in profile.markers.items()}
        for title, counts in (
            (self._say(zh="风险（篇）", en="Risks (documents)"), risks),
            (self._say(zh="个人信息（篇）", en="Personal information (documents)"), kinds),
            (self._say(zh="语言（篇）", en="Languages (documents)"), profile.languages),
            (self._say(zh="长度（字，不少于）", en="Length (characters, at least)"), dict(lengths)),
            (self._say(zh="权利与生成标记（篇）", en="What documents say of themselves"), marks),
            (self._say(zh="提及人群（篇）", en="Groups named (documents)"), profile.groups),
        ):
            if counts:
                yield self._chart(title, counts)

    def _chart(self, title: str, counts: Mapping[str, int], *, shares: bool = False) -> str:
        most = max(1, *counts.values())
        bars = "".join(
            _bar(
                index * _BAR, name, count * _WIDE // most, f"{count / 10_000:.2f} %" if shares else str(count)
            )
            for index, (name, count) in enumerate(counts.items())
        )
        return (
            f"<h3>{html.escape(title)}</h3>\n"
            f'<svg width="{_LABEL + _WIDE + 90}" height="{len(counts) * _BAR}" role="img">{bars}</svg>'
        )

    def _verdict(self, verdict: Verdict) -> str:
        return f"<td class='{verdict.value}'>{html.escape(self._text(verdict.text))}</td>"

    @staticmethod
    def _cells(tag: str, texts: tuple[str, ...]) -> str:
        return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)

    def _text(self, text: BilingualText) -> str:
        return text.in_language(self._language)

    def _say(self, *, zh: str, en: str) -> str:
        return zh if self._language is Language.ZH else en


def _bar(top: int, name: str, width: int, count: str) -> str:
    """A bar between its name and its number."""
    base, begin = top + 13, _LABEL + width + 6
    return (
        f'<text x="{_LABEL - 6}" y="{base}" text-anchor="end">{html.escape(_cut(name))}</text>'
        f'<rect x="{_LABEL}" y="{top + 3}" width="{width}" height="{_BAR - 5}" fill="#4a7fb5"/>'
        f'<text x="{begin}" y="{base}">{count}</text>'
    )


def _cut(name: str) -> str:
    most = 16
    return name if len(name) <= most or name.isascii() else f"{name[:most]}…"


def filing_text(
    report: CorpusReport, rulebook: Rulebook, *, gates: GateReport | None = None, outdated: bool = False
) -> str:
    """What a filing says of the scan and the spot checks, in Chinese: numbers on record and nothing else."""
    scanned = [each for each in report.sources if each.scanned is not None]
    tally = report.tally
    lines = [
        (
            f"训练语料共登记 {len(report.sources)} 个来源，已对其中 {len(scanned)} 个来源的全部语料"
            f"逐篇自动审查，共读入 {tally.read} 篇，审查 {tally.scanned} 篇，空 {tally.empty} 篇，"
            f"无法审查 {tally.unscreened} 篇；发现违法不良信息 {tally.unsafe} 篇，"
            f"含个人信息 {tally.with_personal_information} 篇。"
        )
    ]
    lines += [_filed(each) for each in report.sources]
    if tally.risks:
        risks = "；".join(
            f"{name} {risk_wording(name, rulebook).zh} {count} 篇" for name, count in tally.risks.items()
        )
        lines.append(f"按安全风险分类：{risks}。")
    if outdated:
        lines.append("人工抽检和技术抽检：判定之后数据、抽样、审核或门槛要求又有变化，需重新判定。")
    elif gates is not None:
        lines += [_checked(each) for each in gates.gates if each.source is None]
    return "\n".join(lines)


def _checked(gate: CorpusGate) -> str:
    rate = (
        ""
        if gate.share is None
        else f"；合格率 {percent(str(gate.share))}，要求不低于 {percent(str(gate.threshold))}"
    )
    return f"{gate.title.zh}：{gate.reason.zh}{rate}；判定为{gate.verdict.text.zh}。"


def _filed(report: SourceReport) -> str:
    source = report.registered.source
    name = f"来源“{source.name.zh}”（{source.kind.text.zh}，{source.language}）"
    if report.scanned is None:
        return f"{name}：尚未审查。"
    verdict = report.scanned.verdict
    return f"{name}：{verdict.reason.zh}；判定为{verdict.verdict.text.zh}，{report.use.text.zh}。"
