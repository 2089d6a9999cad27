"""The scan itself: a shard and a screen in, a mergeable partial result out.

Pure but for reading the shard's bytes: no clock, no database, no state between shards. Whatever runs
it, and in whatever pieces, gets the same result.
"""

from collections import Counter
from functools import cache
from typing import TypeAlias

import msgspec

from hegui.core import Record
from hegui.corpus.model import LineFault, Partial, SetAside, Tally
from hegui.corpus.shard import FileLine, Shard, lines
from hegui.screening import PERSONAL_INFORMATION, Action, Direction, Finding, Screen

_Decoder: TypeAlias = "msgspec.json.Decoder[msgspec.Struct]"


def scan_shard(shard: Shard, screen: Screen) -> Partial:
    """Screen every document of ``shard``.

    A document counts once per risk and once per kind of personal information, however often the same
    is found in it. A finding of a risk makes it unsafe where the screen's rules block that in a corpus;
    one that the rules only record is noted.

    Returns:
        Counts, and the place of every line that was not screened; lines count from the shard's first.
    """
    documents: Counter[str] = Counter()
    risks: Counter[str] = Counter()
    personal_information: Counter[str] = Counter()
    set_aside: list[SetAside] = []
    decoder = _decoder(shard.text_field)
    for line in lines(shard):
        documents["read"] += 1
        text = _text(line, decoder)
        if isinstance(text, LineFault):
            documents[_account(text)] += 1
            set_aside.append(
                SetAside(line=documents["read"], offset=line.offset, length=line.length, fault=text)
            )
            continue
        documents["scanned"] += 1
        findings = screen.scan(text, Direction.CORPUS)
        if findings:
            found = _sort(findings, screen)
            documents.update(found.counts)
            risks.update(found.risks)
            personal_information.update(found.personal_information)
    return Partial(
        tally=Tally(
            risks=dict(sorted(risks.items())),
            personal_information=dict(sorted(personal_information.items())),
            **documents,
        ),
        set_aside=tuple(set_aside),
    )


class _Found(Record):
    """What one document holds."""

    counts: tuple[str, ...]
    risks: frozenset[str]
    personal_information: frozenset[str]


def _sort(findings: tuple[Finding, ...], screen: Screen) -> _Found:
    """Which counts a document with ``findings`` enters."""
    of_risk = [each for each in findings if each.risk != PERSONAL_INFORMATION]
    kinds = frozenset(each.kind for each in findings if each.is_personal)
    risks = frozenset(each.risk for each in of_risk if screen.action(each, Direction.CORPUS) is Action.BLOCK)
    counts = []
    if risks:
        counts.append("unsafe")
    elif of_risk:
        counts.append("noted")
    if kinds:
        counts.append("with_personal_information")
    return _Found(counts=tuple(counts), risks=risks, personal_information=kinds)


@cache
def _decoder(text_field: str) -> _Decoder:
    """Reads one member and steps over the rest: three times as fast as reading all of a document."""
    document = msgspec.defstruct("Document", [("text", str)], rename={"text": text_field})
    return msgspec.json.Decoder(document)


def _text(line: FileLine, decoder: _Decoder) -> str | LineFault:
    """The text of a document, or why there is none."""
    if line.data is None:
        return LineFault.OVER_LONG
    try:
        document = line.data.decode()
    except UnicodeDecodeError:
        return LineFault.INVALID_UTF8
    if not document.strip():
        return LineFault.BLANK_LINE
    try:
        text: str = decoder.decode(document).text  # type: ignore[attr-defined]  # the one member it has
    except msgspec.ValidationError as error:
        return _misfit(document, str(error))
    except (msgspec.DecodeError, RecursionError):
        return LineFault.INVALID_JSON
    return text if text.strip() else LineFault.EMPTY_TEXT


def _misfit(document: str, reason: str) -> LineFault:
    """Why a document has no text to screen, once it is clear that it has none."""
    try:
        value = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError):
        return LineFault.INVALID_JSON
    if not isinstance(value, dict):
        return LineFault.NOT_AN_OBJECT
    return LineFault.NO_TEXT_FIELD if reason.startswith("Object missing") else LineFault.TEXT_NOT_A_STRING


def _account(fault: LineFault) -> str:
    """The count a fault belongs to."""
    if fault is LineFault.OVER_LONG:
        return "over_long"
    return "empty" if fault.is_empty else "unparsable"
