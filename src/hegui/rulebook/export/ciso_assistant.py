"""The rulebook as libraries of CISO Assistant: one for each instrument, one for each pair of editions.

A library there has no days in force and no conditions: days stand in the annotation, and the force of a
clause is an implementation group.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from hegui.core import BilingualText, Json
from hegui.rulebook.export.edition import NOTE, edition_day
from hegui.rulebook.model import ChangeKind, Clause, Instrument, Modal, Party
from hegui.rulebook.service import Rulebook

Library = dict[str, Json]

_PUBLIC_BODIES = frozenset({Party.AUTHORITY, Party.STATE})
_GROUPS = {
    Modal.SHALL: BilingualText(zh="应当做到", en="Mandatory"),
    Modal.SHOULD: BilingualText(zh="宜做到", en="Recommended"),
    Modal.MAY: BilingualText(zh="可以做到", en="Permitted"),
}

# Source is the earlier text: what was softened or narrowed asked more than its successor.
_RELATIONSHIPS = {
    ChangeKind.KEPT: "equal",
    ChangeKind.MOVED: "equal",
    ChangeKind.SOFTENED: "superset",
    ChangeKind.NARROWED: "superset",
    ChangeKind.EXTENDED: "subset",
}
_OPPOSITE = {"superset": "subset", "subset": "superset"}


def ciso_assistant_libraries(rulebook: Rulebook) -> dict[str, Library]:
    """Every library by the name of its file, without ending."""
    # An instrument of which no clause is held would make an empty framework, which is refused there.
    frameworks = {_slug(i.id): _framework_library(rulebook, i) for i in rulebook.instruments if i.clauses}
    mappings = {
        f"mapping-{_slug(earlier)}-to-{_slug(later)}": _mapping_library(rulebook, earlier, later, pairs)
        for (earlier, later), pairs in _pairs(rulebook).items()
    }
    return {**frameworks, **mappings}


def _library(rulebook: Rulebook, *, slug: str, name: BilingualText, provider: str) -> Library:
    day = edition_day(rulebook)
    return {
        "urn": _urn("library", slug),
        "locale": "zh",
        "ref_id": slug,
        "name": name.zh,
        "description": NOTE.zh,
        "copyright": NOTE.zh,
        # It must be a whole number that grows with every edition.
        "version": int(day.strftime("%Y%m%d")),
        "publication_date": str(day),
        "provider": provider,
        "packager": "hegui",
        "translations": {"en": {"name": name.en, "description": NOTE.en, "copyright": NOTE.en}},
    }


def _framework_library(rulebook: Rulebook, instrument: Instrument) -> Library:
    slug = _slug(instrument.id)
    about = _about(instrument)
    return {
        **_library(rulebook, slug=slug, name=instrument.title, provider=instrument.issuer.zh),
        "objects": {
            "framework": {
                "urn": _urn("framework", slug),
                "ref_id": instrument.id,
                "name": instrument.title.zh,
                "description": about.zh,
                "translations": {"en": {"name": instrument.title.en, "description": about.en}},
                "implementation_groups_definition": [
                    {
                        "ref_id": modal.value,
                        "name": text.zh,
                        "description": f"情态词：{modal.text.zh}",
                        "translations": {"en": {"name": text.en, "description": f"Modal: {modal.text.en}"}},
                    }
                    for modal, text in _GROUPS.items()
                ],
                "requirement_nodes": list(_nodes(rulebook, instrument)),
            }
        },
    }


def _nodes(rulebook: Rulebook, instrument: Instrument) -> Iterable[Json]:
    """The clauses, each above what stands below it."""
    below: defaultdict[str | None, list[Clause]] = defaultdict(list)
    known = [clause.id for clause in instrument.clauses]
    for clause in instrument.clauses:
        below[parent_of(clause.id, known)].append(clause)
    waiting: list[tuple[Clause, int, str | None]] = [(clause, 1, None) for clause in reversed(below[None])]
    while waiting:
        clause, depth, parent = waiting.pop()
        yield _node(rulebook, clause, depth=depth, parent=parent)
        waiting += [(child, depth + 1, clause.citation) for child in reversed(below[clause.id])]


def parent_of(identifier: str, known: Iterable[str]) -> str | None:
    """The known clause that a clause stands below: ``5.1`` above ``5.1a``, ``4`` above ``4.1``."""
    above = [name for name in known if _stands_below(identifier, name)]
    return max(above, key=len, default=None)


def _stands_below(identifier: str, name: str) -> bool:
    rest = identifier.removeprefix(name)
    if rest in {identifier, ""}:
        return False
    # 4 is no part of 41, nor `minor` of `minors`: letters follow digits, digits letters, or a dot divides.
    return rest[0] == "." or (name[-1].isdigit() != rest[0].isdigit() and rest[0].isalnum())


def _node(rulebook: Rulebook, clause: Clause, *, depth: int, parent: str | None) -> Json:
    note = _annotation(rulebook, clause)
    evidence = _joined(clause.evidence)
    english: dict[str, Json] = {
        "name": clause.heading.en,
        "description": clause.text.en,
        "annotation": note.en,
        "typical_evidence": evidence.en,
    }
    return {
        "urn": _requirement(clause.citation),
        **({} if parent is None else {"parent_urn": _requirement(parent)}),
        "assessable": bool(set(clause.bound) - _PUBLIC_BODIES),
        "depth": depth,
        "ref_id": clause.number,
        "name": clause.heading.zh,
        "description": clause.text.zh,
        "annotation": note.zh,
        **({"typical_evidence": evidence.zh} if clause.evidence else {}),
        "implementation_groups": [clause.modal.value],
        "translations": {"en": {name: text for name, text in english.items() if text}},
    }


def _about(instrument: Instrument) -> BilingualText:
    since, until = instrument.period.since, instrument.period.until
    mark = instrument.verification.mark
    return BilingualText(
        zh=f"{instrument.issuer.zh}；{instrument.kind.text.zh}，{instrument.status.text.zh}，自 {since} 起"
        + (f"，至 {until} 前一日止" if until else "")
        + (f"（{mark.zh}）" if mark else "")
        + f"。{NOTE.zh}",
        en=f"{instrument.issuer.en}; {instrument.kind.text.en}, {instrument.status.text.en}, from {since}"
        + (f" until the day before {until}" if until else "")
        + (f" ({mark.en})" if mark else "")
        + f". {NOTE.en}",
    )


def _annotation(rulebook: Rulebook, clause: Clause) -> BilingualText:
    period = rulebook.period_of(clause)
    zh, en = [f"自 {period.since} 起"], [f"From {period.since}"]
    if period.until:
        zh.append(f"至 {period.until} 前一日止")
        en.append(f"until the day before {period.until}")
    if clause.trigger:
        zh.append(f"触发：{clause.trigger.zh}")
        en.append(f"trigger: {clause.trigger.en}")
    mark = clause.verification.mark
    if mark:
        zh.append(mark.zh)
        en.append(mark.en)
    return BilingualText(zh="；".join(zh), en="; ".join(en))


def _joined(texts: tuple[BilingualText, ...]) -> BilingualText:
    return BilingualText(zh="；".join(t.zh for t in texts), en="; ".join(t.en for t in texts))


_Pairs = dict[tuple[str, str], str]
"""The relationship by the citations of an earlier and a later clause."""


def _pairs(rulebook: Rulebook) -> dict[tuple[str, str], _Pairs]:
    """What clauses of different instruments have to do with one another, by the two instruments."""
    found: defaultdict[tuple[str, str], _Pairs] = defaultdict(dict)
    for change in rulebook.changes:
        relationship = _RELATIONSHIPS.get(change.kind, "intersect")
        for earlier in change.earlier:
            for later in change.later:
                _put(found, rulebook, (earlier, later), relationship)
    for instrument in rulebook.instruments:
        for clause in instrument.clauses:
            for other in clause.same_as:
                since = rulebook.instrument(rulebook.cited(other).instrument).period.since
                in_order = since <= instrument.period.since
                pair = (other, clause.citation) if in_order else (clause.citation, other)
                _put(found, rulebook, pair, "equal")
    return dict(found)


def _put(
    found: defaultdict[tuple[str, str], _Pairs], rulebook: Rulebook, pair: tuple[str, str], relationship: str
) -> None:
    earlier, later = (rulebook.cited(citation).instrument for citation in pair)
    found[earlier, later].setdefault(pair, relationship)


def _mapping_library(rulebook: Rulebook, earlier: str, later: str, pairs: _Pairs) -> Library:
    slug = f"mapping-{_slug(earlier)}-to-{_slug(later)}"
    old, new = rulebook.instrument(earlier), rulebook.instrument(later)
    name = BilingualText(
        zh=f"{old.short.zh} → {new.short.zh} 条款对应", en=f"Clauses of {old.short.en} → {new.short.en}"
    )
    back = {(target, source): _OPPOSITE.get(kind, kind) for (source, target), kind in pairs.items()}
    return {
        **_library(rulebook, slug=slug, name=name, provider="hegui"),
        "dependencies": [_urn("library", _slug(earlier)), _urn("library", _slug(later))],
        "objects": {
            "requirement_mapping_sets": [
                _mapping_set(slug, name, earlier, later, pairs),
                _mapping_set(f"{slug}-revert", name, later, earlier, back),
            ]
        },
    }


def _mapping_set(slug: str, name: BilingualText, source: str, target: str, pairs: _Pairs) -> Json:
    return {
        "urn": _urn("req_mapping_set", slug),
        "ref_id": slug,
        "name": name.zh,
        "description": NOTE.zh,
        "translations": {"en": {"name": name.en, "description": NOTE.en}},
        "source_framework_urn": _urn("framework", _slug(source)),
        "target_framework_urn": _urn("framework", _slug(target)),
        "requirement_mappings": [
            {
                "source_requirement_urn": _requirement(from_clause),
                "target_requirement_urn": _requirement(to_clause),
                "relationship": relationship,
                "rationale": "semantic",
            }
            for (from_clause, to_clause), relationship in pairs.items()
        ],
    }


def _requirement(citation: str) -> str:
    instrument, _, clause = citation.partition(" ")
    return f"{_urn('req_node', _slug(instrument))}:{_slug(clause)}"


def _urn(kind: str, name: str) -> str:
    return f"urn:hegui:risk:{kind}:{name}"


def _slug(identifier: str) -> str:
    return re.sub(r"[^a-z0-9._-]", "-", identifier.lower())
