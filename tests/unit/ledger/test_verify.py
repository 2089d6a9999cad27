"""The offline verifier: whatever was done to the evidence, it says so and where."""

import base64
import datetime as dt
import hashlib
import json
import runpy
import shutil
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hegui.core import canonical_json
from hegui.ledger import EntryRef, Ledger, Unusable, renderings, verify, verify_directory
from hegui.ledger.keys import SigningKey, signing_key
from hegui.ledger.verify import (
    Refused,
    Tree,
    canonical,
    check_consistency,
    main,
    parse_canonical,
    resolve_pointer,
    strict_base64,
    summary,
)
from hegui.store import Database
from simulators.clock import SteppableClock

ORIGIN = "hegui.example/test"
FIGURES = [
    {
        "document": "report.txt",
        "text": "1,234",
        "value": 1234,
        "format": "integer",
        "entry": "main/1",
        "pointer": "/counts/0/total",
    },
    {
        "document": "report.txt",
        "text": "96.4%",
        "value": "0.9637",
        "format": "percent:1",
        "entry": "main/1",
        "pointer": "/a~1b~0c",
    },
]
CONTENTS = [
    {"number": 0},
    {"counts": [{"total": 1234, "passed": True}], "a/b~c": "0.9637"},
    {"text": "请把 😀 删除", "personal": "13800000000"},
    {"number": 3, "\ue000": 1, "\U00010000": 2},
    {"number": 4},
    {"number": 5},
]


@pytest.fixture(scope="module")
def house(tmp_path_factory, _sqlite_template):
    """A folder with an export, a sealed bundle, an older checkpoint and the ledger's key."""
    root = tmp_path_factory.mktemp("house")
    shutil.copyfile(_sqlite_template, root / "hegui.db")
    database = Database(f"sqlite:///{root / 'hegui.db'}")
    clock = _clock()
    ledger = Ledger(
        database=database,
        keys=root / "keys",
        checkpoints=root / "checkpoints",
        clock=clock,
        origin=ORIGIN,
        actor='an "actor"',
        sm3=True,
    )

    def record(contents):
        with database.write() as connection:
            for content in contents:
                ledger.record(connection, kind="corpus.scanned", content=content)

    record(CONTENTS[:3])
    (root / "older.note").write_text(ledger.checkpoint().note)
    record(CONTENTS[3:])
    ledger.erase(EntryRef.parse("main/2"), reason="ticket 88")
    with ledger.writer() as writer:
        for number in range(3):
            writer.append(kind="gateway.exchanged", content={"number": number})
    ledger.export(root / "export")
    (root / "newer.note").write_text(_later_checkpoint(ledger, record, root))
    bundle = root / "bundle"
    bundle.mkdir()
    (bundle / "report.txt").write_text("1,234 records, 96.4%")
    (bundle / "figures.json").write_bytes(canonical_json(FIGURES))
    ledger.seal(bundle)
    database.close()
    return root


def _clock():
    return SteppableClock(dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC))


def _later_checkpoint(ledger, record, root):
    record([{"number": 6}])
    return ledger.checkpoint().note


@pytest.fixture
def key(house):
    return (house / "keys" / "ledger.vkey").read_text().strip()


@pytest.fixture
def export(house, tmp_path):
    return shutil.copytree(house / "export", tmp_path / "copy")


@pytest.fixture
def bundle(house, tmp_path):
    return shutil.copytree(house / "bundle", tmp_path / "bundle")


def places(directory, **options):
    return [problem.place for problem in verify_directory(directory, **options).problems]


