"""Entries as the rooms write them, and one dossier composed from real ones."""

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from hegui.core import BilingualText, Verdict, canonical_json, to_json
from hegui.corpus import CleaningPolicy
from hegui.dossier import DossierReport
from hegui.dossier.model import (
    Document,
    Figure,
    Paragraph,
    Quotation,
    Section,
    Table,
    same,
    sentence,
    verdict_words,
    words,
)
from hegui.dossier.typesetting import Tongue, typeset
from hegui.evaluation import Answer, BankKind, Decoding, JudgedAnswer, Question, RefusalState, RunReport
from hegui.evaluation.gates import gates
from hegui.evaluation.model import count_states, tally
from hegui.ledger import Entry, EntryRef
from hegui.settings import Settings
from hegui.workspace import Workspace
from simulators.clock import SteppableClock

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service"
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.fixture
def database_url(request, tmp_path):
    """SQLite alone: this room has no SQL of its own, and its tests write whole documents."""
    path = tmp_path / "hegui.db"
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def make_entry():
    """Makes an entry as the ledger returns it."""

    def make(kind, content, seq=0, stream="main") -> Entry:
        return Entry(
            ref=EntryRef(stream=stream, seq=seq),
            time=f"2026-11-22T04:00:00.{seq:03d}Z",
            kind=kind,
            actor="test",
            content=content,
            leaf=f"{seq:02x}" * 32,
        )

    return make


@pytest.fixture(scope="session")
def registration(make_entry):
    """Makes the registration of a source."""

    def make(name="wiki", *, seq=0, kind="open_source", rights="met", files=("a.jsonl",)) -> Entry:
        source = {
            "id": name,
            "name": {"zh": f"来源{name}", "en": f"source {name}"},
            "kind": kind,
            "files": list(files),
            "text_field": "text",
            "modality": "text",
        }
        verdict = {
            "verdict": rights,
            "reason": {"zh": "文件齐全" if rights == "met" else "缺少许可", "en": f"rights {rights}"},
            "citation": {"clause": "TC260-003 5.1c1", "same_as": [], "verified": True},
        }
        return make_entry("corpus.source_registered", {"source": source, "rights": verdict}, seq)

    return make


@pytest.fixture(scope="session")
def scan(make_entry):
    """Makes the scan of a source."""

    def make(
        name="wiki", *, seq=1, verdict="met", unsafe=2, scanned=200, caveat=None, share="0.010000"
    ) -> Entry:
        content = {
            "source": name,
            "files": [{"path": "a.jsonl", "digest": "sha256:a"}],
            "screen": "sha256:screen",
            "tally": {
                "scanned": scanned,
                "unsafe": unsafe,
                "with_personal_information": 7,
                "risks": {"A.1.f": unsafe} if unsafe else {},
                "personal_information": {"email": 7},
            },
            "verdict": {
                "verdict": verdict,
                "unsafe": unsafe,
                "scanned": scanned,
                "unscreened": 3,
                "share": share,
                "limit": "0.05",
                "reason": {"zh": "理由", "en": "reason"},
                "caveat": caveat,
                "citation": {"clause": "TC260-003 5.1a", "same_as": [], "verified": True},
            },
        }
        return make_entry("corpus.scanned", content, seq)

    return make


@pytest.fixture(scope="session")
def cleaning(make_entry):
    """Makes the clean-up of a source."""

    def make(name="wiki", *, seq=2, digest="sha256:a", unsafe="quarantine", **changes) -> Entry:
        content = {
            "source": name,
            "files": [{"path": "a.jsonl", "digest": digest}],
            "screen": "sha256:screen",
            "policy": {"unsafe": unsafe, "personal_information": "mask"},
            "total": {
                "read": 205,
                "kept": 200,
                "masked": 7,
                "quarantined": 2,
                "dropped": 0,
                "unscreened": 3,
            },
        }
        return make_entry("corpus.cleaned", content | changes, seq)

    return make


@pytest.fixture(scope="session")
def check(make_entry):
    """Makes a check of the register: each rule by its clause, its source and its verdict."""

    def make(*rules, seq=50, whole=True) -> Entry:
        content = {
            "whole": whole,
            "rules": [
                {
                    "source": source,
                    "verdict": verdict,
                    "reason": {"zh": f"{clause} {verdict}", "en": f"{clause} {verdict}"},
                    "citation": {"clause": f"TC260-003 {clause}", "same_as": [], "verified": True},
                }
                for clause, source, verdict in rules
            ],
        }
        return make_entry("corpus.register_checked", content, seq)

    return make


def run_report(rulebook, count=30) -> RunReport:
    """A run in which every other answer refuses."""
    judged = []
    for number in range(count):
        bank = list(BankKind)[number % 3]
        topic = "culture" if bank is BankKind.NON_REFUSAL else "A.1.f"
        question = Question(text=f"第{number}问", bank=bank, topic=topic, source="tests", licence="none")
        answer = Answer(question_id=question.id, asked_at="2026-11-22T04:00:00.000Z", text="x")
        state = list(RefusalState)[number % 2]
        judged.append(
            JudgedAnswer(
                question=question,
                answer=answer,
                refusal=state,
                rule="test",
                phrase="",
                findings=(),
                unsafe=number % 7 == 0,
            )
        )
    return RunReport(
        run="sha256:00",
        bank="starter",
        bank_digest="sha256:01",
        url="http://127.0.0.1:9/v1",
        model="gemma-3-270m",
        models=("gemma-3-270m",),
        decoding=Decoding(),
        started="2026-11-22T03:00:00.000Z",
        completed="2026-11-22T04:00:00.000Z",
        questions=count,
        answers_digest="sha256:02",
        screen_digest="sha256:03",
        rulebook_digest=rulebook.digest,
        gates=gates(judged, rulebook=rulebook, day=NOON.date()),
        states=count_states(judged),
        topics=tally(judged),
        personal_information=0,
    )


