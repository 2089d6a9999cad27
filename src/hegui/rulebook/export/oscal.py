"""The rulebook as an OSCAL catalog, and what applies to one service as an OSCAL profile.

OSCAL has no language for prose, no days in force, no conditions and only instants for dates, which shift
by a day when they are normalised. So Chinese prose stands first and each translation is a part below it,
and days are properties of our own, as text.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import TypeVar

from hegui.core import BilingualText, Json, Period
from hegui.rulebook.export.edition import NOTE, edition_day, tally
from hegui.rulebook.model import Clause, Instrument, Obligation, Parameter, Verification
from hegui.rulebook.service import Rulebook

OSCAL_VERSION = "1.1.3"
NAMESPACE = "https://hegui.example/ns/oscal"
"""Of the properties and parts that OSCAL has no name for."""

Node = dict[str, Json]
T = TypeVar("T")


def oscal_catalog(rulebook: Rulebook) -> Node:
    """The rulebook as a catalog: a group for each instrument, a control for each clause."""
    counted = tally(rulebook)
    catalog = _Catalog(rulebook)
    title = BilingualText(zh="中国生成式人工智能服务合规规则库", en="Rulebook for generative AI in China")
    return {
        "catalog": {
            "uuid": _uuid("catalog", rulebook.digest),
            "metadata": {
                **_metadata(rulebook, title),
                "props": [
                    _property("digest", rulebook.digest),
                    *(
                        _property(name, str(getattr(counted, name)))
                        for name in ("instruments", "clauses", "obligations", "parameters", "unverified")
                    ),
                ],
                "remarks": f"{counted.text.zh}。{NOTE.zh}\n\n{counted.text.en}. {NOTE.en}",
            },
            "groups": [catalog.group(instrument) for instrument in rulebook.instruments],
            "back-matter": {"resources": [_resource(instrument) for instrument in rulebook.instruments]},
        }
    }


def oscal_profile(
    rulebook: Rulebook,
    *,
    title: BilingualText,
    citations: Iterable[str],
    on: dt.date,
    remarks: BilingualText,
    catalog: str = "catalog.json",
) -> Node:
    """The clauses that apply to one service on a day, as a profile of the catalog.

    Args:
        rulebook: that the catalog was made from.
        title: what the selection is for.
        citations: of the clauses that apply.
        on: the legal day.
        remarks: what a selection cannot say, such as what is still open.
        catalog: where the catalog lies, seen from the profile.
    """
    chosen = sorted({control_id(citation) for citation in citations})
    return {
        "profile": {
            "uuid": _uuid("profile", rulebook.digest, title.zh, str(on), *chosen),
            "metadata": {
                **_metadata(rulebook, title),
                "props": [_property("digest", rulebook.digest), _property("legal-day", str(on))],
                "remarks": f"{remarks.zh}{NOTE.zh}\n\n{remarks.en} {NOTE.en}",
            },
            "imports": [{"href": catalog, "include-controls": [{"with-ids": chosen}]}],
            "merge": {"as-is": True},
        }
    }


def control_id(citation: str) -> str:
    """The identifier of the control for a clause: ``im-4.1`` for ``IM 4.1``."""
    return citation.replace(" ", "-").lower()


class _Catalog:
    """The controls, with what other parts of the rulebook say about each clause."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._obligations = _by_clause((o, o.clauses) for o in rulebook.obligations)
        self._parameters = _by_clause((p, (p.citation,)) for p in rulebook.parameters)
        self._changes = _by_clause((c, c.earlier) for c in rulebook.changes)

    def group(self, instrument: Instrument) -> Node:
        node: Node = {
            "id": instrument.id.lower(),
            "class": instrument.kind.value,
            "title": _both(instrument.title),
            "props": [
                _property("force", instrument.force.value),
                _property("status", instrument.status.value),
                *_days(instrument.period),
                *_checked(instrument.verification),
            ],
            "links": [{"href": f"#{_uuid('instrument', instrument.id)}", "rel": "reference"}],
        }
        controls: list[Json] = [self._control(clause) for clause in instrument.clauses]
        return {**node, "controls": controls} if controls else node

    def _control(self, clause: Clause) -> Node:
        own = control_id(clause.citation)
        optional: dict[str, list[Json]] = {
            "params": [_parameter(p) for p in self._parameters.get(clause.citation, ())],
            "links": self._links(clause),
        }
        return {
            "id": own,
            "class": "clause",
            "title": f"{clause.number} {_both(clause.heading)}",
            **{name: nodes for name, nodes in optional.items() if nodes},
            "props": [
                _property("label", clause.number, ours=False),
                _property("modal", clause.modal.value),
                *(_property("bound", party.value) for party in clause.bound),
                *_days(self._rulebook.period_of(clause)),
                *_checked(clause.verification),
            ],
            "parts": [
                _prose(f"{own}_smt", "statement", clause.text, ours=False),
                *([_prose(f"{own}_trigger", "trigger", clause.trigger)] if clause.trigger else []),
                *(
                    _prose(f"{own}_evidence.{number}", "evidence", kept)
                    for number, kept in enumerate(clause.evidence, start=1)
                ),
                *(
                    self._obligation(f"{own}_obligation.{number}", obligation)
                    for number, obligation in enumerate(self._obligations.get(clause.citation, ()), start=1)
                ),
            ],
        }

    def _obligation(self, own: str, obligation: Obligation) -> Node:
        condition = self._rulebook.vocabulary.describe(self._rulebook.condition(obligation))
        return {
            **_prose(own, "obligation", obligation.text),
            "title": obligation.id,
            "props": [
                _property("modal", obligation.modal.value),
                *_days(obligation.period),
                _property("applies-when-zh", condition.zh),
                _property("applies-when-en", condition.en),
            ],
        }

    def _links(self, clause: Clause) -> list[Json]:
        penalties = [p.clause for p in self._rulebook.penalties if p.covers(clause.citation)]
        return [
            *(_link("same-as", other) for other in clause.same_as),
            *(
                _link("became", later, change.text)
                for change in self._changes.get(clause.citation, ())
                for later in change.later
            ),
            *(_link("penalty", citation) for citation in dict.fromkeys(penalties)),
        ]


