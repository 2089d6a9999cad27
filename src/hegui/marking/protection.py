"""The reserved fields of a label as protection: made in the guide's form, checked in every form seen.

The security guide (TC260-PG-202511A) puts an object called SecurityData there, with a signature (SM2 with
SM3) over the label's own fields. The key travels with the label, so that a signature which fits proves
nothing by itself: only a key that was pinned before says who signed.

The guide also binds a label to its content (its A.2): an entry in ``Bindings``, whose ``CntSel`` says which
bytes are hashed, and a second signature over that entry. The rules of ``CntSel`` could not be read from any
source at hand; the products seen leave it out, and nobody is known to have made a product's hash again, not
even who had the guide before them. A hash over bytes of our own choosing would bind nothing that others could
check; so bindings are neither written nor judged.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from hegui.core import BilingualText, Record
from hegui.marking.model import FoundLabel, ImplicitLabel
from hegui.marking.sm2 import PrivateKey, PublicKey, sm3

SM3_WITH_SM2 = "1.2.156.10197.1.501"
"""The object identifier of the signature algorithm."""

_TYPE = "TC260PG"
_GUIDE_SCOPE = "Md"
_LABEL_SCOPES = {_GUIDE_SCOPE, "LabelMataData", "LabelMetaData"}
_ALGORITHMS = {SM3_WITH_SM2, "sm2"}

_SLOTS = {
    "ReservedCode1": ("Label", "ContentProducer", "ProduceID"),
    "ReservedCode2": ("Label", "ContentPropagator", "PropagateID"),
}


class ProtectionStatus(StrEnum):
    """What a reserved field proves."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN_KEY = "unknown_key"
    NOT_CHECKABLE = "not_checkable"

    @property
    def text(self) -> BilingualText:
        """The status in words."""
        return _STATUS_TEXTS[self]


_STATUS_TEXTS = {
    ProtectionStatus.VALID: BilingualText(zh="签名有效（钥已登记）", en="signature valid (key pinned)"),
    ProtectionStatus.INVALID: BilingualText(zh="签名无效", en="signature invalid"),
    ProtectionStatus.UNKNOWN_KEY: BilingualText(
        zh="签名与随附的钥相符，但该钥没有登记，不能证明是谁签的",
        en="signature fits the key beside it, but that key is not pinned, so it does not say who signed",
    ),
    ProtectionStatus.NOT_CHECKABLE: BilingualText(zh="无法核验", en="cannot be checked"),
}


class ProtectionForm(StrEnum):
    """How the protection is written."""

    GUIDE = "guide"
    MISSPELT = "misspelt-scope"
    HASHED_FIRST = "hashed-first"
    BINDING_ONLY = "binding-only"
    OTHER = "other"


class KeyPin(Record):
    """A public key that is known to be a producer's or a propagator's, from elsewhere than its labels.

    Attributes:
        id: the short mark of the key, 16 hexadecimal digits.
        holder: what the label's field holds: a provider code, its 18-character USCC, or a name.
        key: the point, 04 and both coordinates in hexadecimal.
        since: when it was pinned.
        withdrawn: when it stopped being believed, or ``None``.
        note: where the key came from.
    """

    id: str
    holder: str
    key: str
    since: str
    withdrawn: str | None = None
    note: str = ""

    def is_for(self, value: str) -> bool:
        """Whether the pin is for whom a label's field names."""
        return self.holder == value or (len(self.holder) == _USCC and value[4:22] == self.holder)


_USCC = 18


class ProtectionCheck(Record):
    """What came of checking one reserved field.

    Attributes:
        label: which of the file's labels, counted from 0.
        field: ``ReservedCode1`` or ``ReservedCode2``.
        status: what it proves.
        form: how it is written.
        key: the mark of the key that the field brings along, where it brings one.
        text: why.
    """

    label: int
    field: str
    status: ProtectionStatus
    form: ProtectionForm
    key: str | None
    text: BilingualText


def protected(label: ImplicitLabel, key: PrivateKey) -> ImplicitLabel:
    """The label with both reserved fields signed, in the guide's form.

    The second field is signed in the same way over the propagator's fields; this is Hegui's own reading, as
    the guide's words on it were not at hand.

    Args:
        label: a label whose producer and propagator are the same, or whose producer is not ours to sign for.
        key: the operator's key.

    Raises:
        Sm2Unavailable: the extra is not installed.

    Basis:
        GB-45438 E
        GB-45438 F
    """
    fields = label.fields()
    first = _security_data(_message(fields, "ReservedCode1"), key)
    second = _security_data(_message(fields, "ReservedCode2"), key)
    return msgspec.structs.replace(label, reserved_code_1=first, reserved_code_2=second)


