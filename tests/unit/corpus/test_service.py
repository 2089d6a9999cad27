"""Registering, scanning and reporting."""

import gzip
import hashlib
import runpy
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event

from hegui.core import InvalidDocument, Verdict, digest_bytes, digest_file
from hegui.corpus.declaration import UnusableSource
from hegui.corpus.exporting import ExportFormat
from hegui.corpus.importing import GivenFacts, SeveralDescribed
from hegui.corpus.model import Origin, RecommendedUse
from hegui.corpus.provenance import DocumentKind, Rights, SourceKind
from hegui.corpus.rules import Measure, RegisterRule
from hegui.corpus.service import AlreadyRegistered, Corpus, NoSources, UnknownSource
from hegui.corpus.source_pass import ScanSettings
from hegui.screening import KeywordBank, Screen
from hegui.store import Database, StorageFull

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "chat-service" / "corpus"


def kinds(ledger):
    return [entry.kind for entry in ledger.entries()]


@pytest.fixture
def register(corpus, root, make_source):
    def register(*files, **changes):
        return corpus.register_source(make_source(*files, **changes), root=root)

    return register


def test_a_registered_source_is_on_the_register_with_its_evidence(
    corpus, ledger, register, write_texts, root
):
    registered = register(write_texts(["text"]))
    assert corpus.sources() == (registered,)
    proof = digest_file(root / "proof.txt")
    assert registered.source.rights.documents[0].digest == proof
    entry = ledger.latest("corpus.source_registered")
    assert registered.entry == str(entry.ref)
    assert entry.content["source"]["rights"]["documents"][0]["digest"] == proof
    assert entry.content["rights"]["verdict"] == "met"


def test_registering_the_same_again_leaves_no_second_entry(corpus, ledger, register, write_texts, clock):
    first = register(write_texts(["text"]))
    clock.advance(hours=1)
    assert register() == first
    changed = register(language="en")
    assert changed.entry != first.entry
    assert corpus.sources() == (changed,)
    assert kinds(ledger).count("corpus.source_registered") == 2


def test_missing_rights_are_a_verdict_and_not_an_error(corpus, ledger, register, write_texts):
    registered = register(write_texts(["text"]), kind=SourceKind.COMMERCIAL, rights=None)
    assert registered.rights.verdict is Verdict.NOT_MET
    assert DocumentKind.CONTRACT in registered.rights.missing
    corpus.scan()
    (report,) = corpus.report().sources
    assert report.scanned.verdict.verdict is Verdict.MET
    assert (report.verdict, report.use) == (Verdict.NOT_MET, RecommendedUse.EXCLUDE)
    entry = ledger.latest("corpus.source_registered")
    assert "contract" in entry.content["rights"]["missing"]


def test_a_source_whose_file_is_missing_is_not_registered(corpus, ledger, register):
    with pytest.raises(UnusableSource, match=r"wiki: files\[0\]: no such file.*gone\.jsonl"):
        register("gone.jsonl")
    assert corpus.sources() == ()
    assert kinds(ledger) == []


def test_the_register_is_held_against_the_rules_with_evidence(corpus, ledger, register, write_texts):
    register(write_texts(["clean"] * 9))
    register(write_texts(["clean"] * 9, "other.jsonl"), id="other")
    corpus.scan()
    checked = corpus.check()
    entry = ledger.latest("corpus.register_checked")
    assert checked.entry == str(entry.ref)
    assert entry.content["sources"] == ["other", "wiki"]
    assert entry.content["verdict"] == checked.verdict.value == "not_met"
    assert len(entry.content["rules"]) == len(checked.rules) == 2 * 8 + 8
    after = next(each for each in checked.rules if each.rule is RegisterRule.AFTER_COLLECTION)
    assert (after.verdict, after.measure) == (Verdict.MET, Measure.SCAN)
    assert {each.source for each in corpus.check("wiki").rules} == {"wiki"}
    assert ledger.latest("corpus.register_checked").content["sources"] == ["wiki"]


