from hegui.marking.readback.flv import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".flv")
back, changed_at = second_parser(read_back)


def test_it_notices_every_change_but_to_the_number_of_properties():
    data = FILES["plain.flv"]
    number = data.index(b"onMetaData") + 11
    whole = back(data).coded
    places = [*range(300), *range(300, len(data), 7)]
    unnoticed = [place for place in places if changed_at(data, place) == whole]
    assert unnoticed == list(range(number, number + 4))


def test_places_count_by_how_far_they_lead(label):
    data = FILES["indexed.flv"]
    for name in (b"filesize\0", b"filepositions\x0a\0\0\0\3\0", b"lastkeyframelocation\0"):
        place = data.index(name) + len(name) + 7
        assert changed_at(data, place) != back(data).coded
