from hegui.marking.candidates import decoded, fault


def test_text_is_utf_8_and_failing_that_latin_1():
    assert decoded("标识".encode()) == "标识"
    assert decoded(b"\xe9") == "é"


def test_a_fault_has_its_place_and_both_languages():
    item = fault(7, zh="坏了", en="broken")
    assert (item.offset, item.text.zh, item.text.en) == (7, "坏了", "broken")
