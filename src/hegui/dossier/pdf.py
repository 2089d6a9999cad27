"""The archive copy: PDF/A-3 by Typst, byte-identical for the same content and date."""

import datetime as dt
import importlib.util
import json
import tempfile
from pathlib import Path

import typst

from hegui.core import NotFound, legal_day
from hegui.dossier.typesetting import Line, Lines, Run, SetDocument, SetTable

_FONT = "Noto Sans SC"
_FONT_PACKAGE = "justmytype_intl_cjk"
_SYSTEM_FONTS = ("Noto Sans SC", "Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "SimSun")
_SECONDARY = "luma(90)"


class FontMissing(NotFound):
    """No font with Chinese characters was found; a PDF without them would show empty boxes."""

    def __init__(self) -> None:
        """Say how to get one."""
        super().__init__(
            zh="没有找到中文字体，未生成 PDF；请运行 pip install 'hegui[fonts]'，或安装思源/Noto CJK 字体",
            en="no Chinese font was found, so no PDF was written; run pip install 'hegui[fonts]', or install "
            "a Noto CJK font",
        )


def write_pdf(document: SetDocument, *, composed: dt.datetime) -> bytes:
    """The document as PDF/A-3a.

    Args:
        document: the lines.
        composed: when, as the file's properties say.

    Raises:
        FontMissing: no font on this machine has the characters.
    """
    font, folders = _find_font()
    source = _source(document, font=font, composed=composed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "document.typ"
        path.write_text(source, encoding="utf-8")
        # Typst draws boxes for a missing font and says so only in a warning.
        data, warnings = typst.compile_with_warnings(
            str(path), font_paths=[str(each) for each in folders], pdf_standards=["a-3a"]
        )
    if any("font" in warning.message for warning in warnings):
        raise FontMissing
    return bytes(data)


def _find_font() -> tuple[str, list[Path]]:
    package = importlib.util.find_spec(_FONT_PACKAGE)
    if package is not None and package.submodule_search_locations:
        return _FONT, [Path(package.submodule_search_locations[0]) / "fonts" / "ofl" / "notosanssc"]
    families = set(typst.Fonts().families())
    system = next((name for name in _SYSTEM_FONTS if name in families), None)
    if system is None:
        raise FontMissing
    return system, []


def _source(document: SetDocument, *, font: str, composed: dt.datetime) -> str:
    day = legal_day(composed)
    parts = [
        f"#let composed = datetime(year: {day.year}, month: {day.month}, day: {day.day})",
        f'#set document(title: {_string(document.title[0].text)}, author: "Hegui", date: composed)',
        '#set page(paper: "a4", margin: 2.2cm, numbering: "一")',
        f'#set text(font: {_string(font)}, size: 9.5pt, lang: "zh", region: "cn")',
        "#set par(justify: true, leading: 0.7em)",
        '#set table(stroke: 0.4pt + luma(160), inset: 5pt, fill: (_, row) => if row == 0 { rgb("#e8eef4") })',
        "#show table.cell.where(y: 0): strong",
        "#show heading: set block(above: 1.6em, below: 0.9em)",
        f'#align(center)[#text(size: 19pt, weight: "bold")[{_lines(document.title[:1])}]'
        + "".join(
            f"#linebreak()#text(size: 12pt, fill: {_SECONDARY})[{_line(line)}]" for line in document.title[1:]
        )
        + f"#v(0.4em)\n{_lines(document.subtitle)}]",
        "#v(1em)",
    ]
    for section in document.sections:
        secondary = "".join(
            f'#h(0.6em)#text(size: 0.75em, weight: "regular", fill: {_SECONDARY})[{_line(line)}]'
            for line in section.title[1:]
        )
        parts.append(f"#heading(level: 1)[{_line(section.title[0])}{secondary}]")
        parts += [_table(b) if isinstance(b, SetTable) else f"#par[{_lines(b)}]" for b in section.blocks]
    return "\n".join(parts)


def _table(table: SetTable) -> str:
    columns = ", ".join(f"{width}fr" for width in table.widths)
    header = ", ".join(_cell(lines) for lines in table.header)
    rows = "".join("\n  " + ", ".join(_cell(lines) for lines in row) + "," for row in table.rows)
    return (
        "#text(size: 8.5pt)[#set par(justify: false)\n"
        f"#table(columns: ({columns},), align: left,\n  table.header({header}),{rows}\n)]"
    )


def _cell(lines: Lines) -> str:
    return f"[{_lines(lines)}]"


def _lines(lines: Lines) -> str:
    first, *others = lines or (None,)
    if first is None:
        return ""
    return _line(first) + "".join(
        f"#linebreak()#text(size: 0.92em, fill: {_SECONDARY})[{_line(line)}]" for line in others
    )


def _line(line: Line) -> str:
    return "".join(_run(run) for run in line.runs)


def _run(run: Run) -> str:
    mark = f"#super[{run.mark}]" if run.mark else ""
    return f"#text({_string(run.text)})" + mark


def _string(text: str) -> str:
    # JSON's escapes are Typst's, but for those of control characters, which no document of ours holds.
    return json.dumps(text, ensure_ascii=False)