def test_a_scan_of_other_files_says_nothing_when_the_rules_are_asked(corpus, register, write_texts):
    register(write_texts(["clean"]))
    corpus.scan()
    register(write_texts(["clean"], "others.jsonl"))
    after = next(each for each in corpus.check().rules if each.rule is RegisterRule.AFTER_COLLECTION)
    assert after.verdict is Verdict.NOT_ASSESSED


def test_what_is_not_registered_cannot_be_checked(corpus, register, write_texts):
    with pytest.raises(NoSources):
        corpus.check()
    register(write_texts(["clean"]))
    with pytest.raises(UnknownSource):
        corpus.check("weki")
    with pytest.raises(UnknownSource):
        corpus.sources("weki")


def test_a_source_that_is_not_collected_yet_can_be_registered_and_is_held(corpus, register):
    assert register(files=()).files == ()
    corpus.scan()
    (report,) = corpus.report().sources
    assert report.use is RecommendedUse.HOLD


def test_what_the_provider_says_of_itself_is_recorded_once(corpus, ledger, make_source, write_texts, root):
    write_texts(["clean"])
    document = {"kind": "ip_strategy", "path": "proof.txt"}
    provider = {"vouched_by": "officer", "documents": [document]}
    path = root / "corpus.yaml"
    path.write_bytes(msgspec.json.encode({"sources": [make_source()], "provider": provider}))
    for _ in range(2):
        corpus.register(path)
    assert kinds(ledger).count("corpus.provider_stated") == 1
    stated = ledger.latest("corpus.provider_stated").content["provider"]["statement"]
    assert stated["documents"][0]["digest"] == digest_file(root / "proof.txt")
    rules = {each.rule: each for each in corpus.check().rules}
    assert rules[RegisterRule.IP_CHANNEL].verdict is Verdict.NOT_MET
    assert [each.source for each in corpus.check().documents] == [None, "wiki"]


CARD = "---\npretty_name: News\nlicense: mit\nlanguage: zh\n---\n"
GIVEN = GivenFacts(kind=SourceKind.OPEN_SOURCE, origin=Origin.FOREIGN, vouched_by="officer")


def test_what_others_describe_is_registered_or_what_is_missing_named(corpus, ledger, root):
    path = root / "README.md"
    path.write_text(CARD, encoding="utf-8")
    (waiting,) = corpus.import_sources(path, given=GivenFacts()).sources
    assert (waiting.registered, waiting.missing) == (None, ("kind", "origin"))
    assert corpus.sources() == ()
    for _ in range(2):
        imported = corpus.import_sources(path, given=GIVEN)
        assert imported.sources[0].registered == corpus.sources("news")[0]
    assert kinds(ledger).count("corpus.source_registered") == 1
    (document,) = corpus.sources()[0].source.rights.documents
    assert document.digest == digest_file(path)


def test_files_of_an_import_that_are_not_there_are_refused(corpus, root):
    (root / "README.md").write_text(CARD, encoding="utf-8")
    with pytest.raises(UnusableSource, match=r"gone\.jsonl"):
        corpus.import_sources(root / "README.md", given=msgspec.structs.replace(GIVEN, files=("gone.jsonl",)))
    assert corpus.sources() == ()


def test_what_was_said_here_is_not_lost_by_an_import(corpus, root, register, write_texts):
    register(write_texts(["clean"]), id="news")
    (root / "README.md").write_text(CARD, encoding="utf-8")
    with pytest.raises(AlreadyRegistered, match="news"):
        corpus.import_sources(root / "README.md", given=GIVEN)
    named = msgspec.structs.replace(GIVEN, identifier="theirs")
    assert corpus.import_sources(root / "README.md", given=named).sources[0].registered.source.id == "theirs"


