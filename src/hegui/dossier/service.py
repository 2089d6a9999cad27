"""Composing a dossier: documents, their figures, the evidence, and the seal over all of it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from hegui.cases import DeedKind, Incidents
from hegui.core import BilingualText, Clock, Json, digest_bytes, legal_day, timestamp, to_json
from hegui.dossier.assessment import self_assessment
from hegui.dossier.bundle import FIGURES, MANIFEST, NOTE, README, VERIFIER, drafted, refuse_to_overwrite
from hegui.dossier.clauses import ClauseResult, Conclusion, assess, conclude, tally
from hegui.dossier.incident_report import (
    DRAFTED,
    incident_report,
    report_content,
    report_evidence_section,
)
from hegui.dossier.machine import write_json
from hegui.dossier.material import Material, gather
from hegui.dossier.model import (
    CitedFigure,
    Document,
    DossierFile,
    DossierReport,
    IncidentReportDraft,
    Quotation,
    Section,
)
from hegui.dossier.sections.closing import evidence_content, evidence_section
from hegui.dossier.typesetting import SetDocument, Tongue, cited_entries, quotations, typeset
from hegui.ledger import Entry, EntryRef, Ledger
from hegui.rulebook import Rulebook
from hegui.spotcheck import thresholds
from hegui.store import Database, write_once

COMPOSED = "dossier.composed"
"""The kind of the ledger entry a dossier leaves."""

_NAME = "self-assessment"
_REPORT = "incident-report"
_PURPOSES = {
    f"{_NAME}.docx": "the self-assessment, to edit and sign",
    f"{_NAME}.pdf": "the self-assessment, archive copy",
    f"{_NAME}.xlsx": "the self-assessment's tables",
    f"{_NAME}.json": "the self-assessment for machines",
    FIGURES: "every number of the documents with its source",
    README: "how to verify",
    VERIFIER: "the verifier, for convenience",
    MANIFEST: "every file with its digest",
    NOTE: "the signature over the manifest",
}


class Dossier:
    """The documents that are handed in, and the evidence behind every number in them."""

    def __init__(
        self, *, database: Database, ledger: Ledger, rulebook: Rulebook, clock: Clock, incidents: Incidents
    ) -> None:
        """Compose from ``ledger``, whose database ``database`` is, and report on ``incidents``."""
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock
        self._incidents = incidents

    def compose(self, out: Path, *, tongue: Tongue = Tongue.BOTH, replace: bool = False) -> DossierReport:
        """Write the self-assessment as .docx, .pdf, .xlsx and .json, with the evidence, sealed.

        The directory appears whole or not at all. The composition is recorded once the documents are
        written and walked, and before the evidence is exported, so that the evidence holds it.

        Args:
            out: the directory to write.
            tongue: which languages the documents speak.
            replace: whether an earlier dossier there may be replaced.

        Raises:
            DossierInTheWay: the directory holds something.
            UncitedNumber: a document holds a number without source; nothing is written.
            EntryUnreadable: an entry does not hold what its kind should; nothing is written.
            NotRenderable: an entry holds what no document can show; nothing is written.
            StorageFull: the disk is full; nothing is written.
        """
        refuse_to_overwrite(out, replace=replace)
        composed = self._clock()
        asked = thresholds(self._rulebook, day=legal_day(composed)).asked
        material = gather(self._ledger.entries(), asked=asked)
        results = assess(material, self._rulebook)
        conclusion = conclude(result.verdict for result in results if result.counts)
        document, evidence = self._document(material, results, conclusion, on=legal_day(composed))
        written = typeset(document, tongue=tongue)
        files, skipped = _write(written, composed, name=_NAME)
        content: dict[str, Json] = {
            "documents": sorted(files),
            "languages": [language.value for language in tongue.languages],
            "on": legal_day(composed).isoformat(),
            "composed": timestamp(composed),
            "rulebook": self._rulebook.digest,
            "conclusion": conclusion.value,
            "results": {verdict.value: count for verdict, count in tally(results).items()},
            "clauses": [{"clause": r.clause.citation, "verdict": r.verdict.value} for r in results],
            "totals": material.totals,
            "quotations": [_recorded(quotation) for quotation in quotations(document)],
            "evidence": to_json(evidence_content(evidence)),
        }
        with self._database.write() as connection:
            own = self._ledger.record(connection, kind=COMPOSED, content=content)
        figures = [figure for name in sorted(files) for figure in written.figures(name, own=own)]
        listed = self._seal(out, {**files, FIGURES: _encoded(figures)})
        return DossierReport(
            directory=str(out),
            entry=str(own),
            conclusion=conclusion.text,
            results=tally(results),
            files=listed,
            figures=len(figures),
            skipped=skipped,
        )

    def report_incident(
        self, identifier: str, out: Path, *, tongue: Tongue = Tongue.BOTH
    ) -> IncidentReportDraft:
        """Draft the report on an incident as .docx and .pdf, for people to complete, decide on and send.

        Args:
            identifier: the incident.
            out: the directory to write into; empty, or not there yet.
            tongue: which languages the draft speaks.

        Raises:
            IncidentMissing: there is no such incident.
            IncidentOver: nobody has confirmed it, or it was a false alarm.
            DossierInTheWay: the directory holds something.
            NotRenderable: somebody wrote what no document can show.

        Basis:
            IM 14.1
            INCIDENT 7
        """
        refuse_to_overwrite(out, replace=False)
        incident, drafted = self._incidents.incident(identifier), self._clock()
        deadlines = self._incidents.deadlines(incident)
        document = incident_report(
            incident,
            deadlines=deadlines,
            drafted=drafted,
            entries=[self._ledger.entry(EntryRef.parse(deed.entry)) for deed in incident.deeds],
            scope=self._ledger.latest("scope.judged"),
            rulebook=self._rulebook,
        )
        document, evidence = self._with_evidence(document, report_evidence_section)
        written = typeset(document, tongue=tongue)
        files, skipped = _write(written, drafted, name=_REPORT)
        del files[f"{_REPORT}.xlsx"]  # a report is read, not counted with
        content: dict[str, Json] = {
            **report_content(incident, deadlines=deadlines, drafted=drafted),
            "documents": {name: digest_bytes(data) for name, data in sorted(files.items())},
            "languages": [language.value for language in tongue.languages],
            "rulebook": self._rulebook.digest,
            "quotations": [_recorded(quotation) for quotation in quotations(document)],
            "evidence": to_json(evidence_content(evidence)),
        }
        self._incidents.record(
            identifier, DeedKind.DRAFTED, text=", ".join(sorted(files)), facts={"draft": content["documents"]}
        )
        with self._database.write() as connection:
            own = self._ledger.record(connection, kind=DRAFTED, content=content)
        figures = [figure for name in sorted(files) for figure in written.figures(name, own=own)]
        out.mkdir(parents=True, exist_ok=True)
        for name, data in {**files, FIGURES: _encoded(figures)}.items():
            write_once(out / name, data)
        return IncidentReportDraft(
            directory=str(out), entry=str(own), files=(*sorted(files), FIGURES), skipped=skipped
        )

    def _document(
        self, material: Material, results: Sequence[ClauseResult], conclusion: Conclusion, *, on: dt.date
    ) -> tuple[Document, list[Entry]]:
        """The document, and the entries it cites in the order of their marks."""
        document = self_assessment(
            material, results=results, conclusion=conclusion, rulebook=self._rulebook, on=on
        )
        return self._with_evidence(document, evidence_section)

    def _with_evidence(
        self, document: Document, section: Callable[[Sequence[Entry]], Section]
    ) -> tuple[Document, list[Entry]]:
        """The document with the section that names its evidence, and the entries it cites."""
        evidence = [self._ledger.entry(reference) for reference in cited_entries(document)]
        sections = (*document.sections, section(evidence))
        return msgspec.structs.replace(document, sections=sections), evidence

    def _seal(self, out: Path, files: Mapping[str, bytes]) -> tuple[DossierFile, ...]:
        with drafted(out, files) as draft:
            self._ledger.seal(draft, purposes=_PURPOSES)
            names = sorted(path.relative_to(draft).as_posix() for path in draft.rglob("*") if path.is_file())
        return tuple(DossierFile(path=name, purpose=_PURPOSES.get(name, "evidence")) for name in names)


def _write(
    document: SetDocument, composed: dt.datetime, *, name: str
) -> tuple[dict[str, bytes], tuple[BilingualText, ...]]:
    """The document in every format that can be written here, and why others cannot.

    Raises:
        UncitedNumber: a format shows a number that no figure answers for.
    """
    # These libraries take a third of a second to import, and only composing needs them.
    from hegui.dossier.pdf import FontMissing, NotTypeset, find_font, write_pdf  # noqa: PLC0415 - as said above
    from hegui.dossier.spreadsheet import write_spreadsheet  # noqa: PLC0415 - as said above
    from hegui.dossier.walk import spreadsheet_text, uncited_numbers, word_text  # noqa: PLC0415 - as said above
    from hegui.dossier.word import write_word  # noqa: PLC0415 - as said above

    machine = write_json(document)
    word = write_word(document, composed=composed)
    spreadsheet = write_spreadsheet(document, composed=composed)
    cited = [run.text for run in document.runs if run.cited]
    for text in (machine.decode(), word_text(word), spreadsheet_text(spreadsheet)):
        for uncited in uncited_numbers(text, cited):
            raise uncited
    files = {f"{name}.json": machine, f"{name}.docx": word, f"{name}.xlsx": spreadsheet}
    try:
        pdf = write_pdf(document, font=find_font(), composed=composed, attachment=machine)
    except (FontMissing, NotTypeset) as reason:
        # A name may be in a script of which no font is at hand: the other formats can still be written.
        return files, (reason.text,)
    return {**files, f"{name}.pdf": pdf}, ()


def _recorded(quotation: Quotation) -> Json:
    return {"zh": quotation.text.zh, "en": quotation.text.en, "source": quotation.source}


def _encoded(figures: Sequence[CitedFigure]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"
