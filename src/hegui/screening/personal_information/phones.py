"""Telephone numbers, by the number plan of the mainland; abroad, by their country's code."""

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.form import (
    GAP,
    LONG_NUMBER,
    NO_DIGIT_BEFORE,
    NUMBER_BEHIND,
    ORDER_NUMBER,
    SLIGHT,
    ValueForm,
    digits,
)
from hegui.screening.shapes import Shape, chain, either, literal, maybe, narrowed, one, some, words

_Kind = PersonalInformationKind
# The first three digits of mobile numbers in use. 14 and 17 are in part satellites and data cards.
_MOBILE_PREFIX = narrowed(digits(3), "1(?:[38][0-9]|4[5-9]|[59][0-35-9]|6[25-7]|7[0-8])")
# Area codes without the zero: those of two digits have numbers of eight.
_SHORT_AREA = narrowed(digits(2), "10|2[0-57-9]")
_LONG_AREA = narrowed(
    digits(3),
    "3(?:[157][0-9]|35|49|9[1-8])"
    "|4(?:[1357][0-9]|2[179]|6[4-9]|8[23])"
    "|5(?:[13579][0-9]|2[37]|4[36]|6[1-6]|80)"
    "|6(?:3[1-5]|6[0238]|9[12])"
    "|7(?:01|[13579][0-9]|2[248]|4[3-6]|6[023689])"
    "|8(?:1[236-8]|2[5-7]|[37][0-9]|5[1-9]|8[36-8]|9[1-8])"
    "|9(?:0[1-9]|[1379][0-9]|4[13]|5[1-5])",
)
_EXTENSION = maybe(chain(one("转-"), some("0-9", 1, 5)))
_NUMBER = chain(_MOBILE_PREFIX, GAP, digits(4), GAP, digits(4))
_MOBILE = chain(maybe(chain(words(("+86", "0086", "(+86)", "(86)")), GAP)), _NUMBER)
_ABROAD = chain(
    words(("+", "00")),
    either(
        chain(words(("852", "853")), GAP, one("2-9"), digits(3), GAP, digits(4)),
        chain(literal("886"), GAP, literal("9"), digits(2), GAP, digits(3), GAP, digits(3)),
    ),
)
_HOTLINE = chain(
    either(literal("400"), literal("800")),
    either(
        chain(one(" -"), digits(3), one(" -"), digits(4)),
        chain(one(" -"), digits(4), one(" -"), digits(3)),
        chain(one(" -"), digits(7)),
        chain(digits(1), one(" -"), digits(3), one(" -"), digits(3)),
    ),
)


def _landline(area: Shape, number: Shape) -> Shape:
    bare = chain(literal("0"), area)
    home = chain(words(("+86", "0086")), GAP, maybe(literal("0")), area)
    written = either(chain(literal("("), bare, literal(")")), bare, home)
    return chain(written, GAP, number, _EXTENSION)


def _form(kind: PersonalInformationKind, value: Shape) -> ValueForm:
    return ValueForm(kind=kind, trace=LONG_NUMBER, before=NO_DIGIT_BEFORE, value=value, behind=NUMBER_BEHIND)


FORMS = (
    _form(_Kind.MOBILE_PHONE, _MOBILE),
    # Couriers' numbers are letters and thirteen digits too.
    _form(_Kind.MOBILE_PHONE, chain(literal("86"), GAP, _NUMBER))._replace(unlike=ORDER_NUMBER),
    _form(_Kind.MOBILE_PHONE, _ABROAD),
    _form(_Kind.LANDLINE, _landline(_SHORT_AREA, chain(one("2-8"), digits(3), GAP, digits(4)))),
    _form(_Kind.LANDLINE, _landline(_LONG_AREA, chain(one("2-8"), some("0-9", 2, 3), GAP, digits(4)))),
    # A hotline is a company's.
    _form(_Kind.HOTLINE, _HOTLINE)._replace(level=SLIGHT),
)

RULES = {
    _Kind.MOBILE_PHONE: BilingualText(
        zh="11位中国大陆手机号码，或带国际区号的港澳台手机号码",
        en="mainland mobile number of 11 digits, or one of Hong Kong, Macau or Taiwan with its code",
    ),
    _Kind.LANDLINE: BilingualText(zh="带区号的固定电话号码", en="landline number with its area code"),
    _Kind.HOTLINE: BilingualText(
        zh="400或800开头的服务热线", en="service hotline that begins with 400 or 800"
    ),
}
