"""``hegui bank``: keyword banks, made ready for use and for the filing."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from hegui.cli.terminal import Terminal, pass_terminal, phrase
from hegui.core import (
    BilingualText,
    Conflict,
    InvalidInput,
    Verdict,
    counted,
    legal_day,
    read_text,
    system_clock,
)
from hegui.rulebook import Rulebook
from hegui.screening import (
    BankImport,
    BankLint,
    Calibration,
    Keyword,
    KeywordBank,
    MatchMode,
    UnusableLine,
    calibrate,
    difference,
    filing_rows,
    import_bank,
    lint,
    load_bank,
    with_pinyin,
    write_csv,
    write_filing,
)

_SHOWN = 20
_APART = BilingualText(zh="（夹分隔符）", en=" (with separators)")
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_path = click.Path(path_type=Path)
_risk = click.option(
    "--risk",
    help=phrase(
        zh="文件没有写明风险的词归入此风险，如 A.1.f。", en="The risk of words without one, as A.1.f."
    ),
)


@click.group(
    help=phrase(
        zh="词库。\n\n\b\n示例：\n  hegui bank keywords show",
        en="Banks.\n\n\b\nExamples:\n  hegui bank keywords show",
    )
)
def bank() -> None:
    """Hold the groups below."""


@bank.group(
    help=phrase(
        zh="关键词库：检查、导入、校准、比较、导出。\n\n\b\n示例：\n  hegui bank keywords lint bank.csv",
        en="Keyword banks: lint, import, calibrate, compare, export.\n\n\b\nExamples:\n"
        "  hegui bank keywords lint bank.csv",
    )
)
def keywords() -> None:
    """Hold the commands below."""


@keywords.command(
    "lint",
    help=phrase(
        zh="检查词库 FILE 的规模、每种风险的词数和更新时间；仅大小写、全半角、不可见字符、编码或分隔符不同的"
        "写法只算一个词。\n\n\b\n示例：\n  hegui bank keywords lint bank.csv",
        en="Check the bank FILE: its size, its words for each risk, its last update. Spellings that differ "
        "in case, width, invisible characters, encoding or separators count once."
        "\n\n\b\nExamples:\n  hegui bank keywords lint bank.csv",
    ),
)
@click.argument("file", type=_path)
@_risk
@click.option(
    "--on",
    type=_DAY,
    help=phrase(zh="以哪一天为准（默认今天）。", en="The day that counts (default: today)."),
)
@pass_terminal
def lint_command(terminal: Terminal, file: Path, risk: str | None, on: dt.datetime | None) -> None:
    """Judge a bank."""
    imported = import_bank(file, risk=risk)
    day = on.date() if on else legal_day(system_clock())
    report = lint(imported.keywords, rulebook=Rulebook.load(), on=day, unusable=imported.unusable)
    terminal.result({"verdict": report.verdict, "report": report}, lambda: _lint_page(terminal, report))


@keywords.command(
    "import",
    help=phrase(
        zh="把别处的词表 FILE（可多个：xlsx、csv、txt、json）转为本程序的词库，写到 --to；"
        "列是猜的，并显示出来，不能用的行逐行列出。\n\n\b\n示例：\n"
        "  hegui bank keywords import words.xlsx --to bank.csv\n"
        "  hegui bank keywords import a.txt b.txt --risk A.1.f --match separated --pinyin --to bank.csv",
        en="Turn lists FILE made elsewhere (xlsx, csv, txt, json) into one bank, written to --to. Columns "
        "are guessed and shown; lines that cannot be used are told one by one.\n\n\b\nExamples:\n"
        "  hegui bank keywords import words.xlsx --to bank.csv\n"
        "  hegui bank keywords import a.txt b.txt --risk A.1.f --match separated --pinyin --to bank.csv",
    ),
)
@click.argument("files", metavar="FILE...", type=_path, nargs=-1, required=True)
@_risk
@click.option(
    "--added-on", type=_DAY, help=phrase(zh="没有日期的词的加入日期。", en="The day of words without one.")
)
@click.option(
    "--match",
    type=click.Choice([mode.value for mode in MatchMode]),
    help=phrase(
        zh="没有写明匹配方式的词如何匹配：exact（默认）任何位置；separated 字间可夹分隔符，如 炸*弹；"
        "whole_word 须为完整的 ASCII 词。",
        en="How words match for which the file says nothing: exact (the default) anywhere; separated also "
        "with separators between characters, as 炸*弹; whole_word as a whole ASCII word.",
    ),
)
@click.option(
    "--pinyin",
    is_flag=True,
    help=phrase(
        zh="为没有拼音的词注上拼音，作为完整的词查找；请人工核对多音字。需安装 hegui[pinyin]。",
        en="Give pinyin to words without it, to be found as whole words; have people read it over. "
        "Needs hegui[pinyin].",
    ),
)
@click.option(
    "--initials",
    is_flag=True,
    help=phrase(
        zh="拼音首字母也查找（须同时用 --pinyin）；误报多得多，之后请校准。",
        en="Look for the pinyin's initials too (with --pinyin); many more false alarms, so calibrate then.",
    ),
)
@click.option("--to", type=_path, required=True, help=phrase(zh="写到何处（.csv）。", en="Where to (.csv)."))
@pass_terminal
def import_command(
    terminal: Terminal,
    *,
    files: tuple[Path, ...],
    risk: str | None,
    added_on: dt.datetime | None,
    match: str | None,
    pinyin: bool,
    initials: bool,
    to: Path,
) -> None:
    """Read lists and write a bank."""
    if initials and not pinyin:
        raise InvalidInput(zh="--initials 须与 --pinyin 同用", en="--initials goes with --pinyin")
    rulebook = Rulebook.load()
    imports = [
        import_bank(
            file,
            rulebook=rulebook,
            risk=risk,
            added_on=added_on.date() if added_on else None,
            match=MatchMode(match) if match else None,
        )
        for file in files
    ]
    words = tuple(dict.fromkeys(keyword for imported in imports for keyword in imported.keywords))
    if not words:
        named = ", ".join(map(str, files))
        raise InvalidInput(
            zh=f"{named} 里没有可用的词；用 hegui bank keywords lint 查看原因",
            en=f"no word in {named} can be used; hegui bank keywords lint tells why",
        )
    bank = KeywordBank(with_pinyin(words, initials=initials) if pinyin else words, name=to.stem)
    _write(to, write_csv(bank.keywords).encode())
    told = BilingualText(zh=f"{len(bank)} 个词写入 {to}", en=f"{counted(len(bank), 'word')} written to {to}")
    terminal.result(
        {
            "words": len(bank),
            "file": str(to),
            "files": [
                {
                    "file": str(file),
                    "encoding": imported.encoding,
                    "columns": imported.columns,
                    "words": len(imported.keywords),
                    "unusable": imported.unusable,
                }
                for file, imported in zip(files, imports, strict=True)
            ],
        },
        lambda: "\n".join(
            [
                *(_import_page(terminal, file, read) for file, read in zip(files, imports, strict=True)),
                terminal.text(told),
            ]
        ),
    )


@keywords.command(
    "calibrate",
    help=phrase(
        zh="在确知无害的文本 --clean（每行一条，可多个文件）上试用词库：哪些词误报、各多少行，"
        "去掉后误报率如何；给出 --harmful（应当拦下的文本）时并列召回率；"
        "--to 写出校准后的词库：只因夹分隔符或拼音误报的词保留，不再以那种方式查找。\n\n\b\n示例：\n"
        "  hegui bank keywords calibrate bank.csv --clean clean.txt --harmful bad.txt --to calibrated.csv",
        en="Try a bank on text known to be clean (--clean, one text a line, several files if you like): "
        "which words fire, on how many lines, and the rate without them; beside it what the bank catches of "
        "--harmful. --to writes the calibrated bank: a word that fires only with separators or in pinyin "
        "stays, and is no longer looked for in that way.\n\n\b\nExamples:\n"
        "  hegui bank keywords calibrate bank.csv --clean clean.txt --harmful bad.txt --to calibrated.csv",
    ),
)
@click.argument("file", type=_path)
@click.option(
    "--clean", type=_path, required=True, multiple=True, help=phrase(zh="无害文本。", en="Clean text.")
)
@click.option(
    "--harmful", type=_path, multiple=True, help=phrase(zh="应当拦下的文本。", en="Text that must be caught.")
)
@click.option(
    "--tolerated",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help=phrase(
        zh="在不多于这么多行上误报的词仍保留。", en="Keep words that fire on no more lines than this."
    ),
)
@click.option("--to", type=_path, help=phrase(zh="写到何处（.csv）。", en="Where to (.csv)."))
@pass_terminal
def calibrate_command(
    terminal: Terminal,
    *,
    file: Path,
    clean: tuple[Path, ...],
    harmful: tuple[Path, ...],
    tolerated: int,
    to: Path | None,
) -> None:
    """Try a bank on clean text."""
    report = calibrate(
        load_bank(file).keywords,
        _lines_to_try(clean),
        harmful=_lines_to_try(harmful) if harmful else None,
        tolerated=tolerated,
    )
    if to is not None:
        _write(to, write_csv(report.kept).encode())
    value = {
        "clean": report.clean,
        "harmful": report.harmful,
        "firing": report.firing,
        "kept": len(report.kept),
    }
    terminal.result(value, lambda: _calibration_page(terminal, report))


@keywords.command(
    "diff",
    help=phrase(
        zh="比较两个词库：新增、删除、改动的词。\n\n\b\n示例：\n  hegui bank keywords diff old.csv new.csv",
        en="Compare two banks: words added, removed, changed.\n\n\b\nExamples:\n"
        "  hegui bank keywords diff old.csv new.csv",
    ),
)
@click.argument("before", type=_path)
@click.argument("after", type=_path)
@pass_terminal
def diff_command(terminal: Terminal, before: Path, after: Path) -> None:
    """Compare two banks."""
    found = difference(load_bank(before), load_bank(after))
    terminal.result(
        found,
        lambda: "\n".join(
            [
                *(f"+ {_word(keyword)}" for keyword in found.added),
                *(f"- {_word(keyword)}" for keyword in found.removed),
                *(f"~ {_word(change.after[0])}" for change in found.changed),
                f"+{len(found.added)} -{len(found.removed)} ~{len(found.changed)}",
            ]
        ),
    )


@keywords.command(
    "export",
    help=phrase(
        zh="按备案附件的格式导出词库（xlsx：关键词、一级分类、二级分类）。\n\n\b\n示例：\n"
        "  hegui bank keywords export bank.csv --to keywords.xlsx",
        en="Export a bank in the form of the filing's attachment (xlsx: word, risk group, risk)."
        "\n\n\b\nExamples:\n  hegui bank keywords export bank.csv --to keywords.xlsx",
    ),
)
@click.argument("file", type=_path)
@click.option(
    "--to", type=_path, required=True, help=phrase(zh="写到何处（.xlsx）。", en="Where to (.xlsx).")
)
@pass_terminal
def export_command(terminal: Terminal, file: Path, to: Path) -> None:
    """Write the filing's table."""
    rows = filing_rows(load_bank(file).keywords, rulebook=Rulebook.load())
    _write(to, write_filing(rows, created=system_clock()))
    told = BilingualText(zh=f"{len(rows)} 个词写入 {to}", en=f"{counted(len(rows), 'word')} written to {to}")
    terminal.result({"words": len(rows), "file": str(to)}, lambda: terminal.text(told))


