import pytest

from hegui.screening.fold import fold
from hegui.screening.model import PersonalInformationKind as Kind
from hegui.screening.personal_information import names


@pytest.mark.parametrize(
    ("text", "level", "value"),
    [
        ("姓名：王芳", "personal", "王芳"),
        ("姓名：王小明 性别：男", "personal", "王小明"),
        ("姓名王小明性别男", "personal", "王小明"),
        ("**姓名**：王芳", "personal", "王芳"),
        ('"name": "张伟"', "personal", "张伟"),
        ("| 姓名 | 张伟 |", "personal", "张伟"),
        ("联系人张伟的电话", "personal", "张伟"),
        ("收件人：欧阳小明，", "personal", "欧阳小明"),
        ("户名是诸葛亮。", "personal", "诸葛亮"),
        ("患者：李四，男", "personal", "李四"),
        ("姓名：阿依古丽·买买提性别：女", "personal", "阿依古丽·买买提"),
        ("姓名：張偉", "personal", "张伟"),
        ("你好，我叫李小明。", "low", "李小明"),
        ("一个名叫王芳的人", "low", "王芳"),
        ("请联系张伟先生", "low", "张伟"),
        ("感谢张伟先生", "low", "张伟"),
        ("尊敬的王小明女士：", "low", "王小明"),
        ("司马相如老师说", "low", "司马相如"),
    ],
)
def test_a_name_is_found_with_its_exact_extent(found, text, level, value):
    assert found(text) == [(Kind.NAME, level, value)]


@pytest.mark.parametrize(
    "text",
    [
        "张伟",
        "王先生",  # of a surname alone nobody knows whose it is
        "姓名和电话",
        "姓名：",
        "姓名：白　性别：男",  # left out
        "联系人方式",
        "联系人手机",
        "负责人王芳",  # without a colon it may be any sentence
        "我叫什么",
        "我叫他来",
        "我叫小明",
        "的高级教授",
        "和周围的同学",
        "谢谢老师",
        "是高等先生",
        "filename: 王芳芳芳芳",
        "小姐姐",
        "和王芳小姐姐",
    ],
)
def test_what_only_looks_like_it_is_left_alone(found, text):
    assert found(text) == []


def test_the_lists_are_folded_and_say_nothing_twice():
    for words in (names._SURNAMES, names._data("not_names.txt")):
        assert len(words) == len(set(words))
        assert all(fold(word) == word for word in words)
    assert all(len(name) in {1, 2} for name in names._SURNAMES)


def test_every_word_that_is_no_name_begins_like_one():
    assert [word for word in names._NOT_NAMES if not word.startswith(tuple(names._SURNAMES))] == []
