import re

import pytest

from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.form import (
    NUMBER_BEHIND,
    ORDER_NUMBER,
    ValueForm,
    bare,
    digits,
    hanzi_without,
    label,
)


def matched(form, text):
    found = form.whole.search(text)
    return found and found[1]


def test_a_label_takes_all_it_can_and_has_one_end():
    named = label(("微信", "微信账号"))
    assert re.match(named.whole, "微信账号：".replace("：", ":")).group() == "微信账号:"
    assert re.match(named.whole, "微信号码 : x").group() == "微信号码 : "
    assert named.words == ("微信",)


def test_a_label_may_ask_for_a_separator():
    named = label(("客户",), numbered=False, separators=":", least=1, most=1)
    assert not re.match(named.whole, "客户王小明")
    assert re.match(named.whole, "客户:王小明").group() == "客户:"


def test_no_label_matches_more_than_it_says():
    named = label(("qq",))
    for number in ("", "号", "号码", " no."):
        assert len(re.match(named.whole, f"qq{number}" + " " * 20).group()) <= named.longest


def test_the_value_of_a_form_is_without_its_label():
    form = ValueForm(kind=PersonalInformationKind.QQ, label=label(("qq",)), value=digits(5))
    assert matched(form, "我的qq号是12345吧") == "12345"
    assert matched(form, "我的12345吧") is None


def test_a_form_with_a_label_begins_where_its_value_does():
    form = ValueForm(kind=PersonalInformationKind.QQ, label=label(("qq",)), value=digits(5))
    assert re.search(form.broken, "我的qq号是123").start(1) == 6
    assert not re.search(form.broken, "我的qq号是123x")
    assert not re.search(form.broken, "我的qq号是")


@pytest.mark.parametrize(
    ("text", "alone"), [("12345", True), ("12345.", True), ("12345.6", False), ("12345x", False)]
)
def test_a_number_does_not_go_on(text, alone):
    form = ValueForm(kind=PersonalInformationKind.QQ, value=digits(5), behind=NUMBER_BEHIND)
    assert (matched(form, text) is not None) is alone


@pytest.mark.parametrize("before", ["订单号", "订单编号:", "运单号 sf", "isbn", "流水号是"])
def test_what_shops_and_libraries_number_is_named(before):
    assert re.search(ORDER_NUMBER.whole + r"\Z", before)


def test_a_bare_number_has_no_separators():
    assert bare("(010) 6234-5678") == "01062345678"


def test_characters_are_left_out_wherever_they_stand():
    kept = re.compile(f"[{hanzi_without('一丁人')}]")
    assert [bool(kept.match(character)) for character in "一丁七人亿龥"] == [
        False,
        False,
        True,
        False,
        True,
        True,
    ]
