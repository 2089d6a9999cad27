from hegui.marking import MalformedFile


def test_a_damaged_file_is_named_with_the_place_in_both_languages():
    error = MalformedFile(format_name="PNG", offset=33, zh="坏了", en="broken")
    assert str(error) == "the PNG file is damaged at byte 33: broken; make it again, then label it"
    assert "第 33 字节" in error.text.zh
