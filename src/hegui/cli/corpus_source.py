"""``hegui corpus source``: put one source on the register, show it, hold it against the rules."""

from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.corpus_exchange import export, import_
from hegui.cli.corpus_text import cited, registration_lines
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.core import BilingualText, InvalidInput, counted
from hegui.corpus import (
    DocumentKind,
    DocumentState,
    Modality,
    NoSources,
    Origin,
    ProofDocument,
    RegisterCheck,
    RegisteredSource,
    Rights,
    RuleVerdict,
    Source,
    SourceKind,
)
from hegui.rulebook import Modal


class NoDocument(InvalidInput):
    """What should name a document does not.

    Attributes:
        given: what was given.
    """

    def __init__(self, given: str) -> None:
        """Show the form."""
        kinds = ", ".join(kind.value for kind in DocumentKind)
        super().__init__(
            zh=f"{given!r} 不是证明文件；请写成 KIND=PATH，KIND 为 {kinds} 之一",
            en=f"{given!r} names no document; write KIND=PATH with a KIND of {kinds}",
        )
        self.given = given


class NobodyVouches(InvalidInput):
    """Rights are stated, and nobody answers for the statement."""

    def __init__(self) -> None:
        """Say who is asked for."""
        super().__init__(
            zh="写了许可或证明文件却没有人负责；请用 --vouched-by 写明负责人或岗位",
            en="a licence or documents are given and nobody answers for them; name a person or post by "
            "--vouched-by",
        )


@click.group(
    help=phrase(
        zh="训练数据来源的登记：添加、查看、对照规则检查。\n\n\b\n示例：\n"
        "  hegui corpus source show\n  hegui corpus source check",
        en="The register of training-data sources: add, show, hold against the rules.\n\n\b\nExamples:\n"
        "  hegui corpus source show\n  hegui corpus source check",
    )
)
def source() -> None:
    """The register."""


@source.command(
    help=phrase(
        zh="登记一个来源 ID；文件 FILES 可以是文件、目录、通配或网址，尚未采集的不写。"
        "采集日志、个人信息等更多事项写在声明文件里（hegui corpus register）。\n\n\b\n示例：\n"
        "  hegui corpus source add wiki examples/chat-service/corpus/encyclopaedia --name 百科 "
        "--kind open_source --language zh --origin domestic --license Apache-2.0 "
        "--document license=examples/chat-service/corpus/rights/encyclopaedia-license.txt "
        "--vouched-by 数据负责人",
        en="Register the source ID; FILES are files, folders, patterns or URLs, and none before it is "
        "collected. Crawl logs, personal information and more are stated in a declaration (hegui corpus "
        "register).\n\n\b\nExamples:\n"
        "  hegui corpus source add wiki examples/chat-service/corpus/encyclopaedia --name encyclopaedia "
        "--kind open_source --language zh --origin domestic --license Apache-2.0 "
        "--document license=examples/chat-service/corpus/rights/encyclopaedia-license.txt "
        "--vouched-by 'data officer'",
    )
)
@click.argument("source_id", metavar="ID")
@click.argument("files", nargs=-1)
@click.option("--name", help=phrase(zh="名称；默认同 ID。", en="What people call it; the ID by default."))
@click.option(
    "--kind",
    required=True,
    type=click.Choice([kind.value for kind in SourceKind]),
    help=phrase(zh="如何得来。", en="How it came into your hands."),
)
@click.option("--language", required=True, help=phrase(zh="主要语言，如 zh。", en="Main language, as in zh."))
@click.option(
    "--origin",
    required=True,
    type=click.Choice([origin.value for origin in Origin]),
    help=phrase(zh="境内或境外。", en="Domestic or foreign, seen from China."),
)
@click.option(
    "--modality",
    default=Modality.TEXT.value,
    type=click.Choice([modality.value for modality in Modality]),
    help=phrase(zh="文本、图像、音频或视频。", en="What it is made of."),
)
@click.option(
    "--license", "license_name", help=phrase(zh="许可证的 SPDX 标识。", en="SPDX identifier of the licence.")
)
@click.option(
    "--document",
    "documents",
    multiple=True,
    metavar="KIND=PATH",
    help=phrase(zh="证明文件，可重复。", en="A document that proves the right; may be repeated."),
)
@click.option("--vouched-by", help=phrase(zh="负责人或岗位。", en="Who answers for the rights."))
@click.option(
    "--text-field",
    "text_fields",
    multiple=True,
    metavar="NAME",
    help=phrase(
        zh="存放文本的字段或列，可重复；不写则逐个文件推断并显示。",
        en="The member or column that holds the text; may be repeated. Guessed for each file, and shown, "
        "where none is given.",
    ),
)
@click.option("--links", is_flag=True, help=phrase(zh="是链接集合。", en="It is a collection of links."))
@pass_terminal
def add(
    terminal: Terminal,
    *,
    source_id: str,
    files: tuple[str, ...],
    name: str | None,
    kind: str,
    language: str,
    origin: str,
    modality: str,
    license_name: str | None,
    documents: tuple[str, ...],
    vouched_by: str | None,
    text_fields: tuple[str, ...],
    links: bool,
) -> None:
    """Register one source."""
    rights = None
    if vouched_by:
        proofs = tuple(map(_document, documents))
        rights = Rights(vouched_by=vouched_by, license=license_name, documents=proofs)
    elif documents or license_name:
        raise NobodyVouches
    declared = Source(
        id=source_id,
        name=BilingualText(zh=name or source_id, en=name or source_id),
        kind=SourceKind(kind),
        language=language,
        origin=Origin(origin),
        files=files,
        modality=Modality(modality),
        text_field=text_fields[0] if len(text_fields) == 1 else text_fields or None,
        rights=rights,
        links=links,
    )
    registered = terminal.workspace.corpus.register_source(declared, root=Path())
    terminal.result(registered, lambda: "\n".join(registration_lines(terminal, registered)))


