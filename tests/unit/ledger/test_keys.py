"""Signing keys and signed notes, against the published example of Go's note package."""

import base64
import stat

import pytest

from hegui.core import InvalidInput
from hegui.ledger.keys import KeyUnreadable, SigningKey, signing_key
from hegui.ledger.verify import Refused, open_note, parse_verifier_key

# golang.org/x/mod/sumdb/note, package documentation (BSD-3-Clause).
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = GO_TEXT + (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp"
    "RZb6KE6RyyBwJnAM=\n"
)


def test_a_note_is_the_one_that_go_signs():
    key = SigningKey(name="PeterNeumann", seed=GO_SEED)

    assert key.verifier == GO_VERIFIER
    assert key.sign(GO_TEXT) == GO_NOTE


def test_a_note_that_go_signed_opens():
    assert open_note(GO_NOTE, parse_verifier_key(GO_VERIFIER)) == GO_TEXT.splitlines()


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "tab\t"])
def test_a_name_that_would_break_the_note_is_refused(name):
    with pytest.raises(InvalidInput, match="cannot name a ledger"):
        SigningKey(name=name, seed=GO_SEED)


def test_a_key_is_made_once_and_kept_for_its_owner_only(tmp_path):
    first = signing_key(tmp_path / "keys", name="hegui.example/a")
    again = signing_key(tmp_path / "keys", name="hegui.example/a")

    assert again.verifier == first.verifier
    assert stat.S_IMODE((tmp_path / "keys" / "ledger.skey").stat().st_mode) == 0o600
    assert (tmp_path / "keys" / "ledger.vkey").read_text() == first.verifier + "\n"


def test_of_two_processes_that_make_a_key_at_once_one_prevails(tmp_path, monkeypatch):
    other = SigningKey(name="hegui.example/a", seed=GO_SEED)
    material = base64.b64encode(b"\x01" + GO_SEED).decode()

    def somebody_was_faster(path, data, *, mode):
        path.write_text(f"PRIVATE+KEY+hegui.example/a+{other.key_id}+{material}\n")
        raise FileExistsError(path)

    monkeypatch.setattr("hegui.ledger.keys.write_once", somebody_was_faster)

    assert signing_key(tmp_path, name="hegui.example/a").verifier == other.verifier


def test_a_lost_verifier_key_is_written_again(tmp_path):
    verifier = signing_key(tmp_path, name="hegui.example/a").verifier
    (tmp_path / "ledger.vkey").unlink()

    signing_key(tmp_path, name="hegui.example/a")

    assert (tmp_path / "ledger.vkey").read_text() == verifier + "\n"


GOOD = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not a signing key"),
        ("hello", "not a signing key"),
        (GOOD.replace("AYEK", "A?EK"), "not a signing key"),
        ("x" + GOOD, "not an Ed25519"),
        (GOOD.replace("+AYEK", "+AoEK"), "not an Ed25519"),
        (GOOD.replace("Peter", "Paul"), "belongs to the ledger 'PaulNeumann'"),
        (GOOD.replace("c74f20a3", "c74f20a4"), "does not match its key id"),
        (b"\xff".decode("latin-1"), "not a signing key"),
    ],
)
def test_a_damaged_key_is_refused_with_the_reason(tmp_path, text, reason):
    (tmp_path / "ledger.skey").write_text(text)

    with pytest.raises(KeyUnreadable, match=reason):
        signing_key(tmp_path, name="PeterNeumann")


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name+0a+AAAA",
        GO_VERIFIER.replace("c74f20a3", "c74f20a4"),
        GO_VERIFIER.replace("+ARpc", "+AAAARpc"),
        GO_VERIFIER[:-4],
        GO_VERIFIER.replace("+ARpc", "+ApRpc"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey):
    with pytest.raises(Refused):
        parse_verifier_key(vkey)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("problem,", "problem."),
        ("\n\n", "\n"),
        ("— ", "- "),
        ("x08go", "x08gp"),
        ("— PeterNeumann", "— PaulNeumann"),
        ("nAM=", "nAN="),
        ("nAM=", "nA=="),
        ("nAM=\n", "nAM="),
        ("nAM=\n", "nAM=\n\n"),
        ("If you", "If\tyou"),
    ],
)
def test_a_note_with_anything_changed_does_not_open(old, new):
    changed = GO_NOTE.replace(old, new)

    assert changed != GO_NOTE
    with pytest.raises(Refused):
        open_note(changed, parse_verifier_key(GO_VERIFIER))


def test_a_signature_by_somebody_else_beside_the_ledgers_own_does_no_harm():
    witness = SigningKey(name="witness.example", seed=bytes(32)).sign(GO_TEXT).rpartition("\n\n")[2]

    assert open_note(GO_NOTE + witness, parse_verifier_key(GO_VERIFIER)) == GO_TEXT.splitlines()
