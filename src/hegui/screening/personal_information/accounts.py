"""Numbers and names of accounts: bank cards, e-mail, WeChat, QQ."""

import re

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.check_digits import is_resident_id, passes_luhn
from hegui.screening.personal_information.form import (
    GAP,
    LONG_NUMBER,
    NO_DIGIT_BEFORE,
    NUMBER_BEHIND,
    ORDER_NUMBER,
    Label,
    Literals,
    ValueForm,
    bare,
    digits,
    label,
)
from hegui.screening.shapes import Shape, chain, edge, literal, maybe, one, some, unless

_Kind = PersonalInformationKind
_RESIDENT_ID_DIGITS = 18
# Issuers by the first digits and the length of the number: UnionPay, Visa, Mastercard, JCB, Discover,
# American Express, and the cards that mainland banks gave out before they took the prefix 62.
_ISSUERS = re.compile(
    r"62[0-9]{14,17}|(?:4|5[1-5]|35(?:2[89]|[3-8])|6011|65|64[4-9])[0-9]*(?<=^[0-9]{16})|3[47][0-9]{13}"
    r"|(?:955[89]|436742|456351|6013|6033)[0-9]*(?<=^[0-9]{19})"
)
_PICTURES = frozenset({"png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js"})
_SERVICES = frozenset({"git", "svn", "hg"})


def _holds_bank_card(matched: str) -> bool:
    number = bare(matched)
    return (
        _ISSUERS.fullmatch(number) is not None
        and passes_luhn(number)
        and not (len(number) == _RESIDENT_ID_DIGITS and is_resident_id(number))
    )


def _holds_email(matched: str) -> bool:
    name, _, domain = matched.partition("@")
    labels = domain.split(".")
    if name in _SERVICES or any(part.startswith("-") or part.endswith("-") for part in labels):
        return False
    last = labels[-1]
    return last[0].isalpha() and len(last) > 1 and last not in _PICTURES


def _bank_card(*tail: Shape) -> ValueForm:
    return ValueForm(
        kind=_Kind.BANK_CARD,
        trace=LONG_NUMBER,
        before=NO_DIGIT_BEFORE,
        value=chain(one("3-69"), digits(3), GAP, digits(4), GAP, digits(4), GAP, digits(4), *tail),
        behind=NUMBER_BEHIND,
        holds=_holds_bank_card,
        unlike=ORDER_NUMBER,
    )


def _american_express() -> ValueForm:
    number = chain(literal("3"), one("47"), digits(2), GAP, digits(6), GAP, digits(5))
    return _bank_card()._replace(value=number)


def _email() -> Shape:
    part = some("0-9a-z-", 1, 63)
    further = chain(literal("."), part)
    domain = maybe(further)
    for _ in range(3):
        domain = maybe(chain(further, domain))
    return chain(one("0-9a-z_"), some("0-9a-z._%+-", 0, 63), literal("@"), part, further, domain)


def _wechat(before: Label, *, plain: bool) -> ValueForm:
    return ValueForm(
        kind=_Kind.WECHAT,
        before="(?<![0-9a-z])",
        label=before,
        value=chain(one("a-z"), some("0-9a-z_-", 5, 19)),
        # What goes on like an address is one.
        behind=chain(edge("(?![0-9a-z_@-])"), unless(chain(one(".:/"), one("0-9a-z/")))),
        holds=lambda value: plain or any(not character.isalpha() for character in value),
    )


_WECHAT_NAMES = ("微信", "微信账号", "微信帐号", "薇信", "威信", "v信")
_WECHAT_LETTERS = ("wx", "vx", "wechat", "weixin")

FORMS = (
    _bank_card(),
    _bank_card(GAP, some("0-9", 1, 3)),
    _american_express(),
    ValueForm(
        kind=_Kind.EMAIL,
        trace=Literals(("@",)),
        before="(?<![0-9a-z])",
        value=_email(),
        behind=edge("(?![0-9a-z_-])"),
        holds=_holds_email,
    ),
    # A word of letters is a name only where something says so; one with a digit in it is none otherwise.
    _wechat(label(_WECHAT_NAMES + _WECHAT_LETTERS, separators=":是为=", least=1, most=2), plain=True),
    _wechat(label(_WECHAT_NAMES), plain=False),
    _wechat(label(_WECHAT_LETTERS, least=1), plain=False),
    ValueForm(
        kind=_Kind.QQ,
        before="(?<![0-9a-z])",
        label=label(("qq", "扣扣", "企鹅号")),
        value=chain(one("1-9"), some("0-9", 4, 10)),
        behind=chain(edge("(?![0-9a-z_@])"), unless(chain(literal("."), one("0-9")))),
    ),
)

RULES = {
    _Kind.BANK_CARD: BilingualText(
        zh="银行卡号：发卡机构代码、长度与校验码（Luhn）均成立",
        en="card number whose issuer, length and check (Luhn) hold",
    ),
    _Kind.EMAIL: BilingualText(zh="电子邮箱地址", en="e-mail address"),
    _Kind.WECHAT: BilingualText(zh="“微信”后的账号", en="an account name after the word WeChat"),
    _Kind.QQ: BilingualText(zh="“QQ”后的号码", en="a number after the letters QQ"),
}
