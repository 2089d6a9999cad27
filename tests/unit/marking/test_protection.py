import json

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hegui.marking import Carrier, Dialect, ImplicitLabel
from hegui.marking.candidates import Candidate
from hegui.marking.protection import (
    KeyPin,
    ProtectionForm,
    ProtectionStatus,
    checks,
    key_mark,
    propagation_protected,
    protected,
)
from hegui.marking.reading import found
from hegui.marking.sm2 import PrivateKey, sm3

VALID, INVALID = ProtectionStatus.VALID, ProtectionStatus.INVALID
UNKNOWN, UNCHECKED = ProtectionStatus.UNKNOWN_KEY, ProtectionStatus.NOT_CHECKABLE
PRODUCER = "001191110102MACQD9K64010000"
MESSAGE = f'"Label":"1","ContentProducer":"{PRODUCER}","ProduceID":"A-17"'.encode()


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return PrivateKey.generate()


def pin(key, holder=PRODUCER, **details) -> KeyPin:
    return KeyPin(
        id=key_mark(key.public), holder=holder, key=key.public.to_bytes().hex(), since="2026", **details
    )


def read(fields: dict[str, str]):
    return found(
        Candidate(value=json.dumps(fields), carrier=Carrier.XMP, offset=0, dialect=Dialect.XMP_ELEMENT)
    )


def outcomes(fields, *pins):
    return [(check.status, check.form) for check in checks([read(fields)], pins)]


@settings(max_examples=20)
@given(st.from_type(ImplicitLabel), st.integers(0, 4))
def test_a_protected_label_is_valid_and_any_change_of_what_is_signed_is_not(label, place):
    assume(label.content_producer)  # a label without one is a platform's
    key = PrivateKey.generate()
    signed = protected(label, key)
    assert msgspec.structs.replace(signed, reserved_code_1="", reserved_code_2="") == msgspec.structs.replace(
        label, reserved_code_1="", reserved_code_2=""
    )
    pins = [pin(key, label.content_producer), pin(key, label.content_propagator)]
    fields = signed.fields()
    assert {status for status, _ in outcomes(fields, *pins)} == {VALID}
    name = ("Label", "ContentProducer", "ProduceID", "ContentPropagator", "PropagateID")[place]
    fields[name] += "9"
    pins = [pin(key, fields["ContentProducer"]), pin(key, fields["ContentPropagator"])]
    broken = {check.field: check.status for check in checks([read(fields)], pins)}
    slots = {
        "Label": {"ReservedCode1", "ReservedCode2"},
        "ContentProducer": {"ReservedCode1"},
        "ProduceID": {"ReservedCode1"},
    }
    for slot, status in broken.items():
        assert status is (INVALID if slot in slots.get(name, {"ReservedCode2"}) else VALID)


def test_a_platform_signs_its_own_field_only(label, key):
    signed = propagation_protected(msgspec.structs.replace(label, reserved_code_1="theirs"), key)
    assert signed.reserved_code_1 == "theirs"
    assert outcomes(signed.fields(), pin(key)) == [
        (UNCHECKED, ProtectionForm.OTHER),
        (VALID, ProtectionForm.GUIDE),
    ]


def test_a_key_that_travels_with_the_label_proves_nothing(label, key):
    fields = protected(label, key).fields()
    assert outcomes(fields) == [(UNKNOWN, ProtectionForm.GUIDE)] * 2
    other = PrivateKey.generate()
    assert outcomes(fields, pin(other)) == [(UNKNOWN, ProtectionForm.GUIDE)] * 2
    (first, _) = checks([read(fields)], [pin(other)])
    assert "other keys are pinned" in first.text.en
    assert first.key == key_mark(key.public)
    assert outcomes(fields, pin(key, holder="somebody else")) == [(UNKNOWN, ProtectionForm.GUIDE)] * 2


def test_a_pin_may_name_the_company_alone(label, key):
    fields = protected(label, key).fields()
    assert outcomes(fields, pin(key, holder=PRODUCER[4:22]))[0] == (VALID, ProtectionForm.GUIDE)


def test_a_withdrawn_key_is_no_longer_believed(label, key):
    (first, _) = checks([read(protected(label, key).fields())], [pin(key, withdrawn="2026-11-22")])
    assert (first.status, "withdrawn on 2026-11-22" in first.text.en) == (UNKNOWN, True)


