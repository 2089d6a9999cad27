"""Made-up personal particulars with their check digits, and made-up numbers that are none.

Numbers are drawn, never taken from anywhere, and their check digits come from python-stdnum where it knows
the number, so that what looks for them is not tested with its own arithmetic. Whatever is drawn with one seed
is drawn again with it.
"""

import datetime as dt
import random
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

from stdnum import luhn
from stdnum.cn import ric, uscc


class Particular(NamedTuple):
    """A value of one kind, and the words that must stand before it for anybody to know what it is."""

    kind: str
    value: str
    label: str = ""


class Sentence(NamedTuple):
    """A text with one particular in it, and where."""

    text: str
    kind: str
    start: int
    end: int


_REGIONS = (
    "110105",
    "310101",
    "440305",
    "440524",
    "441900",
    "500112",
    "510104",
    "330106",
    "650102",
    "810000",
)
_SURNAMES = ("王", "李", "张", "刘", "陈", "赵", "周", "徐", "孙", "欧阳", "诸葛")
_GIVEN = ("伟", "芳", "娜", "静", "磊", "洋", "小明", "志强", "秀英", "建国", "雨桐", "子涵")
_CITIES = (
    "北京市朝阳区",
    "浙江省杭州市西湖区",
    "广东深圳南山区",
    "江苏省苏州市昆山市玉山镇",
    "上海市浦东新区",
)
_STREETS = ("建国路", "文三路", "科技南十二路", "人民路", "中山东一路", "解放大道")
_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VIN = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_WORTH = {
    **{c: int(c) for c in string.digits},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}  # fmt: skip - a table
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def particulars(seed: int, count: int) -> Iterator[Particular]:
    """``count`` particulars of every kind."""
    draw = _dice(seed)
    for make in _MAKERS:
        for _ in range(count):
            yield make(draw)


def sentences(seed: int, count: int) -> Iterator[Sentence]:
    """``count`` sentences for every kind, with and without spaces, in half and in full width."""
    draw = _dice(seed + 1)
    for particular in particulars(seed, count):
        before, after = draw.choice(_FRAMES)
        value = _in_full_width(particular.value) if draw.random() < 0.1 else particular.value
        start = len(before + particular.label)
        text = f"{before}{particular.label}{value}{after}"
        yield Sentence(text, particular.kind, start, start + len(value))


def neighbours(seed: int, count: int) -> Iterator[str]:
    """``count`` lines with numbers and words of every other sort: what must be left alone."""
    draw = _dice(seed)
    for index in range(count):
        yield _NEIGHBOURS[index % len(_NEIGHBOURS)](draw)


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - test data, the same for the same seed, and no secret


def _digits(draw: random.Random, count: int, first: str = string.digits) -> str:
    return draw.choice(first) + "".join(draw.choices(string.digits, k=count - 1))


def _day(draw: random.Random) -> dt.date:
    return dt.date(1950, 1, 1) + dt.timedelta(days=draw.randrange(25_000))


def _resident_id(draw: random.Random) -> Particular:
    body = f"{draw.choice(_REGIONS)}{_day(draw):%Y%m%d}{_digits(draw, 3)}"
    number = body + ric.calc_check_digit(body + "0")
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    return Particular("resident_id", draw.choice([number, number, number.lower(), spaced]))


def _old_resident_id(draw: random.Random) -> Particular:
    number = f"{draw.choice(_REGIONS)}{_day(draw):%y%m%d}{_digits(draw, 3)}"
    return Particular("resident_id", number, draw.choice(["身份证号：", "身份证", "证件号码: "]))


def _passport(draw: random.Random) -> Particular:
    own = [f"E{_digits(draw, 8)}", f"E{draw.choice('ABCDEFGH')}{_digits(draw, 7)}", f"G{_digits(draw, 8)}"]
    if draw.random() < 0.7:
        return Particular("passport", draw.choice(own))
    return Particular("passport", draw.choice(["P", "K", "AB"]) + _digits(draw, 7), "护照号：")