def test_an_id_or_files_are_given_to_one_dataset_and_not_to_several(corpus, root):
    (root / "t.csv").write_text("name,language\nOne,zh\nTwo,zh\n", encoding="utf-8")
    for given in ({"identifier": "theirs"}, {"files": ("gone",)}):
        with pytest.raises(SeveralDescribed, match="describes 2 datasets"):
            corpus.import_sources(root / "t.csv", given=msgspec.structs.replace(GIVEN, **given))
    imported = corpus.import_sources(root / "t.csv", given=GIVEN)
    assert [each.registered.source.id for each in imported.sources] == ["one", "two"]


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        ("one,zh\nwiki,en\n", AlreadyRegistered, "a source wiki is registered"),
        ("one,zh\nOne!,en\n", SeveralDescribed, "one for two"),
        ("one,zh\n-,zh\n", None, ""),
    ],
)
def test_of_a_table_with_a_flaw_nothing_is_registered(corpus, root, register, write_texts, rows, error, says):
    register(write_texts(["clean"]))
    (root / "t.csv").write_text(f"identifier,language\n{rows}", encoding="utf-8")
    if error is None:
        # What lacks something is named, and keeps nobody else from the register.
        assert corpus.import_sources(root / "t.csv", given=GIVEN).sources[1].missing == ("id",)
        return
    with pytest.raises(error, match=says):
        corpus.import_sources(root / "t.csv", given=GIVEN)
    assert [each.source.id for each in corpus.sources()] == ["wiki"]


def test_what_is_exported_is_on_record(corpus, ledger, register, write_texts):
    with pytest.raises(NoSources):
        corpus.export(form=ExportFormat.CSV)
    register(write_texts(["clean"]))
    register(write_texts(["clean"], "other.jsonl"), id="other")
    data = corpus.export("other", form=ExportFormat.CSV)
    assert b"other" in data
    assert b"wiki" not in data
    content = ledger.latest("corpus.register_exported").content
    assert content == {"sources": ["other"], "form": "csv", "digest": digest_bytes(data)}


@pytest.fixture
def declare(root):
    """Writes a declaration of sources with one file each."""

    def declare(**files):
        given = "name: {zh: 源, en: source}, kind: commercial, language: zh, origin: domestic"
        lines = [f"  - {{id: {name}, {given}, files: [{file}]}}" for name, file in files.items()]
        path = root / "corpus.yaml"
        path.write_text("\n".join(["sources:", *lines]), encoding="utf-8")
        return path

    return declare


def test_a_file_of_two_sources_is_refused_with_the_names_of_both(corpus, register, write_texts, root):
    register(write_texts(["clean"]))
    with pytest.raises(UnusableSource, match=r"source other: files: .*texts.jsonl is a file of source wiki"):
        register("*.jsonl", id="other")
    assert [each.source.id for each in corpus.sources()] == ["wiki"]
    # A link is a file of its own, as a copy would be.
    (root / "link.jsonl").symlink_to(root / "texts.jsonl")
    register("link.jsonl", id="other")


def test_a_file_of_two_sources_is_refused_wherever_it_lies(corpus, register):
    register("memory://shared/a.jsonl", id="wiki")
    with pytest.raises(UnusableSource, match=r"memory://shared/a\.jsonl is a file of source wiki"):
        register("memory://shared/a.jsonl", id="other")


def test_sources_that_exchange_their_files_are_registered_together(corpus, declare, write_texts):
    write_texts(["one"], "one.jsonl")
    write_texts(["two"], "two.jsonl")
    corpus.register(declare(a="one.jsonl", b="two.jsonl"))
    registered = corpus.register(declare(a="two.jsonl", b="one.jsonl"))
    assert [each.source.files for each in registered] == [("two.jsonl",), ("one.jsonl",)]


def test_a_declaration_that_names_a_file_for_two_sources_says_where(corpus, declare, write_texts):
    write_texts(["one"], "one.jsonl")
    write_texts(["two"], "two.jsonl")
    corpus.register(declare(a="one.jsonl"))
    for sources in ({"b": "two.jsonl", "c": "two.jsonl"}, {"c": "one.jsonl"}):
        path = declare(**sources)
        with pytest.raises(InvalidDocument, match=r"is a file of source [ab], too") as refused:
            corpus.register(path)
        line = path.read_text(encoding="utf-8").splitlines()[refused.value.line - 1]
        assert "id: c" in line
    assert [each.source.id for each in corpus.sources()] == ["a"]


