"""The conclusion, and one result for each clause behind it."""

import itertools
from collections.abc import Iterable, Iterator

from hegui.core import BilingualText, Verdict
from hegui.dossier.clauses import STANDARD, ClauseResult, Conclusion, tally
from hegui.dossier.model import (
    Cell,
    Emphasis,
    Figure,
    Paragraph,
    Section,
    Table,
    Words,
    quoted,
    sentence,
    verdict_words,
    words,
)
from hegui.rulebook import Clause, Rulebook


def conclusion_section(results: Iterable[ClauseResult], conclusion: Conclusion) -> Section:
    """The overall conclusion and what it rests on.

    Basis:
        TC260-003 9.1d
    """
    counts = tally(results)
    return Section(
        title=BilingualText(zh="总体结论", en="Overall conclusion"),
        blocks=(
            Paragraph(
                emphasis=Emphasis.KEY,
                pieces=sentence("{text}。", "{text}.", text=Words(text=_capital(conclusion.text))),
            ),
            Table(
                name=BilingualText(zh="应当满足的条款及结果", en="Mandatory clauses by result"),
                header=tuple(verdict.text for verdict in Verdict),
                widths=(1,) * len(Verdict),
                rows=(tuple(_count(verdict, counts[verdict]) for verdict in Verdict),),
            ),
            Paragraph(
                pieces=(
                    words(
                        "本报告由软件依据台账编制，是供人工审核、签署的草稿，未向任何机构报送。"
                        "每个数字都以上标字母"
                        "注明出处，可以不依赖本软件离线核验。没有证据的条款一律为“未评估”，不视为符合；"
                        "“宜”的条款列出但不影响结论。",
                        "This report was compiled from the ledger by software as a draft for people to "
                        "review and "
                        "sign; it was sent to nobody. The raised letter behind each number names its source, "
                        "which can be verified offline without this software. A clause without evidence is "
                        "“not assessed”, which is never a pass; recommendations are listed but do not enter "
                        "the "
                        "conclusion.",
                    ),
                )
            ),
        ),
    )


def _capital(text: BilingualText) -> BilingualText:
    return BilingualText(zh=text.zh, en=text.en[0].upper() + text.en[1:])


def _count(verdict: Verdict, count: int) -> Cell:
    return (Figure(entry=None, pointer=f"/results/{verdict.value}", value=count, form="integer"),)


def clause_section(results: Iterable[ClauseResult], rulebook: Rulebook) -> Section:
    """A result and its reason for every clause.

    Basis:
        TC260-003 9.1b
    """
    standard = rulebook.instrument(STANDARD)
    return Section(
        title=BilingualText(zh="逐条评估", en="Clause by clause"),
        blocks=(
            Paragraph(
                pieces=sentence(
                    "条款取自{standard}；接替它的国家标准的条款号尚未对照官方文本，故按本版逐条列示。"
                    "要求为摘要，"
                    "并非原文；“未核实”的尚未对照官方文本。",
                    "The clauses are those of {standard}; the clause numbers of the national standard that "
                    "took "
                    "its place have not been checked against the official text, so this edition is followed. "
                    "Requirements are summaries, not the wording; “unverified” ones were not checked against "
                    "the "
                    "official text.",
                    standard=quoted(
                        BilingualText(zh=f"《{standard.title.zh}》", en=standard.title.en), STANDARD
                    ),
                )
            ),
            *_tables(results, rulebook),
        ),
    )


def _tables(results: Iterable[ClauseResult], rulebook: Rulebook) -> Iterator[Table]:
    chapters = itertools.groupby(results, key=lambda result: result.clause.id[0])
    for chapter, members in chapters:
        heading = rulebook.clause(STANDARD, chapter).heading
        yield Table(
            name=heading,
            header=(
                BilingualText(zh="条款", en="Clause"),
                BilingualText(zh="要求", en="Requirement"),
                BilingualText(zh="用语", en="Modal"),
                BilingualText(zh="结果", en="Result"),
                BilingualText(zh="理由与证据", en="Reason and evidence"),
            ),
            widths=(3, 10, 3, 4, 9),
            rows=tuple(_row(result) for result in members),
        )


def _row(result: ClauseResult) -> tuple[Cell, ...]:
    clause = result.clause
    return (
        _number(clause),
        (quoted(clause.text, clause.citation),),
        (Words(text=clause.modal.text),),
        (verdict_words(result.verdict),),
        result.reason,
    )


def _number(clause: Clause) -> Cell:
    number = quoted(BilingualText(zh=clause.number, en=clause.number), clause.citation)
    mark = clause.verification.mark
    return (number,) if mark is None else (number, words(f"（{mark.zh}）", f" ({mark.en})"))
