"""One result for each clause, with its reason, and what they come to together. Pure.

What counts is evidence: a clause for which there is none is not assessed, whatever the provider may in
fact do. A result that rests on part of what a clause asks for is not assessed either, and says which part.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum

from hegui.core import BilingualText, Record, Verdict, overall
from hegui.corpus import SourceKind
from hegui.dossier.material import (
    Material,
    SourceMaterial,
    integer,
    items,
    items_if_any,
    recorded_words,
    value,
    verdict,
    written,
)
from hegui.dossier.model import Cell, Figure, Piece, same, sentence, words
from hegui.ledger import Entry
from hegui.rulebook import Clause, Modal, Rulebook
from hegui.spotcheck import GateKind

STANDARD = "TC260-003"
"""The edition whose clauses are assessed one by one: the numbers of the later one are not checked yet."""

_ASSESSED = re.compile(r"[5-8].*|9\.[2-4].*")
"""Chapters 5 to 8, and the sampling that chapter 9 asks for; how to assess (9.1) is no requirement itself."""

_RIGHTS = {
    "5.1c1": (SourceKind.OPEN_SOURCE,),
    "5.1c2": (SourceKind.SELF_COLLECTED, SourceKind.SYNTHETIC),
    "5.1c3": (SourceKind.COMMERCIAL,),
    "5.1c4": (SourceKind.USER_INPUT,),
}
_CHECKED = (
    *("5.1a1", "5.1b", "5.1d", "5.2b1", "5.2b2", "5.2b3", "5.2b4", "5.2b5", "5.2b6"),
    *("5.2c1", "5.2c2"),
)
_GATES = {
    "9.3b": "output.manual",
    "9.3c": "output.keyword",
    "9.3d": "output.classifier",
    "9.4b": "refusal",
    "9.4c": "non_refusal",
}

_TREATED = ("read", "kept", "masked", "quarantined", "dropped", "unscreened")
"""What the evidence of a clean-up counts."""

_NO_EVIDENCE = (words("没有证据", "there is no evidence"),)


class Conclusion(StrEnum):
    """The overall conclusion of a self-assessment.

    Basis:
        TC260-003 9.1d
    """

    ALL_MET = "all_met"
    PARTLY_MET = "partly_met"
    NONE_MET = "none_met"
    OPEN = "open"

    @property
    def text(self) -> BilingualText:
        """The conclusion in the words of the standard."""
        return _CONCLUSIONS[self]


_CONCLUSIONS = {
    Conclusion.ALL_MET: BilingualText(zh="全部符合要求", en="all requirements are met"),
    Conclusion.PARTLY_MET: BilingualText(zh="部分符合要求", en="the requirements are met in part"),
    Conclusion.NONE_MET: BilingualText(zh="全部不符合要求", en="no requirement is met"),
    Conclusion.OPEN: BilingualText(
        zh="尚不能得出结论：有应当评估的条款未评估",
        en="no conclusion can be drawn yet: mandatory clauses are not assessed",
    ),
}


class ClauseResult(Record):
    """What is said of one clause, and why."""

    clause: Clause
    verdict: Verdict
    reason: Cell

    @property
    def counts(self) -> bool:
        """Whether it enters the conclusion: recommendations do not."""
        return self.clause.modal is Modal.SHALL


_Finding = tuple[Verdict, Cell]
_Assessor = Callable[[Material], _Finding]


def conclude(verdicts: Iterable[Verdict]) -> Conclusion:
    """The overall conclusion over the results of the mandatory clauses.

    One clause that is not assessed leaves the whole open: the standard knows no such result, and so draws
    no conclusion from it.

    Basis:
        TC260-003 9.1d
    """
    found = set(verdicts)
    if Verdict.NOT_ASSESSED in found or not found:
        return Conclusion.OPEN
    if Verdict.NOT_MET not in found:
        return Conclusion.ALL_MET
    return Conclusion.NONE_MET if found == {Verdict.NOT_MET} else Conclusion.PARTLY_MET


def tally(results: Iterable[ClauseResult]) -> dict[Verdict, int]:
    """How many mandatory clauses got which result."""
    counted = Counter(result.verdict for result in results if result.counts)
    return {verdict: counted[verdict] for verdict in Verdict}


def assess(material: Material, rulebook: Rulebook) -> tuple[ClauseResult, ...]:
    """A result for every clause of the assessed chapters, in the order of the standard.

    Basis:
        TC260-003 9.1b
    """
    results = []
    for clause in requirements(rulebook):
        assessor = _ASSESSORS.get(clause.id)
        found, reason = assessor(material) if assessor else (Verdict.NOT_ASSESSED, _NO_EVIDENCE)
        results.append(ClauseResult(clause=clause, verdict=found, reason=reason))
    return tuple(results)


def requirements(rulebook: Rulebook) -> tuple[Clause, ...]:
    """The clauses that get a result: those that are no mere heading over numbered parts."""
    clauses = [c for c in rulebook.instrument(STANDARD).clauses if _ASSESSED.fullmatch(c.id)]
    identifiers = {clause.id for clause in clauses}
    return tuple(clause for clause in clauses if not _is_heading(clause.id, identifiers))


def _is_heading(identifier: str, identifiers: set[str]) -> bool:
    """Whether a first part stands below the clause: a, 1 or .1."""
    return any(f"{identifier}{first}" in identifiers for first in (".1", ".2", "a", "1"))


# --- training data ---


def _collected_sources(material: Material) -> _Finding:
    """5.1a2: sources over the limit, found after collection, are not trained on."""
    over = [source for source in material.sources if source.content is Verdict.NOT_MET]
    if not material.sources:
        return Verdict.NOT_ASSESSED, (words("没有登记来源", "no source is registered"),)
    if over:
        names = _names(over)
        return Verdict.NOT_ASSESSED, sentence(
            "以下来源超过限值，不得用于训练：{names}；没有已将其剔除的证据",
            "over the limit, and so not to be trained on: {names}; there is no evidence that they are left "
            "out",
            names=names,
        )
    unknown = [source for source in material.sources if source.content is not Verdict.MET]
    if unknown:
        return Verdict.NOT_ASSESSED, sentence(
            "尚未判定的来源：{names}", "sources without a verdict: {names}", names=_names(unknown)
        )
    caveat = next((source.caveat for source in material.sources if source.caveat), None)
    if caveat is not None:
        return Verdict.NOT_ASSESSED, sentence(
            "各来源均未超过限值，但：{caveat}", "no source is over the limit, but: {caveat}", caveat=caveat
        )
    return Verdict.MET, (words("各来源均未超过限值", "no source is over the limit"),)


def _names(sources: Iterable[SourceMaterial]) -> Cell:
    return _listed((recorded_words(source.registered, "/source/name"),) for source in sources)


def _lacking(source: SourceMaterial) -> Cell:
    return sentence(
        "{name}：{reason}",
        "{name}: {reason}",
        name=recorded_words(source.registered, "/source/name"),
        reason=recorded_words(source.registered, "/rights/reason"),
    )


def _listed(cells: Iterable[Cell]) -> Cell:
    pieces: list[Piece] = []
    for cell in cells:
        if pieces:
            pieces.append(words("；", "; "))
        pieces += cell
    return tuple(pieces)


def _rights(kinds: tuple[SourceKind, ...]) -> _Assessor:
    def assessed(material: Material) -> _Finding:
        sources = [source for source in material.sources if source.kind in kinds]
        if not material.sources:
            return Verdict.NOT_ASSESSED, (words("没有登记来源", "no source is registered"),)
        if not sources:
            return Verdict.NOT_APPLICABLE, (
                words("登记的来源中没有这一类", "no source of this kind is registered"),
            )
        lacking = [source for source in sources if source.rights is not Verdict.MET]
        if lacking:
            return overall(source.rights for source in lacking), _listed(map(_lacking, lacking))
        return Verdict.MET, sentence(
            "所需证明文件齐全：{names}", "the documents it asks for are there: {names}", names=_names(sources)
        )

    return assessed


def _collection(material: Material) -> _Finding:
    """5.1c2: documents, and that nothing was collected that others refused."""
    found, reason = _rights(_RIGHTS["5.1c2"])(material)
    if found is Verdict.MET or (found is Verdict.NOT_APPLICABLE and material.checked is not None):
        return _checked("5.1c2")(material)
    return found, reason


def _checked(clause: str) -> _Assessor:
    """A clause that the check of the register asks."""

    def assessed(material: Material) -> _Finding:
        check = material.checked
        if check is None:
            return Verdict.NOT_ASSESSED, (
                words(
                    "登记没有对照规则检查，或检查之后又有变动；运行 hegui corpus source check",
                    "the register was not held against the rules, or has changed since; run hegui corpus "
                    "source check",
                ),
            )
        rules = [f"/rules/{number}" for number in range(len(items(check, "/rules")))]
        asked = {
            rule: verdict(check, f"{rule}/verdict")
            for rule in rules
            if value(check, f"{rule}/citation/clause") == f"{STANDARD} {clause}"
        }
        found = overall(asked.values())
        return found, _listed(_ruled(check, rule) for rule, said in asked.items() if said is found)

    return assessed


def _ruled(check: Entry, rule: str) -> Cell:
    source = value(check, f"{rule}/source")
    reason = recorded_words(check, f"{rule}/reason")
    if source is None:
        return (reason,)
    return sentence("{source}：{reason}", "{source}: {reason}", source=same(str(source)), reason=reason)


def _filtering(material: Material) -> _Finding:
    """5.2a: all material is filtered by keywords, classifiers and manual sampling, and what is found goes."""
    scans = [source.scanned for source in material.sources if source.scanned is not None]
    if not scans or len(scans) < len(material.sources):
        return Verdict.NOT_ASSESSED, (words("有来源尚未扫描", "there are sources not scanned yet"),)
    sampled = words("没有人工抽检的证据", "there is no evidence of manual sampling")
    if _gate_of(material, GateKind.MANUAL) is not None:
        sampled = words("有人工抽检", "there was manual sampling")
    return Verdict.NOT_ASSESSED, _listed(
        [
            (
                words(
                    "各来源均已按关键词和个人信息规则扫描",
                    "every source was scanned by keywords and for personal information",
                ),
            ),
            _classified(scans),
            (sampled,),
            *_taken_out(material.sources),
        ]
    )


def _taken_out(sources: Sequence[SourceMaterial]) -> Iterator[Cell]:
    """What became of what the scans found: a clean-up is evidence, as far as it goes."""
    left: list[SourceMaterial] = []
    for source in sources:
        name = recorded_words(source.registered, "/source/name")
        if source.cleaned is not None:
            yield sentence(
                "{name}：清理时读入 {read} 篇，留用 {kept} 篇（其中遮盖个人信息 {masked} 篇），"
                "隔离 {quarantined} 篇，剔除 {dropped} 篇，因未能审查而不收 {unscreened} 篇",
                "{name}: of {read} documents the clean-up kept {kept} (personal information masked in "
                "{masked}), quarantined {quarantined}, dropped {dropped}, left out as not screened "
                "{unscreened}",
                name=name,
                **{each: integer(source.cleaned, f"/total/{each}") for each in _TREATED},
            )
        elif source.scanned is not None and value(source.scanned, "/tally/unsafe") == 0:
            yield sentence(
                "{name}：扫描未发现违法不良信息", "{name}: the scan found nothing unsafe", name=name
            )
        else:
            left.append(source)
    if left:
        yield sentence(
            "没有已剔除所发现内容的证据：{names}",
            "there is no evidence that what was found was taken out: {names}",
            names=_names(left),
        )
    if any(source.cleaned is not None for source in sources):
        yield (
            words(
                "没有所训练的就是清理后数据的证据",
                "there is no evidence that what was cleaned is what is trained on",
            ),
        )


def _classified(scans: Sequence[Entry]) -> Cell:
    """Which classifiers judged the documents of all sources, or of some."""
    names: dict[str, Figure] = {}
    whole = True
    for scan in scans:
        scanned = integer(scan, "/tally/scanned").value
        judged = set()
        for n in range(len(items_if_any(scan, "/classifiers"))):
            judged.add(documents := integer(scan, f"/classifiers/{n}/documents").value)
            if documents:
                name = written(scan, f"/classifiers/{n}/name")
                names.setdefault(name.text, name)
        whole &= scanned in judged - {0}
    if not names:
        return (words("没有分类模型的证据", "there is no evidence of classifiers"),)
    listed = _listed((name,) for name in names.values())
    if whole:
        return sentence(
            "全部文档经分类模型审查：{names}",
            "all documents were judged by classifiers: {names}",
            names=listed,
        )
    return sentence(
        "分类模型只审查了一部分文档：{names}",
        "classifiers judged only a part of the documents: {names}",
        names=listed,
    )


def _gate_of(material: Material, kind: GateKind) -> str | None:
    """The pointer to the inspection of that kind, where anything was inspected; ``None`` else."""
    if material.gates is None:
        return None
    for n in range(len(items(material.gates, "/gates"))):
        pointer = f"/gates/{n}"
        if value(material.gates, f"{pointer}/kind") == kind.value:
            return pointer if value(material.gates, f"{pointer}/share") is not None else None
    return None


def _inspection(kind: GateKind) -> _Assessor:
    """9.2a and 9.2b: the inspections of the training data."""

    def assessed(material: Material) -> _Finding:
        pointer = _gate_of(material, kind)
        if material.gates is None or pointer is None:
            return Verdict.NOT_ASSESSED, _NO_EVIDENCE
        if not material.gates_stand:
            return Verdict.NOT_ASSESSED, (
                words(
                    "判定之后数据、审核或门槛要求又有变化，需重新判定",
                    "data, reviews or thresholds have changed since it was judged, so it has to be judged "
                    "again",
                ),
            )
        found = verdict(material.gates, f"{pointer}/verdict")
        reason = (recorded_words(material.gates, f"{pointer}/reason"),)
        if found is Verdict.MET and value(material.gates, f"{pointer}/caveat") is not None:
            caveat = recorded_words(material.gates, f"{pointer}/caveat")
            return Verdict.NOT_ASSESSED, sentence(
                "{reason}；但{caveat}", "{reason}; but {caveat}", reason=reason, caveat=caveat
            )
        return found, reason

    return assessed


# --- model and service ---


def _gate(name: str) -> _Assessor:
    def assessed(material: Material) -> _Finding:
        run = material.evaluation
        if run is None:
            return Verdict.NOT_ASSESSED, (words("没有评测", "there was no evaluation"),)
        names = [value(run, f"/gates/{n}/name") for n in range(len(items(run, "/gates")))]
        if name not in names:
            return Verdict.NOT_ASSESSED, (words("评测没有这一项", "the evaluation lacks this check"),)
        pointer = f"/gates/{names.index(name)}"
        return verdict(run, f"{pointer}/verdict"), (recorded_words(run, f"{pointer}/reason"),)

    return assessed


def _question_bank(material: Material) -> _Finding:
    """8.2, 8.3: the banks. Their composition is not evidence yet, only how many questions were asked."""
    run = material.evaluation
    if run is None:
        return Verdict.NOT_ASSESSED, _NO_EVIDENCE
    return Verdict.NOT_ASSESSED, sentence(
        "最近一次评测用题 {n} 道；没有题库规模与覆盖的证据",
        "the newest evaluation asked {n} questions; there is no evidence of the bank's size and coverage",
        n=integer(run, "/questions"),
    )


def _dialogues(material: Material) -> _Finding:
    """6b2: every dialogue is screened."""
    total = sum(material.exchanges.values())
    if total == 0:
        return Verdict.NOT_ASSESSED, _NO_EVIDENCE
    return Verdict.NOT_ASSESSED, sentence(
        "网关审查并记录了 {n} 次问答；没有全部服务都经过网关的证据",
        "the gateway screened and recorded {n} exchanges; there is no evidence that all of the service "
        "passes through it",
        n=_own("/totals/exchanges", total),
    )


def _labels(material: Material) -> _Finding:
    """7d: generated content is labelled."""
    if material.labelled == 0:
        return Verdict.NOT_ASSESSED, _NO_EVIDENCE
    return Verdict.NOT_ASSESSED, sentence(
        "已添加标识并留证 {n} 件；没有全部生成内容均有标识的证据",
        "{n} items were labelled on record; there is no evidence that all generated content is",
        n=_own("/totals/labelled", material.labelled),
    )


def _own(pointer: str, count: int) -> Figure:
    return Figure(entry=None, pointer=pointer, value=count, form="integer")


_ASSESSORS: dict[str, _Assessor] = {
    "5.1a2": _collected_sources,
    "5.2a": _filtering,
    "6b2": _dialogues,
    "7d": _labels,
    "8.2a": _question_bank,
    "8.3a": _question_bank,
    "8.3b": _question_bank,
    "9.2a": _inspection(GateKind.MANUAL),
    "9.2b": _inspection(GateKind.TECHNICAL),
    **{clause: _rights(kinds) for clause, kinds in _RIGHTS.items()},
    "5.1c2": _collection,
    **{clause: _checked(clause) for clause in _CHECKED},
    **{clause: _gate(name) for clause, name in _GATES.items()},
}