def _by_clause(pairs: Iterable[tuple[T, tuple[str, ...]]]) -> Mapping[str, list[T]]:
    found: dict[str, list[T]] = {}
    for statement, citations in pairs:
        for citation in citations:
            found.setdefault(citation, []).append(statement)
    return found


def _metadata(rulebook: Rulebook, title: BilingualText) -> Node:
    return {
        "title": _both(title),
        # Midnight in UTC, so that no normalisation moves it to another day.
        "last-modified": f"{edition_day(rulebook)}T00:00:00Z",
        "version": rulebook.digest.removeprefix("sha256:")[:12],
        "oscal-version": OSCAL_VERSION,
    }


def _resource(instrument: Instrument) -> Node:
    node: Node = {
        "uuid": _uuid("instrument", instrument.id),
        "title": _both(instrument.title),
        "props": [
            _property("issuer", _both(instrument.issuer)),
            *(
                [_property("document-number", instrument.document_number)]
                if instrument.document_number
                else []
            ),
            *([_property("issued", str(instrument.issued))] if instrument.issued else []),
            *([_property("published", str(instrument.published))] if instrument.published else []),
        ],
        "citation": {"text": _both(instrument.title)},
    }
    return {**node, "rlinks": [{"href": instrument.url}]} if instrument.url else node


def _parameter(parameter: Parameter) -> Node:
    return {
        # Each edition sets the value anew, so its own name alone would not be unique.
        "id": f"{parameter.id}_{control_id(parameter.citation)}_{parameter.period.since}",
        "label": _both(parameter.text),
        "props": [
            _property("parameter", parameter.id),
            _property("unit", parameter.unit.value),
            _property("comparison", parameter.comparison.value),
            _property("modal", parameter.modal.value),
            *_days(parameter.period),
            *_checked(parameter.verification),
        ],
        "values": [str(parameter.value)],
    }


def _prose(own: str, name: str, text: BilingualText, *, ours: bool = True) -> Node:
    node: Node = {
        "id": own,
        "name": name,
        "prose": text.zh,
        "parts": [
            {
                "id": f"{own}_en",
                "name": "translation",
                "ns": NAMESPACE,
                "props": [_property("language", "en")],
                "prose": text.en,
            }
        ],
    }
    return {**node, "ns": NAMESPACE} if ours else {**node, "props": [_property("language", "zh")]}


def _link(rel: str, citation: str, text: BilingualText | None = None) -> Node:
    node: Node = {"href": f"#{control_id(citation)}", "rel": rel}
    return node if text is None else {**node, "text": _both(text)}


def _property(name: str, value: str, *, ours: bool = True) -> Node:
    return {"name": name, "value": value, **({"ns": NAMESPACE} if ours else {})}


def _days(period: Period) -> list[Node]:
    until = [] if period.until is None else [_property("until", str(period.until))]
    return [_property("since", str(period.since)), *until]


def _checked(verification: Verification) -> list[Node]:
    if not verification.verified:
        return [_property("verification", "unverified")]
    return [_property("verification", "verified"), _property("verified-on", str(verification.on))]


def _both(text: BilingualText) -> str:
    return f"{text.zh} / {text.en}"


def _uuid(*names: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join([NAMESPACE, *names])))