@keywords.command(
    "use",
    help=phrase(
        zh="工作区今后用词库 FILE 审查；每个版本原样保存，并留下证据。运行中的网关在一秒内改用，"
        "已开始的回答仍用原词库。\n\n\b\n示例：\n  hegui -w my-service bank keywords use bank.csv",
        en="Screen with the bank FILE in this workspace from now on; every version is kept as it is, with "
        "evidence. Gateways that are running take it up within a second; answers that have begun end with "
        "the bank they began with.\n\n\b\nExamples:\n"
        "  hegui -w my-service bank keywords use bank.csv",
    ),
)
@click.argument("file", type=_path)
@pass_terminal
def use_command(terminal: Terminal, file: Path) -> None:
    """Adopt a bank."""
    screens = terminal.workspace.screens
    bank = load_bank(file)
    adopted = screens.adopt_bank(bank)
    searched = any(adopted.digest == part.digest for part in screens.in_force())
    told = BilingualText(
        zh=f"已采用 {adopted.name}，{adopted.words} 个词，{adopted.digest}（证据 {adopted.entry}）",
        en=f"{adopted.name} is in use: {counted(len(bank), 'word')}, {adopted.digest} "
        f"(evidence {adopted.entry})",
    )
    idle = BilingualText(
        zh="现用的审查方案没有用到它；请把 keyword_bank 改为 in_use，再运行 hegui screen declare",
        en="the screen in force does not search it; make keyword_bank in_use and run hegui screen declare",
    )
    terminal.result(
        {"adopted": adopted, "searched": searched},
        lambda: "\n".join([terminal.text(told), *([] if searched else [terminal.text(idle)])]),
    )