def _document(given: str) -> ProofDocument:
    kind, _, path = given.partition("=")
    if kind not in set(DocumentKind) or not path:
        raise NoDocument(given)
    return ProofDocument(kind=DocumentKind(kind), path=path)


@source.command(
    help=phrase(
        zh="显示登记的来源 SOURCE（默认全部）：规模、权利、证明文件和摘要。\n\n\b\n示例：\n"
        "  hegui corpus source show\n  hegui corpus source show forum --json",
        en="Show registered sources, or all: size, rights, documents with digests.\n\n\b\nExamples:\n"
        "  hegui corpus source show\n  hegui corpus source show forum --json",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@pass_terminal
def show(terminal: Terminal, sources: tuple[str, ...]) -> None:
    """Print what is on the register."""
    registered = terminal.workspace.corpus.sources(*sources)
    terminal.result(
        registered,
        lambda: (
            "\n".join(line for each in registered for line in _shown(terminal, each))
            or terminal.text(NoSources().text)
        ),
    )


def _shown(terminal: Terminal, registered: RegisteredSource) -> Iterator[str]:
    declared = registered.source
    yield from registration_lines(terminal, registered)
    measured = sum(file.size_bytes for file in registered.files)
    files = len(registered.files)
    yield terminal.text(
        BilingualText(
            zh=f"  规模：{files} 个文件，{measured} 字节；类型 {declared.modality}；{declared.origin}",
            en=f"  size: {counted(files, 'file')}, {counted(measured, 'byte')}; {declared.modality}, "
            f"{declared.origin}",
        )
    )
    if declared.rights is not None:
        for each in declared.rights.documents:
            kind = terminal.text(each.kind.text)
            yield f"  {kind}: {each.path} {each.digest} ({each.vouched_by})"


@source.command(
    help=phrase(
        zh="重新核对每份证明文件的摘要，并把来源 SOURCE（默认全部登记）逐条对照规则：符合、不符合、不适用、"
        "未评估，以及缺什么。结果留存为证据。\n\n\b\n示例：\n"
        "  hegui corpus source check\n  hegui corpus source check forum --json",
        en="Verify the digest of every document again and hold the sources, or the whole register, against "
        "each rule: met, not met, not applicable, not assessed, and what is missing. The result is kept as "
        "evidence.\n\n\b\nExamples:\n"
        "  hegui corpus source check\n  hegui corpus source check forum --json",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@pass_terminal
def check(terminal: Terminal, sources: tuple[str, ...]) -> None:
    """Print what the rules say."""
    checked = terminal.workspace.corpus.check(*sources)
    terminal.result(checked, lambda: "\n".join(_checked(terminal, checked)))


def _checked(terminal: Terminal, checked: RegisterCheck) -> Iterator[str]:
    changed = [each for each in checked.documents if each.state is not DocumentState.INTACT]
    yield terminal.text(
        BilingualText(
            zh=f"证明文件：{len(checked.documents)} 份，其中 {len(changed)} 份与登记时不同",
            en=f"documents: {len(checked.documents)}, {len(changed)} of them not as they were registered",
        )
    )
    for each in changed:
        owner = each.source or terminal.text(BilingualText(zh="提供者", en="provider"))
        yield f"  {owner}: {each.document.path}: {terminal.text(each.state.text)}"
    heading: str | None = ""
    for rule in checked.rules:
        if rule.source != heading:
            heading = rule.source
            yield ""
            yield heading or terminal.text(
                BilingualText(zh="全部来源与提供者", en="all sources, and the provider")
            )
        yield from _ruled(terminal, rule)
    yield ""
    label = terminal.text(BilingualText(zh="总体：", en="overall: "))
    yield f"{label}{terminal.text(checked.verdict.text)} [{checked.entry}]"


def _ruled(terminal: Terminal, rule: RuleVerdict) -> Iterator[str]:
    verdict = terminal.text(rule.verdict.text)
    if rule.modal is not Modal.SHALL:
        verdict += terminal.text(BilingualText(zh="（宜，不计入总体）", en=" (should; not counted)"))
    measure = f" {terminal.text(rule.measure.text)}" if rule.measure else ""
    reason = printable(terminal.text(rule.reason))
    yield (
        f"  {terminal.text(rule.rule.text)}: {verdict} — {reason}{measure} ({cited(terminal, rule.citation)})"
    )
    for each in rule.missing:
        yield f"    → {printable(terminal.text(each))}"


for _command in (import_, export):
    source.add_command(_command)
