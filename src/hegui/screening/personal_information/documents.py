"""Numbers of identity documents, and of organisations."""

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.check_digits import (
    is_hong_kong_id,
    is_old_resident_id,
    is_resident_id,
    is_unified_social_credit_code,
)
from hegui.screening.personal_information.form import (
    ALONE_BEFORE,
    GAP,
    LONG_NUMBER,
    NO_DIGIT_BEFORE,
    ORDER_NUMBER,
    ValueForm,
    bare,
    digits,
    label,
)
from hegui.screening.shapes import chain, either, literal, maybe, one, some

_Kind = PersonalInformationKind
_RESIDENT_ID = chain(one("1-9"), digits(5), GAP, digits(8), GAP, digits(3), one("0-9x"))
_CREDIT_CODE = chain(some("0-9a-hj-npqrtuwxy", 2, 2), digits(6), some("0-9a-hj-npqrtuwxy", 10, 10))
_OWN_PASSPORT = either(
    chain(literal("e"), either(digits(8), chain(one("a-hj-np-z"), digits(7)))),
    chain(literal("g"), digits(8)),
    chain(one("dsp"), literal("e"), digits(7)),
)
_ANY_PASSPORT = either(chain(some("a-z", 1, 2), some("0-9", 6, 8)), digits(9))
_PERMIT = either(
    chain(one("hm"), digits(8), maybe(digits(2))),
    chain(one("cwlt"), either(digits(8), chain(one("a-hj-np-z"), digits(7)))),
)
_TAIWAN_PERMIT = chain(
    digits(8), maybe(chain(digits(2), maybe(chain(literal("("), one("a-z"), literal(")")))))
)
_HONG_KONG_BODY = chain(some("a-z", 1, 2), digits(6))
_HONG_KONG_ID = chain(_HONG_KONG_BODY, literal("("), one("0-9a"), literal(")"))


def _holds_credit_code(matched: str) -> bool:
    return is_unified_social_credit_code(matched) and not (matched[:17].isdigit() and is_resident_id(matched))


FORMS = (
    ValueForm(
        kind=_Kind.RESIDENT_ID,
        trace=LONG_NUMBER,
        before=NO_DIGIT_BEFORE,
        value=_RESIDENT_ID,
        holds=lambda value: is_resident_id(bare(value)),
    ),
    ValueForm(
        kind=_Kind.RESIDENT_ID,
        label=label(("身份证", "身份号码", "身份", "证件")),
        value=chain(one("1-8"), digits(14)),
        holds=is_old_resident_id,
    ),
    ValueForm(
        kind=_Kind.PASSPORT,
        trace=LONG_NUMBER,
        before=ALONE_BEFORE,
        value=_OWN_PASSPORT,
        unlike=ORDER_NUMBER,
    ),
    ValueForm(
        kind=_Kind.PASSPORT,
        label=label(("护照", "passport")),
        value=_ANY_PASSPORT,
    ),
    ValueForm(
        kind=_Kind.TRAVEL_PERMIT,
        label=label(("通行证", "回乡证", "台胞证")),
        value=_PERMIT,
    ),
    ValueForm(
        kind=_Kind.TRAVEL_PERMIT,
        label=label(("大陆通行证", "台胞证")),
        value=_TAIWAN_PERMIT,
    ),
    ValueForm(
        kind=_Kind.HONG_KONG_ID,
        trace=LONG_NUMBER,
        before=ALONE_BEFORE,
        value=_HONG_KONG_ID,
        holds=lambda value: is_hong_kong_id(bare(value)),
    ),
    ValueForm(
        kind=_Kind.HONG_KONG_ID,
        label=label(("身份证", "hkid")),
        value=either(_HONG_KONG_ID, chain(_HONG_KONG_BODY, one("0-9a"))),
        holds=lambda value: is_hong_kong_id(bare(value)),
    ),
    ValueForm(
        kind=_Kind.DRIVING_LICENCE,
        label=label(("驾驶证档案", "驾驶证", "驾照档案", "驾照")),
        value=digits(12),
    ),
    ValueForm(
        kind=_Kind.UNIFIED_SOCIAL_CREDIT_CODE,
        trace=LONG_NUMBER,
        before=ALONE_BEFORE,
        value=_CREDIT_CODE,
        holds=_holds_credit_code,
        unlike=ORDER_NUMBER,
    ),
)

RULES = {
    _Kind.RESIDENT_ID: BilingualText(
        zh="18位公民身份号码：地区码、出生日期与校验码均成立（GB 11643）；或“身份证”后的15位旧号码",
        en="18-character resident identity number whose region, date of birth and check hold (GB 11643), or "
        "an old one of 15 digits after its name",
    ),
    _Kind.PASSPORT: BilingualText(
        zh="中国护照号码的形式，或“护照”后的号码",
        en="the form of a Chinese passport number, or a number after the word passport",
    ),
    _Kind.TRAVEL_PERMIT: BilingualText(
        zh="“通行证”“回乡证”“台胞证”后的号码",
        en="a number after the name of a permit to travel to or from Hong Kong, Macau or Taiwan",
    ),
    _Kind.HONG_KONG_ID: BilingualText(
        zh="香港身份证号码，校验码成立", en="Hong Kong identity card number whose check holds"
    ),
    _Kind.DRIVING_LICENCE: BilingualText(
        zh="“驾驶证”后的12位档案编号", en="the twelve-digit file number after the words driving licence"
    ),
    _Kind.UNIFIED_SOCIAL_CREDIT_CODE: BilingualText(
        zh="18位统一社会信用代码，校验码成立（GB 32100）",
        en="18-character unified social credit code whose check holds (GB 32100)",
    ),
}
