from hegui.marking.formats import FORMATS, format_of


def test_a_file_is_told_by_its_bytes_alone(pngs, jpegs):
    assert {format_of(data).name for data in pngs.values()} == {"PNG"}
    assert {format_of(data).name for data in jpegs.values()} == {"JPEG"}
    assert format_of("正文".encode()).name == "text"
    assert format_of(b"\0\1\2") is None


def test_only_text_is_told_by_its_name():
    assert [item.name for item in FORMATS if item.told_by_name] == ["text"]


def test_no_two_formats_claim_the_same_names():
    suffixes = [suffix for item in FORMATS for suffix in item.suffixes]
    assert len(suffixes) == len(set(suffixes))