def propagation_protected(label: ImplicitLabel, key: PrivateKey) -> ImplicitLabel:
    """The label with the propagator's reserved field signed, and the producer's as it was.

    Raises:
        Sm2Unavailable: the extra is not installed.
    """
    second = _security_data(_message(label.fields(), "ReservedCode2"), key)
    return msgspec.structs.replace(label, reserved_code_2=second)


def key_mark(key: PublicKey) -> str:
    """The short mark of a key: the first 16 hexadecimal digits of the SM3 of its DER form."""
    return sm3(key.spki()).hex()[:16]


def checks(labels: Sequence[FoundLabel], pins: Sequence[KeyPin]) -> tuple[ProtectionCheck, ...]:
    """What each reserved field of a file's labels proves; a field that is empty is left out.

    Args:
        labels: the labels as they were read.
        pins: the keys believed, those withdrawn included.
    """
    return tuple(
        msgspec.structs.replace(_checked(slot, values, pins), label=index)
        for index, label in enumerate(labels)
        for values in ({field.name: field.value for field in label.fields},)
        for slot in _SLOTS
        if values.get(slot)
    )


class _Claim(NamedTuple):
    """What a reserved field says about itself.

    Attributes:
        keys: the keys it brings along.
        signature: the signature.
        scope: what it says was signed, or nothing where it is the digest alone.
        digest: the digest that was signed, where the fields were not.
    """

    keys: tuple[PublicKey, ...]
    signature: bytes
    scope: str
    digest: bytes = b""

    @property
    def form(self) -> ProtectionForm:
        """How it is written, as far as can be told without a key."""
        if self.digest:
            return ProtectionForm.BINDING_ONLY
        return ProtectionForm.GUIDE if self.scope == _GUIDE_SCOPE else ProtectionForm.MISSPELT

    def fitting(self, keys: Sequence[PublicKey], message: bytes) -> "tuple[PublicKey, ProtectionForm] | None":
        """The key whose signature it is, and the form; products that misspell the scope may hash first."""
        signed = {self.form: self.digest or message}
        if self.form is ProtectionForm.MISSPELT:
            signed[ProtectionForm.HASHED_FIRST] = sm3(message)
        for key in keys:
            for form, content in signed.items():
                if key.verifies(content, self.signature):
                    return key, form
        return None


def _security_data(message: bytes, key: PrivateKey) -> str:
    data = {
        "SecurityData": {
            "Type": _TYPE,
            "Version": 1,
            "PubSD": [
                {
                    "Type": "DS",
                    "AlgID": SM3_WITH_SM2,
                    "TBSData": {"Type": _GUIDE_SCOPE},
                    "Signature": key.sign(message).hex().upper(),
                },
                {"Type": "PubKey", "AlgID": SM3_WITH_SM2, "KeyValue": key.public.to_bytes().hex().upper()},
            ],
        }
    }
    return msgspec.json.encode(data).decode()


def _message(fields: Mapping[str, str], slot: str) -> bytes:
    """The guide's A.1: the label's fields as they stand in it, without braces."""
    return ",".join(f'"{name}":"{fields.get(name, "")}"' for name in _SLOTS[slot]).encode()


def _checked(slot: str, fields: Mapping[str, str], pins: Sequence[KeyPin]) -> ProtectionCheck:
    claim = _claim(fields[slot])
    if claim is None:
        return _outcome(
            slot,
            ProtectionStatus.NOT_CHECKABLE,
            ProtectionForm.OTHER,
            None,
            zh="不是指南中的 SecurityData 对象；只有写入者知道其含义",
            en="not the guide's SecurityData object; only who wrote it knows what it means",
        )
    message = _message(fields, slot)
    known = [pin for pin in pins if pin.is_for(fields.get(_SLOTS[slot][1], ""))]
    for pin in known:
        fit = claim.fitting(PublicKey.from_bytes(bytes.fromhex(pin.key)), message)
        if fit is not None:
            return _by_known_key(slot, fit[1], pin)
    return _by_travelling_key(slot, claim, claim.fitting(claim.keys, message), others=bool(known))


