"""Content credentials (C2PA): signing what was labelled, and checking anybody's, through c2pa-python.

The library is the extra ``hegui[c2pa]``. Whether a file holds credentials is seen without it.
"""

import functools
import importlib
import types
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import msgspec

from hegui.core import BilingualText, Conflict, InvalidInput, Record
from hegui.marking.certificates import Credential
from hegui.marking.splices import Buffer

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's word for content made by a trained model."""

_EDITED = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
_GENERATOR = "Hegui"

# A C2PA manifest store describes itself by this identifier, whatever file it is in. SVG holds it as text, and
# packages as a file of a fixed name; only files that begin like those are searched for them.
_STORE = bytes.fromhex("6332706100110010800000aa00389b71")
_MARKS_BY_START = {
    b"PK": b"META-INF/content_credential.c2pa",
    b"<": b"c2pa:manifest",
    b"\xef": b"c2pa:manifest",
}

_SETTINGS = {
    "version": 1,
    "verify": {
        "verify_after_sign": False,  # done here, by reading the file that was written
        "verify_trust": True,
        "ocsp_fetch": False,
        "remote_manifest_fetch": False,
    },
    "builder": {"thumbnail": {"enabled": False}},
}


class ProvenanceUnavailable(Conflict):
    """The library that signs is not installed."""

    def __init__(self) -> None:
        """Name the extra."""
        super().__init__(
            zh="C2PA 签名需要 c2pa-python；请运行 pip install 'hegui[c2pa]'",
            en="content credentials need c2pa-python; run pip install 'hegui[c2pa]'",
        )


class ProvenanceRefused(InvalidInput):
    """The library cannot sign this file."""

    def __init__(self, reason: str) -> None:
        """Give the library's reason."""
        super().__init__(
            zh=f"C2PA 不能签名这个文件：{reason}；没有写入任何文件",
            en=f"content credentials cannot be put into this file: {reason}; no file was written",
        )


class ProvenanceStatus(StrEnum):
    """What the credentials of a file are worth."""

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    INVALID = "invalid"
    NOT_CHECKED = "not_checked"

    @property
    def text(self) -> BilingualText:
        """The status in words."""
        return _STATUS_TEXTS[self]


_STATUS_TEXTS = {
    ProvenanceStatus.TRUSTED: BilingualText(zh="签名有效，签名者可信", en="valid, by a trusted signer"),
    ProvenanceStatus.UNTRUSTED: BilingualText(
        zh="签名有效，但签名者不在信任的根证书之下", en="valid, but the signer is under no trusted root"
    ),
    ProvenanceStatus.INVALID: BilingualText(
        zh="无效：文件在签名后被改动，或签名有误", en="invalid: changed after signing, or wrongly signed"
    ),
    ProvenanceStatus.NOT_CHECKED: BilingualText(zh="未核验", en="not checked"),
}


class Provenance(Record):
    """The content credentials of one file.

    Attributes:
        status: what they are worth.
        signer: whom the certificate names.
        generator: the program that made the claim.
        generated: whether an action says that a trained model made the content, or part of it.
        manifests: how many there are, earlier ones included.
        problems: what was found wrong, as codes of the C2PA specification.
    """

    status: ProvenanceStatus
    signer: str = ""
    generator: str = ""
    generated: bool = False
    manifests: int = 0
    problems: tuple[str, ...] = ()


def holds_credentials(data: Buffer) -> bool:
    """Whether content credentials are in a file; nothing is said of their worth."""
    marks = [_STORE, *(mark for start, mark in _MARKS_BY_START.items() if data[: len(start)] == start)]
    return any(data.find(mark) >= 0 for mark in marks)


