import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from hegui.screening.model import PersonalInformationKind as Kind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("Tel13812345678.", Kind.MOBILE_PHONE, "13812345678"),
        ("电话138 1234 5678", Kind.MOBILE_PHONE, "138 1234 5678"),
        ("138-1234-5678", Kind.MOBILE_PHONE, "138-1234-5678"),
        ("+8613812345678", Kind.MOBILE_PHONE, "+8613812345678"),
        ("+86 138 1234 5678", Kind.MOBILE_PHONE, "+86 138 1234 5678"),
        ("(+86)13812345678", Kind.MOBILE_PHONE, "(+86)13812345678"),
        ("008613812345678", Kind.MOBILE_PHONE, "008613812345678"),
        ("8613812345678", Kind.MOBILE_PHONE, "8613812345678"),
        ("香港+852 9123 4567", Kind.MOBILE_PHONE, "+852 9123 4567"),
        ("+886 912 345 678", Kind.MOBILE_PHONE, "+886 912 345 678"),
        ("010-62345678", Kind.LANDLINE, "010-62345678"),
        ("(010)62345678", Kind.LANDLINE, "(010)62345678"),
        ("（010）62345678", Kind.LANDLINE, "(010)62345678"),
        ("01062345678", Kind.LANDLINE, "01062345678"),
        ("0571-87654321", Kind.LANDLINE, "0571-87654321"),
        ("0898-6234567", Kind.LANDLINE, "0898-6234567"),
        ("010-62345678转8001", Kind.LANDLINE, "010-62345678转8001"),
        ("+86 10 62345678", Kind.LANDLINE, "+86 10 62345678"),
        ("400-800-8888", Kind.HOTLINE, "400-800-8888"),
        ("4008-123-123", Kind.HOTLINE, "4008-123-123"),
    ],
)
def test_a_phone_is_found_with_its_exact_extent(found, text, kind, value):
    assert [(told, text) for told, _, text in found(text)] == [(kind, value)]
    assert [(told, text) for told, _, text in found(f"拨{text}吧")] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "12812345678",  # no such prefix
        "15412345678",
        "138123456789",  # twelve digits
        "2138123456789",  # inside a longer number
        "0.13812345678",  # decimals
        "13812345678.5",
        "a13812345678f0",  # hexadecimal
        "f3b13812345678",
        "运单号SF8613812345678",
        "2026-11-22 10:00:00",
        "12026-11-22",
        "010-1234567",
        "010-12345678",
        "0129-8765432",  # no such area
        "价格12345.67元",
        "400-80-8888",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []
    assert found(f"看{text}吧") == []


def kinds(found, number):
    return {kind for kind, _, _ in found(number)}


def test_mobile_prefixes_are_those_of_phonenumbers_and_of_data_cards(found):
    theirs, ours = set(), set()
    for prefix in range(100, 200):
        number = f"{prefix}03456789"
        if phonenumbers.number_type(phonenumbers.parse(number, "CN")) == PhoneNumberType.MOBILE:
            theirs.add(prefix)
        if kinds(found, number) == {Kind.MOBILE_PHONE}:
            ours.add(prefix)
    assert theirs - ours <= {161}  # of which it knows one tenth
    assert ours - theirs == {146, 148, 149, 176}.difference(theirs)


def test_area_codes_are_those_of_phonenumbers(found):
    missed, only_ours = [], []
    for area in (10, *range(20, 30), *range(300, 400), *range(410, 800), *range(810, 950), *range(951, 1000)):
        number = f"{area}62345678"
        national = number if area < 100 else f"{area}6234567"
        theirs = any(
            phonenumbers.is_valid_number(phonenumbers.parse(f"+86{each}")) for each in (number, national)
        )
        ours = bool({Kind.LANDLINE} & (kinds(found, f"0{area}-62345678") | kinds(found, f"0{area}-6234567")))
        if theirs and not ours:
            missed.append(area)
        if ours and not theirs:
            only_ours.append(area)
    assert missed == []
    # Codes that were given up or given out since; a number with one is still a number.
    assert len(only_ours) <= 25, only_ours


@pytest.mark.parametrize("kind", ["MOBILE", "FIXED_LINE", "TOLL_FREE", "SHARED_COST"])
def test_the_example_numbers_of_phonenumbers_are_found(found, kind):
    number = phonenumbers.example_number_for_type("CN", getattr(PhoneNumberType, kind))
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    expected = {"MOBILE": Kind.MOBILE_PHONE, "FIXED_LINE": Kind.LANDLINE}.get(kind, Kind.HOTLINE)
    # No number of a line begins with one, as in its example of the form.
    written = written.replace("010 1", "010 6")
    assert kinds(found, f"电话{written}联系") == {expected}


def test_a_hotline_is_a_companys():
    assert Kind.HOTLINE.level == "low"
    assert Kind.LANDLINE.level == Kind.MOBILE_PHONE.level == "personal"
