from hegui.marking.formats import id3
from hegui.marking.formats.flac import FLAC
from hegui.marking.readback.flac import read_back
from hegui.marking.splices import spliced
from simulators.samples import recordings
from simulators.second_parser import second_parser

FILES = recordings(".flac")
back, changed_at = second_parser(read_back)


def test_it_notices_every_change_to_the_stream_and_to_other_comments():
    data = FILES["seekable.flac"]
    places = [
        *range(4, 42),
        *range(data.index(b"refer"), data.index(b"refer") + 20),
        *range(len(data) - 900, len(data)),
    ]
    assert all(changed_at(data, place) != back(data).coded for place in places)


def test_a_label_in_a_tag_before_the_file_counts():
    assert back(id3.new_tag("{}") + FILES["plain.flac"]).labels == ("{}",)


def test_a_new_block_of_comments_is_no_more_than_its_label(label):
    data = b"fLaC\x80\0\0\x22" + bytes(34) + b"sound"
    assert back(spliced(data, FLAC.write(data, label))) == (((label.bare(),)), back(data).coded)
