"""``hegui corpus source import`` and ``export``: what others say of datasets, and what is told to others."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from hegui.cli.corpus_text import registration_lines
from hegui.cli.terminal import Terminal, pass_terminal, phrase, printable
from hegui.cli.writing import NewFile, write_file
from hegui.core import BilingualText, InvalidInput
from hegui.corpus import ExportFormat, GivenFacts, Import, ImportedSource, Origin, SourceKind

_SHOWN = 80


class SomethingMissing(InvalidInput):
    """A description does not say all that the register has to know.

    Attributes:
        missing: the fields.
    """

    def __init__(self, missing: tuple[str, ...]) -> None:
        """Name the options."""
        options = ", ".join(f"--{name}" for name in missing)
        super().__init__(
            zh=f"尚未全部登记：缺少 {', '.join(missing)}；请用 {options} 写明后再次运行",
            en=f"not all of it is registered: {', '.join(missing)} missing; give {options} and run it again",
        )
        self.missing = missing


@click.command(
    name="import",
    help=phrase(
        zh="登记 FILE 描述的数据集：Croissant、Hugging Face 数据集卡片（README.md）、SPDX 2.3/3、CycloneDX、"
        "Data Provenance Standards（JSON、CSV）或登记表（CSV），按内容识别。"
        "说明取了什么、什么没有对应、还缺什么。"
        "\n\n\b\n示例：\n  hegui corpus source import README.md --kind open_source --origin foreign "
        "--vouched-by 数据负责人",
        en="Register the datasets that FILE describes: Croissant, a Hugging Face dataset card (README.md), "
        "SPDX 2.3 or 3, CycloneDX, Data Provenance Standards (JSON, CSV) or a table (CSV), told by its "
        "content. Says what was taken, what has no counterpart, and what is missing."
        "\n\n\b\nExamples:\n  hegui corpus source import README.md --kind open_source --origin foreign "
        "--vouched-by 'data officer'",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--id", "identifier", help=phrase(zh="登记的编号。", en="The id to register it by."))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help=phrase(zh="如何得来。", en="How it came into your hands."),
)
@click.option("--language", help=phrase(zh="主要语言，如 zh。", en="Main language, as in zh."))
@click.option(
    "--origin",
    type=click.Choice([origin.value for origin in Origin]),
    help=phrase(zh="境内或境外。", en="Domestic or foreign, seen from China."),
)
@click.option(
    "--files",
    multiple=True,
    help=phrase(
        zh="文件、目录、通配或网址，可重复。", en="Files, folders, patterns or URLs; may be repeated."
    ),
)
@click.option("--vouched-by", help=phrase(zh="负责人或岗位。", en="Who answers for the rights."))
@pass_terminal
def import_(
    terminal: Terminal,
    *,
    file: Path,
    identifier: str | None,
    kind: str | None,
    language: str | None,
    origin: str | None,
    files: tuple[str, ...],
    vouched_by: str | None,
) -> None:
    """Register what ``file`` describes, and say what became of it."""
    given = GivenFacts(
        identifier=identifier,
        kind=SourceKind(kind) if kind else None,
        language=language,
        origin=Origin(origin) if origin else None,
        files=tuple(each if "://" in each else os.path.relpath(each, file.parent) for each in files),
        vouched_by=vouched_by,
    )
    imported = terminal.workspace.corpus.import_sources(file, given=given)
    terminal.result(imported, lambda: "\n".join(_imported(terminal, imported)))
    missing = dict.fromkeys(name for each in imported.sources for name in each.missing)
    if missing:
        raise SomethingMissing(tuple(missing))


def _imported(terminal: Terminal, imported: Import) -> Iterator[str]:
    for each in imported.sources:
        yield from _became(terminal, each)


def _became(terminal: Terminal, imported: ImportedSource) -> Iterator[str]:
    described = imported.description
    name = described.name_zh or described.name or "—"
    yield printable(name)
    for each in described.taken:
        value = each.value if len(each.value) <= _SHOWN else f"{each.value[:_SHOWN]}…"
        yield f"  {each.field} ← {printable(each.place)}: {printable(value)}"
    if described.left:
        label = terminal.text(BilingualText(zh="  没有对应：", en="  without counterpart: "))
        yield label + printable(", ".join(described.left))
    if imported.registered is None:
        yield terminal.text(
            BilingualText(
                zh=f"  未登记，缺少：{', '.join(imported.missing)}",
                en=f"  not registered; missing: {', '.join(imported.missing)}",
            )
        )
    else:
        yield from registration_lines(terminal, imported.registered)


@click.command(
    help=phrase(
        zh="把来源 SOURCE（默认全部）写入文件：Croissant（一次一个来源）、SPDX 3 数据集、CSV"
        "或备案用的表格（.xlsx）。"
        "\n\n\b\n示例：\n  hegui corpus source export --as xlsx --out sources.xlsx\n"
        "  hegui corpus source export forum --as croissant --out forum.json",
        en="Write sources, or all, into a file: Croissant (one source at a time), SPDX 3 datasets, CSV, or "
        "the table of a filing (.xlsx)."
        "\n\n\b\nExamples:\n  hegui corpus source export --as xlsx --out sources.xlsx\n"
        "  hegui corpus source export forum --as croissant --out forum.json",
    )
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--as",
    "form",
    required=True,
    type=click.Choice([form.value for form in ExportFormat]),
    help=phrase(zh="格式。", en="The format."),
)
@click.option(
    "--out",
    required=True,
    type=NewFile(),
    help=phrase(zh="写到哪里。", en="Where to write it."),
)
@pass_terminal
def export(terminal: Terminal, sources: tuple[str, ...], form: str, out: Path) -> None:
    """Write the register for others."""
    data = terminal.workspace.corpus.export(*sources, form=ExportFormat(form))
    write_file(out, [data])
    terminal.result({"path": str(out), "size_bytes": len(data)}, lambda: str(out))
