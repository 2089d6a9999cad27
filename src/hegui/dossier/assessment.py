"""The self-assessment: its sections in their order. Pure.

Basis:
    TC260-003 9.1b
    TC260-003 9.1c
"""

import datetime as dt
from collections.abc import Sequence

from hegui.core import BilingualText
from hegui.dossier.clauses import ClauseResult, Conclusion
from hegui.dossier.material import Material, recorded_words
from hegui.dossier.model import Cell, Document, Figure, sentence, words
from hegui.dossier.sections.clause_results import clause_section, conclusion_section
from hegui.dossier.sections.closing import signature_section
from hegui.dossier.sections.measures import measures_section
from hegui.dossier.sections.model_safety import model_safety_section
from hegui.dossier.sections.scope import scope_section
from hegui.dossier.sections.training_data import training_data_section
from hegui.ledger import Entry
from hegui.rulebook import Rulebook

_TITLE = BilingualText(
    zh="生成式人工智能服务安全自评估报告", en="Generative AI Service: Security Self-Assessment"
)
_NOTICE = BilingualText(zh="草稿，供人工审核", en="Draft for human review")


def self_assessment(
    material: Material,
    *,
    results: Sequence[ClauseResult],
    conclusion: Conclusion,
    rulebook: Rulebook,
    on: dt.date,
) -> Document:
    """The self-assessment, all but the table of its evidence.

    Args:
        material: what the ledger holds.
        results: one for each clause.
        conclusion: over all of them.
        rulebook: whose texts are quoted.
        on: the legal day it is composed.
    """
    return Document(
        title=_TITLE,
        notice=_NOTICE,
        subtitle=sentence(
            "{service}编制日期：{day}",
            "{service}composed on {day}",
            service=_service(material.scope),
            day=Figure(entry=None, pointer="/on", value=on.isoformat(), form="date"),
        ),
        sections=(
            conclusion_section(results, conclusion),
            scope_section(material.scope, rulebook),
            training_data_section(material, rulebook),
            model_safety_section(material, rulebook),
            measures_section(material),
            clause_section(results, rulebook),
            signature_section(rulebook),
        ),
    )


def _service(scope: Entry | None) -> Cell:
    if scope is None:
        return (words("（未登记服务）　", "(no service on record), "),)
    return sentence(
        "{service}　{provider}　",
        "{service}, {provider}, ",
        service=recorded_words(scope, "/service"),
        provider=recorded_words(scope, "/provider"),
    )
