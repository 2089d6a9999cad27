"""What screening says: findings, actions, rules, and texts made safe by them."""

from enum import StrEnum

from hegui.core import BilingualText, Record


class Direction(StrEnum):
    """Which way a text travels."""

    INPUT = "input"
    OUTPUT = "output"
    CORPUS = "corpus"


class Action(StrEnum):
    """What a finding leads to, mildest first."""

    ALLOW = "allow"
    MASK = "mask"
    BLOCK = "block"

    @property
    def text(self) -> BilingualText:
        """The action in words."""
        return _ACTION_TEXTS[self]

    @property
    def severity(self) -> int:
        """0 for the mildest action; a text gets the severest of its findings' actions."""
        return _ACTIONS.index(self)


_ACTIONS = tuple(Action)
_ACTION_TEXTS = {
    Action.ALLOW: BilingualText(zh="放行", en="allow"),
    Action.MASK: BilingualText(zh="遮盖", en="mask"),
    Action.BLOCK: BilingualText(zh="拦截", en="block"),
}


class Cover(StrEnum):
    """What is written where a masked finding stood.

    What is left by ``PART`` and ``PSEUDONYM`` is de-identified, not anonymous: it remains personal
    information.

    Basis:
        PIPL 51
    """

    KIND = "kind"
    """The kind in brackets: ``[手机号]``."""
    STARS = "stars"
    """A star for every character: ``***********``."""
    PART = "part"
    """What people are used to see of it: ``138****5678``."""
    PSEUDONYM = "pseudonym"
    """The kind and a name made with a key, the same for the same value: ``[手机号#kmqhtbdzvrcf]``."""

    @property
    def text(self) -> BilingualText:
        """The cover in words."""
        return _COVER_TEXTS[self]


_COVER_TEXTS = {
    Cover.KIND: BilingualText(zh="替换为类别", en="replaced by kind"),
    Cover.STARS: BilingualText(zh="全部遮盖", en="masked"),
    Cover.PART: BilingualText(zh="部分遮盖", en="partly masked"),
    Cover.PSEUDONYM: BilingualText(zh="替换为带密钥的假名", en="replaced by a keyed pseudonym"),
}

PERSONAL_INFORMATION = "pii"
"""What stands for a risk where the finding is personal information."""

UNSCREENED = "unscreened"
"""What stands for a risk where a passage could not be judged; the kind names the judge that could not."""

UNMAPPED = "unmapped"
"""What stands for a risk where a guard model objects to something that is none of the 31 risks."""

INJECTION = "injection"
"""What stands for a risk where a text speaks to the model: see :mod:`hegui.screening.injection`."""

MINORS = "M"
"""The group of what is about none of the 31 risks and may affect minors, see :class:`MinorsClass`."""

ANY = "*"
"""In a rule: whatever it may be."""


class MinorsClass(StrEnum):
    """The four classes of information that may affect minors, for words, classifiers, guards and rules.

    The codes are ours, so that rules can name them as they name risks.

    Basis:
        MINORS-INFO classes
    """

    CONDUCT = "M.1"
    VALUES = "M.2"
    IMAGE = "M.3"
    INFORMATION = "M.4"

    @property
    def text(self) -> BilingualText:
        """The class in words."""
        return _MINORS_TEXTS[self]


_MINORS_TEXTS = {
    MinorsClass.CONDUCT: BilingualText(zh="诱导不良模仿和行为", en="bad imitation and conduct"),
    MinorsClass.VALUES: BilingualText(zh="负面价值", en="negative values"),
    MinorsClass.IMAGE: BilingualText(zh="不当使用未成年人形象", en="improper use of minors' image"),
    MinorsClass.INFORMATION: BilingualText(
        zh="不当披露和使用未成年人个人信息", en="improper disclosure or use of minors' information"
    ),
}