def seal_again(bundle, house):
    """As an insider with the key would."""
    manifest = json.loads((bundle / "manifest.json").read_text())
    manifest["files"] = {
        path.relative_to(bundle).as_posix(): {
            "purpose": "document",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in bundle.rglob("*")
        if path.is_file() and not path.name.startswith("manifest.")
    }
    sign_manifest(bundle, house, canonical_json(manifest) + b"\n")


def sign_manifest(bundle, house, data, *, head="hegui-bundle/1"):
    (bundle / "manifest.json").write_bytes(data)
    key = signing_key(house / "keys", name=ORIGIN)
    digest = hashlib.sha256(data).hexdigest()
    (bundle / "manifest.note").write_text(key.sign(f"{head}\n{ORIGIN}\nsha256:{digest}\ntime now\n"))


# --- What is as it was -----------------------------------------------------------------------------


def test_an_untouched_export_is_verified(export, key):
    report = verify_directory(export, key=key)

    assert report.problems == report.remarks == []
    assert report.ok
    assert report.pinned
    assert report.origin == ORIGIN
    assert report.streams["main"] == 7
    assert sorted(report.streams.values()) == [3, 7]
    assert report.erased == 1


def test_an_untouched_bundle_is_verified_with_its_files_and_figures(bundle, key):
    report = verify_directory(bundle, key=key)

    assert report.problems == []
    assert report.figures == 2
    assert report.files == sum(path.is_file() for path in bundle.rglob("*")) - 2


def test_a_bundles_own_key_is_used_where_none_is_given_and_this_is_said(bundle):
    report = verify_directory(bundle)

    assert report.ok
    assert not report.pinned
    assert [remark.place for remark in report.remarks] == ["evidence/key.vkey"]


def test_an_older_checkpoint_still_holds(export, house, key):
    assert places(export, key=key, checkpoint=house / "older.note") == []


def test_large_streams_are_verified_in_parts_and_in_parallel(export, key, monkeypatch):
    monkeypatch.setattr(verify, "_CHUNK_ENTRIES", 2)
    assert places(export, key=key) == []

    lines = stream(export).read_bytes().splitlines(keepends=True)
    stream(export).write_bytes(b"".join([*lines[:4], b"no entry\n", *lines[5:]]))
    monkeypatch.setattr(verify, "_PARALLEL_FROM_BYTES", 1)
    assert any(place.startswith("streams/main.tsv:5 ") for place in places(export, key=key, processes=2))


# --- Entries were edited, dropped, moved, inserted, cut off --------------------------------------


def stream(directory):
    return directory / "streams" / "main.tsv"


def rewrite(directory, change):
    lines = stream(directory).read_bytes().splitlines(keepends=True)
    change(lines)
    stream(directory).write_bytes(b"".join(lines))


def recommit(line, content):
    """An edit that covers its tracks: commitment and salt fit the new content."""
    _, _, header, _ = line.rstrip(b"\n").split(b"\t")
    salt = bytes(16)
    commitment = hashlib.sha256(salt + content).hexdigest().encode()
    return b"\t".join([commitment, salt.hex().encode(), header, content]) + b"\n"


OURS = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(index=st.integers(0, 6), number=st.integers(10, 99))
@OURS
def test_an_edited_entry_is_detected_even_where_its_commitment_was_made_to_fit(
    house, tmp_path_factory, index, number
):
    copy = shutil.copytree(house / "export", tmp_path_factory.mktemp("copy") / "x")

    def edit(lines):
        lines[index] = recommit(lines[index], b'{"number":%d}' % number)

    rewrite(copy, edit)

    assert any(place.startswith("streams/main.tsv:") for place in places(copy))


@given(index=st.integers(0, 6))
@OURS
def test_a_dropped_entry_is_detected(house, tmp_path_factory, index):
    copy = shutil.copytree(house / "export", tmp_path_factory.mktemp("copy") / "x")
    rewrite(copy, lambda lines: lines.pop(index))

    assert any(place.startswith(f"streams/main.tsv:{index + 1}") for place in places(copy))


@given(first=st.integers(0, 6), second=st.integers(0, 6))
@OURS
def test_entries_that_changed_places_are_detected(house, tmp_path_factory, first, second):
    copy = shutil.copytree(house / "export", tmp_path_factory.mktemp("copy") / "x")

    def swap(lines):
        lines[first], lines[second] = lines[second], lines[first]

    rewrite(copy, swap)

    found = places(copy)
    assert bool(found) == (first != second)
    assert not found or any(place.startswith(f"streams/main.tsv:{min(first, second) + 1}") for place in found)


@given(index=st.integers(0, 7))
@OURS
def test_an_inserted_entry_is_detected_even_where_all_are_renumbered(house, tmp_path_factory, index):
    copy = shutil.copytree(house / "export", tmp_path_factory.mktemp("copy") / "x")

    def insert(lines):
        lines.insert(index, lines[0])
        for seq, line in enumerate(lines):
            fields = line.split(b"\t")
            header = json.loads(fields[2]) | {"seq": seq}
            lines[seq] = b"\t".join([*fields[:2], canonical_json(header), fields[3]])

    rewrite(copy, insert)

    assert any(place.startswith("streams/main.tsv:") for place in places(copy))


@given(kept=st.integers(0, 6))
@OURS
def test_a_cut_tail_is_detected_where_it_was_cut(house, tmp_path_factory, kept):
    copy = shutil.copytree(house / "export", tmp_path_factory.mktemp("copy") / "x")
    rewrite(copy, lambda lines: lines.__delitem__(slice(kept, None)))

    assert any(place.startswith(f"streams/main.tsv:{kept + 1}") for place in places(copy))


def test_a_tail_cut_together_with_its_checkpoints_is_detected_by_one_kept_elsewhere(house, tmp_path, key):
    # Everything newer than the first checkpoint is gone, and what is left is a perfect older export.
    copy = shutil.copytree(house / "export", tmp_path / "copy")
    first = (copy / "checkpoints" / "000000000001.note").read_bytes()
    shutil.rmtree(copy / "checkpoints")
    (copy / "checkpoint.note").write_bytes(first)
    (copy / "heads.jsonl").write_text((copy / "heads.jsonl").read_text().split("\n")[0] + "\n")
    rewrite(copy, lambda lines: lines.__delitem__(slice(3, None)))
    for path in (copy / "streams").glob("w-*"):
        path.unlink()

    unexplained = ["streams/main.tsv:3 (main/2)"]
    assert places(copy, key=key) == unexplained  # the erasure's reason was cut off with the tail
    assert places(copy, key=key, checkpoint=house / "older.note") == unexplained
    assert "heads.jsonl:2" in places(copy, key=key, checkpoint=house / "newer.note")


def test_a_ledger_rewritten_by_its_own_keeper_is_detected_by_a_checkpoint_kept_elsewhere(
    house, tmp_path, key, request
):
    shutil.copyfile(request.getfixturevalue("_sqlite_template"), tmp_path / "other.db")
    database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    forged = Ledger(
        database=database,
        keys=house / "keys",
        checkpoints=tmp_path / "checkpoints",
        clock=_clock(),
        origin=ORIGIN,
        actor="keeper",
    )
    with database.write() as connection:
        forged.record(connection, kind="corpus.scanned", content={"number": "nicer"})
    forged.export(tmp_path / "forged")
    database.close()

    assert places(tmp_path / "forged", key=key) == []
    assert places(tmp_path / "forged", key=key, checkpoint=house / "older.note") == ["heads.jsonl:1-1"]


def test_entries_that_no_checkpoint_covers_are_reported(export):
    rewrite(export, lambda lines: lines.append(lines[-1].replace(b'"seq":6', b'"seq":7')))

    assert places(export) == ["streams/main.tsv:8-8"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\n", b"", "no entry"),
        (b"\t", b" ", "no entry"),
        (b'{"number":4}', b'{"number":4.5}', "not JSON"),
        (b'{"number":4}', b'{"number": 4}', "not canonical"),
        (b'{"number":4}', b'{"number":4}]', "not canonical"),
        (b'{"number":4}', b'{"number":NaN}', "not JSON"),
        (b'{"number":4}', b'{"number":"\xff"}', "not UTF-8"),
        (b'{"number":4}', b'{"b":1,"a":2}', "not canonical"),
        (b'{"number":4}', b"[" * 100_000, "not JSON"),
        (b'{"number":4}', b"-", "both"),
    ],
)
def test_a_line_that_is_not_what_it_should_be_is_named(export, old, new, reason):
    def edit(lines):
        lines[4] = lines[4].replace(old, new)

    rewrite(export, edit)

    problems = verify_directory(export).problems
    assert any(p.place == "streams/main.tsv:5 (main/4)" and reason in p.en for p in problems)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"actor":"', b'"actor":"\x01'),
        (b'"kind":"corpus', b'"kind":"CORPUS'),
        (b'"time":"2', b'"time":"+2'),
        (b'Z"}', b'Z"} '),
        (b'"}\t', b'"}\t\t'),
        (b'{"number":4}', b""),
        (b'{"actor"', b'{"a":1,"actor"'),
    ],
)
def test_a_line_of_another_form_is_no_entry(export, old, new):
    def edit(lines):
        lines[4] = lines[4].replace(old, new, 1)

    rewrite(export, edit)

    [problem, *_] = verify_directory(export).problems
    assert problem.place == "streams/main.tsv:5 (main/4)"
    assert "no entry" in problem.en


