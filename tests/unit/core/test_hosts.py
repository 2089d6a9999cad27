import pytest

from hegui.core import ascii_host


@pytest.mark.parametrize(
    ("host", "asked_for"),
    [
        ("bad.example", "bad.example"),
        ("a_b.example", "a_b.example"),
        ("例子.cn", "xn--fsqu00a.cn"),
        ("www。例子。CN", "www.xn--fsqu00a.cn"),
        ("a_b.例子.cn", "a_b.xn--fsqu00a.cn"),
        ("ＢＡＤ．example", "bad.example"),
        # What IDNA 2003 made ss, IDNA 2008 and browsers ask for.
        ("straße.example", "xn--strae-oqa.example"),
        # No registry takes it by IDNA 2008, and browsers ask for it.
        ("☕.example", "xn--53h.example"),
    ],
)
def test_a_host_is_spelled_as_browsers_ask_for_it(host, asked_for):
    assert ascii_host(host) == asked_for


def test_what_no_host_may_have_is_refused():
    with pytest.raises(UnicodeError):
        ascii_host("例\ufffe.cn")
