"""Composing a dossier: documents, their figures, the evidence, and the seal over all of it."""

import datetime as dt
import shutil
import tempfile
from pathlib import Path

import msgspec

import hegui.ledger.verify
from hegui.core import BilingualText, Clock, Conflict, legal_day, to_json
from hegui.dossier.assessment import LEAF_CHARACTERS, SelfAssessment, evidence_section
from hegui.dossier.machine import write_json
from hegui.dossier.material import gather
from hegui.dossier.model import CitedFigure, DossierFile, DossierReport, Quotation
from hegui.dossier.pdf import FontMissing, write_pdf
from hegui.dossier.spreadsheet import write_spreadsheet
from hegui.dossier.typesetting import SetDocument, Tongue, cited_entries, quotations, typeset
from hegui.dossier.walk import WALKED, document_text, uncited_numbers
from hegui.dossier.word import write_word
from hegui.ledger import Entry, Ledger
from hegui.rulebook import Rulebook
from hegui.store import Database, StorageFull, is_full

COMPOSED = "dossier.composed"
"""The kind of the ledger entry a dossier leaves."""

_NAME = "self-assessment"
_MANIFEST = "manifest.json"
_FIGURES = "figures.json"
_PURPOSES = {
    f"{_NAME}.docx": "the self-assessment, to edit and sign",
    f"{_NAME}.pdf": "the self-assessment, archive copy",
    f"{_NAME}.xlsx": "the self-assessment's tables",
    f"{_NAME}.json": "the self-assessment for machines",
    _FIGURES: "every number of the documents with its source",
    "README.txt": "how to verify",
    "verify.py": "the verifier, for convenience",
    _MANIFEST: "every file with its digest",
    "manifest.note": "the signature over the manifest",
}
_README = """\
合规 Hegui 自评估材料与证据包
Hegui self-assessment and evidence bundle

核验（不需要 Hegui；只需 Python 和 cryptography 包）：
To verify (without Hegui; Python and its cryptography package suffice):

    python verify.py .

请从独立渠道取得 verify.py 和公钥，再用 --key 指定公钥：本目录里的副本只为方便。
Get verify.py and the public key from an independent place and pass the key with --key: the copies in this
directory are a convenience.

材料为草稿，由人审阅、决定和提交；程序不会向任何机构发送任何内容。
The documents are drafts: people review, decide and submit; the program sends nothing to anybody.
"""


class DossierInTheWay(Conflict):
    """The directory holds something that composing would replace."""

    def __init__(self, directory: Path) -> None:
        """Say what to do instead."""
        super().__init__(
            zh=f"{directory} 不是空目录；请换一个目录，或加 --force 替换旧的材料",
            en=f"{directory} is not empty; choose another directory, or replace an earlier dossier "
            "by --force",
        )


