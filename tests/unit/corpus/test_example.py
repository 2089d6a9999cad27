"""The example corpus tells the story it was made for."""

import runpy
from pathlib import Path

import pytest

from hegui.core import Verdict
from hegui.corpus import Corpus, RecommendedUse
from hegui.screening import KeywordBank, Screen

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "chat-service" / "corpus"


def test_the_script_writes_the_very_files_that_are_kept(tmp_path, capsys):
    script = runpy.run_path(str(ROOT / "scripts" / "build_example_corpus.py"))
    script["build"](tmp_path)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    kept = {path.relative_to(EXAMPLE): path.read_bytes() for path in EXAMPLE.rglob("*.jsonl")}
    assert written == kept
    assert sum(map(len, kept.values())) < 300_000
    assert "threads.jsonl" in capsys.readouterr().out


@pytest.fixture
def report(database, blobs, ledger, rulebook, clock):
    corpus = Corpus(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        screen=Screen(keywords=KeywordBank.starter(), personal_information=True),
        clock=clock,
    )
    corpus.register(EXAMPLE / "corpus.yaml")
    corpus.scan()
    return {each.registered.source.id: each for each in corpus.report().sources}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_of_its_sources_is_excluded_and_the_others_are_not(report):
    assert {name: each.use for name, each in report.items()} == {
        "encyclopaedia": RecommendedUse.INCLUDE,
        "dialogues": RecommendedUse.INCLUDE,
        "forum": RecommendedUse.EXCLUDE,
    }
    assert all(each.registered.rights.verdict is Verdict.MET for each in report.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_encyclopaedia_is_clean(report):
    tally = report["encyclopaedia"].scanned.scan.tally
    assert (tally.read, tally.scanned, tally.unsafe, tally.with_personal_information) == (300, 300, 0, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_dialogues_hold_personal_information_bad_lines_and_a_little_that_is_unsafe(report):
    scan = report["dialogues"].scanned.scan
    assert (scan.tally.read, scan.tally.scanned, scan.tally.unparsable) == (202, 200, 2)
    assert [(each.line, each.fault) for each in scan.files[0].first_set_aside] == [
        (42, "invalid_json"),
        (121, "invalid_utf8"),
    ]
    assert 1 <= scan.tally.unsafe < 10
    assert scan.tally.personal_information.keys() == {"mobile_phone", "resident_id", "bank_card", "email"}
