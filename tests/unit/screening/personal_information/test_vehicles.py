import pytest

from hegui.screening.model import PersonalInformationKind as Kind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("车牌京A12345的", Kind.LICENCE_PLATE, "京a12345"),
        ("沪A·D12345", Kind.LICENCE_PLATE, "沪a·d12345"),
        ("粤B12345D", Kind.LICENCE_PLATE, "粤b12345d"),
        ("浙A·1234学", Kind.LICENCE_PLATE, "浙a·1234学"),
        ("粤Z1234港", Kind.LICENCE_PLATE, "粤z1234港"),
        ("川A AB123", Kind.LICENCE_PLATE, "川a ab123"),
        ("车架号：LSVAM4187C2184841", Kind.VEHICLE_ID, "lsvam4187c2184841"),
        ("VIN码 WBAAA1305H8251545", Kind.VEHICLE_ID, "wbaaa1305h8251545"),
        ("登记LSVAM4187C2184847号", Kind.VEHICLE_ID, "lsvam4187c2184847"),
    ],
)
def test_a_vehicle_is_found_with_its_exact_extent(found, text, kind, value):
    assert found(text) == [(kind, "personal", value)]


@pytest.mark.parametrize(
    "text",
    [
        "京A1234",
        "京AI2345",
        "京AABCDE",
        "京I12345",
        "最新V12345",
        "更新D12345",
        "LSVAM4187C2184841",  # the check does not hold, and nothing says what it is
        "LSVAM4187C218484",
        "LSVAM4187C21848471",
        "车架号12345678901234567",  # a number without letters
        "车架号LSVAO4187C2184841",  # no vehicle has an O
        "车架在此",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []
