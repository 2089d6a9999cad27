"""The training data: where each source comes from, and what was found in it."""

from collections.abc import Iterator

from hegui.core import BilingualText, overall
from hegui.corpus import recommended_use
from hegui.dossier.material import Material, SourceMaterial, integer, members, recorded_words, value, written
from hegui.dossier.model import (
    Cell,
    Emphasis,
    Paragraph,
    Piece,
    Section,
    Table,
    Words,
    quoted,
    same,
    sentence,
    verdict_words,
    words,
)
from hegui.dossier.sections.scope import citation_text
from hegui.dossier.sections.spot_checks import spot_check_blocks
from hegui.ledger import Entry
from hegui.rulebook import Rulebook
from hegui.screening import PersonalInformationKind, risk_wording

_TITLE = BilingualText(zh="训练数据安全", en="Training data")
_SOURCE = BilingualText(zh="来源", en="Source")
_SHARE = "percent:2"
_NONE: Cell = (same("—"),)


def training_data_section(material: Material, rulebook: Rulebook) -> Section:
    """The section on the training data.

    Args:
        material: with what is registered, the newest scans, and the newest judgement of the gates.
        rulebook: whose texts are quoted.

    Basis:
        TC260-003 5.1
        TC260-003 9.2
    """
    sources = material.sources
    if not sources:
        nothing = words("尚未评估：没有登记来源。", "Not assessed: no source is registered.")
        return Section(title=_TITLE, blocks=(Paragraph(pieces=(nothing,)),))
    scanned = [source.scanned for source in sources if source.scanned is not None]
    return Section(
        title=_TITLE,
        blocks=(
            _rule(),
            _register(sources, rulebook),
            _contents(sources),
            *_limits(scanned, rulebook),
            *_risks(scanned, rulebook),
            *_personal_information(scanned),
            *_caveats(sources),
            *spot_check_blocks(material),
        ),
    )


def _rule() -> Paragraph:
    return Paragraph(
        pieces=(
            words(
                "每个来源单独判定：含违法不良信息的文档占比超过限值的，不得用于训练；无法审查的行按可能有问题计算。"
                "含个人信息的文档另行统计，不计入该占比。",
                "Each source is judged by itself: one whose share of documents with illegal or unhealthy "
                "information exceeds the limit must not be used for training, and lines that could not be "
                "screened are taken for possible faults. Personal information is counted beside that share, "
                "not in it.",
            ),
        )
    )


def _register(sources: tuple[SourceMaterial, ...], rulebook: Rulebook) -> Table:
    return Table(
        name=BilingualText(zh="来源与权利证明", en="Sources and proof of rights"),
        header=(
            _SOURCE,
            BilingualText(zh="类别", en="Kind"),
            BilingualText(zh="权利证明", en="Rights"),
            BilingualText(zh="理由", en="Reason"),
            BilingualText(zh="依据", en="Clause"),
        ),
        widths=(5, 3, 3, 8, 4),
        rows=tuple(_registered_row(source, rulebook) for source in sources),
    )


def _registered_row(source: SourceMaterial, rulebook: Rulebook) -> tuple[Cell, ...]:
    citation = str(value(source.registered, "/rights/citation/clause"))
    return (
        _name(source),
        (Words(text=source.kind.text),),
        (verdict_words(source.rights),),
        (recorded_words(source.registered, "/rights/reason"),),
        (quoted(citation_text(rulebook, citation), citation),),
    )


def _contents(sources: tuple[SourceMaterial, ...]) -> Table:
    return Table(
        name=BilingualText(zh="来源内容", en="Content of the sources"),
        header=(
            _SOURCE,
            BilingualText(zh="审查文档", en="Screened"),
            BilingualText(zh="违法不良", en="Unsafe"),
            BilingualText(zh="占比", en="Share"),
            BilingualText(zh="个人信息", en="Personal information"),
            BilingualText(zh="未能审查", en="Not screened"),
            BilingualText(zh="判定", en="Verdict"),
            BilingualText(zh="建议", en="Recommended"),
        ),
        widths=(5, 3, 3, 3, 3, 3, 3, 4),
        rows=tuple(_content_row(source) for source in sources),
    )


def _content_row(source: SourceMaterial) -> tuple[Cell, ...]:
    verdict = (verdict_words(source.content),)
    use = (Words(text=recommended_use(overall((source.rights, source.content))).text),)
    scan = source.scanned
    if scan is None:
        return (_name(source), *(_NONE,) * 5, verdict, use)
    share = _NONE if value(scan, "/verdict/share") is None else (written(scan, "/verdict/share", _SHARE),)
    return (
        _name(source),
        (integer(scan, "/tally/scanned"),),
        (integer(scan, "/tally/unsafe"),),
        share,
        (integer(scan, "/tally/with_personal_information"),),
        (integer(scan, "/verdict/unscreened"),),
        verdict,
        use,
    )


def _limits(scans: list[Entry], rulebook: Rulebook) -> Iterator[Paragraph]:
    limits = {str(value(scan, "/verdict/limit")): scan for scan in scans}
    for scan in limits.values():
        citation = str(value(scan, "/verdict/citation/clause"))
        yield Paragraph(
            emphasis=Emphasis.NOTE,
            pieces=sentence(
                "限值：{limit}，依据 {clause}。",
                "The limit: {limit}, by {clause}.",
                limit=written(scan, "/verdict/limit", _SHARE),
                clause=quoted(citation_text(rulebook, citation), citation),
            ),
        )


def _risks(scans: list[Entry], rulebook: Rulebook) -> Iterator[Table]:
    rows = [
        (
            (written(scan, "/source"),),
            (
                quoted(BilingualText(zh=risk, en=risk), risk),
                same(" "),
                quoted(risk_wording(risk, rulebook), risk),
            ),
            (integer(scan, f"/tally/risks/{risk}"),),
        )
        for scan in scans
        for risk in sorted(members(scan, "/tally/risks"))
    ]
    if rows:
        yield Table(
            name=BilingualText(zh="按风险统计", en="Documents by risk"),
            header=(
                BilingualText(zh="来源编号", en="Source id"),
                BilingualText(zh="风险", en="Risk"),
                BilingualText(zh="文档", en="Documents"),
            ),
            widths=(4, 12, 3),
            rows=tuple(rows),
        )


def _personal_information(scans: list[Entry]) -> Iterator[Table]:
    rows = [
        (
            (written(scan, "/source"),),
            (quoted(PersonalInformationKind(kind).text, kind),),
            (integer(scan, f"/tally/personal_information/{kind}"),),
        )
        for scan in scans
        for kind in sorted(members(scan, "/tally/personal_information"))
    ]
    if rows:
        yield Table(
            name=BilingualText(zh="按个人信息种类统计", en="Documents by kind of personal information"),
            header=(
                BilingualText(zh="来源编号", en="Source id"),
                BilingualText(zh="个人信息", en="Personal information"),
                BilingualText(zh="文档", en="Documents"),
            ),
            widths=(4, 12, 3),
            rows=tuple(rows),
        )


def _caveats(sources: tuple[SourceMaterial, ...]) -> Iterator[Paragraph]:
    for source in sources:
        if source.caveat is not None:
            pieces: tuple[Piece, ...] = sentence(
                "{name}：{caveat}。", "{name}: {caveat}.", name=_name(source), caveat=source.caveat
            )
            yield Paragraph(pieces=pieces, emphasis=Emphasis.NOTE)


def _name(source: SourceMaterial) -> Cell:
    return (recorded_words(source.registered, "/source/name"),)