class Dossier:
    """The documents that are handed in, and the evidence behind every number in them."""

    def __init__(self, *, database: Database, ledger: Ledger, rulebook: Rulebook, clock: Clock) -> None:
        """Compose from ``ledger``, whose database ``database`` is."""
        self._database = database
        self._ledger = ledger
        self._rulebook = rulebook
        self._clock = clock

    def compose(self, out: Path, *, tongue: Tongue = Tongue.BOTH, replace: bool = False) -> DossierReport:
        """Write the self-assessment as .docx, .pdf, .xlsx and .json, with the evidence, sealed.

        The directory appears whole or not at all.

        Args:
            out: the directory to write.
            tongue: which languages the documents speak.
            replace: whether an earlier dossier there may be replaced.

        Raises:
            DossierInTheWay: the directory holds something.
            UncitedNumber: a document holds a number without source; nothing is written.
            StorageFull: the disk is full; nothing is written.
        """
        _refuse_to_overwrite(out, replace=replace)
        composed = self._clock()
        material = gather(self._ledger.entries())
        assessment = SelfAssessment(material, rulebook=self._rulebook, on=legal_day(composed))
        document = assessment.document()
        cited = [self._ledger.entry(reference) for reference in cited_entries(document)]
        document = msgspec.structs.replace(document, sections=(*document.sections, evidence_section(cited)))
        content = {
            "document": _NAME,
            "tongue": tongue.value,
            "on": legal_day(composed).isoformat(),
            "rulebook": self._rulebook.digest,
            "conclusion": to_json(assessment.conclusion),
            "totals": material.totals,
            "quotations": to_json([_quoted(quotation) for quotation in quotations(document)]),
            "evidence": to_json([_referred(entry) for entry in cited]),
        }
        with self._database.write() as connection:
            own = self._ledger.record(connection, kind=COMPOSED, content=content)
        written = typeset(document, own=own, tongue=tongue)
        try:
            files, figures, skipped = self._write(out, written, composed, replace=replace)
        except OSError as error:
            if is_full(error):
                raise StorageFull(str(out)) from error
            raise
        return DossierReport(
            directory=str(out),
            entry=str(own),
            conclusion=assessment.conclusion,
            files=files,
            figures=figures,
            skipped=skipped,
        )

    def _write(
        self, out: Path, document: SetDocument, composed: dt.datetime, *, replace: bool
    ) -> tuple[tuple[DossierFile, ...], int, tuple[BilingualText, ...]]:
        """Write everything beside ``out`` and move it there when it is whole."""
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
            draft = Path(folder) / out.name
            draft.mkdir()
            skipped = _write_documents(draft, document, composed)
            figures = _cite(draft, document)
            (draft / "README.txt").write_text(_README, encoding="utf-8")
            shutil.copyfile(hegui.ledger.verify.__file__, draft / "verify.py")
            self._ledger.seal(draft, purposes=_PURPOSES)
            files = tuple(
                DossierFile(path=name, purpose=_PURPOSES.get(name, "evidence"))
                for name in sorted(
                    str(path.relative_to(draft)) for path in draft.rglob("*") if path.is_file()
                )
            )
            if replace and out.exists():
                shutil.rmtree(out)
            elif out.exists():
                out.rmdir()
            draft.replace(out)
        return files, figures, skipped


def _write_documents(draft: Path, document: SetDocument, composed: dt.datetime) -> tuple[BilingualText, ...]:
    (draft / f"{_NAME}.docx").write_bytes(write_word(document, composed=composed))
    (draft / f"{_NAME}.xlsx").write_bytes(write_spreadsheet(document, composed=composed))
    (draft / f"{_NAME}.json").write_bytes(write_json(document))
    try:
        (draft / f"{_NAME}.pdf").write_bytes(write_pdf(document, composed=composed))
    except FontMissing as missing:
        return (missing.text,)
    return ()


def _cite(draft: Path, document: SetDocument) -> int:
    """Write ``figures.json``, and refuse documents with a number that is not in it."""
    figures = []
    runs = [run for run in document.runs if run.entry]
    for path in sorted(draft.glob(f"{_NAME}.*")):
        if path.suffix in WALKED:
            uncited = uncited_numbers(document_text(path), (run.text for run in runs))
            if uncited:
                raise uncited[0]
        figures += [
            CitedFigure(
                document=path.name,
                text=run.text,
                value=run.value,
                format=run.form,
                entry=run.entry,
                pointer=run.pointer,
            )
            for run in runs
        ]
    encoded = msgspec.json.format(msgspec.json.encode(figures), indent=1)
    (draft / _FIGURES).write_bytes(encoded + b"\n")
    return len(figures)


def _refuse_to_overwrite(out: Path, *, replace: bool) -> None:
    if not out.exists():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (replace and (out / _MANIFEST).exists())):
        raise DossierInTheWay(out)


def _quoted(quotation: Quotation) -> dict[str, str]:
    return {"zh": quotation.text.zh, "en": quotation.text.en, "source": quotation.source}


def _referred(entry: Entry) -> dict[str, str]:
    return {
        "ref": str(entry.ref),
        "kind": entry.kind,
        "time": entry.time,
        "leaf": entry.leaf[:LEAF_CHARACTERS],
    }
