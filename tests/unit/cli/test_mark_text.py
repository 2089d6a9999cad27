"""``hegui mark text``."""

import json

PRODUCER = ("--producer", "001191110102MACQD9K64010000", "--produce-id", "A-17")


def test_a_text_is_labelled_from_the_command_line_and_from_standard_input(mark):
    assert mark("text", "好。", *PRODUCER) == "【本内容由人工智能生成】\n\n好。\n"
    report = json.loads(mark("text", "-", *PRODUCER, "--place", "corner", "--json", given="好。"))
    assert report["text"] == "好。【AI】"
    assert report["label"]["ContentProducer"] == PRODUCER[1]
