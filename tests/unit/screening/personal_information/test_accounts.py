import pytest

from hegui.screening.model import PersonalInformationKind as Kind


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("卡号4111111111111111是我的", Kind.BANK_CARD, "4111111111111111"),
        ("4111 1111 1111 1111 12月到期", Kind.BANK_CARD, "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", Kind.BANK_CARD, "4111-1111-1111-1111"),
        ("卡6222 0212 3456 7890 128。", Kind.BANK_CARD, "6222 0212 3456 7890 128"),
        ("5555555555554444", Kind.BANK_CARD, "5555555555554444"),
        ("3530111333300000", Kind.BANK_CARD, "3530111333300000"),
        ("378282246310005", Kind.BANK_CARD, "378282246310005"),
        ("3782 822463 10005", Kind.BANK_CARD, "3782 822463 10005"),
        ("邮箱zhang.san@example.com", Kind.EMAIL, "zhang.san@example.com"),
        ("联系zhang@example.com。", Kind.EMAIL, "zhang@example.com"),
        ("mail zhang@example.com.", Kind.EMAIL, "zhang@example.com"),
        ("a_b-c+d%e@mail.example.com.cn", Kind.EMAIL, "a_b-c+d%e@mail.example.com.cn"),
        ("_x@qq.com", Kind.EMAIL, "_x@qq.com"),
        ("加我微信zhangsan88聊", Kind.WECHAT, "zhangsan88"),
        ("微信号：zhangsan", Kind.WECHAT, "zhangsan"),
        ("微信号是zhang_san，", Kind.WECHAT, "zhang_san"),
        ("VX：abc-123456", Kind.WECHAT, "abc-123456"),
        ("微信 idzhang88", Kind.WECHAT, "idzhang88"),
        ("微信id：zhang88x", Kind.WECHAT, "zhang88x"),
        ("wechat: zhang_san88", Kind.WECHAT, "zhang_san88"),
        ("QQ：12345678", Kind.QQ, "12345678"),
        ("qq号码是12345，", Kind.QQ, "12345"),
        ("扣扣12345678902", Kind.QQ, "12345678902"),
    ],
)
def test_an_account_is_found_with_its_exact_extent(found, text, kind, value):
    assert [(told, text) for told, _, text in found(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # Luhn fails
        "9111111111111111",  # nobody issues it
        "订单号4111111111111111",
        "流水号：6222021234567890128",
        "0.4111111111111111",
        "4111111111111111.5",
        "logo@2x.png",
        "a@b",
        "@example.com",
        "user@-example.com",
        "user@10.20.30.40x",
        "git@github.com",
        "react@18.2.0",
        "微信支付",
        "微信iphone版",
        "微信:https://example.com",
        "微信公众号weixin",
        "wxpython3000",
        "QQ群12345678",
        "QQ1234",
        "qq123456789012",
        "QQ浏览器11.0",
        "qq12345@",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []
    assert found(f"看{text}吧") == []


def test_an_address_at_a_number_is_an_e_mail_address_first(found):
    assert found("QQ：12345678@qq.com") == [(Kind.EMAIL, "personal", "12345678@qq.com")]
