from hegui.marking.readback.avi import read_back
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".avi")
back, changed_at = second_parser(read_back)


def test_it_notices_every_change_to_pictures_and_indexes():
    data = FILES["by-gstreamer.avi"]
    free = data.index(b"idx1") - 8  # nothing before it is free
    places = [*range(300), *range(data.index(b"movi"), data.index(b"movi") + 400), *range(free, free + 60)]
    unnoticed = [place for place in places if changed_at(data, place) == back(data).coded]
    assert [place for place in unnoticed if not data.index(b"idx1") < place < data.index(b"idx1") + 8] == []
