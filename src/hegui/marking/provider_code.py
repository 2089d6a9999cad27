"""The 27-character code that names a provider in a label."""

from hegui.core import InvalidInput, Record

CODE_LENGTH = 27
USCC_LENGTH = 18

_USCC_START = 4
_SERVICE = 22
_MODEL_START = 23
_FORMAT = "00"
_ORGANISATION = "1"
_BOUND_TO_USCC = "1"
_SERVICES = "12"
_UNEXTENDED = "00000"
_MODEL_CHARACTERS = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")

# GB 32100-2015: 31 characters, without the letters that are mistaken for digits or for each other.
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {character: value for value, character in enumerate(_USCC_CHARACTERS)}
_USCC_MODULUS = 31
_USCC_WEIGHTS = tuple(pow(3, place, _USCC_MODULUS) for place in range(USCC_LENGTH - 1))

_CURE_ZH = (
    "请填写 27 位编码：0011 + 18 位统一社会信用代码 + 服务类型（1 生成，2 传播）"
    "+ 4 位自编号；不分模型时最后五位填 00000"
)
_CURE_EN = (
    "give the 27-character code: 0011 + the 18-character unified social credit code + service kind "
    "(1 generation, 2 propagation) + 4 characters of your own; the last five are 00000 where you do not "
    "tell models apart"
)


class ProviderCodeInvalid(InvalidInput):
    """A text that stands where a provider code is due and is none.

    Attributes:
        field: the label field it was given for, as ``ContentProducer``.
        value: the text given.
        position: the first character at fault, counted from 1; 0 where the whole is not a code.
    """

    def __init__(self, *, field: str, value: str, position: int, zh: str, en: str) -> None:
        """Put the field and the place before the message, and the cure behind it."""
        place_zh = f"第 {position} 位：" if position else ""
        place_en = f"character {position}: " if position else ""
        super().__init__(
            zh=f"{field} {value!r}：{place_zh}{zh}；{_CURE_ZH}",
            en=f"{field} {value!r}: {place_en}{en}; {_CURE_EN}",
        )
        self.field = field
        self.value = value
        self.position = position


class ProviderCode(Record):
    """Who generated or spread a piece of content, as a code.

    Attributes:
        uscc: the organisation's unified social credit code, 18 characters, check digit included.
        service: ``1`` a generation service, ``2`` a propagation service, ``0`` where the code tells no
            model or application apart.
        model: the provider's own code of a model or application, 4 characters.

    Basis:
        GB-45438 E
    """

    uscc: str
    service: str
    model: str

    def __str__(self) -> str:
        """The code as it stands in a label."""
        return f"{_FORMAT}{_ORGANISATION}{_BOUND_TO_USCC}{self.uscc}{self.service}{self.model}"

    @classmethod
    def parse(cls, text: str, *, field: str) -> "ProviderCode":
        """Take a code apart, checking every part.

        Args:
            text: the code.
            field: the label field it is meant for; it is named in the error.

        Raises:
            ProviderCodeInvalid: ``text`` is not a provider code; the error names the character.
        """
        fault = _shape_fault(text) or _frame_fault(text) or _uscc_fault(text) or _tail_fault(text)
        if fault is not None:
            position, zh, en = fault
            raise ProviderCodeInvalid(field=field, value=text, position=position, zh=zh, en=en)
        return cls(uscc=text[_USCC_START:_SERVICE], service=text[_SERVICE], model=text[_MODEL_START:])


_Fault = tuple[int, str, str]


def uscc_check_digit(body: str) -> str:
    """The 18th character that GB 32100-2015 demands behind 17 others.

    Raises:
        KeyError: ``body`` holds a character outside the alphabet of GB 32100-2015.
    """
    total = sum(
        _USCC_VALUES[character] * weight for character, weight in zip(body, _USCC_WEIGHTS, strict=True)
    )
    return _USCC_CHARACTERS[-total % _USCC_MODULUS]


def _shape_fault(text: str) -> _Fault | None:
    if not text.isascii():
        return (
            0,
            "这是名称，不是编码；标识中不能写汉字",
            "this is a name, not a code; a label holds no Chinese",
        )
    if len(text) == USCC_LENGTH and _uscc_fault("0011" + text) is None:
        return (
            0,
            f"这是统一社会信用代码；对应的编码是 0011{text}10000",
            f"this is a unified social credit code; the provider code made of it is 0011{text}10000",
        )
    if len(text) != CODE_LENGTH:
        return (
            0,
            f"有 {len(text)} 位，应为 {CODE_LENGTH} 位",
            f"{len(text)} characters long, {CODE_LENGTH} are due",
        )
    return None


def _frame_fault(text: str) -> _Fault | None:
    for index, (found, due, zh, en) in enumerate(
        (
            (text[0], "0", "格式版本应为 00", "the format version is 00"),
            (text[1], "0", "格式版本应为 00", "the format version is 00"),
            (text[2], _ORGANISATION, "主体类型应为 1（组织）", "the kind of subject is 1 (organisation)"),
            (
                text[3],
                _BOUND_TO_USCC,
                "绑定方式应为 1（统一社会信用代码）",
                "the binding is 1 (unified social credit code)",
            ),
        ),
        start=1,
    ):
        if found != due:
            return index, f"是 {found!r}；{zh}", f"is {found!r}; {en}"
    return None


def _uscc_fault(text: str) -> _Fault | None:
    uscc = text[_USCC_START:_SERVICE]
    for index, character in enumerate(uscc, start=_USCC_START + 1):
        if character not in _USCC_VALUES:
            return (
                index,
                f"{character!r} 不是统一社会信用代码的字符（数字和除 I、O、S、V、Z 外的大写字母）",
                f"{character!r} is none of the digits and capitals (without I, O, S, V, Z) of such a code",
            )
    due = uscc_check_digit(uscc[:-1])
    if uscc[-1] != due:
        return (
            _SERVICE,
            f"统一社会信用代码的校验码是 {uscc[-1]!r}，应为 {due!r}；前 17 位或校验码有误",
            f"the check digit is {uscc[-1]!r} and should be {due!r}; it or one of the 17 before it is wrong",
        )
    return None


def _tail_fault(text: str) -> _Fault | None:
    if text[_SERVICE:] == _UNEXTENDED:
        return None
    if text[_SERVICE] not in _SERVICES:
        return (
            _SERVICE + 1,
            f"服务类型是 {text[_SERVICE]!r}，应为 1（生成）或 2（传播）",
            f"the service kind is {text[_SERVICE]!r} and should be 1 (generation) or 2 (propagation)",
        )
    for index, character in enumerate(text[_MODEL_START:], start=_MODEL_START + 1):
        if character not in _MODEL_CHARACTERS:
            return (
                index,
                f"{character!r} 不是自编号的字符（数字和大写字母）",
                f"{character!r} does not occur in the provider's own part (digits and capitals)",
            )
    return None