def _travel_permit(draw: random.Random) -> Particular:
    value, label = draw.choice(
        [
            (f"H{_digits(draw, 8)}", "港澳居民来往内地通行证："),
            (f"M{_digits(draw, 10)}", "回乡证号码 "),
            (_digits(draw, 8), "台胞证号："),
            (f"C{_digits(draw, 8)}", "往来港澳通行证"),
            (f"CA{_digits(draw, 7)}", "港澳通行证号码："),
            (f"L{_digits(draw, 8)}", "往来台湾通行证:"),
        ]
    )
    return Particular("travel_permit", value, label)


def _hong_kong_id(draw: random.Random) -> Particular:
    body = draw.choice(["A", "K", "Z", "WX"]) + _digits(draw, 6)
    total = sum(
        (36 if c == " " else int(c, 36)) * weight
        for c, weight in zip(body.rjust(8), range(9, 1, -1), strict=True)
    )
    check = "0123456789A"[-total % 11]
    if draw.random() < 0.5:
        return Particular("hong_kong_id", f"{body}({check})")
    return Particular("hong_kong_id", body + check, "香港身份证")


def _driving_licence(draw: random.Random) -> Particular:
    return Particular(
        "driving_licence", _digits(draw, 12, "1234"), draw.choice(["驾驶证档案编号：", "驾驶证号"])
    )


def _bank_card(draw: random.Random) -> Particular:
    first, length = draw.choice(
        [("62", 16), ("62", 19), ("62", 17), ("4", 16), ("51", 16), ("35", 16), ("37", 15)]
    )
    if first == "35":
        first = "3530"
    body = first + _digits(draw, length - len(first) - 1)
    number = body + luhn.calc_check_digit(body)
    if length == 16 and draw.random() < 0.5:
        number = draw.choice(" -").join(number[i : i + 4] for i in range(0, 16, 4))
    return Particular("bank_card", number)


def _mobile_phone(draw: random.Random) -> Particular:
    number = draw.choice(["130", "138", "147", "150", "166", "177", "188", "191", "199"]) + _digits(draw, 8)
    grouped = f"{number[:3]}{{0}}{number[3:7]}{{0}}{number[7:]}"
    forms = [
        number,
        grouped.format(" "),
        grouped.format("-"),
        "+86" + number,
        "+86 " + number,
        "(+86)" + number,
    ]
    return Particular("mobile_phone", draw.choice(forms))


def _landline(draw: random.Random) -> Particular:
    area, length = draw.choice([("010", 8), ("021", 8), ("0571", 8), ("0755", 8), ("0898", 8), ("0335", 7)])
    number = _digits(draw, length, "2345678")
    forms = [
        f"{area}-{number}",
        f"({area}){number}",
        area + number,
        f"{area} {number}",
        f"{area}-{number}转801",
    ]
    return Particular("landline", draw.choice(forms))


def _hotline(draw: random.Random) -> Particular:
    number = _digits(draw, 7)
    forms = [f"400-{number[:3]}-{number[3:]}", f"400 {number[:4]} {number[4:]}", f"800-{number}"]
    return Particular("hotline", draw.choice(forms))


def _word(draw: random.Random, least: int, most: int) -> str:
    return "".join(draw.choices(string.ascii_lowercase, k=draw.randint(least, most)))


def _email(draw: random.Random) -> Particular:
    name = draw.choice(
        [
            _word(draw, 3, 8),
            f"{_word(draw, 2, 5)}.{_word(draw, 2, 5)}",
            f"{_word(draw, 3, 6)}_{_digits(draw, 3)}",
        ]
    )
    return Particular(
        "email", f"{name}@{draw.choice(['example.com', 'qq.com', 'mail.example.com.cn', '163.com'])}"
    )


def _wechat(draw: random.Random) -> Particular:
    value = draw.choice(
        [f"{_word(draw, 5, 9)}{_digits(draw, 3)}", f"wxid_{_word(draw, 3, 8)}{_digits(draw, 2)}"]
    )
    return Particular("wechat", value, draw.choice(["微信：", "微信号", "加我微信 ", "微信号是", "VX:"]))


def _qq(draw: random.Random) -> Particular:
    value = _digits(draw, draw.randint(6, 10), "123456789")
    return Particular("qq", value, draw.choice(["QQ：", "qq号", "QQ ", "QQ号码是"]))