@keywords.command(
    "show",
    help=phrase(
        zh="词库的摘要、来源与每种风险的词数；不给 FILE 时为随附的起步词库。\n\n\b\n示例：\n"
        "  hegui bank keywords show bank.csv",
        en="A bank's digest and its words for each risk; the shipped starter bank where FILE is left out."
        "\n\n\b\nExamples:\n  hegui bank keywords show bank.csv",
    ),
)
@click.argument("file", type=_path, required=False)
@pass_terminal
def show_command(terminal: Terminal, file: Path | None) -> None:
    """Sum a bank up."""
    shown = load_bank(file) if file else KeywordBank.starter()
    risks = dict(sorted(Counter(keyword.risk for keyword in shown.keywords).items()))
    head = f"{shown.name}  {len(shown)}  {shown.digest}"
    terminal.result(
        {"name": shown.name, "digest": shown.digest, "words": len(shown), "risks": risks},
        lambda: "\n".join([head, *(f"{risk}  {count}" for risk, count in risks.items())]),
    )


def _write(path: Path, data: bytes) -> None:
    if path.exists():
        raise Conflict(zh=f"{path} 已存在；请换一个文件名", en=f"{path} exists already; choose another name")
    path.write_bytes(data)


def _lint_page(terminal: Terminal, report: BankLint) -> str:
    lines = [
        f"{terminal.text(check.verdict.text)}  {check.subject or '*'}  {terminal.text(check.text)}: "
        f"{'—' if check.counted is None else check.counted} / {check.asked}  ({check.citation})"
        for check in report.checks
        if check.verdict is not Verdict.MET or not check.subject
    ]
    lines += [
        f"= {repeated.risk}: {' = '.join(map(repr, repeated.spellings))}" for repeated in report.repeated
    ]
    lines += [_unusable(terminal, line) for line in report.unusable]
    total = BilingualText(
        zh=f"{report.words} 个写法，{report.distinct} 个词：",
        en=f"{counted(report.words, 'spelling')}, {counted(report.distinct, 'word')}: ",
    )
    return "\n".join([*lines, terminal.text(total) + terminal.text(report.verdict.text)])


