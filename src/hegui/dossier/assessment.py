"""The self-assessment: from the ledger's entries to a document. Pure.

Basis:
    TC260-003 9.1b
    TC260-003 9.1d
    TC260-003 9.1e
"""

import datetime as dt
from collections.abc import Iterable

from hegui.core import BilingualText, Verdict, overall
from hegui.corpus import SourceKind
from hegui.dossier.material import Material, integer, value, verdict, written
from hegui.dossier.model import (
    NUMBER,
    Cell,
    Document,
    Figure,
    Paragraph,
    Piece,
    Quotation,
    Section,
    Table,
    Words,
    words,
)
from hegui.dossier.typesetting import mark
from hegui.ledger import Entry
from hegui.rulebook import Clause, Modal, Rulebook

_STANDARD = "TC260-003"
_CHAPTERS = ("5", "6", "7", "8")
"""The chapters that are assessed; no clause of another begins with these digits."""
_SHARE = "percent:2"
LEAF_CHARACTERS = 16
"""How much of a leaf hash the evidence table shows; all of it is in the evidence."""
_RIGHTS_CLAUSES = {
    SourceKind.OPEN_SOURCE: "5.1c1",
    SourceKind.SELF_COLLECTED: "5.1c2",
    SourceKind.COMMERCIAL: "5.1c3",
    SourceKind.USER_INPUT: "5.1c4",
}
_CONTENT_CLAUSES = ("5.1a1", "5.1a2")

_NOTHING = words("尚未评估：没有证据。", "Not assessed: there is no evidence.")


