"""Names of people, where a word beside them says that they are names.

A Chinese name is two or three common characters, so that nothing tells it from other words but what stands
around it. After the label of a form (姓名：, 联系人) it is held to be a person's particulars. Where somebody
gives a name (我叫), or before a title (先生), it may be an assistant's own, or one of whom the whole world
speaks, and is only recorded.
"""

from importlib import resources

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.form import HANZI, SLIGHT, Literals, ValueForm, hanzi_without, label
from hegui.screening.shapes import ahead, chain, edge, either, narrowed, one, some, unless, words

_Kind = PersonalInformationKind
_TITLES = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "同志",
    "同学",
    "老师",
    "医生",
    "大夫",
    "律师",
    "教授",
    "博士",
    "师傅",
)
# What follows a name where no punctuation does.
_FIELDS = (
    *(
        "性别",
        "电话",
        "手机",
        "联系",
        "身份",
        "证件",
        "护照",
        "地址",
        "民族",
        "年龄",
        "出生",
        "生于",
        "微信",
        "邮箱",
    ),
    *("账号", "账户", "帐号", "卡号", "职业", "职务", "单位", "工号", "学号", "毕业"),
)
_WORDS = (
    *("住", "的", "是", "男", "女", "和", "与", "在", "于", "说", "因", "已", "你", "您", "请", "现", "或"),
    *("今年", "来自", "表示", "目前", "以及"),
)


def _data(name: str) -> list[str]:
    source = resources.files("hegui.screening").joinpath("data", name).read_text(encoding="utf-8")
    return [word for line in source.splitlines() if not line.startswith("#") for word in line.split()]


_SURNAMES = _data("surnames.txt")
_NOT_NAMES = frozenset(_data("not_names.txt"))
# Where a form was filled in by halves, the next field follows: 姓名：白　性别：男.
_GIVEN = chain(unless(words(_FIELDS)), some(hanzi_without("的是在你您请说"), 1, 2))
_NAME = either(
    chain(words([name for name in _SURNAMES if len(name) > 1]), _GIVEN),
    chain(one("".join(name for name in _SURNAMES if len(name) == 1)), _GIVEN),
)
# Names of other peoples are written with a dot: 阿依古丽·买买提.
_DOTTED = chain(some(HANZI, 2, 8), one("·•"), narrowed(some(HANZI, 2, 8), f"[{HANZI}]{{2,8}}?"))


def _is_name(value: str) -> bool:
    return value not in _NOT_NAMES and value[:2] not in _NOT_NAMES


def _labelled(*names: str, separators: str, least: int = 0, level: str | None = None) -> ValueForm:
    return ValueForm(
        kind=_Kind.NAME,
        before="(?<![a-z])",
        label=label(names, numbered=False, separators=separators, least=least),
        value=either(_DOTTED, _NAME),
        behind=either(edge(f"(?![{HANZI}·•])"), ahead(words((*_TITLES, *_FIELDS, *_WORDS)))),
        holds=_is_name,
        level=level,
    )


_COLONS = " :=*\"'“”「(|"

FORMS = (
    _labelled(
        *("姓名", "真实姓名", "联系人", "收件人", "收货人", "寄件人", "发件人", "户名", "持卡人", "开户人"),
        separators=_COLONS + "是为",
    ),
    # Behind these a name is one only where a colon says so.
    _labelled(
        *(
            "客户",
            "患者",
            "病人",
            "申请人",
            "经办人",
            "负责人",
            "法定代表人",
            "法人代表",
            "法人",
            "原告",
            "被告",
        ),
        *(
            "监护人",
            "投保人",
            "被保险人",
            "受益人",
            "参保人",
            "乘客",
            "乘车人",
            "入住人",
            "预订人",
            "预定人",
            "报名人",
        ),
        *(
            "车主",
            "业主",
            "房东",
            "租客",
            "承租人",
            "出租人",
            "借款人",
            "担保人",
            "学生",
            "考生",
            "家长",
            "签名",
            "签字",
        ),
        "name",
        separators=_COLONS,
        least=1,
    ),
    _labelled("我叫", "我叫做", "名叫", "我的名字", "我的名字叫", separators=_COLONS + "是", level=SLIGHT),
    ValueForm(
        kind=_Kind.NAME,
        trace=Literals(_TITLES),
        # 感谢张伟先生: what stands before a name is a word that goes before names, or no Chinese character.
        before=f"(?:(?<![{HANZI}])|(?<=[和与由是为的向请问给对找叫让、系谢敬]))",
        value=_NAME,
        behind=chain(ahead(words(_TITLES)), unless(words(("小姐姐", "老师傅")))),
        holds=_is_name,
        level=SLIGHT,
    ),
)

RULES = {
    _Kind.NAME: BilingualText(
        zh="“姓名”“联系人”“我叫”等之后，或“先生”“女士”等之前的姓名",
        en="a name after words such as 姓名, 联系人, 我叫, or before a title such as 先生",
    ),
}
