"""A whole dossier, from real entries to what an auditor says of it."""

import errno
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from hegui.cases import (
    DeedKind,
    IncidentKind,
    IncidentLevel,
    IncidentMissing,
    IncidentOver,
    Incidents,
    OperatorKind,
)
from hegui.core import Verdict, digest_bytes
from hegui.dossier import COMPOSED, Dossier, DossierInTheWay, Tongue, UncitedNumber, pdf, spreadsheet, word
from hegui.dossier.model import NotRenderable
from hegui.dossier.pdf import FontMissing
from hegui.dossier.walk import spreadsheet_text, uncited_numbers, word_text
from hegui.ledger import verify_directory
from hegui.scope import Scope
from hegui.store import StorageFull

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service"
TREATED = {"read", "kept", "masked", "quarantined", "dropped", "unscreened"}
DOCUMENTS = [f"self-assessment.{suffix}" for suffix in ("docx", "json", "pdf", "xlsx")]


def figures(directory, document):
    listed = json.loads((directory / "figures.json").read_text(encoding="utf-8"))
    return [figure["text"] for figure in listed if figure["document"] == document]


def text_of(directory, document):
    data = (directory / document).read_bytes()
    match document.rpartition(".")[2]:
        case "docx":
            return word_text(data)
        case "xlsx":
            return spreadsheet_text(data)
        case "pdf":
            return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        case _:
            return data.decode()


@pytest.fixture
def incidents(database, ledger, rulebook, clock):
    return Incidents(
        database=database,
        ledger=ledger,
        rulebook=rulebook,
        clock=clock,
        actor="test@hegui",
        operators=lambda: (OperatorKind.OTHER,),
    )


@pytest.fixture
def dossier(database, ledger, rulebook, clock, incidents):
    return Dossier(database=database, ledger=ledger, rulebook=rulebook, clock=clock, incidents=incidents)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_number_of_every_document_is_cited(composed, document):
    text, cited = text_of(composed.out, document), figures(composed.out, document)

    assert uncited_numbers(text, cited) == []
    assert uncited_numbers("\n".join(cited), [text]) == []
    assert len(cited) > 100


def test_an_auditor_accepts_it(composed):
    report = verify_directory(composed.out, key=composed.workspace.ledger.verifier_key)

    assert report.problems == []
    assert report.figures == composed.report.figures == 4 * len(figures(composed.out, "self-assessment.pdf"))