def _by_known_key(slot: str, form: ProtectionForm, pin: KeyPin) -> ProtectionCheck:
    if pin.withdrawn is not None:
        return _outcome(
            slot,
            ProtectionStatus.UNKNOWN_KEY,
            form,
            pin.id,
            zh=f"所用的钥 {pin.id} 已于 {pin.withdrawn} 撤销，不再可信",
            en=f"made with key {pin.id}, which was withdrawn on {pin.withdrawn} and is no longer believed",
        )
    if form is ProtectionForm.BINDING_ONLY:
        return _outcome(
            slot,
            ProtectionStatus.NOT_CHECKABLE,
            form,
            pin.id,
            zh=f"签名出自已登记的钥 {pin.id}，但只覆盖一个摘要，不覆盖标识的字段；该摘要算的是什么没有公开",
            en=f"signed with pinned key {pin.id}, but over a hash and not over the label's fields; what was "
            "hashed is not published",
        )
    return _outcome(
        slot,
        ProtectionStatus.VALID,
        form,
        pin.id,
        zh=f"由 {pin.holder} 已登记的钥 {pin.id} 签名",
        en=f"signed with the pinned key {pin.id} of {pin.holder}",
    )


def _by_travelling_key(
    slot: str, claim: _Claim, fit: tuple[PublicKey, ProtectionForm] | None, *, others: bool
) -> ProtectionCheck:
    if fit is not None:
        mark: str | None = key_mark(fit[0])
        return _outcome(
            slot,
            ProtectionStatus.UNKNOWN_KEY,
            fit[1],
            mark,
            zh=f"签名与随附的钥 {mark} 相符，但该钥没有登记" + ("；该主体登记的是别的钥" if others else ""),
            en=f"fits the key {mark} beside it, which is not pinned"
            + ("; other keys are pinned for this holder" if others else ""),
        )
    mark = key_mark(claim.keys[0]) if claim.keys else None
    if slot == "ReservedCode2" and claim.form is not ProtectionForm.GUIDE:
        return _outcome(
            slot,
            ProtectionStatus.NOT_CHECKABLE,
            claim.form,
            mark,
            zh="该产品没有公开传播者签名覆盖的内容",
            en="this product does not publish what the propagator's signature covers",
        )
    return _outcome(
        slot,
        ProtectionStatus.INVALID,
        claim.form,
        mark,
        zh="签名与标识的字段不符：字段被改过，或签名不是该钥所作",
        en="the signature does not fit the label's fields: they were changed, or it is not that key's",
    )


def _outcome(
    slot: str, status: ProtectionStatus, form: ProtectionForm, mark: str | None, *, zh: str, en: str
) -> ProtectionCheck:
    return ProtectionCheck(
        label=0, field=slot, status=status, form=form, key=mark, text=BilingualText(zh=zh, en=en)
    )


def _claim(text: str) -> _Claim | None:
    """What is signed, by which key; ``None`` where the text is no such object."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    outer = _mapping(value)
    data = _mapping(outer.get("SecurityData")) or outer
    entries = [_mapping(item) for item in _list(data.get("PubSD") or data.get("PubSd"))]
    # CodeBuddy writes a blank before the word.
    if str(data.get("Type")).strip() != _TYPE:
        return None
    keys = tuple(
        key
        for entry in entries
        if entry.get("Type") == "PubKey" and str(entry.get("AlgID")) in _ALGORITHMS
        for key in PublicKey.from_bytes(_bytes(entry.get("KeyValue")))
    )
    signatures = [
        entry for entry in entries if entry.get("Type") == "DS" and str(entry.get("AlgID")) in _ALGORITHMS
    ]
    for entry in signatures:
        scope = str(_mapping(entry.get("TBSData")).get("Type"))
        if scope in _LABEL_SCOPES:
            return _Claim(keys, _bytes(entry.get("Signature")), scope)
    for entry in signatures:
        digest = _bound_digest(data, _mapping(entry.get("TBSData")))
        if digest:
            return _Claim(keys, _bytes(entry.get("Signature")), "", digest)
    return None


def _bound_digest(data: Mapping[str, object], scope: Mapping[str, object]) -> bytes:
    for item in map(_mapping, _list(data.get("Bindings"))):
        if scope.get("BType") == item.get("Type") and item.get("AlgID") == "sm3":
            return _bytes(item.get("Value"))
    return b""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _bytes(value: object) -> bytes:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        return b""