class PersonalInformationKind(StrEnum):
    """The kinds of personal information that are recognised by form."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    TRAVEL_PERMIT = "travel_permit"
    HONG_KONG_ID = "hong_kong_id"
    DRIVING_LICENCE = "driving_licence"
    BANK_CARD = "bank_card"
    MOBILE_PHONE = "mobile_phone"
    LANDLINE = "landline"
    HOTLINE = "hotline"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    NAME = "name"
    ADDRESS = "address"
    COORDINATES = "coordinates"
    LICENCE_PLATE = "licence_plate"
    VEHICLE_ID = "vehicle_id"
    IP_ADDRESS = "ip_address"
    MAC_ADDRESS = "mac_address"
    UNIFIED_SOCIAL_CREDIT_CODE = "unified_social_credit_code"

    @property
    def text(self) -> BilingualText:
        """The kind in words."""
        return _KIND_TEXTS[self]

    @property
    def sensitive(self) -> bool:
        """Whether leaking it endangers dignity, person or property.

        Bank cards are financial accounts and coordinates say where somebody is: the law names both. The
        numbers of identity documents are held to be sensitive with them, because what they open is.

        Basis:
            PIPL 28
        """
        return self in _SENSITIVE

    @property
    def level(self) -> str:
        """The level of its findings: ``sensitive``, ``personal``, or ``low`` where it is a company's.

        A form may be so slight that its findings are of the level ``low`` whatever the kind.
        """
        if self in _OF_COMPANIES:
            return "low"
        return "sensitive" if self.sensitive else "personal"


_Kind = PersonalInformationKind
_KIND_TEXTS = {
    _Kind.RESIDENT_ID: BilingualText(zh="身份证号", en="resident ID"),
    _Kind.PASSPORT: BilingualText(zh="护照号", en="passport"),
    _Kind.TRAVEL_PERMIT: BilingualText(zh="通行证号", en="travel permit"),
    _Kind.HONG_KONG_ID: BilingualText(zh="香港身份证号", en="Hong Kong ID"),
    _Kind.DRIVING_LICENCE: BilingualText(zh="驾驶证档案编号", en="driving licence"),
    _Kind.BANK_CARD: BilingualText(zh="银行卡号", en="bank card"),
    _Kind.MOBILE_PHONE: BilingualText(zh="手机号", en="mobile phone"),
    _Kind.LANDLINE: BilingualText(zh="固定电话", en="landline"),
    _Kind.HOTLINE: BilingualText(zh="服务热线", en="hotline"),
    _Kind.EMAIL: BilingualText(zh="电子邮箱", en="e-mail"),
    _Kind.WECHAT: BilingualText(zh="微信账号", en="WeChat account"),
    _Kind.QQ: BilingualText(zh="QQ账号", en="QQ account"),
    _Kind.NAME: BilingualText(zh="姓名", en="name"),
    _Kind.ADDRESS: BilingualText(zh="地址", en="address"),
    _Kind.COORDINATES: BilingualText(zh="坐标", en="coordinates"),
    _Kind.LICENCE_PLATE: BilingualText(zh="车牌号", en="licence plate"),
    _Kind.VEHICLE_ID: BilingualText(zh="车辆识别代号", en="vehicle ID"),
    _Kind.IP_ADDRESS: BilingualText(zh="IP地址", en="IP address"),
    _Kind.MAC_ADDRESS: BilingualText(zh="MAC地址", en="MAC address"),
    _Kind.UNIFIED_SOCIAL_CREDIT_CODE: BilingualText(zh="统一社会信用代码", en="unified social credit code"),
}
_SENSITIVE = frozenset(
    {
        _Kind.RESIDENT_ID,
        _Kind.PASSPORT,
        _Kind.TRAVEL_PERMIT,
        _Kind.HONG_KONG_ID,
        _Kind.DRIVING_LICENCE,
        _Kind.BANK_CARD,
        _Kind.COORDINATES,
    }
)
_OF_COMPANIES = frozenset({_Kind.HOTLINE, _Kind.UNIFIED_SOCIAL_CREDIT_CODE})


class Category(Record):
    """What a finding is about, and so what decides its action.

    ``risk`` is one of the 31 (``A.1.f``) or ``pii``; ``kind`` narrows it (a word's label, a kind of
    personal information); ``level`` says how grave.
    """

    risk: str
    kind: str
    level: str


class Finding(Record):
    """Something found, and where.

    ``start`` and ``end`` are character offsets in the original text, ``end`` exclusive. ``detector``
    names what found it: ``keyword:`` and the beginning of the bank's digest, ``personal-information``, or
    the name of a classifier or guard model. ``score`` is how sure a classifier is, in thousandths.
    """

    risk: str
    detector: str
    kind: str
    start: int
    end: int
    level: str
    score: int | None = None

    @property
    def category(self) -> Category:
        """What the finding is about."""
        return Category(risk=self.risk, kind=self.kind, level=self.level)

    @property
    def is_personal(self) -> bool:
        """Whether it is held to be somebody's personal information: one of level ``low`` may be nobody's."""
        return self.risk == PERSONAL_INFORMATION and self.level != "low"

    @property
    def order(self) -> tuple[int, int, str, str, str, str]:
        """Findings are told in this order: by place, the longer first, then by name."""
        return self.start, -self.end, self.detector, self.risk, self.kind, self.level


def concerns(named: str, risk: str) -> bool:
    """Whether ``named``, a risk, a group of risks or ``*``, stands for ``risk`` too.

    What could not be judged is not among ``*``, nor what speaks to the model, nor what is for adults and may
    affect minors: they have rules of their own.
    """
    if named == ANY:
        return risk not in _NOT_AMONG_ANY
    return named == risk or risk.startswith(named + ".")


_NOT_AMONG_ANY = frozenset({UNSCREENED, INJECTION, MINORS, *MinorsClass})


class Rule(Record):
    """What is done about findings of one sort in one direction.

    ``risk`` is a risk (``A.1.f``), a group of them (``A.1``), ``pii`` or ``*``; ``kind`` and ``level``
    narrow it. The first rule that fits decides. What no rule of a direction fits is not looked for there.
    ``cover`` says what is written in place of what is masked.

    What could not be judged is not among ``*``: letting it pass has to be said in so many words. Nor is
    prompt injection, which passes in requests and is recorded unless a rule says otherwise; nor what may
    affect minors, which is not looked for where no rule names it.
    """

    direction: Direction
    risk: str
    action: Action
    kind: str = ANY
    level: str = ANY
    cover: Cover = Cover.KIND

    def fits(self, category: Category) -> bool:
        """Whether the rule decides about findings of this category."""
        return (
            concerns(self.risk, category.risk)
            and self.kind in {ANY, category.kind}
            and self.level in {ANY, category.level}
        )


DEFAULT_RULES = (
    # People may tell a service their own particulars; what it tells others about anybody is masked.
    Rule(direction=Direction.INPUT, risk=PERSONAL_INFORMATION, action=Action.ALLOW),
    Rule(direction=Direction.INPUT, risk=ANY, level="low", action=Action.ALLOW),
    Rule(direction=Direction.INPUT, risk=ANY, action=Action.BLOCK),
    Rule(direction=Direction.OUTPUT, risk=ANY, level="low", action=Action.ALLOW),
    Rule(direction=Direction.OUTPUT, risk=PERSONAL_INFORMATION, action=Action.MASK),
    Rule(direction=Direction.OUTPUT, risk=ANY, action=Action.BLOCK),
    Rule(direction=Direction.CORPUS, risk=ANY, level="low", action=Action.ALLOW),
    Rule(direction=Direction.CORPUS, risk=PERSONAL_INFORMATION, action=Action.MASK),
    Rule(direction=Direction.CORPUS, risk=ANY, action=Action.BLOCK),
)
"""Unsafe material is blocked, personal information masked, what is of low level only recorded."""


class Screening(Record):
    """What came of screening one whole text.

    ``action`` is the severest that a finding calls for. ``masked`` is the text with everything covered
    that may not pass, blocked material included, so that it can be shown.
    """

    direction: Direction
    action: Action
    findings: tuple[Finding, ...]
    masked: str


class Released(Record):
    """What a stream gave out in one step: text, and the findings reached by then.

    ``blocked`` says that the stream has ended for good: nothing more will be released. ``retract`` says how
    many characters at the end of all that was released so far are to be taken away before ``text`` is added;
    it is always 0 but from a :class:`hegui.screening.RetractableStream`.
    """

    text: str
    findings: tuple[Finding, ...]
    blocked: bool = False
    retract: int = 0


class Explanation(Record):
    """Why something was found, and what followed.

    ``matched`` is the original text; ``pattern`` the word of the bank, in the bank's spelling, or the form
    that was recognised; ``rule`` the rule that decided the action.
    """

    finding: Finding
    matched: str
    pattern: BilingualText
    source: str
    detector_digest: str
    rule: Rule
