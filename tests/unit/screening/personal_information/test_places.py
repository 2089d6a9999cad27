import pytest
from stdnum import numdb

from hegui.screening.fold import fold
from hegui.screening.model import PersonalInformationKind as Kind
from hegui.screening.personal_information.places import place_names


@pytest.mark.parametrize(
    ("text", "level", "value"),
    [
        (
            "我在北京市朝阳区建国路88号SOHO现代城A座1203室等",
            "personal",
            "北京市朝阳区建国路88号soho现代城a座1203室",
        ),
        (
            "寄到浙江省杭州市西湖区文三路478号3单元501室",
            "personal",
            "浙江省杭州市西湖区文三路478号3单元501室",
        ),
        ("上海浦东新区世纪大道100号2栋1601", "personal", "上海浦东新区世纪大道100号2栋1601"),
        (
            "江苏省苏州市昆山市玉山镇人民路12弄3号501室张三收",
            "personal",
            "江苏省苏州市昆山市玉山镇人民路12弄3号501室",
        ),
        (
            "内蒙古呼和浩特市新城区海拉尔路5号楼2单元301室",
            "personal",
            "内蒙古呼和浩特市新城区海拉尔路5号楼2单元301室",
        ),
        ("幸福小区3号楼2单元501室", "personal", "3号楼2单元501室"),
        ("在建国路88号1203室", "personal", "88号1203室"),
        ("家庭住址：朝阳区建国路88号", "personal", "朝阳区建国路88号"),
        ("收货地址幸福村3组12号", "personal", "幸福村3组12号"),
        ("住在人民路1-2号", "personal", "人民路1-2号"),
        ("地址：北京市海淀区中关村大街27号", "low", "北京市海淀区中关村大街27号"),
        ("建国路88号", "low", "88号"),
    ],
)
def test_an_address_is_found_with_its_exact_extent(found, text, level, value):
    assert found(text) == [(Kind.ADDRESS, level, value)]


@pytest.mark.parametrize(
    "text",
    [
        "北京市朝阳区",
        "住在北京市",
        "我的家庭住址不告诉你",
        "地铁13号线",
        "道路2号线",
        "长征5号",
        "10月5号",
        "第3组",
        "3号楼2单元501室",  # nothing says whose
        "他住在这里的第5层",
        "北京的5号",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("坐标：39.904211,116.407395。", "39.904211,116.407395"),
        ("经纬度(39.904211, 116.407395)", "39.904211, 116.407395"),
        ("GPS 116.4074，39.9042", "116.4074,39.9042"),
        ('{"lat": 39.904211, "lng": 116.407395}', '39.904211, "lng": 116.407395'),
        ("北纬39.9042°，东经116.4074°".replace("北纬", "纬度"), "39.9042°,东经116.4074°"),
    ],
)
def test_coordinates_are_found_with_their_exact_extent(found, text, value):
    assert found(text) == [(Kind.COORDINATES, "sensitive", value)]


@pytest.mark.parametrize(
    "text",
    [
        "坐标：39.90,116.40",  # some kilometres
        "0.1234, 0.5678",
        "39.904211,116.407395",  # nothing says what it is
        "坐标39.904211",
        "坐标：139.904211,116.407395",
        "坐标：39.904211,216.407395",
        "坐标系1.2345.6789",
    ],
)
def test_other_numbers_are_no_coordinates(found, text):
    assert found(text) == []


def test_every_place_is_one_that_python_stdnum_knows_and_every_prefecture_is_among_them():
    names = place_names()
    assert len(names) == len(set(names))
    assert all(fold(name) == name for name in names)
    known, prefectures = set(), set()
    for _, province, _, properties, counties in numdb.get("cn/loc").prefixes:
        known.add(properties["province"])
        for _, code, _, county, _ in counties:
            current = [
                name for name in county["county"].split(",") if not name.startswith("[") or "-]" in name
            ]
            known |= {name.rpartition("]")[2] for name in county["county"].split(",")}
            if code.endswith("00") and code != "0000" and province < "7":
                prefectures |= {name.rpartition("]")[2] for name in current}
    # Of Taiwan it lists no cities, and 雄安 is newer than its list.
    unknown = {name for name in names if not any(name in full for full in known)}
    assert unknown <= {"雄安", "台北", "高雄", "台中", "台南", "新北", "桃园", "基隆", "新竹", "嘉义"}
    generic = ("林区", "县", "市辖区")
    missing = {full for full in prefectures if not full.startswith(names)}
    assert {full for full in missing if not full.endswith(generic) and "直辖" not in full} == set()
