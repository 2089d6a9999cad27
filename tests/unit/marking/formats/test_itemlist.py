import pytest

from hegui.marking import Carrier
from hegui.marking.formats import itemlist
from hegui.marking.formats.boxes import Box, boxes, made
from hegui.marking.formats.itemlist import ItemList, ListDamaged

ITUNES = made(b"hdlr", bytes(8) + b"mdirappl" + bytes(9))
KEYED = made(b"hdlr", bytes(8) + b"mdta" + bytes(13))
TITLE = made(b"\xa9nam", made(b"data", b"\0\0\0\1\0\0\0\0kept"))


def meta(*children: bytes, bare: bool = False) -> bytes:
    return made(b"meta", (b"" if bare else bytes(4)) + b"".join(children))


def keys(*names: str) -> bytes:
    return made(
        b"keys", bytes(4) + len(names).to_bytes(4, "big") + b"".join(made(b"mdta", n.encode()) for n in names)
    )


def item(number: int, text: str, *, kind: int = 1, encoding: str = "utf-8") -> bytes:
    return made(
        number.to_bytes(4, "big"), made(b"data", kind.to_bytes(4, "big") + bytes(4) + text.encode(encoding))
    )


def free(name: str, text: str) -> bytes:
    parts = made(b"mean", bytes(4) + b"com.apple.iTunes") + made(b"name", bytes(4) + name.encode())
    return made(b"----", parts + made(b"data", b"\0\0\0\1\0\0\0\0" + text.encode()))


def items(*parts: bytes) -> bytes:
    return made(b"ilst", b"".join(parts))


def taken(data: bytes) -> ItemList:
    (box,) = boxes(data, 0, len(data))
    return itemlist.taken_apart(data, box)


def labels(data: bytes, *, at_home: bool = True) -> list[tuple[str, Carrier]]:
    return [(found.value, found.carrier) for found in itemlist.candidates(taken(data), at_home=at_home)]


def updated(data: bytes, text: str | None) -> bytes:
    return itemlist.updated(data, taken(data), text)


def test_a_new_list_is_the_one_that_ffmpeg_writes():
    data = itemlist.new_list("{}")
    assert data == meta(KEYED, keys("AIGC"), items(item(1, "{}")))
    assert labels(data) == [("{}", Carrier.MP4_KEYS)]


@pytest.mark.parametrize("bare", [False, True])
def test_a_label_is_added_behind_other_keys_and_replaced(bare):
    data = meta(
        KEYED,
        keys("title", "aigc", "comment"),
        items(item(1, "kept"), item(2, "old"), item(3, "kept")),
        bare=bare,
    )
    assert labels(data) == [("old", Carrier.MP4_KEYS)]
    result = updated(data, "new")
    expected = meta(
        KEYED,
        keys("title", "comment", "AIGC"),
        items(item(1, "kept"), item(2, "kept"), item(3, "new")),
        bare=bare,
    )
    assert result == expected
    assert updated(result, "new") == result
    assert updated(data, None) == meta(
        KEYED, keys("title", "comment"), items(item(1, "kept"), item(2, "kept")), bare=bare
    )


def test_a_list_without_keys_or_items_gets_them():
    assert updated(meta(KEYED, made(b"free", b"")), "new") == meta(
        KEYED, made(b"free", b""), keys("AIGC"), items(item(1, "new"))
    )


@pytest.mark.parametrize("at_home", [True, False])
def test_a_label_under_its_key_is_at_home_or_elsewhere(at_home):
    data = itemlist.new_list("{}")
    carrier = Carrier.MP4_KEYS if at_home else Carrier.MP4_ELSEWHERE
    assert labels(data, at_home=at_home) == [("{}", carrier)]