@pytest.mark.parametrize("field", [0, 1])
def test_hexadecimal_in_capitals_is_no_entry(export, field):
    def edit(lines):
        fields = lines[4].split(b"\t")
        fields[field] = fields[field].upper()
        lines[4] = b"\t".join(fields)

    rewrite(export, edit)

    assert "streams/main.tsv:5 (main/4)" in places(export)


def test_a_last_line_without_its_end_is_no_entry(export):
    stream(export).write_bytes(stream(export).read_bytes()[:-1])

    assert places(export)[0] == "streams/main.tsv:7 (main/6)"


def test_entries_of_any_length_are_read_whole(export, monkeypatch):
    monkeypatch.setattr(verify, "_BLOCK_BYTES", 7)

    assert verify_directory(export).ok


def test_a_longer_salt_is_as_good(export):
    def edit(lines):
        _, _, header, content = lines[4].rstrip(b"\n").split(b"\t")
        salt = bytes(32)
        commitment = hashlib.sha256(salt + content).hexdigest().encode()
        lines[4] = b"\t".join([commitment, salt.hex().encode(), header, content]) + b"\n"

    rewrite(export, edit)

    # Only the root can tell that this is not what was written.
    assert places(export) == ["streams/main.tsv:4-7 (main/3 … main/6)"]