def _import_page(terminal: Terminal, file: Path, imported: BankImport) -> str:
    columns = ", ".join(f"{column.heading} → {column.meaning or '—'}" for column in imported.columns)
    read = BilingualText(
        zh=f"{file}（{imported.encoding}）：{len(imported.keywords)} 个词；列：{columns}",
        en=f"{file} ({imported.encoding}): {counted(len(imported.keywords), 'word')}; columns: {columns}",
    )
    return "\n".join([terminal.text(read), *(_unusable(terminal, line) for line in imported.unusable)])


def _calibration_page(terminal: Terminal, report: Calibration) -> str:
    apart = terminal.text(_APART)
    lines = [
        f"{'-' if word.remove else ' '} {word.lines:6}  {', '.join(word.risks)}  {word.form}"
        f"{apart if word.apart else ''}"
        for word in report.firing[:_SHOWN]
    ]
    removed = sum(word.remove for word in report.firing)
    before, after = report.clean.per_10_000
    total = BilingualText(
        zh=f"{report.clean.lines} 行无害文本：误报 {report.clean.hit} 行（每万行 {before:.1f}）；"
        f"去掉 {removed} 种写法后 {report.clean.hit_without} 行（每万行 {after:.1f}）",
        en=f"{counted(report.clean.lines, 'clean line')}: {counted(report.clean.hit, 'false alarm')} "
        f"({before:.1f} in 10,000); {report.clean.hit_without} ({after:.1f}) without "
        f"{counted(removed, 'form')}",
    )
    lines.append(terminal.text(total))
    if report.harmful is not None:
        caught = BilingualText(
            zh=f"{report.harmful.lines} 行有害文本：拦下 {report.harmful.hit} 行；去掉后 "
            f"{report.harmful.hit_without} 行",
            en=f"{counted(report.harmful.lines, 'harmful line')}: {report.harmful.hit} caught; "
            f"{report.harmful.hit_without} without",
        )
        lines.append(terminal.text(caught))
    return "\n".join(lines)


def _lines_to_try(paths: Iterable[Path]) -> Iterator[str]:
    """The lines that are not empty; a rate over none would look like a good one."""
    for path in paths:
        lines = [line for line in read_text(path).split("\n") if line.strip()]
        if not lines:
            raise InvalidInput(
                zh=f"{path} 里没有文字，无从试用", en=f"{path} holds no text to try the bank on"
            )
        yield from lines


def _unusable(terminal: Terminal, line: UnusableLine) -> str:
    return f"! {line.line}: {line.text!r}: {terminal.text(line.reason)}"


def _word(keyword: Keyword) -> str:
    return f"{keyword.text}  {keyword.risk} {keyword.kind} {keyword.level}"
