from hegui.marking.readback import ReadBack
from simulators.second_parser import second_parser


def test_a_change_is_told_by_the_digest_or_by_how_the_parser_ends():
    def read_back(file):
        data = file.read()
        if data[0] != ord("a"):
            raise ValueError("no a")
        return ReadBack(labels=(), coded=data.decode())

    back, changed_at = second_parser(read_back)
    assert back(b"ab").coded == "ab"
    assert changed_at(b"ab", 1) == "ac"
    assert changed_at(b"ab", 0) == "ValueError('no a')"