def test_an_auditor_needs_nothing_but_the_bundle(composed, tmp_path):
    shutil.copytree(composed.out, tmp_path / "bundle")

    run = subprocess.run(
        [sys.executable, "-I", "verify.py", "."],
        cwd=tmp_path / "bundle",
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "Verified" in run.stdout


def every_file(directory):
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_one_changed_byte_in_any_file_is_refused(composed, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(composed.out, bundle)
    for name in every_file(bundle):
        data = (bundle / name).read_bytes()
        changed = bytearray(data)
        changed[len(changed) // 2] ^= 1
        (bundle / name).write_bytes(changed)

        assert not verify_directory(bundle).ok, name

        (bundle / name).write_bytes(data)
    assert verify_directory(bundle).ok


def test_a_missing_and_an_added_file_are_refused(composed, tmp_path):
    bundle = tmp_path / "bundle"
    shutil.copytree(composed.out, bundle)
    (bundle / "added.txt").touch()
    (bundle / "self-assessment.pdf").unlink()

    assert {finding.place for finding in verify_directory(bundle).problems} >= {
        "added.txt",
        "self-assessment.pdf",
    }


def test_the_report_says_what_was_composed(composed):
    report = composed.report

    assert report.conclusion.zh.startswith("尚不能得出结论")
    assert report.results[Verdict.NOT_ASSESSED] > report.results[Verdict.MET] > 0
    assert {file.path for file in report.files} == set(every_file(composed.out))
    assert {"self-assessment.docx", "figures.json", "verify.py", "evidence/heads.jsonl"} <= set(
        every_file(composed.out)
    )
    assert report.skipped == ()


def test_the_composition_is_in_its_own_evidence(composed):
    content = composed.workspace.ledger.latest(COMPOSED).content

    assert content["documents"] == DOCUMENTS
    assert content["conclusion"] == "open"
    assert content["totals"]["exchanges"] == 4
    assert content["totals"]["outcomes"]["answered"] == 2
    assert any(
        '"kind":"dossier.composed"' in line
        for line in (composed.out / "evidence" / "streams" / "main.tsv").read_text().splitlines()
    )


def test_the_source_over_the_limit_is_named_and_not_recommended(composed):
    text = text_of(composed.out, "self-assessment.json")

    assert "不得用于训练" in text
    assert "12.50%" in text


def test_a_clean_up_is_evidence_with_its_counts(composed):
    clean_up = composed.workspace.ledger.latest("corpus.cleaned")
    listed = json.loads((composed.out / "figures.json").read_text(encoding="utf-8"))
    cited = {figure["pointer"]: figure["text"] for figure in listed if figure["entry"] == str(clean_up.ref)}
    assert {name: str(count) for name, count in clean_up.content["total"].items() if name in TREATED} == {
        pointer.removeprefix("/total/"): text
        for pointer, text in cited.items()
        if pointer.startswith("/total/")
    }


def test_gates_that_are_asked_what_the_rulebook_in_force_asks_stand(composed):
    text = text_of(composed.out, "self-assessment.json")
    assert "没有抽样；运行 hegui corpus sample draw" in text
    assert "需重新判定" not in text


@pytest.mark.parametrize("tongue", Tongue)
def test_an_empty_ledger_gives_a_report_in_which_nothing_is_assessed(dossier, tmp_path, tongue):
    report = dossier.compose(tmp_path / "out", tongue=tongue)

    assert report.results == dict.fromkeys(Verdict, 0) | {
        Verdict.NOT_ASSESSED: report.results[Verdict.NOT_ASSESSED]
    }
    assert report.results[Verdict.NOT_ASSESSED] > 0
    assert verify_directory(tmp_path / "out").problems == []
    text = text_of(tmp_path / "out", "self-assessment.json")
    assert ("尚不能得出结论" in text) is (tongue is not Tongue.EN)
    assert ("No conclusion can be drawn yet" in text) is (tongue is not Tongue.ZH)
    for document in DOCUMENTS:
        cited = figures(tmp_path / "out", document)
        assert uncited_numbers(text_of(tmp_path / "out", document), cited) == []


def plant(write):
    def planted(document, **options):
        line = document.title[0]
        run = line.runs[0]
        changed = type(run)(text=run.text + " 97 %")
        title = (type(line)(runs=(changed,), language=line.language), *document.title[1:])
        return write(
            type(document)(
                title=title, notice=document.notice, subtitle=document.subtitle, sections=document.sections
            ),
            **options,
        )

    return planted


@pytest.mark.parametrize("module", [word, spreadsheet])
def test_a_number_planted_in_a_document_stops_everything(dossier, ledger, tmp_path, monkeypatch, module):
    name = f"write_{module.__name__.rpartition('.')[2]}"
    monkeypatch.setattr(module, name, plant(getattr(module, name)))

    with pytest.raises(UncitedNumber, match="97"):
        dossier.compose(tmp_path / "out")

    assert not (tmp_path / "out").exists()
    assert ledger.latest(COMPOSED) is None


def test_without_a_chinese_font_the_other_formats_are_written(dossier, tmp_path, monkeypatch):
    def nowhere():
        raise FontMissing

    monkeypatch.setattr(pdf, "find_font", nowhere)

    report = dossier.compose(tmp_path / "out")

    assert "hegui[fonts]" in report.skipped[0].en
    assert [name for name in DOCUMENTS if (tmp_path / "out" / name).exists()] == [
        "self-assessment.docx",
        "self-assessment.json",
        "self-assessment.xlsx",
    ]
    assert verify_directory(tmp_path / "out").ok


def profile(tmp_path, name):
    text = (EXAMPLE / "service.yaml").read_text(encoding="utf-8")
    assert "zh: 小禾助手" in text
    path = tmp_path / "service.yaml"
    path.write_text(text.replace("zh: 小禾助手", f'zh: "{name}"'), encoding="utf-8")
    return path


@pytest.fixture
def scope(database, blobs, ledger, rulebook, clock):
    return Scope(database=database, blobs=blobs, ledger=ledger, rulebook=rulebook, clock=clock)


def test_a_character_that_no_font_has_costs_the_pdf_and_nothing_else(dossier, scope, tmp_path):
    scope.decide(profile(tmp_path, "小\U0001f600助手"))

    report = dossier.compose(tmp_path / "out", tongue=Tongue.ZH)

    assert "could not be displayed" in report.skipped[0].en
    assert not (tmp_path / "out" / "self-assessment.pdf").exists()
    assert verify_directory(tmp_path / "out").ok
    assert "小\U0001f600助手" in text_of(tmp_path / "out", "self-assessment.docx")


def test_names_are_shown_as_they_are_and_do_nothing(dossier, scope, tmp_path):
    name = '=1+1 <b>&amp; #1$x$ *_`] \\n禾\\t9 \\"ก'
    scope.decide(profile(tmp_path, name))

    dossier.compose(tmp_path / "out", tongue=Tongue.ZH)

    assert verify_directory(tmp_path / "out").problems == []
    for document in ("self-assessment.docx", "self-assessment.xlsx", "self-assessment.json"):
        text = text_of(tmp_path / "out", document)
        assert uncited_numbers(text, figures(tmp_path / "out", document)) == []
    assert "=1+1 <b>&amp; #1$x$ *_`]" in text_of(tmp_path / "out", "self-assessment.xlsx")


def test_a_name_that_no_document_can_hold_is_refused_with_its_place(dossier, scope, ledger, tmp_path):
    scope.decide(profile(tmp_path, "小\\u0007助手"))

    with pytest.raises(NotRenderable, match="/service"):
        dossier.compose(tmp_path / "out")

    assert not (tmp_path / "out").exists()
    assert ledger.latest(COMPOSED) is None


def test_an_earlier_dossier_is_replaced_only_when_asked(dossier, tmp_path):
    first = dossier.compose(tmp_path / "out", tongue=Tongue.EN)
    with pytest.raises(DossierInTheWay):
        dossier.compose(tmp_path / "out", tongue=Tongue.EN)

    second = dossier.compose(tmp_path / "out", tongue=Tongue.EN, replace=True)

    assert second.entry != first.entry
    assert verify_directory(tmp_path / "out").ok


def test_a_full_disk_leaves_no_half_written_dossier(dossier, ledger, tmp_path, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(ledger), "seal", full)

    with pytest.raises(StorageFull):
        dossier.compose(tmp_path / "out" / "deep", tongue=Tongue.EN)

    assert list((tmp_path / "out").iterdir()) == []


# --- reports on incidents --------------------------------------------------------------------------


def reported(dossier, incidents, out, **said):
    opened = incidents.open(
        IncidentKind.ILLEGAL_CONTENT, title="第3条回答违法", exchanges=("hegui-1",), risks=("A.1.f",)
    )
    incidents.assess(opened.id, level=IncidentLevel.LARGER, reason="2 000 人看到")
    incidents.note(opened.id, text="已停止", did=DeedKind.STOPPED)
    return opened.id, dossier.report_incident(opened.id, out, **said)


@pytest.mark.parametrize("suffix", ["docx", "pdf", "json"])
def test_a_report_says_what_is_on_record_and_cites_every_number(dossier, incidents, tmp_path, suffix):
    name = f"incident-report.{suffix}"
    _, draft = reported(dossier, incidents, tmp_path / "out")
    text, cited = text_of(tmp_path / "out", name), figures(tmp_path / "out", name)

    assert name in draft.files
    assert uncited_numbers(text, cited) == []
    folded = text.replace(" ", "")
    for said in ("违法内容发现与处置情况报告", "第3条回答违法", "hegui-1", "2026-11-2216:00", "草稿"):
        assert said in folded


def test_a_report_leaves_evidence_and_is_a_deed_of_its_incident(dossier, incidents, ledger, tmp_path):
    identifier, draft = reported(dossier, incidents, tmp_path / "out")

    entry = ledger.latest("dossier.incident_report_drafted")
    assert str(entry.ref) == draft.entry
    assert entry.content["deadlines"][-1] == {"clause": "INCIDENT 8", "until": None, "done": None}
    for name, digest in entry.content["documents"].items():
        assert digest_bytes((tmp_path / "out" / name).read_bytes()) == digest
    assert incidents.incident(identifier).deeds[-1].kind is DeedKind.DRAFTED
    assert incidents.incident(identifier).done(DeedKind.REPORTED) is None


def test_a_report_speaks_one_language_where_that_is_asked_for(dossier, incidents, tmp_path):
    reported(dossier, incidents, tmp_path / "out", tongue=Tongue.ZH)
    assert "Draft" not in text_of(tmp_path / "out", "incident-report.docx")


def test_nothing_is_overwritten_or_reported_of_what_nobody_confirmed(dossier, incidents, tmp_path):
    identifier, _ = reported(dossier, incidents, tmp_path / "out")
    with pytest.raises(DossierInTheWay):
        dossier.report_incident(identifier, tmp_path / "out")
    with pytest.raises(IncidentMissing):
        dossier.report_incident("nowhere", tmp_path / "other")
    incidents.overturn(identifier, reason="r")
    with pytest.raises(IncidentOver):
        dossier.report_incident(identifier, tmp_path / "other")
    assert not (tmp_path / "other").exists()