def test_content_in_a_stream_of_its_own_is_checked_alike(export):
    path = next((export / "streams").glob("w-*"))
    path.write_bytes(path.read_bytes().replace(b'{"number":1}', b'{"number":"\xff"}'))

    problems = verify_directory(export).problems
    assert any("not UTF-8" in problem.en and f":2 ({path.stem}/1)" in problem.place for problem in problems)


def test_content_that_vanished_without_a_reason_on_record_is_reported(export):
    def vanish(lines):
        fields = lines[4].split(b"\t")
        lines[4] = b"\t".join([fields[0], b"-", fields[2], b"-\n"])

    rewrite(export, vanish)

    assert places(export) == ["streams/main.tsv:5 (main/4)"]


@pytest.mark.parametrize("content", [b'{"entry":["main/2"]}', b"[]", b"5", b"{}", b"no json", b"[" * 100_000])
def test_an_erasure_without_a_readable_reason_excuses_nothing(export, content):
    def edit(lines):
        lines[6] = recommit(lines[6], content)

    rewrite(export, edit)

    assert "streams/main.tsv:3 (main/2)" in places(export)


# --- Heads, checkpoints, keys, stamps --------------------------------------------------------------


def edit_text(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_every_line_of_the_log_of_heads_counts(export):
    lines = (export / "heads.jsonl").read_text().splitlines(keepends=True)
    for broken in (lines[1:], lines[:-1], lines[::-1], [*lines, lines[0]]):
        (export / "heads.jsonl").write_text("".join(broken))
        assert any(place.startswith("heads.jsonl") for place in places(export))


def test_a_head_beyond_the_newest_checkpoint_is_reported(export):
    head = '{"root":"%s","size":8,"stream":"main"}\n' % ("0" * 64)
    with (export / "heads.jsonl").open("a") as file:
        file.write(head)

    assert "heads.jsonl:4" in places(export)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"size":3', '"size":0'),
        ('"size":3', '"size":true'),
        ('"size":3', '"size": 3'),
        ('"stream":"main"', '"stream":"../main"'),
        ('"stream":"main"', '"strean":"main"'),
        ('"root":"', '"root":"G'),
        ("{", "["),
    ],
)
def test_a_malformed_head_is_named(export, old, new):
    edit_text(export / "heads.jsonl", old, new)

    assert "heads.jsonl:1" in places(export)


