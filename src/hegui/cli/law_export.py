"""``hegui law export`` and ``hegui law schema``: the rulebook in the formats of others."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import BilingualText, Conflict, InvalidInput, Json, Record, counted, legal_day, system_clock
from hegui.rulebook import (
    ExportCounts,
    Rulebook,
    ciso_assistant_libraries,
    oscal_catalog,
    oscal_profile,
    rulebook_document,
    rulebook_schema,
    rulebook_spreadsheet,
    tally,
)
from hegui.scope import Judgement, judge_all, profile_schema, read_profile

Files = dict[str, bytes]
"""What an export consists of, by file name; a single file takes the name it is given."""


def register(law: click.Group) -> None:
    """Put the commands of this file below ``hegui law``."""
    law.add_command(export)
    law.add_command(schema)


@click.command(
    help=phrase(
        zh="把规则库写成别的工具能读的格式。每种格式都写明数量，并标出未核实的内容。\n\n"
        "json 和 xlsx 写成文件 --out；oscal 和 ciso-assistant 写进目录 --out。"
        "oscal 加 --for 时，另写一份适用于该服务的 profile。\n\n\b\n示例：\n"
        "  hegui law export --format xlsx --out rulebook.xlsx\n"
        "  hegui law export --format oscal --for service.yaml --out oscal\n"
        "  hegui law export --format ciso-assistant --out libraries",
        en="Write the rulebook in a format that other tools read. Each says how much it holds and marks what "
        "is unverified.\n\n"
        "json and xlsx are written to the file --out; oscal and ciso-assistant into the directory --out. "
        "With --for, oscal comes with a profile of what applies to that service.\n\n\b\nExamples:\n"
        "  hegui law export --format xlsx --out rulebook.xlsx\n"
        "  hegui law export --format oscal --for service.yaml --out oscal\n"
        "  hegui law export --format ciso-assistant --out libraries",
    )
)
@click.option(
    "--format",
    "form",
    required=True,
    type=click.Choice(["oscal", "ciso-assistant", "json", "xlsx"]),
    help=phrase(zh="格式。", en="The format."),
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help=phrase(zh="写到哪里；已有的文件被替换。", en="Where to write; files that exist are replaced."),
)
@click.option(
    "--for",
    "service",
    metavar="PROFILE",
    type=click.Path(path_type=Path),
    help=phrase(zh="服务概况；只用于 oscal。", en="A service profile; with the format oscal only."),
)
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help=phrase(
        zh="--for 按哪一天的规定（默认今天）。", en="By the rules of which day --for judges (default: today)."
    ),
)
@pass_terminal
def export(terminal: Terminal, form: str, out: Path, service: Path | None, on: dt.datetime | None) -> None:
    """Write the rulebook in one format."""
    rulebook = Rulebook.load()
    files = _FORMATS[form](rulebook)
    if service is not None:
        if form != "oscal":
            raise InvalidInput(
                zh=f"--for 只用于 --format oscal，这里是 {form}",
                en=f"--for goes with --format oscal, not with {form}",
            )
        day = on.date() if on else legal_day(system_clock())
        files["profile.json"] = _profile(rulebook, service, day)
    written = _write(files, out)
    report = ExportReport(format=form, files=written, tally=tally(rulebook))
    terminal.result(report, lambda: _rendered(terminal, report))


@click.command(
    help=phrase(
        zh="打印 JSON Schema：service.yaml（profile）或 hegui law export --format json 的结果（rulebook）。"
        "编辑器据此补全和检查。\n\n\b\n示例：\n"
        "  hegui law schema --kind profile > profile.schema.json",
        en="Print the JSON Schema of service.yaml (profile), or of what hegui law export --format json "
        "writes (rulebook), for editors to complete and check by.\n\n\b\nExample:\n"
        "  hegui law schema --kind profile > profile.schema.json",
    )
)
@click.option(
    "--kind",
    required=True,
    type=click.Choice(["profile", "rulebook"]),
    help=phrase(zh="哪一种文件。", en="Of which kind of file."),
)
@pass_terminal
def schema(terminal: Terminal, kind: str) -> None:
    """Print one schema, which is JSON in any case."""
    made = profile_schema(Rulebook.load()) if kind == "profile" else rulebook_schema()
    terminal.result(made, lambda: json.dumps(made, ensure_ascii=False, indent=2))


class ExportReport(Record):
    """What was written.

    Attributes:
        files: their paths.
        tally: how much they say.
    """

    format: str
    files: tuple[str, ...]
    tally: ExportCounts


def _oscal(rulebook: Rulebook) -> Files:
    return {"catalog.json": _json(oscal_catalog(rulebook))}


def _ciso_assistant(rulebook: Rulebook) -> Files:
    import yaml  # noqa: PLC0415 - 40 ms that only this format pays

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # in C where the platform has it
    return {
        f"{name}.yaml": yaml.dump(library, Dumper=dumper, allow_unicode=True, sort_keys=False).encode()
        for name, library in ciso_assistant_libraries(rulebook).items()
    }


def _one_json(rulebook: Rulebook) -> Files:
    return {"": rulebook_document(rulebook)}


def _one_spreadsheet(rulebook: Rulebook) -> Files:
    return {"": rulebook_spreadsheet(rulebook)}


_FORMATS: Mapping[str, Callable[[Rulebook], Files]] = {
    "oscal": _oscal,
    "ciso-assistant": _ciso_assistant,
    "json": _one_json,
    "xlsx": _one_spreadsheet,
}


def _profile(rulebook: Rulebook, service: Path, day: dt.date) -> bytes:
    profile = read_profile(service, rulebook)
    judged = judge_all(rulebook, profile.facts, on=day)
    applies = [item for item in judged if item.judgement is Judgement.APPLIES]
    waiting = sum(item.judgement is Judgement.CANNOT_TELL for item in judged)
    return _json(
        oscal_profile(
            rulebook,
            title=profile.name,
            citations=[citation for item in applies for citation in item.clauses],
            on=day,
            remarks=BilingualText(
                zh=f"{day} 适用 {len(applies)} 项义务；另有 {waiting} 项尚不能确定，未列入。",
                en=f"{counted(len(applies), 'obligation applies', 'obligations apply')} on {day}; {waiting} "
                "more cannot be told yet and are left out.",
            ),
        )
    )


def _json(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(files: Files, out: Path) -> tuple[str, ...]:
    try:
        written = []
        for name, data in files.items():
            path = out / name if name else out
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            written.append(str(path))
    except OSError as error:
        raise Conflict(
            zh=f"无法写入 {error.filename}：{error.strerror}",
            en=f"cannot write {error.filename}: {error.strerror}",
        ) from error
    return tuple(written)


def _rendered(terminal: Terminal, report: ExportReport) -> str:
    first, more = report.files[0], len(report.files) - 1
    files = BilingualText(
        zh=f"已写出 {first}" + (f" 等 {more + 1} 个文件" if more else ""),
        en=f"Wrote {first}" + (f" and {more} more" if more else ""),
    )
    return f"{terminal.text(files)}\n{terminal.text(report.tally.text)}"