def test_files_that_came_into_the_folders_of_two_sources_are_refused_by_the_scan(
    corpus, ledger, register, write_texts
):
    write_texts(["one"], "a.jsonl")
    write_texts(["two"], "b.jsonl")
    register("a*.jsonl", id="wiki")
    register("*b.jsonl", id="other")
    corpus.scan()
    write_texts(["both"], "ab.jsonl")
    with pytest.raises(UnusableSource, match=r"ab\.jsonl is a file of source other, too"):
        corpus.scan()
    assert kinds(ledger).count("corpus.scanned") == 2


def test_a_declaration_is_registered_as_a_whole_or_not_at_all(corpus, make_source, write_texts, root):
    sources = [make_source(write_texts(["a"]), id="one"), make_source("gone.jsonl", id="two")]
    path = root / "corpus.yaml"
    path.write_bytes(msgspec.json.encode({"sources": sources}))
    with pytest.raises(InvalidDocument, match=r"sources\[1\]\.files\[0\]"):
        corpus.register(path)
    assert corpus.sources() == ()
    write_texts(["b"], "gone.jsonl")
    assert [each.source.id for each in corpus.register(path)] == ["one", "two"]


def test_a_scan_accounts_for_every_line_and_leaves_evidence(
    corpus, ledger, register, write_texts, root, screen, rulebook
):
    write_texts(["clean"] * 30 + ["出售冰毒", "电话13812345678"])
    with (root / "texts.jsonl").open("ab") as file:
        file.write(b"not json\n\xff\n\n")
    register("texts.jsonl")
    (scanned,) = corpus.scan()
    tally = scanned.scan.tally
    assert (tally.read, tally.scanned, tally.unparsable, tally.empty) == (35, 32, 2, 1)
    assert (tally.unsafe, tally.with_personal_information) == (1, 1)
    assert [each.line for each in scanned.scan.files[0].first_set_aside] == [33, 34, 35]
    content = ledger.latest("corpus.scanned").content
    assert content["files"][0]["digest"] == digest_file(root / "texts.jsonl")
    assert content["tally"]["risks"] == {"A.1.h": 1}
    assert content["tally"]["personal_information"] == {"mobile_phone": 1}
    assert content["verdict"]["share"] == "0.031250"
    assert content["set_aside"] == list(scanned.scan.set_aside)
    assert (content["screen"], content["rulebook"]) == (screen.digest, rulebook.digest)


def test_lines_that_were_not_screened_are_kept_aside(corpus, register, write_texts, blobs, root):
    write_texts(["clean"] * 20)
    with (root / "texts.jsonl").open("ab") as file:
        file.write(b"not json\n")
    register("texts.jsonl")
    (scanned,) = corpus.scan()
    (digest,) = scanned.scan.set_aside
    kept = msgspec.json.decode(blobs.get(digest))
    assert (kept["line"], kept["fault"], kept["base64"]) == (21, "invalid_json", "bm90IGpzb24=")


def test_over_five_percent_is_excluded_and_under_it_included(corpus, register, write_texts):
    register(write_texts(["clean"] * 94 + ["砍死你"] * 6, "bad.jsonl"), id="bad")
    register(write_texts(["clean"] * 95 + ["砍死你"] * 5, "good.jsonl"), id="good")
    corpus.scan()
    bad, good = corpus.report().sources
    assert (bad.verdict, bad.use) == (Verdict.NOT_MET, RecommendedUse.EXCLUDE)
    assert (good.verdict, good.use) == (Verdict.MET, RecommendedUse.INCLUDE)
    assert corpus.report().tally.unsafe == 11


def test_a_source_that_was_not_scanned_is_held(corpus, register, write_texts):
    register(write_texts(["clean"]))
    (report,) = corpus.report().sources
    assert report.scanned is None
    assert (report.verdict, report.use) == (Verdict.NOT_ASSESSED, RecommendedUse.HOLD)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"no json\n"])
def test_a_source_without_documents_is_held(corpus, register, root, content):
    (root / "texts.jsonl").write_bytes(content)
    register("texts.jsonl")
    corpus.scan()
    (report,) = corpus.report().sources
    assert report.scanned.verdict.share is None
    assert report.use is RecommendedUse.HOLD