def test_an_incomplete_last_head_is_named(export):
    path = export / "heads.jsonl"
    path.write_text(path.read_text()[:-5])

    assert "heads.jsonl:3" in places(export)


@pytest.mark.parametrize("name", ["heads.jsonl", "checkpoint.note", "streams/main.tsv", "key.vkey"])
def test_a_missing_file_is_named(export, name, key):
    (export / name).unlink()

    assert name in places(export, key=key)


def test_without_any_key_nothing_can_be_verified(export):
    (export / "key.vkey").unlink()

    assert places(export) == ["key.vkey"]


@pytest.mark.parametrize("text", ["not a key\n", "no line end", b"\xff\n"])
def test_a_damaged_key_is_named(export, text):
    (export / "key.vkey").write_bytes(text if isinstance(text, bytes) else text.encode())

    assert places(export) == ["key.vkey"]


def test_a_key_other_than_the_trusted_one_is_refused(export):
    other = SigningKey(name=ORIGIN, seed=bytes(32)).verifier

    assert {"key.vkey", "checkpoint.note"} <= set(places(export, key=other))


def test_files_that_do_not_belong_are_named(export):
    (export / "streams" / "w-extra.tsv").write_text("")
    (export / "streams" / "note.txt").write_text("")
    shutil.copy(export / "checkpoint.note", export / "checkpoints" / "000000000009.note")

    assert places(export) == [
        "checkpoints/000000000009.note",
        "streams/note.txt",
        "streams/w-extra.tsv",
    ]


def test_an_export_without_its_folders_is_not_verified(export, key):
    shutil.rmtree(export / "streams")
    shutil.rmtree(export / "checkpoints")
    shutil.rmtree(export / "stamps")

    assert "streams/main.tsv" in places(export, key=key)


def test_the_second_tree_is_checked_too(export, house):
    key = signing_key(house / "keys", name=ORIGIN)
    lines = (export / "heads.jsonl").read_text().splitlines()
    forged = json.loads(lines[-1])
    forged["sm3"] = "0" * 64
    lines[-1] = canonical_json(forged).decode()
    (export / "heads.jsonl").write_text("".join(f"{line}\n" for line in lines))
    tree = Tree()
    for line in lines:
        tree.append(hashlib.sha256(b"\x00" + line.encode()).digest())
    root = base64.b64encode(tree.root()).decode()
    second = base64.b64encode(bytes(32)).decode()
    note = key.sign(f"{ORIGIN}\n3\n{root}\nsm3 {second}\n")
    (export / "checkpoint.note").write_text(note)
    (export / "checkpoints" / "000000000003.note").write_text(note)

    found = places(export)

    assert "heads.jsonl:1-3" in found
    assert any(place.startswith(f"streams/{forged['stream']}.tsv:") for place in found)


