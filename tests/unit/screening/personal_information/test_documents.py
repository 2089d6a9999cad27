import pytest

from hegui.screening.model import PersonalInformationKind as Kind
from hegui.screening.personal_information.check_digits import passes_luhn
from simulators.particulars import particulars

DOCUMENTS = {Kind.RESIDENT_ID, Kind.PASSPORT, Kind.TRAVEL_PERMIT, Kind.HONG_KONG_ID, Kind.DRIVING_LICENCE}


# Numbers that are published as examples or were made up for this test; nobody's.
@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("ID:11010519491231002x", Kind.RESIDENT_ID, "11010519491231002x"),
        ("身份证 110105 19491231 002X", Kind.RESIDENT_ID, "110105 19491231 002x"),
        ("居住证83000019491231002X".replace("2X", "29"), None, None),
        ("身份证号码：110105491231002", Kind.RESIDENT_ID, "110105491231002"),
        ("证件号110105491231002。", Kind.RESIDENT_ID, "110105491231002"),
        ("护照E12345678", Kind.PASSPORT, "e12345678"),
        ("持EA1234567入境", Kind.PASSPORT, "ea1234567"),
        ("持SE1234567入境", Kind.PASSPORT, "se1234567"),
        ("passport no. K1234567", Kind.PASSPORT, "k1234567"),
        ("护照号码是123456789", Kind.PASSPORT, "123456789"),
        ("港澳居民来往内地通行证号码H12345678", Kind.TRAVEL_PERMIT, "h12345678"),
        ("台胞证：12345678", Kind.TRAVEL_PERMIT, "12345678"),
        ("台胞证：1234567801(B)", Kind.TRAVEL_PERMIT, "1234567801(b)"),
        ("往来港澳通行证CA1234567", Kind.TRAVEL_PERMIT, "ca1234567"),
        ("香港身份证A123456(3)", Kind.HONG_KONG_ID, "a123456(3)"),
        ("持A123456（3）登记", Kind.HONG_KONG_ID, "a123456(3)"),
        ("HKID: A1234563", Kind.HONG_KONG_ID, "a1234563"),
        ("驾驶证档案编号110012345678", Kind.DRIVING_LICENCE, "110012345678"),
        ("驾照号 110012345678", Kind.DRIVING_LICENCE, "110012345678"),
        ("驾驶证号11010519491231002X", Kind.RESIDENT_ID, "11010519491231002x"),
        ("代码91350100M000100Y43", Kind.UNIFIED_SOCIAL_CREDIT_CODE, "91350100m000100y43"),
    ],
)
def test_a_document_is_found_with_its_exact_extent(found, text, kind, value):
    assert [(told, text) for told, _, text in found(text)] == ([(kind, value)] if kind else [])


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check digit
        "11010519491331002X",  # month 13
        "99010519491231002X",  # no such region
        "111010519491231002X",  # inside a longer number
        "11010519491231002XY",
        "110105491231002",  # an old number without a word before it
        "身份证号110105491331002",  # an old number with month 13
        "E1234567",
        "XE12345678",
        "D12345678",  # without a word before it
        "型号E12345678",
        "订单号：G12345678",
        "H12345678",
        "通行证12345678",
        "工作通行证",
        "A123456(4)",
        "A1234563",  # without brackets and a word before it
        "驾驶证1234567890123",
        "91350100M000100Y44",
        "订单号91350100M000100Y43",
        "第12345678号",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",  # a digest
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []
    assert found(f"看{text}吧") == []


def test_a_resident_id_that_happens_to_pass_luhn_is_no_bank_card(found):
    ids = (p.value for p in particulars(seed=3, count=400) if p.kind == Kind.RESIDENT_ID and not p.label)
    lucky = next(number for number in ids if number.isdigit() and passes_luhn(number))
    assert found(lucky) == [(Kind.RESIDENT_ID, "sensitive", lucky)]


def test_documents_of_people_are_sensitive_and_codes_of_companies_are_not():
    assert {kind for kind in DOCUMENTS if kind.level == "sensitive"} == DOCUMENTS
    assert Kind.UNIFIED_SOCIAL_CREDIT_CODE.level == "low"
