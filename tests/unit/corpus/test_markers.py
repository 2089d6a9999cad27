"""What texts say of themselves."""

import pytest

from hegui.corpus.markers import Marker, marker_of, marker_words

SAID = [
    ("© 2024 某某公司 版权所有", {Marker.COPYRIGHT}),
    ("Copyright (c) 2020 A. Author", {Marker.COPYRIGHT}),
    ("the copyright office opens at nine", set()),
    ("All Rights Reserved.", {Marker.ALL_RIGHTS_RESERVED}),
    ("未经书面授权不得转载", {Marker.NO_REPRODUCTION}),
    ("欢迎转载", set()),
    ("ISBN 978-7-115-42802-8", {Marker.ISBN}),
    ("ISBN：978-7-115-42802-9", set()),
    ("isbn 0-306-40615-2", {Marker.ISBN}),
    ("ISBN 0-8044-2957-X", {Marker.ISBN}),
    ("ISBN 12345678901", set()),
    ("SPDX-License-Identifier: MIT", {Marker.OPEN_LICENSE}),
    ("采用 CC BY-SA 4.0 许可", {Marker.OPEN_LICENSE}),
    ("本文来源：某网站", {Marker.WATERMARK}),
    ("本内容由人工智能生成", {Marker.GENERATED}),
    ('{"AIGC": {"Label": "1"}}', {Marker.GENERATED}),
    ("他生成了一个文件", set()),
    ("MAIN 函数生成结果", set()),
    ("普通的一句话", set()),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_each_text_is_read_for_itself(text, said):
    numbers = {number for word, number in marker_words() if word in text.lower()}
    assert {marker_of(text, number) for number in numbers} - {None} == said


def test_every_marker_has_a_text_in_both_languages():
    for marker in Marker:
        assert marker.text.zh
        assert marker.text.en