def test_a_machine_without_sm3_cannot_verify_a_second_tree(export, monkeypatch):
    def without_sm3(name, data):
        raise ValueError(name)

    monkeypatch.setattr(verify.hashlib, "new", without_sm3)

    with pytest.raises(Unusable, match="SM3"):
        verify_directory(export)


@pytest.mark.parametrize("text", ["{origin}\nthree\nAAAA\n", "{origin}\n3\n", "other.example\n3\nAAAA\n"])
def test_a_signed_text_that_is_no_checkpoint_is_refused(export, house, text):
    key = signing_key(house / "keys", name=ORIGIN)
    (export / "checkpoint.note").write_text(key.sign(text.format(origin=ORIGIN)))

    assert "checkpoint.note" in places(export)


def test_a_kept_checkpoint_of_another_ledger_proves_nothing(export, tmp_path):
    other = SigningKey(name="other.example", seed=bytes(32))
    (tmp_path / "kept.note").write_text(other.sign("other.example\n1\nAAAA\n"))

    assert places(export, checkpoint=tmp_path / "kept.note") == ["--checkpoint"]


def test_a_stamp_is_reported_with_how_to_verify_it(export):
    digest = hashlib.sha256((export / "checkpoint.note").read_bytes()).digest()
    (export / "stamps" / "000000000003.tsr").write_bytes(b"DER" + digest + b"DER")
    report = verify_directory(export)

    assert report.ok
    assert report.stamps == 1
    assert "openssl ts -verify" in report.remarks[-1].en

    (export / "stamps" / "000000000003.tsr").write_bytes(b"DER of something else")
    (export / "stamps" / "000000000007.tsr").write_bytes(b"DER" + digest)
    assert places(export) == ["stamps/000000000003.tsr", "stamps/000000000007.tsr"]


# --- Bundles ---------------------------------------------------------------------------------------


