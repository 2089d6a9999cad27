"""``hegui mark key`` and ``hegui mark certificate``."""

import json
import subprocess

import pytest

from hegui.core import Conflict
from hegui.marking import CertificateUnusable

HOLDER = "91110102MACQD9K640"


def test_a_key_is_made_listed_and_withdrawn(mark):
    mark("key", "new", "--holder", HOLDER, "--note", "first")
    (pin,) = json.loads(mark("key", "list", "--json"))
    assert mark("key", "list") == f"{pin['id']}  {HOLDER}  since {pin['since']}  first\n"
    said = mark("key", "withdraw", pin["id"], "--note", "lost")
    assert f"{pin['id']}  {HOLDER}  withdrawn" in said


def test_keys_made_elsewhere_are_taken_and_pinned(mark, tmp_path):
    private, public = tmp_path / "key.pem", tmp_path / "public.pem"
    for command in (
        ["openssl", "genpkey", "-algorithm", "SM2", "-out", private],
        ["openssl", "pkey", "-in", private, "-pubout", "-out", public],
    ):
        subprocess.run(command, check=True, capture_output=True)
    assert HOLDER in mark("key", "import", private, "--holder", HOLDER)
    assert "MiniMax" in mark("key", "pin", public, "--holder", "MiniMax")


def test_a_test_certificate_is_made_once_and_trusted_on_demand(mark, tmp_path):
    assert "in use (es256)" in mark("certificate", "unsafe-test")
    with pytest.raises(Conflict, match="installed already"):
        mark("certificate", "unsafe-test")
    folder = tmp_path / "workspace" / "marking" / "c2pa"
    assert "in use" in mark("certificate", "install", folder / "certificate.pem", folder / "key.pem")
    assert "trusting the roots" in mark("certificate", "trust", folder / "certificate.pem")
    with pytest.raises(CertificateUnusable):
        mark("certificate", "install", folder / "key.pem", folder / "key.pem")
