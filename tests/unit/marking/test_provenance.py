import datetime as dt
import io
import sys

import pytest

from hegui.marking.certificates import Certificates
from hegui.marking.provenance import (
    ProvenanceRefused,
    ProvenanceStatus,
    ProvenanceUnavailable,
    _judged,
    _library,
    _Manifest,
    _Report,
    holds_credentials,
    provenance,
    sign,
    supports,
)


@pytest.fixture(scope="module")
def credential(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c2pa")
    return Certificates(folder, clock=lambda: dt.datetime.now(dt.UTC)).make_unsafe_test_certificate()


def signed(data: bytes, credential, *, parent: bytes | None = None, kind: str = "png") -> bytes:
    out = io.BytesIO()
    sign(
        io.BytesIO(data),
        out,
        kind=kind,
        credential=credential,
        parent=None if parent is None else io.BytesIO(parent),
    )
    return out.getvalue()


def test_what_was_signed_is_valid_and_says_that_a_model_made_it(pngs, credential):
    data = signed(pngs["RGB"], credential)
    assert holds_credentials(data)
    result = provenance(io.BytesIO(data), kind="png", anchors=b"")
    assert (result.status, result.generated, result.manifests) == (ProvenanceStatus.UNTRUSTED, True, 1)
    assert "UNSAFE TEST" in result.signer
    assert result.generator == "Hegui"
    assert result.problems == ("signingCredential.untrusted",)


def test_under_a_trusted_root_it_is_trusted(pngs, credential):
    data = signed(pngs["RGB"], credential)
    result = provenance(io.BytesIO(data), kind="png", anchors=credential.chain)
    assert (result.status, result.problems) == (ProvenanceStatus.TRUSTED, ())


def test_a_changed_picture_is_invalid(jpegs, credential):
    data = signed(jpegs["colour"], credential, kind="jpg")
    result = provenance(io.BytesIO(data[:-4] + b"\0" + data[-3:]), kind="jpg", anchors=b"")
    assert result.status is ProvenanceStatus.INVALID
    assert "assertion.dataHash.mismatch" in result.problems


def test_a_file_that_was_signed_before_keeps_its_story(pngs, credential):
    first = signed(pngs["RGB"], credential)
    second = signed(first, credential, parent=first)
    result = provenance(io.BytesIO(second), kind="png", anchors=b"")
    assert (result.status, result.generated, result.manifests) == (ProvenanceStatus.UNTRUSTED, True, 2)


def test_no_thumbnail_makes_the_file_large(pngs, credential):
    assert len(signed(pngs["RGB"], credential)) < len(pngs["RGB"]) + 8000


def test_what_holds_no_credentials_is_seen_without_the_library(pngs):
    assert not holds_credentials(pngs["RGB"])
    assert holds_credentials(b'<svg><metadata><c2pa:manifest xmlns:c2pa="">')
    assert holds_credentials(b"PK\3\4 META-INF/content_credential.c2pa")
    assert not holds_credentials(b"a text about c2pa:manifest")


def test_a_file_the_library_cannot_sign_is_refused_with_its_reason(credential):
    with pytest.raises(ProvenanceRefused, match="no file was written"):
        signed(b"nonsense", credential)


def test_a_file_the_library_cannot_read_is_invalid():
    assert provenance(io.BytesIO(b"nonsense"), kind="png", anchors=b"").status is ProvenanceStatus.INVALID


def test_which_formats_can_be_signed_is_the_librarys_word():
    assert supports("png")
    assert not supports("md")


def test_a_report_without_names_is_read_all_the_same():
    result = _judged(None, _Report(active_manifest="a", manifests={"a": _Manifest()}))
    assert (result.status, result.signer, result.generator) == (ProvenanceStatus.INVALID, "", "")


def test_without_the_extra_signing_is_refused_and_checking_says_so(pngs, credential, monkeypatch):
    data = signed(pngs["RGB"], credential)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(ProvenanceUnavailable, match=r"hegui\[c2pa\]"):
        _library()
    result = provenance(io.BytesIO(data), kind="png", anchors=b"")
    assert (result.status, result.problems) == (
        ProvenanceStatus.NOT_CHECKED,
        ("pip install 'hegui[c2pa]'",),
    )


def test_every_status_has_its_words():
    assert len({status.text.en for status in ProvenanceStatus}) == len(ProvenanceStatus)
