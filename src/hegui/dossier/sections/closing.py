"""What ends a self-assessment: the signatures, and the table of its evidence."""

from collections.abc import Sequence

from hegui.core import BilingualText
from hegui.dossier.model import Cell, Emphasis, Figure, Paragraph, Section, Table, quoted, same, words
from hegui.dossier.sections.scope import citation_text
from hegui.dossier.typesetting import mark
from hegui.ledger import Entry
from hegui.rulebook import Rulebook

LEAF_CHARACTERS = 16
"""How much of a leaf hash the table shows; all of it is in the evidence."""

_SIGNATURES = "TC260-003 9.1e"
_POSTS = (
    BilingualText(zh="单位法定代表人", en="Legal representative"),
    BilingualText(
        zh="整体评估工作负责人（单位主要管理者或者网络安全负责人）",
        en="Head of the whole assessment (main manager or cyber-security head)",
    ),
    BilingualText(
        zh="合法性评估负责人（单位主要管理者或者法务负责人）",
        en="Head of the legality part (main manager or legal head)",
    ),
)


def signature_section(rulebook: Rulebook) -> Section:
    """Room for the three who sign. People sign; nothing here does.

    Basis:
        TC260-003 9.1e
    """
    return Section(
        title=BilingualText(zh="审核与签署", en="Review and signatures"),
        blocks=(
            Table(
                name=BilingualText(zh="签署", en="Signatures"),
                header=(
                    BilingualText(zh="职务", en="Post"),
                    BilingualText(zh="姓名", en="Name"),
                    BilingualText(zh="签字", en="Signature"),
                    BilingualText(zh="日期", en="Date"),
                ),
                widths=(8, 4, 5, 4),
                rows=tuple(((words(post.zh, post.en),), (), (), ()) for post in _POSTS),
                room=1,
            ),
            Paragraph(
                emphasis=Emphasis.NOTE,
                pieces=(
                    words(
                        "法定代表人兼任上述职务的，可以一并签署，并附单独的书面说明。依据：",
                        "A legal representative who also holds these posts may sign for them, with a "
                        "separate "
                        "written statement. By ",
                    ),
                    quoted(citation_text(rulebook, _SIGNATURES), _SIGNATURES),
                    words("。", "."),
                ),
            ),
        ),
    )


def evidence_section(entries: Sequence[Entry]) -> Section:
    """The table of what the document cites.

    Args:
        entries: the cited entries, in the order of their marks.
    """
    return Section(
        title=BilingualText(zh="证据与核验", en="Evidence and verification"),
        blocks=(
            Paragraph(
                pieces=(
                    words(
                        "上标字母指向下表中的台账记录，全部记录在 evidence 目录中；"
                        "本表和所引条款的文字记于本报告自身的"
                        "记录。数据出处表 figures.json 逐一列出每个数字，核验方法见 README.txt。",
                        "The raised letters name the ledger entries below; all entries are in the evidence "
                        "folder, "
                        "and this table and the clauses quoted are held by this report's own entry. "
                        "figures.json "
                        "lists every number with its source, and README.txt says how to verify them.",
                    ),
                )
            ),
            evidence_table(entries, own="dossier.composed"),
        ),
    )


def evidence_table(entries: Sequence[Entry], *, own: str) -> Table:
    """The entries that a document cites, and its own.

    Args:
        entries: the cited entries, in the order of their marks.
        own: the kind of the document's own entry.
    """
    rows: list[tuple[Cell, ...]] = [
        (
            (same(mark(number)),),
            (_own(f"/evidence/{number}/entry", str(entry.ref)),),
            (_own(f"/evidence/{number}/kind", entry.kind),),
            (_own(f"/evidence/{number}/time", entry.time),),
            (_own(f"/evidence/{number}/leaf", entry.leaf[:LEAF_CHARACTERS]),),
        )
        for number, entry in enumerate(entries)
    ]
    itself = words("本报告自身的记录，见数据出处表", "this report's own entry, see figures.json")
    rows.append(((same(mark(len(entries))),), (itself,), (same(own),), (), ()))
    return Table(
        name=BilingualText(zh="证据", en="Ledger entries"),
        header=(
            BilingualText(zh="标记", en="Mark"),
            BilingualText(zh="记录", en="Entry"),
            BilingualText(zh="种类", en="Kind"),
            BilingualText(zh="时间（协调世界时）", en="Time (UTC)"),
            BilingualText(zh="叶摘要（前段）", en="Leaf hash (beginning)"),
        ),
        widths=(2, 5, 6, 6, 5),
        rows=tuple(rows),
        marked=False,
    )


def evidence_content(entries: Sequence[Entry]) -> list[dict[str, str]]:
    """What the document's own entry records of the table above."""
    return [
        {
            "entry": str(entry.ref),
            "kind": entry.kind,
            "time": entry.time,
            "leaf": entry.leaf[:LEAF_CHARACTERS],
        }
        for entry in entries
    ]


def _own(pointer: str, text: str) -> Figure:
    return Figure(entry=None, pointer=pointer, value=text, form="text")
