"""``hegui ledger``: read and export evidence."""

from pathlib import Path

import click
import msgspec

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.ledger import Entry, EntryRef

_WIDEST_CONTENT = 80
_REF = click.argument("ref", metavar="REF")


@click.group(
    help=phrase(
        zh="查阅、证明和导出证据。记录编号写作 main/17。\n\n\b\n示例：\n"
        "  hegui ledger list --kind corpus.scanned\n"
        "  hegui ledger export evidence && hegui verify evidence",
        en="Read, prove and export evidence. Entries are named like main/17.\n\n\b\nExamples:\n"
        "  hegui ledger list --kind corpus.scanned\n"
        "  hegui ledger export evidence && hegui verify evidence",
    )
)
def ledger() -> None:
    """Evidence."""


@ledger.command(
    name="list",
    help=phrase(
        zh="列出记录。\n\n\b\n示例：\n  hegui ledger list --kind scope.judged",
        en="List entries.\n\n\b\nExamples:\n  hegui ledger list --kind scope.judged",
    ),
)
@click.option(
    "--kind",
    metavar="KIND",
    help=phrase(
        zh="只列这一种，如 corpus.scanned。", en="Only entries of this kind, such as corpus.scanned."
    ),
)
@pass_terminal
def list_(terminal: Terminal, kind: str | None) -> None:
    """Print one line per entry."""
    entries = list(terminal.workspace.ledger.entries(kind))
    terminal.result(entries, lambda: "\n".join(map(_line, entries)))


@ledger.command(
    help=phrase(
        zh="显示一条记录的全部内容。\n\n\b\n示例：\n  hegui ledger show main/17",
        en="Show one entry in full.\n\n\b\nExamples:\n  hegui ledger show main/17",
    )
)
@_REF
@pass_terminal
def show(terminal: Terminal, ref: str) -> None:
    """Print the entry."""
    entry = terminal.workspace.ledger.entry(EntryRef.parse(ref))
    terminal.result(entry, lambda: _whole(entry))


@ledger.command(
    help=phrase(
        zh="签署当前状态；请把输出另存他处（如交给监管人员或打印留存）。"
        "\n\n\b\n示例：\n  hegui ledger checkpoint",
        en="Sign the present state; keep the output elsewhere, out of reach of whoever runs the database."
        "\n\n\b\nExamples:\n  hegui ledger checkpoint",
    )
)
@pass_terminal
def checkpoint(terminal: Terminal) -> None:
    """Print the signed note."""
    made = terminal.workspace.ledger.checkpoint()
    terminal.result(made, lambda: made.note.rstrip("\n"))


@ledger.command(
    help=phrase(
        zh="证明一条记录在某个已签署的检查点之内（JSON，约 2 KB，可单独核验）。\n\n\b\n示例：\n"
        "  hegui ledger prove main/17",
        en="Prove that an entry is covered by a signed checkpoint (JSON, about 2 KB, verifiable by itself)."
        "\n\n\b\nExamples:\n  hegui ledger prove main/17",
    )
)
@_REF
@pass_terminal
def prove(terminal: Terminal, ref: str) -> None:
    """Print the proof; it is JSON either way."""
    proof = terminal.workspace.ledger.prove(EntryRef.parse(ref))
    terminal.result(proof, lambda: msgspec.json.format(msgspec.json.encode(proof), indent=2).decode())


@ledger.command(
    help=phrase(
        zh="把全部证据导出到 DIRECTORY，供离线核验。\n\n\b\n示例：\n  hegui ledger export evidence",
        en="Export all evidence to DIRECTORY for offline verification.\n\n\b\nExamples:\n"
        "  hegui ledger export evidence",
    )
)
@click.argument("directory", type=click.Path(path_type=Path))
@pass_terminal
def export(terminal: Terminal, directory: Path) -> None:
    """Write the files and say how to verify them."""
    book = terminal.workspace.ledger
    made = book.export(directory)
    key = book.verifier_key
    terminal.result(
        {"directory": str(directory), "checkpoint": made, "verifier_key": key},
        lambda: phrase(
            zh=f"已导出到 {directory}（检查点 {made.time}）\n核验：hegui verify {directory} --key '{key}'",
            en=f"Exported to {directory} (checkpoint of {made.time})\n"
            f"Verify with: hegui verify {directory} --key '{key}'",
        ),
    )


@ledger.command(
    help=phrase(
        zh="删除一条记录的内容（例如应个人请求）。承诺值和证明保留，并另记一条说明理由。不可恢复。\n\n\b\n示例：\n"
        "  hegui ledger erase w-3f2a/17 --reason '个人信息主体请求删除，工单 88'",
        en="Erase the content of an entry, for instance on a person's request. Its proof stands, and a new "
        "entry gives the reason. Cannot be undone.\n\n\b\nExamples:\n"
        "  hegui ledger erase w-3f2a/17 --reason 'request of the person concerned, ticket 88'",
    )
)
@_REF
@click.option(
    "--reason", required=True, help=phrase(zh="理由，会留在台账里。", en="Why; kept in the ledger.")
)
@pass_terminal
def erase(terminal: Terminal, ref: str, reason: str) -> None:
    """Erase and print the entry that records it."""
    recorded = terminal.workspace.ledger.erase(EntryRef.parse(ref), reason=reason)
    terminal.result(
        {"erased": ref, "recorded": str(recorded)},
        lambda: phrase(
            zh=f"{ref} 的内容已删除，记于 {recorded}", en=f"content of {ref} erased, recorded as {recorded}"
        ),
    )


@ledger.command(
    help=phrase(
        zh="请时间戳服务（RFC 3161）给当前检查点盖时间戳。\n\n\b\n示例：\n"
        "  hegui ledger stamp --tsa http://127.0.0.1:3161/",
        en="Have a time-stamping authority (RFC 3161) stamp the present checkpoint.\n\n\b\nExamples:\n"
        "  hegui ledger stamp --tsa http://127.0.0.1:3161/",
    )
)
@click.option(
    "--tsa", required=True, metavar="URL", help=phrase(zh="服务地址。", en="The authority's address.")
)
@pass_terminal
def stamp(terminal: Terminal, tsa: str) -> None:
    """Stamp and print where the reply was kept."""
    path = terminal.workspace.ledger.stamp(tsa=tsa)
    terminal.result({"stamp": str(path)}, lambda: str(path))


def _line(entry: Entry) -> str:
    content = _content(entry)
    if len(content) > _WIDEST_CONTENT:
        content = content[: _WIDEST_CONTENT - 1] + "…"
    return f"{entry.ref!s:<12} {entry.time}  {entry.kind:<26} {entry.actor:<16} {content}"


def _whole(entry: Entry) -> str:
    content = msgspec.json.format(_content(entry), indent=2) if entry.content is not None else _content(entry)
    return f"{entry.ref}\n{entry.time}  {entry.kind}  {entry.actor}\nleaf {entry.leaf}\n{content}"


def _content(entry: Entry) -> str:
    if entry.content is None:
        return phrase(zh="（内容已删除）", en="(content erased)")
    return msgspec.json.encode(entry.content).decode()
