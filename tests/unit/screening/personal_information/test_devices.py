import pytest

from hegui.screening.model import PersonalInformationKind as Kind


@pytest.mark.parametrize(
    ("text", "kind", "level", "value"),
    [
        ("IP114.114.114.114，", Kind.IP_ADDRESS, "personal", "114.114.114.114"),
        ("来自 223.255.0.254 的", Kind.IP_ADDRESS, "personal", "223.255.0.254"),
        ("http://36.110.12.13/index", Kind.IP_ADDRESS, "personal", "36.110.12.13"),
        ("内网192.168.1.1，", Kind.IP_ADDRESS, "low", "192.168.1.1"),
        ("例203.0.113.7。", Kind.IP_ADDRESS, "low", "203.0.113.7"),
        ("地址2408:8207:1850:2a60::1的", Kind.IP_ADDRESS, "personal", "2408:8207:1850:2a60::1"),
        ("登记：2408:8207:1850:2a60:1:2:3:4；", Kind.IP_ADDRESS, "personal", "2408:8207:1850:2a60:1:2:3:4"),
        ("本机fe80::1ff:fe23:4567:890a", Kind.IP_ADDRESS, "low", "fe80::1ff:fe23:4567:890a"),
        ("网卡00:1A:2B:3C:4D:5E的", Kind.MAC_ADDRESS, "personal", "00:1a:2b:3c:4d:5e"),
        ("00-1a-2b-3c-4d-5e", Kind.MAC_ADDRESS, "personal", "00-1a-2b-3c-4d-5e"),
        ("001a.2b3c.4d5e", Kind.MAC_ADDRESS, "personal", "001a.2b3c.4d5e"),
    ],
)
def test_a_device_is_found_with_its_exact_extent(found, text, kind, level, value):
    assert found(text) == [(kind, level, value)]


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3.4",  # five parts
        "1.2.3.4",  # a version
        "v10.1.2.3",
        "版本10.11.2.3",
        "版本号：10.11.2.3",
        "Chrome/114.0.5735.90",
        "256.1.1.1",
        "127.0.0.1",
        "0.10.20.30",
        "224.10.0.1",
        "192.168.01.1",
        "10.0.0.0/8",
        "fc00::/7",
        "2001:db8::/32",
        "::1",
        "std::dec",
        "abc::def",
        "fade::cafe",
        "12:30:45",
        "2023:05:06 10:11:12",
        "2408:8207:1850:2a60:1:2:3",  # seven groups
        "2408::1::2",
        "00:00:00:00:00:00",
        "ff:ff:ff:ff:ff:ff",
        "00:1a:2b:3c:4d",
        "00:1a:2b:3c:4d:5e:6f",  # a fingerprint
        "00:1a-2b:3c-4d:5e",
        "2023-01-02-03-04-05-06",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []
    assert found(f"看{text}吧") == []