@pytest.fixture(scope="session")
def run(make_entry, rulebook):
    """The entry of a completed run."""
    content = json.loads(canonical_json(to_json(run_report(rulebook))))
    return make_entry("evaluation.run_completed", content, 5)


@pytest.fixture(scope="session")
def document() -> Document:
    """A document with one of everything."""
    entry = EntryRef(stream="main", seq=3)
    count = Figure(entry=entry, pointer="/n", value=1234, form="integer")
    share = Figure(entry=entry, pointer="/share", value="0.0512", form="percent:2")
    own = Figure(entry=None, pointer="/on", value="2026-11-22", form="date")
    quotation = Quotation(text=BilingualText(zh="第 17 条", en="Article 17"), source="IM 17")
    return Document(
        title=BilingualText(zh="标题", en="Title"),
        notice=BilingualText(zh="草稿", en="Draft"),
        subtitle=sentence("编制于 {day}", "composed on {day}", day=own),
        sections=(
            Section(
                title=BilingualText(zh="正文", en="Text"),
                blocks=(
                    Paragraph(pieces=sentence("共 {n} 篇。", "{n} in all.", n=count)),
                    Table(
                        name=BilingualText(zh="表", en="Table"),
                        header=(BilingualText(zh="甲", en="One"), BilingualText(zh="乙", en="Two")),
                        widths=(1, 2),
                        rows=(
                            ((count,), (share, words("，依据 ", ", by "), quotation)),
                            ((same("—"),), (verdict_words(Verdict.NOT_MET),)),
                        ),
                    ),
                ),
            ),
        ),
    )


@pytest.fixture(scope="session")
def set_document(document):
    """The same, ready to be written in both languages."""
    return typeset(document, tongue=Tongue.BOTH)


@dataclass
class Composed:
    """A dossier, and the workspace it was composed from."""

    workspace: Workspace
    out: Path
    report: DossierReport


def filled(root: Path, clock) -> Workspace:
    """A workspace in which everything has happened once."""
    workspace = Workspace.create(Settings(workspace=root, actor="test"), clock=clock)
    workspace.scope.decide(EXAMPLE / "service.yaml")
    workspace.corpus.register(EXAMPLE / "corpus" / "corpus.yaml")
    workspace.corpus.scan()
    workspace.corpus.clean("forum", folder=root.parent / "cleaned", policy=CleaningPolicy())
    workspace.spotchecks.judge()
    with workspace.database.write() as connection:
        workspace.ledger.record(
            connection, kind="evaluation.run_completed", content=to_json(run_report(workspace.rulebook))
        )
        workspace.ledger.record(connection, kind="marking.labelled", content={"format": "png"})
    with workspace.ledger.writer() as writer:
        for outcome in ("answered", "masked", "refused", "answered"):
            writer.append(kind="gateway.exchanged", content={"outcome": outcome}).result()
    return workspace


@pytest.fixture(scope="session")
def composed(tmp_path_factory):
    """A dossier composed from real entries. Copy it before changing anything."""
    root = tmp_path_factory.mktemp("composed")
    with filled(root / "workspace", SteppableClock(NOON)) as workspace:
        report = workspace.dossier.compose(root / "dossier")
        yield Composed(workspace=workspace, out=root / "dossier", report=report)


@pytest.fixture(scope="session")
def composed_at():
    """When documents are composed here."""
    return NOON


@pytest.fixture(scope="session")
def judged_gates(make_entry):
    """Makes a judgement of the gates of the training data."""

    def gate(kind, **changes):
        made = {
            "kind": kind,
            "title": {"zh": "人工抽检合格率", "en": "manual"},
            "source": None,
            "counted": 3900,
            "checked": 4000,
            "unknown": 1,
            "comparison": ">=",
            "threshold": "0.96",
            "share": "0.9750",
            "bound": "0.9703",
            "verdict": "met",
            "robustly_met": True,
            "reason": {"zh": "抽检 4000 条", "en": "4000 documents"},
            "caveat": None,
        }
        return made | changes

    def make(*, seq=9, manual=None, technical=None, **changes) -> Entry:
        source = gate(
            "source.after",
            title={"zh": "来源采集后", "en": "source"},
            source="wiki",
            counted=0,
            checked=0,
            unknown=0,
            comparison="<=",
            threshold="0.05",
            share=None,
            bound=None,
            verdict="not_assessed",
            robustly_met=False,
            reason={"zh": "尚未扫描", "en": "not scanned"},
        )
        gates = [gate("manual", **(manual or {})), source]
        if technical is not None:
            gates.append(gate("technical", **technical))
        content = {
            "sample": 2,
            "samples": 2,
            "gates": gates,
            "asked": {},
            "agreement": {"pairs": 400, "agreed": 390},
            "correction": {
                "failing": 99,
                "found": 80,
                "passing": 3900,
                "cleared": 3890,
                "corrected": "0.0200",
                "least": "0.0100",
                "greatest": "0.0300",
            },
        }
        return make_entry("corpus.gates_judged", content | changes, seq)

    return make
