import pytest

from hegui.marking.formats import items
from hegui.marking.formats.boxes import Box, OffsetTooLarge, boxes, made


def only(data: bytes) -> Box:
    (box,) = boxes(data, 0, len(data))
    return box


def entry(version: int, body: bytes) -> bytes:
    return made(b"infe", bytes((version, 0, 0, 0)) + body)


def listed(*entries: bytes) -> dict[int, items.HeifItem]:
    data = made(b"iinf", b"\0\0\0\0" + len(entries).to_bytes(2, "big") + b"".join(entries))
    return items.items(data, only(data))


@pytest.mark.parametrize(
    ("version", "body", "expected"),
    [
        (0, b"\0\1\0\0name\0text/plain\0", (1, b"mime", b"text/plain", b"")),
        (1, b"\0\1\0\0\0text/plain\0gzip\0", (1, b"mime", b"text/plain", b"gzip")),
        (2, b"\0\1\0\0hvc1\0", (1, b"hvc1", b"", b"")),
        (2, b"\0\1\0\0mime\0text/plain\0gzip\0", (1, b"mime", b"text/plain", b"gzip")),
        (2, b"\0\1\0\0mime", (1, b"mime", b"", b"")),
        (3, b"\0\0\0\1\0\0Exif\0", (1, b"Exif", b"", b"")),
        (2, b"\0\1\0\0uri \0application/rdf+xml\0", (1, b"uri ", b"", b"")),
    ],
)
def test_an_entry_of_every_version_says_what_its_item_is(version, body, expected):
    item = listed(entry(version, body))[1]
    assert item[:4] == expected
    assert not item.protected
    assert item.is_exif is (expected[1] == b"Exif")


def test_a_packet_is_known_by_its_type_in_whatever_case():
    assert listed(entry(2, b"\0\1\0\0mime\0Application/RDF+XML\0"))[1].is_xmp


def test_an_entry_without_a_kind_is_broken():
    with pytest.raises(items.BrokenItems, match="what an item is"):
        listed(entry(2, b"\0\1\0\0hv"))


@pytest.mark.parametrize(
    "body",
    [
        b"\0\0\0\0\x44\x00\0\1\0\7\0\0\0\1\0\0\0\x09\0\0\0\3",
        b"\1\0\0\0\x48\x44\0\1\0\7\0\1\0\0\0\0\0\5\0\1\0\0\0\2\0\0\0\x09\0\0\0\0\0\0\0\3",
        b"\2\0\0\0\x44\x00\0\0\0\1\0\0\0\7\0\1\0\0\0\1\0\0\0\x09\0\0\0\3",
    ],
)
def test_a_table_that_was_read_is_written_the_same(body):
    data = made(b"iloc", body)
    found = items.locations(data, only(data))
    assert found.all[0].extents[0][1:] == (9, 3)
    assert items.written(found) == data


def test_without_bases_every_place_is_the_same_place():
    found = items.Locations(
        1,
        (0, 4, 4, 0),
        (items.Location(1, 0, 0, 100, ((0, 0, 5),)), items.Location(2, 1, 0, 7, ((0, 1, 2),))),
    )
    assert items.absolute(found, 1000) == items.Locations(
        1,
        (4, 4, 0, 0),
        (items.Location(1, 0, 0, 0, ((0, 100, 5),)), items.Location(2, 1, 0, 0, ((0, 8, 2),))),
    )
    assert items.absolute(found, 1 << 32).widths == (8, 4, 0, 0)


def test_only_extents_in_this_file_are_places():
    assert items.is_place(items.Location(1, 0, 0, 0, ()))
    assert not items.is_place(items.Location(1, 1, 0, 0, ()))
    assert not items.is_place(items.Location(1, 0, 1, 0, ()))


def test_a_number_that_does_not_fit_is_refused():
    with pytest.raises(OffsetTooLarge):
        items.written(items.Locations(0, (4, 4, 0, 0), (items.Location(70000, 0, 0, 0, ()),)))
    box = made(b"iref", b"\0\0\0\0")
    with pytest.raises(OffsetTooLarge):
        items.with_reference(box, only(box), 70000, 1)


def test_references_are_wide_where_a_number_is():
    short = items.with_reference(b"", None, 2, 1)
    assert items.references(short, only(short), b"cdsc") == {2: (1,)}
    wide = items.with_reference(b"", None, 70000, 1)
    assert items.references(wide, only(wide), b"cdsc") == {70000: (1,)}
    assert items.references(wide, only(wide), b"thmb") == {}


def test_a_wide_number_gets_a_wide_entry():
    data = made(b"iinf", b"\0\0\0\0\0\0")
    longer = items.with_item(data, only(data), 70000)
    assert items.items(longer, only(longer))[70000].is_xmp


def test_a_list_that_is_cut_off_is_broken():
    with pytest.raises(items.BrokenItems, match="the length of a box is wrong"):
        listed(b"\0\0\0\x99infe")