def written(key, message, *, scope="LabelMataData", value=None, **details) -> str:
    return json.dumps(
        {
            "SecurityData": {
                "Type": "TC260PG",
                "PubSD": [
                    "nonsense",
                    {
                        "Type": "DS",
                        "AlgID": "1.2.156.10197.1.501",
                        "TBSData": {"Type": scope},
                        "Signature": key.sign(message).hex(),
                    },
                    {
                        "Type": "PubKey",
                        "AlgID": "1.2.156.10197.1.501",
                        "KeyValue": key.public.spki().hex() if value is None else value,
                    },
                ],
                **details,
            }
        }
    )


def test_the_form_of_stepfun_hashes_first(label, key):
    fields = {**label.fields(), "ReservedCode1": written(key, sm3(MESSAGE))}
    assert outcomes(fields, pin(key)) == [(VALID, ProtectionForm.HASHED_FIRST)]
    assert outcomes({**fields, "ProduceID": "A-18"}, pin(key)) == [(INVALID, ProtectionForm.MISSPELT)]


def test_the_form_of_minimax_brings_half_a_key(label, key):
    half = "00" + key.public.x.to_bytes(32, "big").hex()
    fields = {**label.fields(), "ReservedCode1": written(key, MESSAGE, value=half)}
    assert outcomes(fields) == [(UNKNOWN, ProtectionForm.MISSPELT)]
    assert outcomes(fields, pin(key)) == [(VALID, ProtectionForm.MISSPELT)]


def codebuddy(key, digest, **changes) -> str:
    value = {
        "Type": " TC260PG",
        "Bindings": [
            {"Type": "soft", "AlgID": "phash", "Value": "b1"},
            {"Type": "hash", "AlgID": "sm3", "Value": digest.hex()},
        ],
        "PubSD": [
            {
                "Type": "DS",
                "AlgID": "sm2",
                "TBSData": {"Type": "Binding", "BType": "hash"},
                "Signature": key.sign(digest).hex(),
            },
            {"Type": "PubKey", "AlgID": "sm2", "KeyValue": key.public.to_bytes().hex()},
        ],
        **changes,
    }
    return json.dumps(value)


def test_the_form_of_codebuddy_covers_no_field_of_the_label(label, key):
    fields = {**label.fields(), "ReservedCode1": codebuddy(key, sm3(b"content"))}
    assert outcomes(fields) == [(UNKNOWN, ProtectionForm.BINDING_ONLY)]
    assert outcomes(fields, pin(key)) == [(UNCHECKED, ProtectionForm.BINDING_ONLY)]
    changed = fields["ReservedCode1"].replace(sm3(b"content").hex(), sm3(b"other").hex())
    assert outcomes({**fields, "ReservedCode1": changed}, pin(key)) == [
        (INVALID, ProtectionForm.BINDING_ONLY)
    ]
    unbound = codebuddy(key, sm3(b"content"), Bindings=[])
    assert outcomes({**fields, "ReservedCode1": unbound}) == [(UNCHECKED, ProtectionForm.OTHER)]


def test_what_a_products_second_signature_covers_is_not_known(label, key):
    fields = {**label.fields(), "ReservedCode2": written(key, b"something")}
    assert outcomes(fields, pin(key)) == [(UNCHECKED, ProtectionForm.MISSPELT)]
    fields = {**label.fields(), "ReservedCode2": written(key, b"something", scope="Md")}
    assert outcomes(fields, pin(key)) == [(INVALID, ProtectionForm.GUIDE)]


def test_a_signature_without_a_key_that_can_be_read_is_invalid(label, key):
    fields = {**label.fields(), "ReservedCode1": written(key, MESSAGE, value="zz")}
    (check,) = checks([read(fields)], [])
    assert (check.status, check.key) == (INVALID, None)


@pytest.mark.parametrize(
    "value",
    [
        "opaque+base64==",
        "[]",
        '{"SecurityData":7}',
        '{"Type":"TC260PG","PubSD":[{"Type":"DS","AlgID":{}},{"Type":"PubKey","AlgID":[]}]}',
        '{"SecurityData":{"Type":"TC260PG","PubSD":7}}',
        "[" * 5000,
        '{"Type":"TC260PG","PubSD":[{"Type":"DS","AlgID":"1.2.840","TBSData":{"Type":"Md"}}]}',
    ],
)
def test_what_is_no_object_of_the_guide_cannot_be_checked(label, value):
    assert outcomes({**label.fields(), "ReservedCode1": value}) == [(UNCHECKED, ProtectionForm.OTHER)]


def test_every_status_has_its_words():
    assert len({status.text.zh for status in ProtectionStatus}) == len(ProtectionStatus)