def _name(draw: random.Random) -> Particular:
    value = draw.choice(_SURNAMES) + draw.choice(_GIVEN)
    return Particular("name", value, draw.choice(["姓名：", "我叫", "联系人：", "收件人", "户名:"]))


def _address(draw: random.Random) -> Particular:
    house = f"{draw.randint(1, 300)}号"
    room = draw.choice(
        [f"{draw.randint(1, 20)}栋{draw.randint(101, 2999)}室", f"{draw.randint(1, 9)}号楼3单元501室"]
    )
    if draw.random() < 0.7:
        return Particular("address", draw.choice(_CITIES) + draw.choice(_STREETS) + house + room)
    return Particular("address", draw.choice(_CITIES) + draw.choice(_STREETS) + house, "家庭住址：")


def _coordinates(draw: random.Random) -> Particular:
    value = f"{draw.uniform(18, 53):.6f}{draw.choice([',', ', ', ' '])}{draw.uniform(74, 134):.6f}"
    return Particular("coordinates", value, draw.choice(["坐标：", "经纬度", "GPS定位: "]))


def _licence_plate(draw: random.Random) -> Particular:
    place = draw.choice("京沪粤浙苏川鲁") + draw.choice("ABCDE") + draw.choice(["", "·", " "])
    body = draw.choice(
        [_digits(draw, 5), f"{draw.choice('ABCDE')}{_digits(draw, 4)}", f"D{_digits(draw, 5)}"]
    )
    return Particular("licence_plate", place + body)


def _vehicle_id(draw: random.Random) -> Particular:
    value = "".join(draw.choices(_VIN, k=11)) + _digits(draw, 6)
    value = "L" + value[1:]
    if draw.random() < 0.3:
        return Particular("vehicle_id", value, "车架号：")
    total = sum(_VIN_WORTH[c] * weight for c, weight in zip(value, _VIN_WEIGHTS, strict=True))
    return Particular("vehicle_id", value[:8] + "0123456789X"[total % 11] + value[9:])


def _ip_address(draw: random.Random) -> Particular:
    if draw.random() < 0.5:
        parts = (
            draw.choice([36, 114, 180, 223]),
            draw.randint(10, 255),
            draw.randint(0, 255),
            draw.randint(1, 254),
        )
        return Particular("ip_address", ".".join(map(str, parts)))
    groups = [f"{draw.randrange(65536):x}" for _ in range(4)]
    return Particular("ip_address", f"2408:{':'.join(groups[:2])}::{groups[3]}")


def _mac_address(draw: random.Random) -> Particular:
    groups = [f"{draw.randrange(256):02x}" for _ in range(6)]
    return Particular("mac_address", draw.choice(":-").join(groups))


def _credit_code(draw: random.Random) -> Particular:
    body = f"91{draw.choice(_REGIONS[:8])}" + "".join(draw.choices(_CHARS, k=9))
    return Particular("unified_social_credit_code", body + uscc.calc_check_digit(body))


_MAKERS: tuple[Callable[[random.Random], Particular], ...] = (
    _resident_id,
    _old_resident_id,
    _passport,
    _travel_permit,
    _hong_kong_id,
    _driving_licence,
    _bank_card,
    _mobile_phone,
    _landline,
    _hotline,
    _email,
    _wechat,
    _qq,
    _name,
    _address,
    _coordinates,
    _licence_plate,
    _vehicle_id,
    _ip_address,
    _mac_address,
    _credit_code,
)  # fmt: skip - one list

_FRAMES = (
    ("", ""),
    ("我要登记", "的信息"),
    ("请记下 ", " 谢谢"),
    ("资料（", "）已收到"),
    ("见附件，", "，请核对。"),
    ("登记：", "；完毕"),
)  # fmt: skip - one list