def test_a_scan_of_other_files_says_nothing_of_those_registered_now(corpus, register, write_texts):
    register(write_texts(["clean"]))
    corpus.scan()
    register("texts.jsonl", write_texts(["砍死你"], "more.jsonl"))
    (report,) = corpus.report().sources
    assert report.use is RecommendedUse.HOLD


def test_better_rights_need_no_new_scan(corpus, register, write_texts):
    register(write_texts(["clean"]), rights=None)
    corpus.scan()
    register()
    (report,) = corpus.report().sources
    assert report.use is RecommendedUse.INCLUDE


def test_a_scan_takes_the_sources_that_are_named(corpus, register, write_texts):
    for name in ("one", "two", "three"):
        register(write_texts(["clean"], f"{name}.jsonl"), id=name)
    assert [each.scan.source for each in corpus.scan("three", "one", "three")] == ["three", "one"]
    assert [each.scan.source for each in corpus.scan()] == ["one", "three", "two"]


def test_an_unknown_source_is_named_with_the_nearest(corpus, register, write_texts):
    register(write_texts(["clean"]))
    with pytest.raises(UnknownSource, match=r"'wikis'.*did you mean wiki"):
        corpus.scan("wiki", "wikis")
    with pytest.raises(UnknownSource, match="corpus report"):
        corpus.scan("zzz")
    assert corpus.report().sources[0].scanned is None


def test_an_empty_register_says_how_to_fill_it(corpus):
    with pytest.raises(NoSources, match="hegui corpus register"):
        corpus.scan()
    with pytest.raises(NoSources):
        corpus.report()


def test_the_original_files_are_not_touched(corpus, register, write_texts, root):
    write_texts(["clean", "出售冰毒"])
    with (root / "texts.jsonl").open("ab") as file:
        file.write(b"not json")

    def state():
        return {
            path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in root.iterdir()
        }

    before = state()
    register("texts.jsonl")
    corpus.scan()
    corpus.report()
    assert state() == before


def test_the_account_is_the_same_however_the_files_are_cut(make_corpus, register, write_texts):
    write_texts(["clean", "出售冰毒", "电话13812345678", ""] * 20)
    register("texts.jsonl")
    accounts = set()
    for shard_bytes in (1, 7, 64, 1 << 20):
        (scanned,) = make_corpus(shard_bytes=shard_bytes).scan()
        accounts.add(msgspec.json.encode(scanned.scan))
    assert len(accounts) == 1


def test_a_line_too_long_for_memory_is_counted_and_named(make_corpus, register, root):
    with (root / "texts.jsonl").open("wb") as file:
        file.write(b'{"text": "clean"}\n{"text": "')
        for _ in range(17):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n{"text": "clean"}\n')
    register("texts.jsonl")
    (scanned,) = make_corpus(shard_bytes=1 << 22).scan()
    assert (scanned.scan.tally.scanned, scanned.scan.tally.over_long) == (2, 1)
    assert scanned.verdict.verdict is Verdict.NOT_ASSESSED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_full_disk_leaves_no_half_of_a_scan(corpus, ledger, register, write_texts, database: Database):
    register(write_texts([f"电话{13812345678 + n}" for n in range(50)]))

    @event.listens_for(database._engine, "begin", insert=True)
    def no_room(connection):
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def scan_until_the_last_page_is_full():
        for _ in range(200):
            corpus.scan()

    with pytest.raises(StorageFull):
        scan_until_the_last_page_is_full()
    event.remove(database._engine, "begin", no_room)
    database.close()
    finished = kinds(ledger).count("corpus.scanned")
    with database.read() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM corpus_scan").scalar()
    assert kept == finished
    corpus.scan()
    assert kinds(ledger).count("corpus.scanned") == finished + 1


def test_rights_without_documents_name_what_is_missing(register, write_texts):
    registered = register(write_texts(["clean"]), rights=Rights(vouched_by="data officer"))
    assert registered.rights.missing == (DocumentKind.LICENSE,)