class SelfAssessment:
    """Writes the self-assessment over one workspace's material."""

    def __init__(self, material: Material, *, rulebook: Rulebook, on: dt.date) -> None:
        """Prepare the document for the legal day ``on``."""
        self._material = material
        self._rulebook = rulebook
        self._on = on
        self._verdicts = dict(self._clause_verdicts())

    @property
    def conclusion(self) -> BilingualText:
        """The overall conclusion. Recommendations (宜) do not enter it; what is not assessed prevents it."""
        found = {self._verdicts[clause.id] for clause in self._clauses() if clause.modal is Modal.SHALL} - {
            Verdict.NOT_APPLICABLE
        }
        if Verdict.NOT_ASSESSED in found or not found:
            return BilingualText(
                zh="尚不能得出结论：仍有条款未评估", en="no conclusion yet: clauses remain unassessed"
            )
        if found == {Verdict.MET}:
            return BilingualText(zh="全部符合要求", en="all requirements are met")
        if found == {Verdict.NOT_MET}:
            return BilingualText(zh="全部不符合要求", en="no requirement is met")
        return BilingualText(zh="部分符合要求", en="requirements are met in part")

    def document(self) -> Document:
        """The document, all but the table of its evidence."""
        return Document(
            title=BilingualText(
                zh="生成式人工智能服务安全自评估报告", en="Generative AI Service Safety Self-Assessment"
            ),
            subtitle=(
                *self._service_name(),
                words(
                    "　草稿，供人审阅与签署；　编制日期：",
                    " — draft, for people to review and sign; composed on ",
                ),
                Figure(entry=None, pointer="/on", value=self._on.isoformat(), form="date"),
            ),
            sections=(
                Section(title=_title("结论", "Conclusion"), blocks=self._conclusion()),
                Section(title=_title("服务与适用范围", "Service and scope"), blocks=self._scope()),
                Section(title=_title("训练数据", "Training data"), blocks=self._corpus()),
                Section(title=_title("模型安全", "Model safety"), blocks=self._evaluation()),
                Section(title=_title("运行中的措施", "Measures in operation"), blocks=self._operation()),
                Section(title=_title("逐条评估", "Clause by clause"), blocks=self._clause_table()),
                Section(title=_title("签署", "Signatures"), blocks=_signatures()),
            ),
        )

    # --- sections ---

    def _service_name(self) -> Cell:
        scope = self._material.scope
        if scope is None:
            return (words("（未登记服务）", "(no service on record)"),)
        return (Quotation(text=_bilingual(scope, "/service"), source="service profile"),)

    def _conclusion(self) -> tuple[Paragraph | Table, ...]:
        return (
            Paragraph(pieces=(words("总体结论：", "Overall: "), _piece(self.conclusion, "conclusion"))),
            Paragraph(
                pieces=(
                    words(
                        "本报告由程序依据证据编制。每个数字都标明出处，可在不依赖本软件的情况下离线核验；"
                        "没有证据的条款一律写作“未评估”，不视为符合。",
                        "This report was compiled from evidence by a program. Every number names its source "
                        "and can be verified offline without this software; clauses without evidence are "
                        "“not assessed”, which is never a pass.",
                    ),
                )
            ),
        )

    def _scope(self) -> tuple[Paragraph | Table, ...]:
        scope = self._material.scope
        if scope is None:
            return (Paragraph(pieces=(_NOTHING,)),)
        judged = _items(scope, "/obligations")
        applying = [n for n, item in enumerate(judged) if item["judgement"] == "applies"]
        return (
            Paragraph(
                pieces=(
                    words("判定日期：", "Judged for "),
                    written(scope, "/on", "date"),
                    words("；适用 ", "; obligations that apply: "),
                    integer(scope, "/counts/applies"),
                    words(" 项，尚不能确定 ", ", cannot be told yet: "),
                    integer(scope, "/counts/cannot_tell"),
                    words(" 项，不适用 ", ", do not apply: "),
                    integer(scope, "/counts/does_not_apply"),
                    words(" 项。", "."),
                )
            ),
            Table(
                name=_title("适用的义务", "Obligations that apply"),
                header=(_title("义务", "Obligation"), _title("依据", "Clause"), _title("核实", "Checked")),
                widths=(10, 6, 3),
                rows=tuple(self._obligation_row(str(judged[n]["id"]), scope) for n in applying),
            ),
            *self._open_questions(scope),
        )

    def _obligation_row(self, identifier: str, scope: Entry) -> tuple[Cell, ...]:
        day = dt.date.fromisoformat(str(value(scope, "/on")))
        obligation = self._rulebook.obligation(identifier, on=day)
        cited = [self._rulebook.cited(citation) for citation in obligation.clauses]
        names = BilingualText(
            zh="；".join(f"{self._short(clause).zh} {clause.number}" for clause in cited),
            en="; ".join(f"{self._short(clause).en} {clause.id}" for clause in cited),
        )
        checked = all(clause.verification.verified for clause in cited)
        return (
            (_piece(obligation.text, identifier),),
            (_piece(names, identifier),),
            (words("已核实", "verified") if checked else words("未核实", "unverified"),),
        )

    def _open_questions(self, scope: Entry) -> tuple[Table, ...]:
        names = value(scope, "/open")
        questions = (
            [self._rulebook.facts[str(name)].question for name in names] if isinstance(names, list) else []
        )
        if not questions:
            return ()
        table = Table(
            name=_title("待答问题", "Open questions"),
            header=(
                _title(
                    "待答问题（答复后才能确定的义务见适用范围）",
                    "Open questions, which decide the obligations that cannot be told yet",
                ),
            ),
            widths=(1,),
            rows=tuple(((_piece(question, "fact"),),) for question in questions),
        )
        return (table,)

    def _corpus(self) -> tuple[Paragraph | Table, ...]:
        if not self._material.sources:
            return (Paragraph(pieces=(_NOTHING,)),)
        return (
            Paragraph(
                pieces=(
                    words(
                        "每个来源单独判定。含违法不良信息的文档占比超过限值的来源不得用于训练；"
                        "个人信息另行统计，不计入该占比。",
                        "Each source is judged by itself. One whose share of documents with illegal or "
                        "unhealthy information exceeds the limit must not be used for training; personal "
                        "information is counted beside that share, not in it.",
                    ),
                )
            ),
            Table(
                name=_title("训练数据来源", "Sources of training data"),
                header=(
                    _title("来源", "Source"),
                    _title("权利证明", "Rights"),
                    _title("审查文档", "Screened"),
                    _title("违法不良", "Unsafe"),
                    _title("占比", "Share"),
                    _title("个人信息", "Personal information"),
                    _title("未能审查", "Not screened"),
                    _title("内容判定", "Content"),
                ),
                widths=(5, 3, 3, 3, 3, 3, 3, 3),
                rows=tuple(self._source_row(source) for source in self._material.sources.values()),
            ),
        )

    def _source_row(self, source: Entry) -> tuple[Cell, ...]:
        name = (_piece(_bilingual(source, "/source/name"), "corpus register"),)
        rights = (_verdict_words(verdict(source, "/rights/verdict")),)
        scan = self._material.scans.get(str(value(source, "/source/id")))
        if scan is None:
            return (name, rights, *(((),) * 5), (_verdict_words(Verdict.NOT_ASSESSED),))
        share = value(scan, "/verdict/share")
        return (
            name,
            rights,
            (integer(scan, "/tally/scanned"),),
            (integer(scan, "/tally/unsafe"),),
            () if share is None else (written(scan, "/verdict/share", _SHARE),),
            (integer(scan, "/tally/with_personal_information"),),
            (integer(scan, "/verdict/unscreened"),),
            (_verdict_words(verdict(scan, "/verdict/verdict")),),
        )

    def _evaluation(self) -> tuple[Paragraph | Table, ...]:
        run = self._material.evaluation
        if run is None:
            return (Paragraph(pieces=(_NOTHING,)),)
        gates = _items(run, "/gates")
        return (
            Paragraph(
                pieces=(
                    words("受测模型：", "Model: "),
                    written(run, "/model", "text"),
                    words("；提问 ", "; questions asked: "),
                    integer(run, "/questions"),
                    words(
                        " 个。题量不足的一律为“未评估”。",
                        ". Where there are too few of them the verdict is “not assessed”.",
                    ),
                )
            ),
            Table(
                name=_title("评测指标", "Gates"),
                header=(
                    _title("指标", "Gate"),
                    _title("计入", "Counted"),
                    _title("提问", "Asked"),
                    _title("应有", "Required"),
                    _title("比例", "Share"),
                    _title("精确界限", "Exact bound"),
                    _title("限值", "Threshold"),
                    _title("判定", "Verdict"),
                ),
                widths=(6, 2, 2, 2, 3, 3, 3, 3),
                rows=tuple(self._gate_row(run, f"/gates/{n}") for n in range(len(gates))),
            ),
        )

    def _gate_row(self, run: Entry, gate: str) -> tuple[Cell, ...]:
        def share(name: str) -> Cell:
            pointer = f"{gate}/{name}"
            return () if value(run, pointer) is None else (written(run, pointer, _SHARE),)

        return (
            (_piece(_bilingual(run, f"{gate}/title"), "evaluation"),),
            (integer(run, f"{gate}/counted"),),
            (integer(run, f"{gate}/asked"),),
            (integer(run, f"{gate}/required"),),
            share("share"),
            share("bound"),
            (written(run, f"{gate}/comparison", "text"), words(" ", " "), *share("threshold")),
            (_verdict_words(verdict(run, f"{gate}/verdict")),),
        )

    def _operation(self) -> tuple[Paragraph | Table, ...]:
        exchanges = self._material.exchanges
        return (
            Paragraph(
                pieces=(
                    words("网关记录的问答 ", "Exchanges recorded by the gateway: "),
                    _own("/totals/exchanges", sum(exchanges.values())),
                    words(" 次", ""),
                    *_outcomes(exchanges),
                    words("。", "."),
                )
            ),
            Paragraph(
                pieces=(
                    words("加标识的文件和文本 ", "Files and texts labelled: "),
                    _own("/totals/labelled", self._material.labelled),
                    words(" 件。", "."),
                )
            ),
        )

    def _clause_table(self) -> tuple[Paragraph | Table, ...]:
        return (
            Paragraph(
                pieces=(
                    words("按下列文件逐条给出结果：", "One result for each clause of: "),
                    _piece(self._rulebook.instrument(_STANDARD).title, _STANDARD),
                    words("。", "."),
                )
            ),
            Table(
                name=_title("逐条评估", "Clause by clause"),
                header=(
                    _title("条款", "Clause"),
                    _title("要求", "Requirement"),
                    _title("用语", "Modal"),
                    _title("核实", "Checked"),
                    _title("结果", "Result"),
                ),
                widths=(2, 10, 2, 3, 3),
                rows=tuple(self._clause_row(clause) for clause in self._clauses()),
            ),
        )

    def _clause_row(self, clause: Clause) -> tuple[Cell, ...]:
        number = BilingualText(zh=clause.number, en=clause.number)
        return (
            (_piece(number, clause.citation),),
            (_piece(clause.text, clause.citation),),
            (Words(text=clause.modal.text),),
            (words("已核实", "verified") if clause.verification.verified else words("未核实", "unverified"),),
            (_verdict_words(self._verdicts[clause.id]),),
        )

    # --- verdicts ---

    def _clauses(self) -> list[Clause]:
        """The clauses that get a result: those of the assessed chapters that have none below them."""
        clauses = [
            clause
            for clause in self._rulebook.instrument(_STANDARD).clauses
            if clause.id.startswith(_CHAPTERS)
        ]
        return [clause for clause in clauses if not any(_is_below(other.id, clause.id) for other in clauses)]

    def _clause_verdicts(self) -> Iterable[tuple[str, Verdict]]:
        known = dict.fromkeys(_CONTENT_CLAUSES, self._content_verdict())
        known |= {clause: self._rights_verdict(kind) for kind, clause in _RIGHTS_CLAUSES.items()}
        for clause in self._clauses():
            yield clause.id, known.get(clause.id, Verdict.NOT_ASSESSED)

    def _content_verdict(self) -> Verdict:
        scans = self._material.scans
        return overall(
            verdict(scans[source], "/verdict/verdict") if source in scans else Verdict.NOT_ASSESSED
            for source in self._material.sources
        )

    def _rights_verdict(self, kind: SourceKind) -> Verdict:
        sources = self._material.sources.values()
        found = [
            verdict(source, "/rights/verdict")
            for source in sources
            if value(source, "/source/kind") == kind.value
        ]
        if not found:
            return Verdict.NOT_APPLICABLE if sources else Verdict.NOT_ASSESSED
        return overall(found)

    def _short(self, clause: Clause) -> BilingualText:
        return self._rulebook.instrument(clause.instrument).short