@pytest.mark.parametrize(
    "label",
    [
        free("AIGC", "{}"),
        made(b"\xa9cmt", made(b"data", b'\0\0\0\1\0\0\0\0{"AIGC":{"Label":"1"}}')),
        made(b"\0\0\0\1", made(b"data", b'\0\0\0\1\0\0\0\0 {"Label":"1","ContentProducer":"x"}')),
        made(b"\0\0\0\1", made(b"data", b"\0\0\0\2\0\0\0\0" + '{"AIGC":{}}'.encode("utf-16-be"))),
        made(b"\0\0\0\1", made(b"data", b"\0\0\0\1\0\0\0\0" + b'{"AIGC":{}}') * 2),
    ],
)
def test_labels_without_a_key_are_told_by_a_free_name_or_by_what_they_say(label):
    data = meta(ITUNES, items(TITLE, label))
    ((_, carrier),) = labels(data)
    assert carrier is Carrier.MP4_ITEM
    assert updated(data, None) == meta(ITUNES, items(TITLE))


def test_a_label_under_another_key_is_told_by_what_it_says():
    data = meta(KEYED, keys("comment"), items(item(1, '{"AIGC":{}}')))
    assert labels(data) == [('{"AIGC":{}}', Carrier.MP4_ITEM)]
    assert updated(data, None) == meta(KEYED, keys("comment"), items())


@pytest.mark.parametrize(
    "other",
    [
        free("title", "AIGC"),
        made(b"covr", made(b"data", b"\0\0\0\x0d\0\0\0\0\xff\xd8")),
        made(b"\xa9cmt", b""),
        made(b"\xa9cmt", made(b"data", b'\0\0\0\1\0\0\0\0{"kept":1}')),
        made(b"\xa9cmt", made(b"data", b"\0\0\0\1\0\0\0\0the AIGC")),
    ],
)
def test_other_items_are_none_and_stay(other):
    data = meta(ITUNES, items(other, TITLE))
    assert labels(data) == []
    assert updated(data, None) == data


def test_a_text_in_two_bytes_for_each_character_is_read_under_its_key():
    data = meta(KEYED, keys("AIGC"), items(item(1, "{}", kind=2, encoding="utf-16-be")))
    assert labels(data) == [("{}", Carrier.MP4_KEYS)]


@pytest.mark.parametrize("number", [0, 2])
def test_an_item_whose_key_is_missing_is_read_past_and_not_written_beside(number):
    data = meta(KEYED, keys("title"), items(item(number, "kept")))
    assert labels(data) == []
    with pytest.raises(ListDamaged, match="an item of the metadata has no key"):
        updated(data, "new")


@pytest.mark.parametrize(
    "data",
    [
        meta(b"\0\0\0\x09hdlr"),
        meta(ITUNES, made(b"ilst", b"\0\0\0\x10\xa9nam")),
        meta(ITUNES, items(made(b"\xa9nam", b"\0\0\0\x10data"))),
        meta(KEYED, made(b"keys", bytes(8) + b"\0\0\0\x10mdta")),
    ],
)
def test_boxes_that_do_not_fit_are_refused(data):
    with pytest.raises(ListDamaged) as refused:
        taken(data)
    assert refused.value.fault.text.en == "the length of a box is wrong"


def test_a_box_too_short_for_anything_is_an_empty_list():
    assert taken(made(b"meta", b"")).items == ()
    assert taken(made(b"meta", b"\0\0\0\0")).handler == b""
    assert taken(meta(made(b"hdlr", b""), made(b"keys", b""))).keys == ()


def test_metadata_and_values_of_any_length_are_not_read(monkeypatch):
    data = itemlist.new_list("long")
    monkeypatch.setattr(itemlist, "LARGEST_VALUE", 3)
    (found,) = itemlist.candidates(taken(data), at_home=True)
    assert found.text.en == "the value of a label is too long"
    monkeypatch.setattr(itemlist, "LARGEST_PACKET", 10)
    with pytest.raises(ListDamaged, match="metadata too long to be read"):
        itemlist.taken_apart(data, Box(b"meta", 0, 8, len(data)))
