import pytest
from hypothesis import given
from hypothesis import strategies as st

from hegui.marking import ImplicitLabel, ProviderCode, ProviderCodeInvalid
from hegui.marking.provider_code import uscc_check_digit

CODE = "001191110102MACQD9K64010000"

# Codes that real products wrote, and the unified social credit codes in them.
REAL = (
    "001191110102MACQD9K64010000",
    "00119144030008867405X210001",
    "00119144030008867405X220001",
    "00119144030071526726XG1ZX0G",
    "001191310104MACE0YX63918020",
    "001191440300708461136T1XGW3",
)


@pytest.mark.parametrize("text", REAL)
def test_codes_of_real_products_are_taken_apart_and_put_together_again(text):
    code = ProviderCode.parse(text, field="ContentProducer")
    assert str(code) == text
    assert (code.uscc, code.service, code.model) == (text[4:22], text[22], text[23:])


def test_the_check_digit_is_the_one_of_published_organisation_codes():
    # Published in company registers; the last character is the check digit of GB 32100-2015.
    for uscc in ("91110108335469089C", "91110000802100433B", "91440300MA5G49LC9K", "91330106MA2CFLDG4R"):
        assert uscc_check_digit(uscc[:-1]) == uscc[-1]


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("阶跃AI", 0, "no Chinese"),
        ("MiniMax", 0, "7 characters long, 27 are due"),
        ("91110102MACQD9K640", 0, "made of it is 001191110102MACQD9K64010000"),
        ("91110102MACQD9K641", 0, "18 characters long"),
        ("1" + CODE[1:], 1, "the format version is 00"),
        ("01" + CODE[2:], 2, "the format version is 00"),
        ("002" + CODE[3:], 3, "the kind of subject is 1"),
        ("0012" + CODE[4:], 4, "the binding is 1"),
        (CODE[:12] + "I" + CODE[13:], 13, "'I' is none of"),
        (CODE[:21] + "1" + CODE[22:], 22, "check digit is '1' and should be '0'"),
        (CODE[:22] + "30000", 23, "service kind is '3'"),
        (CODE[:22] + "100a0", 26, "'a' does not occur"),
    ],
)
def test_a_wrong_code_is_refused_with_the_character_at_fault(text, position, says):
    with pytest.raises(ProviderCodeInvalid) as refused:
        ProviderCode.parse(text, field="ContentProducer")
    error = refused.value
    assert (error.field, error.value, error.position) == ("ContentProducer", text, position)
    assert says in str(error)
    assert "0011 + the 18-character unified social credit code" in str(error)
    assert "0011 + 18 位统一社会信用代码" in error.text.zh
    if position:
        assert f"character {position}:" in str(error)
        assert f"第 {position} 位" in error.text.zh


def test_a_code_that_tells_no_models_apart_ends_in_five_zeros():
    assert ProviderCode.parse(CODE[:22] + "00000", field="ContentProducer").service == "0"


@given(st.from_type(ImplicitLabel), st.integers(4, 21), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_changed_character_of_the_credit_code_is_always_noticed(label, place, character):
    code = label.content_propagator
    if code[place] != character:
        with pytest.raises(ProviderCodeInvalid):
            ProviderCode.parse(code[:place] + character + code[place + 1 :], field="ContentPropagator")
