"""The archive copy: PDF/A-3 by Typst, byte-identical for the same content and day."""

import datetime as dt
import importlib.util
from pathlib import Path

import msgspec
import typst

from hegui.core import Conflict, NotFound, Record, legal_day, to_json
from hegui.dossier.typesetting import SetDocument

_TEMPLATE = Path(__file__).parent / "data" / "document.typ"
_PACKAGE = "justmytype_intl_cjk"
_PACKAGED = "Noto Sans SC"
SYSTEM_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimSun",
)
"""Families with Simplified Chinese that machines may have, the best first."""


class FontMissing(NotFound):
    """No font with Chinese characters was found; a PDF without them would show empty boxes."""

    def __init__(self) -> None:
        """Say how to get one."""
        super().__init__(
            zh="没有找到中文字体，未生成 PDF；请运行 pip install 'hegui[fonts]'，或安装中文字体",
            en="no Chinese font was found, so no PDF was written; run pip install 'hegui[fonts]', or install "
            "a Noto CJK font",
        )


class NotTypeset(Conflict):
    """Typst could not set the document, or warned that it is not as it should be."""

    def __init__(self, reason: str) -> None:
        """Pass on what Typst says."""
        super().__init__(
            zh=f"未生成 PDF，无法排版：{reason}", en=f"no PDF: it could not be typeset: {reason}"
        )


class Font(Record):
    """A font to set documents in.

    Attributes:
        family: its name.
        folder: where its files are; ``None`` for a font of the machine.
    """

    family: str
    folder: Path | None = None


def find_font() -> Font:
    """The font of the extra ``hegui[fonts]`` where it is installed, else one of the machine's.

    Raises:
        FontMissing: there is neither.
    """
    package = importlib.util.find_spec(_PACKAGE)
    if package is not None and package.submodule_search_locations:
        root = Path(package.submodule_search_locations[0])
        return Font(family=_PACKAGED, folder=root / "fonts" / "ofl" / "notosanssc")
    families = set(typst.Fonts(include_embedded_fonts=False).families())
    system = next((name for name in SYSTEM_FONTS if name in families), None)
    if system is None:
        raise FontMissing
    return Font(family=system)


def write_pdf(document: SetDocument, *, font: Font, composed: dt.datetime, attachment: bytes) -> bytes:
    """The document as PDF/A-3a.

    Args:
        document: the lines.
        font: from :func:`find_font`.
        composed: when; the file's properties say the day.
        attachment: the document for machines, which is embedded in the file.

    Raises:
        NotTypeset: a font is missing after all, or there is anything else that Typst warns of.
    """
    day = legal_day(composed)
    content = {**dict(_mapping(document)), "day": [day.year, day.month, day.day]}
    try:
        # Typst draws boxes for a missing font and says so only in a warning: every warning is an error.
        data, warnings = typst.compile_with_warnings(
            _TEMPLATE,
            font_paths=[font.folder] if font.folder else [],
            ignore_system_fonts=font.folder is not None,
            pdf_standards=["a-3a"],
            sys_inputs={
                "document": msgspec.json.encode(content).decode(),
                "attachment": attachment.decode(),
                "font": font.family,
            },
        )
    except typst.TypstError as error:
        raise NotTypeset(error.message) from error
    if warnings:
        raise NotTypeset("; ".join(warning.message for warning in warnings))
    return bytes(data)


def _mapping(document: SetDocument) -> dict[str, object]:
    mapping = to_json(document)
    assert isinstance(mapping, dict)  # noqa: S101 - a record is an object
    return mapping