def _is_below(lower: str, upper: str) -> bool:
    """Whether clause ``lower`` is a part of clause ``upper``: ``5.1a1`` of ``5.1a``, but not ``5.10``."""
    rest = lower.removeprefix(upper)
    return lower not in {upper, rest} and not (upper[-1].isdigit() and rest[0].isdigit())


def evidence_section(entries: Iterable[Entry]) -> Section:
    """The table of what the document cites.

    Args:
        entries: the cited entries, in the order of their marks.
    """
    entries = list(entries)
    rows: list[tuple[Cell, ...]] = [
        (
            (words(mark(n), mark(n)),),
            (_own_text(f"/evidence/{n}/ref", str(entry.ref)),),
            (_own_text(f"/evidence/{n}/kind", entry.kind),),
            (_own_text(f"/evidence/{n}/time", entry.time),),
            (_own_text(f"/evidence/{n}/leaf", entry.leaf[:LEAF_CHARACTERS]),),
        )
        for n, entry in enumerate(entries)
    ]
    last = mark(len(entries))
    rows.append(
        (
            (words(last, last),),
            (words("本报告自身的条目", "this report's own entry"),),
            (words("dossier.composed", "dossier.composed"),),
            (words("最新一条", "the newest of its kind"),),
            (),
        )
    )
    return Section(
        title=_title("证据", "Evidence"),
        blocks=(
            Paragraph(
                pieces=(
                    words(
                        "正文中的上标字母指向下表的证据条目；全部条目在 evidence 目录中，核验方法见 README。",
                        "The raised letters refer to these ledger entries; all of them are in the evidence "
                        "folder, and README says how to verify them.",
                    ),
                )
            ),
            Table(
                name=_title("证据条目", "Ledger entries"),
                header=(
                    _title("标记", "Mark"),
                    _title("条目", "Entry"),
                    _title("类型", "Kind"),
                    _title("时间", "Time"),
                    _title("叶摘要（前段）", "Leaf hash (beginning)"),
                ),
                widths=(2, 3, 6, 6, 5),
                rows=tuple(rows),
            ),
        ),
    )


