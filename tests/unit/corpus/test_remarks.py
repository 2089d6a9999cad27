"""What texts say of themselves and whom they name, in one reading."""

from hegui.corpus.joining import Joined
from hegui.corpus.remarks import remarks

TEXTS = ["北京的女性和男性", "", "今天天气好", "女孩与女士 © 2024", "copyright office"]


def test_each_text_is_read_for_itself_and_counts_once():
    said = remarks(Joined(TEXTS))
    assert said.markers == {"copyright": 1}
    assert said.groups == {"A.2.d 华北": 1, "A.2.e 女": 2, "A.2.e 男": 1}