def test_the_script_writes_the_very_files_that_are_kept(tmp_path, capsys):
    script = runpy.run_path(str(ROOT / "scripts" / "build_example_corpus.py"))
    script["build"](tmp_path)
    written = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    kept = {path.relative_to(EXAMPLE): path.read_bytes() for path in EXAMPLE.rglob("*.jsonl")}
    assert written == kept
    assert sum(map(len, kept.values())) < 300_000
    assert "threads.jsonl" in capsys.readouterr().out


@pytest.fixture
def example(database, blobs, ledger, rulebook, clock, tmp_path):
    corpus = Corpus(
        database=database,
        blobs=blobs,
        ledger=ledger,
        rulebook=rulebook,
        screen=Screen(keywords=KeywordBank.starter(), personal_information=True),
        clock=clock,
        scanning=ScanSettings(journal=tmp_path / "journal"),
    )
    corpus.register(EXAMPLE / "corpus.yaml")
    corpus.scan()
    return {each.registered.source.id: each for each in corpus.report().sources}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_of_its_sources_is_excluded_and_the_others_are_not(example):
    assert {name: each.use for name, each in example.items()} == {
        "encyclopaedia": RecommendedUse.INCLUDE,
        "dialogues": RecommendedUse.INCLUDE,
        "forum": RecommendedUse.EXCLUDE,
    }
    assert all(each.registered.rights.verdict is Verdict.MET for each in example.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_encyclopaedia_is_clean(example):
    tally = example["encyclopaedia"].scanned.scan.tally
    assert (tally.read, tally.scanned, tally.unsafe, tally.with_personal_information) == (300, 300, 0, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_its_dialogues_hold_personal_information_bad_lines_and_a_little_that_is_unsafe(example):
    scan = example["dialogues"].scanned.scan
    assert (scan.tally.read, scan.tally.scanned, scan.tally.unparsable) == (202, 201, 1)
    assert [(each.line, each.fault) for each in scan.files[0].first_set_aside] == [(42, "invalid_json")]
    assert scan.profile.encodings == {"gb18030": 1, "utf-8": 200}
    assert 1 <= scan.tally.unsafe < 10
    assert scan.tally.personal_information.keys() == {"mobile_phone", "resident_id", "bank_card", "email"}


def test_a_source_that_cannot_be_read_to_its_end_is_held_and_the_evidence_says_where(
    corpus, ledger, register, root, write_texts
):
    write_texts(["clean"] * 50)
    (root / "cut.jsonl.gz").write_bytes(gzip.compress((root / "texts.jsonl").read_bytes())[:-9])
    register("texts.jsonl", "cut.jsonl.gz")
    (scanned,) = corpus.scan()
    assert scanned.verdict.verdict is Verdict.NOT_ASSESSED
    assert scanned.verdict.unread == 1
    content = ledger.latest("corpus.scanned").content
    assert [fault["kind"] for fault in content["files"][1]["faults"]] == ["damaged"]
    assert content["files"][0]["reading"]["fields"] == ["text"]
    assert content["run"]["executor"] == "process"
    assert content["run"]["shards"] > 2
    assert content["profile"]["languages"] == {"und-Latn": scanned.scan.tally.scanned}


def test_a_source_in_a_folder_is_scanned_as_it_lies_there_now(corpus, register, root, write_texts):
    (root / "data").mkdir()
    write_texts(["clean"], "data/a.jsonl")
    registered = register("data")
    assert [file.path for file in registered.files] == ["data/a.jsonl"]
    write_texts(["冰毒"], "data/b.jsonl")
    (scanned,) = corpus.scan()
    assert [(file.path, file.tally.unsafe) for file in scanned.scan.files] == [
        ("data/a.jsonl", 0),
        ("data/b.jsonl", 1),
    ]


def test_what_is_on_record_leaves_no_journal(corpus, register, write_texts, tmp_path):
    register(write_texts(["clean"]))
    corpus.scan()
    assert [path.name for path in (tmp_path / "journal").rglob("*") if path.is_file()] == ["wiki.lock"]
