"""Addresses of homes and other places, and coordinates.

An address is recognised by the number of a house, which stands behind the name of a street, a village or an
estate. Only with a room, or after words that say that somebody lives there, is it held to be a person's.
"""

import re
from collections.abc import Collection
from importlib import resources

from hegui.core import BilingualText
from hegui.screening.model import PersonalInformationKind
from hegui.screening.personal_information.form import (
    DIGITS,
    SLIGHT,
    Label,
    Literals,
    Sign,
    ValueForm,
    hanzi_without,
    label,
)
from hegui.screening.shapes import (
    Shape,
    chain,
    edge,
    either,
    literal,
    maybe,
    one,
    repeat,
    some,
    words,
)

_Kind = PersonalInformationKind


# No name of a place holds these, and a sentence does not go on long without one.
_NAME = hanzi_without("的了在是我你他她它们这那就都也很请给被把让但而吗呢吧啊么怎谁哪什")
_STREETS = "路街道巷弄里"
_ESTATES = "村区园苑城庄厦场寓院庭府湾郡墅邸坊"
_DIVISIONS = "省市州盟县旗镇乡"
_BUILDINGS = ("大厦", "广场", "小区", "花园", "公寓", "中心", "大楼", "写字楼", "家园", "城", "苑", "园")
_UNITS = ("号楼", "号院", "号", "楼", "栋", "幢", "座", "单元", "门", "层", "弄", "院", "组", "排")
_ROOMS = ("室", "户", "房")


def _name(allowed: str, most: int, ends: Collection[str]) -> Shape:
    """A name up to the first of its ends, taken whole or not at all."""
    ending = words(ends)
    return Shape(
        f"(?>[{allowed}]{{1,{most}}}?{ending.whole})",
        f"(?:[{allowed}]{{1,{most}}}{ending.broken}|[{allowed}]{{1,{most}}}\\Z)",
        1 + ending.shortest,
        most + ending.longest,
        allowed,
        ending.lasts,
    )


def place_names() -> tuple[str, ...]:
    """Provinces and prefectures, without what may stand behind their names."""
    source = resources.files("hegui.screening").joinpath("data", "places.txt").read_text(encoding="utf-8")
    return tuple(
        dict.fromkeys(
            name for line in source.splitlines() if not line.startswith("#") for name in line.split()
        )
    )


_PLACE = chain(words(place_names()), maybe(words(("省", "市", "自治区", "自治州", "地区", "盟"))))
_PARTS = repeat(_name(_NAME, 7, (*_DIVISIONS, *_STREETS, *_ESTATES)), 1, 7)
_HOUSE = chain(some("0-9", 1, 5), maybe(chain(one("-之"), some("0-9", 1, 4))), words(_UNITS))
_UNIT = chain(some("0-9a-z", 1, 5), maybe(chain(literal("-"), some("0-9a-z", 1, 4))), words(_UNITS))
_BUILDING = _name(_NAME + "a-z", 8, _BUILDINGS)
_ROOM = either(
    chain(some("0-9a-z", 1, 5), repeat(chain(literal("-"), some("0-9", 1, 4)), 0, 2), words(_ROOMS)),
    # Behind a house or a staircase a number of three or four digits is that of a room.
    chain(
        edge("(?<=[楼栋幢座元])"), one("1-9"), some("0-9", 2, 3), edge("(?![0-9a-z.%年月日元人个名家米平万])")
    ),
)
_NUMBER = chain(_HOUSE, repeat(chain(maybe(_BUILDING), _UNIT), 0, 4), maybe(chain(maybe(_BUILDING), _ROOM)))
_HAS_ROOM = re.compile(f"(?:[{''.join(_ROOMS)}]|[0-9])$")
_HOMES = (
    "住址",
    "家庭住址",
    "家庭地址",
    "收货地址",
    "收件地址",
    "寄件地址",
    "邮寄地址",
    "户籍地址",
    "户籍所在地",
    "户籍地",
    "居住地",
    "居住地址",
    "家住",
    "现住",
    "住在",
    "居住在",
)


def _has_room(value: str) -> bool:
    return _HAS_ROOM.search(value) is not None


def _address(*, before: str = "", start: Shape | None = None, home: Label | None = None) -> ValueForm:
    return ValueForm(
        kind=_Kind.ADDRESS,
        trace=Literals(tuple(digit + unit for digit in DIGITS for unit in _UNITS)),
        before=before,
        label=home,
        value=chain(start, _PARTS, _NUMBER) if start else _NUMBER,
        # 地铁2号线, 文件3号令
        behind=edge("(?![0-9a-z_线台机文令])"),
    )


def _with_and_without_room(form: ValueForm) -> tuple[ValueForm, ValueForm]:
    """An address with a room, and one that may be a shop's."""
    without = form._replace(holds=lambda value: not _has_room(value), level=SLIGHT)
    return form._replace(holds=_has_room), without


_DEGREES = chain(
    maybe(one("+-")),
    some("0-9", 1, 3),
    literal("."),
    some("0-9", 4, 15),
    maybe(literal("°")),
    maybe(one("nsew")),
)
# What stands between two coordinates: punctuation, or the name of the second.
_BETWEEN = some(" ,;/、:=\"'度a-z东西南北经纬", 1, 16)
_POINT = chain(_DEGREES, _BETWEEN, _DEGREES)
_POINT_NAMES = (
    "坐标",
    "经纬度",
    "纬度",
    "经度",
    "定位",
    "位置",
    "gps",
    "latitude",
    "longitude",
    "lat",
    "lng",
    "lon",
)
_LATITUDE, _LONGITUDE = 90, 180
_NUMBERS = re.compile(r"[0-9]{1,3}\.[0-9]+")


def _is_point(value: str) -> bool:
    least, most = sorted(map(float, _NUMBERS.findall(value)))
    return least <= _LATITUDE and most <= _LONGITUDE


_COORDINATES = ValueForm(
    kind=_Kind.COORDINATES,
    trace=Sign(DIGITS, r"\.[0-9]{4}"),
    label=label(_POINT_NAMES, numbered=False, separators=" :=是为在\"'(["),
    value=_POINT,
    behind=edge("(?![0-9a-z_.])"),
    holds=_is_point,
)

FORMS = (
    *_with_and_without_room(_address(start=_PLACE)),
    _address(before=f"(?<=[{_STREETS}{_ESTATES}])")._replace(holds=_has_room),
    _address(before=f"(?<=[{_STREETS}])")._replace(holds=lambda value: not _has_room(value), level=SLIGHT),
    _address(start=edge(""), home=label(_HOMES, numbered=False)),
    _COORDINATES,
)

RULES = {
    _Kind.ADDRESS: BilingualText(
        zh="门牌地址：地名或道路名之后的门牌号，有室号或在“住址”之后的视为个人住址",
        en="address: the number of a house behind the name of a place or a street; with a room, or after "
        "words for a home, it is held to be a person's",
    ),
    _Kind.COORDINATES: BilingualText(
        zh="“坐标”“经纬度”等之后、四位小数以上的一对坐标",
        en="a pair of coordinates of four decimals or more after a word that says so",
    ),
}