def _in_full_width(value: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def _hex(draw: random.Random, count: int) -> str:
    return "".join(draw.choices("0123456789abcdef", k=count))


def _time(draw: random.Random) -> str:
    return f"{draw.randrange(24):02}:{draw.randrange(60):02}:{draw.randrange(60):02}"


def _uuid(draw: random.Random) -> str:
    return "-".join(_hex(draw, count) for count in (8, 4, 4, 4, 12))


def _article(draw: random.Random) -> str:
    return f"{_digits(draw, 4)}-{_digits(draw, 4)}({_day(draw):%Y}){_digits(draw, 2)}-{_digits(draw, 4)}-01"


_NEIGHBOURS: tuple[Callable[[random.Random], str], ...] = (
    lambda draw: f"订单号{_digits(draw, 18)}已发货",
    lambda draw: f"您的订单编号：{_digits(draw, 16, '123456789')}，请查收",
    lambda draw: f"运单号 SF{_digits(draw, 13)} 已到达",
    lambda draw: f"会议定于{_day(draw):%Y年%m月%d日}举行",
    lambda draw: f"日期{_day(draw):%Y-%m-%d} {_time(draw)}开始",
    lambda draw: f"时间戳{_day(draw):%Y%m%d}{_time(draw).replace(':', '')}写入",
    lambda draw: f"价格为{draw.randrange(10**6)}.{draw.randrange(100):02}元，共{draw.randrange(10**7)}件",
    lambda draw: f"校验和{_hex(draw, 32)}一致",
    lambda draw: f"提交{_hex(draw, 40)}已合并",
    lambda draw: f"编号{_uuid(draw)}有效",
    lambda draw: (
        f"升级到v{draw.randrange(20)}.{draw.randrange(300)}.{draw.randrange(30)}.{draw.randrange(90)}版本"
    ),
    lambda draw: (
        f"版本{draw.randrange(1, 20)}.{draw.randrange(9)}.{draw.randrange(9)}.{draw.randrange(9)}已修复"
    ),
    lambda draw: (
        f"Chrome/{draw.randrange(90, 130)}.0.{draw.randrange(6000)}.{draw.randrange(200)} Safari/537.36"
    ),
    lambda draw: (
        f"ISBN 978-7-{_digits(draw, 3)}-{_digits(draw, 5)}-{_digits(draw, 1)}，定价{draw.randrange(200)}元"
    ),
    lambda draw: f"圆周率约为3.{_digits(draw, 20)}，取两位",
    lambda draw: f"人口{draw.randrange(10**9)}，面积{draw.randrange(10**6)}.{draw.randrange(100)}平方公里",
    lambda draw: (
        f"准确率从0.{_digits(draw, 4)}, 0.{_digits(draw, 4)}提高到{_digits(draw, 2)}.{_digits(draw, 4)}"
    ),
    lambda draw: f"国发〔{draw.randrange(1990, 2026)}〕{draw.randrange(100)}号文件第{draw.randrange(40)}条",
    lambda draw: (
        f"乘坐地铁{draw.randrange(1, 20)}号线，{draw.randrange(1, 9)}号口出站，再坐{draw.randrange(900)}路"
    ),
    lambda draw: f"比分{draw.randrange(9)}:{draw.randrange(9)}，用时{_time(draw)}",
    lambda draw: f"指纹{':'.join(_hex(draw, 2) for _ in range(20))}相符",
    lambda draw: f"调用std::dec和abc::def，参数是0x{_hex(draw, 16)}",
    lambda draw: f"安装react@{draw.randrange(19)}.{draw.randrange(9)}.0和icon@2x.png",
    lambda draw: (
        f"微信支付{draw.randrange(1000)}元，微信群{draw.randrange(500)}人，QQ群{draw.randrange(100)}人"
    ),
    lambda draw: f"文章编号{_article(draw)}",
    lambda draw: f"最新V{_digits(draw, 5)}驱动，型号K{_digits(draw, 8)}",
    lambda _draw: "姓名和电话都要写，联系人方式另附，负责人应当到场",
    lambda draw: f"高级经理先生们和各位老师同学参加第{draw.randrange(90)}届大会",
    lambda draw: (
        f"第{draw.randrange(300)}章第{draw.randrange(90)}节，{draw.randrange(5000)}页，印数{_digits(draw, 5)}"
    ),
    lambda draw: f"比特币价格{_digits(draw, 5)}.{_digits(draw, 8)}，交易{_hex(draw, 64)}",
    lambda draw: (
        f"鲁迅先生的书第{draw.randrange(9)}版，我叫李白，请拨打400-{_digits(draw, 3)}-{_digits(draw, 4)}"
    ),
    lambda draw: f"路由器地址192.168.{draw.randrange(9)}.1，子网10.{draw.randrange(9)}.0.0/16",
)