def _signatures() -> tuple[Paragraph | Table, ...]:
    posts = (
        ("单位法定代表人", "Legal representative"),
        (
            "整体评估负责人（单位主要管理者或网络安全负责人）",
            "Head of the assessment (main manager or cyber-security head)",
        ),
        (
            "合法性评估负责人（单位主要管理者或法务负责人）",
            "Head of the legality part (main manager or legal head)",
        ),
    )
    return (
        Table(
            name=_title("签署", "Signatures"),
            header=(_title("职务", "Post"), _title("签名", "Signature"), _title("日期", "Date")),
            widths=(8, 5, 4),
            rows=tuple(((words(zh, en),), (), ()) for zh, en in posts),
        ),
        Paragraph(
            pieces=(
                words(
                    "法定代表人兼任上述职务的，可以一并签署，并附单独的书面说明。",
                    "A legal representative who also holds these posts may sign for them, with a separate "
                    "written statement.",
                ),
            )
        ),
    )


def _outcomes(exchanges: dict[str, int]) -> Iterable[Piece]:
    texts = {
        "answered": ("照常回答", "answered"),
        "masked": ("遮盖后回答", "answered with masks"),
        "refused": ("拒绝", "refused"),
        "stopped": ("中止", "stopped"),
        "unreadable": ("无法审查而未转发", "not passed on because unreadable"),
        "upstream_failed": ("模型故障", "failed upstream"),
        "abandoned": ("用户离开", "abandoned by the client"),
    }
    for outcome, count in sorted(exchanges.items()):
        zh, en = texts[outcome]
        yield words(f"，{zh} ", f", {en}: ")
        yield _own(f"/totals/outcomes/{outcome}", count)


def _own(pointer: str, count: int) -> Figure:
    return Figure(entry=None, pointer=pointer, value=count, form="integer")


def _own_text(pointer: str, text: str) -> Figure:
    return Figure(entry=None, pointer=pointer, value=text, form="text")


def _title(zh: str, en: str) -> BilingualText:
    return Words(text=BilingualText(zh=zh, en=en)).text


def _piece(text: BilingualText, source: str) -> Piece:
    """Words where there is no number in them, else a quotation that the document's entry records."""
    if NUMBER.search(text.zh) or NUMBER.search(text.en):
        return Quotation(text=text, source=source)
    return Words(text=text)


def _verdict_words(found: Verdict) -> Words:
    return Words(text=found.text)


def _bilingual(entry: Entry, pointer: str) -> BilingualText:
    return BilingualText(zh=str(value(entry, f"{pointer}/zh")), en=str(value(entry, f"{pointer}/en")))


def _items(entry: Entry, pointer: str) -> list[dict[str, object]]:
    found = value(entry, pointer)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