def sign(
    source: BinaryIO, out: BinaryIO, *, kind: str, credential: Credential, parent: BinaryIO | None
) -> None:
    """Write the file with content credentials that say a trained model made it.

    Args:
        source: the file, labelled.
        out: where the signed file goes; readable, too.
        kind: the format by its usual suffix, as ``png``.
        credential: who signs.
        parent: the file as it was with somebody's credentials, which become the first chapter of the
            story; ``None`` where there were none.

    Raises:
        ProvenanceUnavailable: the extra is not installed.
        ProvenanceRefused: the library cannot sign such a file.
    """
    c2pa = _library()
    action = {"action": "c2pa.created", "digitalSourceType": GENERATED}
    manifest = {
        "claim_generator_info": [{"name": _GENERATOR}],
        "assertions": [] if parent else [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }
    try:
        with c2pa.Builder(manifest, _context(b"")) as builder:
            if parent is not None:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                builder.add_ingredient({"title": "before", "relationship": "parentOf"}, kind, parent)
            builder.sign(_signer(credential), kind, source, out)
    except c2pa.C2paError as error:
        raise ProvenanceRefused(str(error)) from error


def provenance(file: BinaryIO | Path, *, kind: str, anchors: bytes) -> Provenance:
    """Check the content credentials of a file that holds some.

    Args:
        file: the file.
        kind: its format by its usual suffix.
        anchors: the roots trusted, in PEM.
    """
    try:
        c2pa = _library()
    except ProvenanceUnavailable:
        return Provenance(status=ProvenanceStatus.NOT_CHECKED, problems=("pip install 'hegui[c2pa]'",))
    try:
        with c2pa.Reader(kind, file, context=_context(anchors)) as reader:
            state, report = reader.get_validation_state(), reader.json()
        return _judged(state, msgspec.json.decode(report, type=_Report))
    except (c2pa.C2paError, msgspec.ValidationError, KeyError) as error:
        return Provenance(status=ProvenanceStatus.INVALID, problems=(str(error),))


class _Signature(msgspec.Struct):
    issuer: str | None = None


class _Generator(msgspec.Struct):
    name: str = ""


class _Manifest(msgspec.Struct):
    signature_info: _Signature | None = None
    claim_generator_info: list[_Generator] | None = None
    assertions: msgspec.Raw = msgspec.Raw(b"")


class _Problem(msgspec.Struct):
    code: str


class _Report(msgspec.Struct):
    """What of the library's report is read here."""

    active_manifest: str
    manifests: dict[str, _Manifest]
    validation_status: list[_Problem] | None = None


def _judged(state: str | None, report: _Report) -> Provenance:
    active = report.manifests[report.active_manifest]
    signer = active.signature_info.issuer if active.signature_info else None
    stated = [bytes(manifest.assertions).decode() for manifest in report.manifests.values()]
    return Provenance(
        status=_STATES.get(state or "", ProvenanceStatus.INVALID),
        signer=signer or "",
        generator=active.claim_generator_info[0].name if active.claim_generator_info else "",
        generated=any(word in text for text in stated for word in (GENERATED, _EDITED)),
        manifests=len(report.manifests),
        problems=tuple(problem.code for problem in report.validation_status or ()),
    )


_STATES = {"Trusted": ProvenanceStatus.TRUSTED, "Valid": ProvenanceStatus.UNTRUSTED}


def supports(kind: str) -> bool:
    """Whether the library can sign files of a format.

    Raises:
        ProvenanceUnavailable: the extra is not installed.
    """
    return kind in _kinds()


@functools.cache
def _kinds() -> frozenset[str]:
    return frozenset(_library().Builder.get_supported_mime_types())


@functools.cache
def _context(anchors: bytes) -> object:
    trust = {"trust": {"trust_anchors": anchors.decode()}} if anchors else {}
    return _library().Context.from_dict({**_SETTINGS, **trust})


@functools.cache
def _signer(credential: Credential) -> object:
    c2pa = _library()
    information = c2pa.C2paSignerInfo(
        alg=credential.algorithm.encode(),
        sign_cert=credential.chain,
        private_key=credential.key,
        ta_url=None,  # an empty address is taken for one
    )
    return c2pa.Signer.from_info(information)


def _library() -> types.ModuleType:
    try:
        return importlib.import_module("c2pa")
    except ModuleNotFoundError as error:
        raise ProvenanceUnavailable from error