@given(data=st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_byte_anywhere_in_a_bundle_is_detected_in_its_file(house, tmp_path_factory, data):
    files = sorted(
        path.relative_to(house / "bundle") for path in (house / "bundle").rglob("*") if path.is_file()
    )
    name = data.draw(st.sampled_from(files))
    content = bytearray((house / "bundle" / name).read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    copy = shutil.copytree(house / "bundle", tmp_path_factory.mktemp("copy") / "x")
    (copy / name).write_bytes(content)

    assert any(place.split(":")[0] == name.as_posix() for place in places(copy))


@pytest.mark.parametrize("name", ["manifest.json", "manifest.note", "report.txt", "evidence/key.vkey"])
def test_a_missing_file_of_a_bundle_is_named(bundle, name, key):
    (bundle / name).unlink()

    assert name in places(bundle, key=key)


def test_what_was_put_into_a_bundle_is_named(bundle):
    (bundle / "more.txt").write_text("more")

    assert places(bundle) == ["more.txt"]


def test_a_link_is_not_a_document(bundle, tmp_path):
    (tmp_path / "elsewhere.txt").write_bytes((bundle / "report.txt").read_bytes())
    (bundle / "report.txt").unlink()
    (bundle / "report.txt").symlink_to(tmp_path / "elsewhere.txt")

    assert places(bundle) == ["report.txt"]


@pytest.mark.parametrize(
    "manifest", [b"{}\n", b"[]\n", b'{"files":{},"format":"x"}\n', b'{"files":3}\n', b"x"]
)
def test_a_signed_file_that_is_no_manifest_is_refused(bundle, house, manifest):
    sign_manifest(bundle, house, manifest)

    assert "manifest.json" in places(bundle)


def test_a_manifest_entry_without_a_digest_matches_nothing(bundle, house):
    sign_manifest(bundle, house, b'{"files":{"report.txt":3},"format":"hegui-bundle/1"}\n')

    assert "report.txt" in places(bundle)


def test_a_checkpoint_is_no_seal(bundle, house):
    sign_manifest(bundle, house, (bundle / "manifest.json").read_bytes(), head="something-else/1")
    assert places(bundle) == ["manifest.note"]

    shutil.copy(bundle / "evidence" / "checkpoint.note", bundle / "manifest.note")
    assert places(bundle) == ["manifest.note"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": "1,235"}, "not 1234 rendered as integer"),
        ({"value": 1235, "text": "1,235"}, "says 1235"),
        ({"value": True}, "says true"),
        ({"entry": "main/99"}, "does not exist"),
        ({"entry": "nowhere/0"}, "does not exist"),
        ({"entry": "gibberish"}, "does not exist"),
        ({"entry": "main/2"}, "was erased"),
        ({"pointer": "/counts/1/total"}, "nothing at"),
        ({"pointer": "/counts/00"}, "nothing at"),
        ({"pointer": "/counts/0/total/deeper"}, "nothing at"),
        ({"pointer": "counts"}, "not a JSON pointer"),
        ({"document": "missing.docx"}, "no document missing.docx"),
    ],
)
def test_a_figure_that_its_entry_does_not_bear_out_is_refused(bundle, house, change, reason):
    (bundle / "figures.json").write_bytes(canonical_json([FIGURES[1], FIGURES[0] | change]))
    seal_again(bundle, house)

    [problem] = verify_directory(bundle).problems
    assert problem.place == "figures.json: /1"
    assert reason in problem.en


def test_a_figure_whose_entry_was_broken_is_refused(bundle, house):
    path = bundle / "evidence" / "streams" / "main.tsv"
    path.write_bytes(path.read_bytes().replace(b'"total":1234', b'"total"1234'))
    seal_again(bundle, house)

    assert "figures.json: /0" in places(bundle)


def test_a_figure_of_a_content_that_has_two_readings_is_refused(bundle, house):
    # Whoever has the key may sign whatever he likes; a figure still has one meaning only.
    path = bundle / "evidence" / "streams" / "main.tsv"
    lines = path.read_bytes().splitlines(keepends=True)
    for content, reason in ((b'{"a":1,"a":2}', "not canonical"), (b'"\xff"', "not UTF-8")):
        path.write_bytes(b"".join([lines[0], recommit(lines[1], content), *lines[2:]]))
        seal_again(bundle, house)

        problems = verify_directory(bundle).problems
        assert any("main.tsv:2 (main/1)" in problem.place and reason in problem.en for problem in problems)
        assert any(problem.place == "figures.json: /0" for problem in problems)


def test_a_figure_may_stand_beside_a_broken_entry(bundle, house):
    path = bundle / "evidence" / "streams" / "main.tsv"
    path.write_bytes(path.read_bytes().replace(b'"number":4', b'"number":9'))
    seal_again(bundle, house)

    report = verify_directory(bundle)
    assert report.figures == 2
    assert [problem.place for problem in report.problems] == ["evidence/streams/main.tsv:5 (main/4)"]


@pytest.mark.parametrize("figures", ["{}", "[3]", "[{}]", "no json", '[{"entry":3}]', "[" * 100_000])
def test_a_list_of_figures_that_is_none_is_refused(bundle, house, figures):
    (bundle / "figures.json").write_text(figures)
    seal_again(bundle, house)

    assert places(bundle) == ["figures.json"]


def test_a_bundle_need_not_have_figures(bundle, house):
    (bundle / "figures.json").unlink()
    seal_again(bundle, house)

    assert places(bundle) == []


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (12345, "integer", ("12,345", "12345")),
        (True, "integer", ()),
        ("5", "integer", ()),
        (5, "text", ()),
        ("0.9637", "percent:1", ("96.4%", "96.4 %")),
        ("NaN", "percent:1", ()),
        ("0.96", "percent:0", ("96%", "96 %")),
        ("0.125", "percent:1", ("12.5%", "12.5 %")),
        ("high", "percent:1", ()),
        ("0.5", "percent:9", ()),
        ("2026-11-22", "date", ("2026-11-22", "2026年11月22日")),
        ("2026-11-22T20:00:00.000Z", "date", ("2026-11-23", "2026年11月23日")),
        ("soon", "date", ()),
        ("as it is", "text", ("as it is",)),
        ("as it is", "roman", ()),
    ],
)
def test_a_value_is_rendered_in_its_form_or_not_at_all(value, form, expected):
    assert renderings(value, form) == expected


def test_the_empty_pointer_names_everything():
    assert resolve_pointer({"a": 1}, "") == {"a": 1}


# --- Strictness ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["AAA", "AA=A", "A A=", "AB==", "é"])
def test_base64_has_one_spelling(text):
    with pytest.raises(Refused):
        strict_base64(text)


@pytest.mark.parametrize("text", ['{"a":1,"a":1}', '"\\u0041"', "1e3", "-0", "[1,]", "01", ""])
def test_json_has_one_spelling(text):
    with pytest.raises(Refused):
        parse_canonical(text)


def test_a_lone_surrogate_sorts_without_error():
    assert canonical({"\ud800": 1, "a": 2}) == '{"a":2,"\ud800":1}'


def test_a_proof_of_consistency_that_is_longer_than_the_tree_is_high_is_none():
    roots = {"old_root": bytes(32), "new_root": bytes(32)}
    assert not check_consistency(old_size=1, new_size=2, path=[bytes(32), bytes(32)], **roots)


def test_a_proof_of_consistency_with_nothing_is_empty():
    nothing = hashlib.sha256(b"").digest()

    assert check_consistency(old_size=0, new_size=3, old_root=nothing, new_root=bytes(32), path=[])
    assert not check_consistency(old_size=0, new_size=3, old_root=bytes(32), new_root=bytes(32), path=[])


# --- As a program ----------------------------------------------------------------------------------


def test_the_one_file_runs_alone(house, key, tmp_path):
    shutil.copy(verify.__file__, tmp_path / "verify.py")
    good = subprocess.run(
        [sys.executable, "-I", tmp_path / "verify.py", house / "bundle", "--key", key],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("Verified: hegui.example/test")


def test_the_file_is_a_program(house, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["verify.py", str(house / "bundle")])

    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(verify.__file__, run_name="__main__")
    assert "Verified" in capsys.readouterr().out


def test_the_program_says_what_differs_and_where(export, capsys):
    def edit(lines):
        lines[4] = lines[4].replace(b'"number":4', b'"number":9')

    rewrite(export, edit)

    assert main([str(export)]) == 4
    assert "streams/main.tsv:5 (main/4): the content is not what was committed to" in capsys.readouterr().out
    assert main([str(export), "--lang", "zh"]) == 4
    assert "核验不通过：1 处不符" in capsys.readouterr().out


def test_the_program_speaks_to_machines(export, capsys):
    assert main([str(export), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    assert report["ok"]
    assert report["remarks"][0]["place"] == "key.vkey"


def test_the_program_reports_in_chinese(house, capsys):
    assert main([str(house / "bundle"), "--lang", "zh"]) == 0
    assert "核验通过" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_to_verify_is_a_wrong_input(tmp_path, capsys, language):
    assert main([str(tmp_path), "--lang", language]) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_a_key_or_checkpoint_that_cannot_be_read_is_a_wrong_input(export, tmp_path):
    with pytest.raises(Unusable, match="not an Ed25519"):
        verify_directory(export, key="gibberish")
    with pytest.raises(Unusable, match="missing"):
        verify_directory(export, checkpoint=tmp_path / "none.note")


def test_a_summary_counts_problems(export):
    (export / "streams" / "w-extra.tsv").write_text("")

    assert summary(verify_directory(export), chinese=False).endswith("NOT VERIFIED. Problems: 1.")
