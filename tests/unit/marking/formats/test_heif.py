import io
import itertools
import mmap
import struct

import pytest
from PIL import Image

from hegui.marking import Carrier, Fault, ImplicitLabel, MalformedFile
from hegui.marking.candidates import Allowance
from hegui.marking.formats.boxes import XMP_UUID, made
from hegui.marking.formats.format import NoRoom
from hegui.marking.formats.heif import HEIF, FragmentedSequence
from hegui.marking.proof import prove
from hegui.marking.reading import found
from hegui.marking.splices import spliced
from hegui.marking.xmp import PacketUnusable, new_packet
from simulators import samples

HEIFS = samples.heifs()
PICTURE = bytes(range(200)) + b"the picture"
CREDENTIALS = made(
    b"uuid", bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"\0\0\0\0manifest\0" + bytes(40)
)
RDF = b"mime\0application/rdf+xml\0"


def full(kind: bytes, body: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    return made(kind, struct.pack(">I", version << 24 | flags) + body)


def named(number: int, what: bytes, *, protection: int = 0) -> bytes:
    """An entry of the list of items."""
    return full(b"infe", struct.pack(">HH", number, protection) + what[:4] + b"\0" + what[5:], version=2)


def located(version: int, widths: tuple[int, int, int, int], entries: list[tuple]) -> bytes:
    """The table of places; an entry is a number, a method, a base, and its extents."""
    offset, length, base, index = widths
    wide = 4 if version == 2 else 2
    body = bytes((offset << 4 | length, base << 4 | index)) + len(entries).to_bytes(wide, "big")
    for number, method, start, extents in entries:
        body += number.to_bytes(wide, "big") + (method.to_bytes(2, "big") if version else b"") + b"\0\0"
        body += start.to_bytes(base, "big") + len(extents).to_bytes(2, "big")
        for place, size in extents:
            body += bytes(index) + place.to_bytes(offset, "big") + size.to_bytes(length, "big")
    return full(b"iloc", body, version=version)


class Maker:
    """Puts a HEIF file together; items stand one behind the other in one box, or in ``idat``."""

    def __init__(self, items: list[tuple[bytes, bytes]], **options) -> None:
        self.items = items
        self.version = options.pop("version", 0)
        self.widths = options.pop("widths", (4, 4, 0, 0))
        self.in_meta = options.pop("in_meta", ())
        self.halves = options.pop("halves", ())
        self.before = options.pop("before", b"")
        self.behind = options.pop("behind", b"")
        self.extra = options.pop("extra", b"")
        self.brand = options.pop("brand", b"heic")
        self.meta_last = options.pop("meta_last", False)
        self.protection = options.pop("protection", 0)
        assert not options

    def meta(self, start: int) -> bytes:
        """The box of lists, if the data of the first item begins at ``start``."""
        entries, inner, place = [], b"", start
        base_bytes = self.widths[2]
        for number, (_, data) in enumerate(self.items, 1):
            method, at = 0, place
            if number in self.in_meta:
                method, at = 1, len(inner)
                inner += data
            else:
                place += len(data)
            extents = [(at, len(data))]
            if number in self.halves:
                half = len(data) // 2
                extents = [(at, half), (at + half, len(data) - half)]
            base = extents[0][0] if base_bytes and method == 0 else 0
            entries.append((number, method, base, [(where - base, size) for where, size in extents]))
        names = b"".join(
            named(number, what, protection=self.protection if what[:4] == b"mime" else 0)
            for number, (what, _) in enumerate(self.items, 1)
        )
        content = full(b"hdlr", b"\0\0\0\0pict" + bytes(13)) + full(b"pitm", b"\0\1")
        content += full(b"iinf", struct.pack(">H", len(self.items)) + names)
        content += located(self.version, self.widths, entries) + (made(b"idat", inner) if inner else b"")
        return full(b"meta", content + self.extra)

    def bytes(self) -> bytes:
        """The file."""
        head = made(b"ftyp", self.brand + b"\0\0\0\0mif1") + self.before
        data = b"".join(data for number, (_, data) in enumerate(self.items, 1) if number not in self.in_meta)
        if self.meta_last:
            store = made(b"mdat", data)
            return head + store + self.meta(len(head) + 8) + self.behind
        size = len(self.meta(0))
        return head + self.meta(len(head) + size + 8) + made(b"mdat", data) + self.behind


def heif(*items: tuple[bytes, bytes], **options) -> bytes:
    return Maker([(b"hvc1\0", PICTURE), *items], **options).bytes()


def packet(label: ImplicitLabel) -> bytes:
    return new_packet(label.bare())


def embed(data: bytes, label) -> bytes:
    return spliced(data, HEIF.write(data, label))


def read(data: bytes):
    items = list(HEIF.read(data))
    return [found(item) for item in items if not isinstance(item, Fault)], [
        item for item in items if isinstance(item, Fault)
    ]


def extract(data: bytes):
    ((label,), faults) = read(data)
    assert faults == []
    return label.strict()


def relabelled(data: bytes, label) -> bytes:
    """The file with the label, proven; written twice it is the same."""
    result = embed(data, label)
    prove(HEIF, before=data, after=result, label=label)
    assert embed(result, label) == result
    assert extract(result) == label
    assert result.count(PICTURE) == 1
    return result


@pytest.mark.parametrize("kind", [kind for kind in HEIFS if not kind.endswith("heic")])
def test_pillow_sees_the_same_frames(kind, label):
    with (
        Image.open(io.BytesIO(HEIFS[kind])) as before,
        Image.open(io.BytesIO(embed(HEIFS[kind], label))) as after,
    ):
        assert after.n_frames == before.n_frames
        for frame in range(before.n_frames):
            before.seek(frame)
            after.seek(frame)
            assert (after.mode, after.tobytes()) == (before.mode, before.tobytes())
        if before.n_frames == 1:
            assert after.info["xmp"].count(b"<TC260:AIGC") == 1
        assert after.info.get("exif") == before.info.get("exif")


def test_a_packet_that_was_there_keeps_its_other_properties(label):
    assert b"kept &amp; kept" in embed(HEIFS["avif with metadata"], label)
    assert b"kept</dc:title>" in embed(HEIFS["alpha.heic"], label)


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("widths", [(4, 4, 0, 0), (4, 4, 4, 0), (0, 4, 4, 0), (8, 8, 8, 0)])
def test_every_way_to_write_places_is_understood(label, other_label, version, widths):
    relabelled(heif((RDF, packet(other_label)), version=version, widths=widths), label)
    relabelled(heif(version=version, widths=widths), label)


def test_an_index_is_carried_along(label):
    relabelled(heif(version=1, widths=(4, 4, 0, 4)), label)


@pytest.mark.parametrize(
    "options",
    [
        {"before": CREDENTIALS},
        {"behind": CREDENTIALS},
        {"before": made(b"free", bytes(9)), "behind": made(b"free", b"")},
        {"meta_last": True},
        {"meta_last": True, "before": CREDENTIALS, "behind": CREDENTIALS},
        {"extra": full(b"iref", made(b"thmb", b"\0\1\0\1\0\1"))},
        {"brand": b"avif"},
    ],
)
def test_boxes_around_are_kept_and_what_they_move_is_found_again(label, other_label, options):
    for items in ((), ((RDF, packet(other_label)),)):
        data = heif(*items, **options)
        result = relabelled(data, label)
        for box in ("before", "behind"):
            assert options.get(box, b"") in result
        assert embed(embed(data, other_label), label) == result


@pytest.mark.parametrize(
    "options",
    [{"version": 1, "in_meta": (2,)}, {"halves": (2,)}, {"version": 1, "in_meta": (2,), "halves": (2,)}],
)
def test_a_packet_may_stand_in_the_lists_or_in_parts(label, other_label, options):
    data = heif((RDF, packet(other_label)), **options)
    assert extract(data) == other_label
    result = relabelled(data, label)
    assert other_label.produce_id.encode() not in result


def test_a_packet_with_a_box_of_its_own_is_replaced_there(label, other_label):
    once = embed(heif(), other_label)
    twice = embed(once, label)
    assert twice.count(b"mdat") == once.count(b"mdat") == 2


def test_the_packet_that_describes_the_primary_picture_is_the_one_that_is_updated(label, other_label):
    references = full(b"iref", made(b"cdsc", b"\0\3\0\1\0\1"))
    title = samples.XMP.encode()
    data = heif((RDF, packet(other_label)), (RDF, title), extra=references)
    assert extract(data) == other_label
    result = relabelled(data, label)
    assert b"kept &amp; kept</dc:title>" in result[result.index(b"mdat") :][: len(title) + 900]


def test_a_label_in_exif_is_read_and_blanked(label, other_label):
    exif = Image.Exif()
    exif[0x010E] = other_label.wrapped()
    block = exif.tobytes()
    for lead, halves in itertools.product(
        (b"\0\0\0\0" + block.removeprefix(b"Exif\0\0"), b"\0\0\0\6" + block), ((), (2,))
    ):
        data = heif((b"Exif\0", lead), halves=halves)
        ((item,), faults) = read(data)
        assert (item.carrier, item.strict(), faults) == (Carrier.EXIF_IMAGE_DESCRIPTION, other_label, [])
        relabelled(data, label)


def test_a_label_in_a_box_of_the_other_kind_is_read_and_given_up(label, other_label):
    data = heif(behind=made(b"uuid", XMP_UUID + packet(other_label)))
    assert extract(data) == other_label
    relabelled(data, label)
    kept = heif(behind=made(b"uuid", XMP_UUID + samples.XMP.encode()))
    assert samples.XMP.encode() in relabelled(kept, label)


@pytest.mark.parametrize("kind", [b"stco", b"co64"])
def test_the_chunks_of_a_sequence_are_found_again(label, kind):
    frames = b"frame one, frame two, frame three"
    sizes = full(b"stsz", struct.pack(">II3I", 0, 3, 10, 11, 12))
    runs = full(b"stsc", struct.pack(">I6I", 2, 1, 2, 1, 2, 1, 1))

    def movie(start: int) -> bytes:
        places = struct.pack(">III" if kind == b"stco" else ">IQQ", 2, start, start + 21)
        box = full(kind, places) + sizes + runs
        for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
            box = made(outer, box)
        return box

    without = heif()
    start = len(without) + len(movie(0)) + 8
    data = without + movie(start) + made(b"mdat", frames)
    result = relabelled(data, label)
    assert movie(result.index(frames)) in result
    cut = bytearray(data)
    cut[data.index(kind) + 11] = 99
    with pytest.raises(MalformedFile, match="table of chunk offsets"):
        embed(bytes(cut), label)


def test_a_last_box_without_a_length_stays_one(label):
    data = heif()
    place = data.index(b"mdat") - 4
    relabelled(data[:place] + b"\0\0\0\0" + data[place + 4 :], label)
    lists = heif(meta_last=True)
    place = lists.index(b"meta") - 4
    result = relabelled(lists[:place] + b"\0\0\0\0" + lists[place + 4 :], label)
    assert result[place : place + 4] != b"\0\0\0\0"


def test_sequences_in_fragments_are_refused(label):
    with pytest.raises(FragmentedSequence, match="join the fragments"):
        embed(heif(behind=made(b"moof", b"")), label)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (heif()[:-1], "the length of a box is wrong"),
        (made(b"ftyp", b"heic\0\0\0\0mif1"), "there should be one meta box"),
        (heif(behind=full(b"meta", b"")), "there should be one meta box"),
        (
            made(b"ftyp", b"heic\0\0\0\0mif1") + full(b"meta", full(b"pitm", b"\0\1")),
            "no iinf and no iloc box",
        ),
        (heif(extra=made(b"iref", b"\0\0\0\0") * 2), "a kind of box is there twice"),
        (heif(extra=b"\0\0\0\3hdlr"), "the length of a box is wrong"),
        (heif(extra=full(b"iref", b"\0\0\0\3cdsc")), "the length of a box is wrong"),
        (heif(extra=full(b"iref", made(b"cdsc", b"\0"))), "the content of a box is cut off"),
        (
            heif((RDF, b"")).replace(struct.pack(">HH", 2, 0) + b"\0\1", struct.pack(">HH", 2, 1) + b"\0\1"),
            "not known",
        ),
        (heif((RDF, b"")).replace(b"iloc\0", b"iloc\7"), "unknown version"),
        (heif((RDF, b"")).replace(b"\x44\0\0\2", b"\x34\0\0\2"), "unknown version"),
        (heif((RDF, b"12345678")).replace(b"\0\0\0\x08", b"\0\0\1\x08"), "beyond the end"),
        (heif((RDF, b"12345678"), version=1, in_meta=(2,)).replace(b"idat", b"skip"), "beyond the end"),
        (heif((RDF, b"")).replace(b"\0\2\0\0\0\x15infe", b"\0\3\0\0\0\x15infe"), "another length"),
    ],
)
def test_a_file_without_a_sound_structure_is_not_written_into(label, data, reason):
    with pytest.raises(MalformedFile, match=reason):
        embed(data, label)


def test_a_label_is_found_in_a_file_that_is_cut_off(label):
    data = embed(heif(), label)
    ((item,), (fault,)) = read(data[:-1])
    assert (item.strict(), fault.text.en) == (label, "the length of a box is wrong")


@pytest.mark.parametrize(
    ("what", "options"),
    [(RDF[:-1] + b"\0deflate\0", {}), (RDF, {"protection": 1})],
    ids=["compressed", "encrypted"],
)
def test_a_packet_that_cannot_be_read_is_a_fault_and_is_not_written_into(label, other_label, what, options):
    data = heif((what, packet(other_label)), **options)
    (labels, (fault,)) = read(data)
    assert labels == []
    assert "too large, compressed or encrypted" in fault.text.en
    with pytest.raises(PacketUnusable, match="compressed or encrypted"):
        embed(data, label)


def test_only_so_much_metadata_of_one_file_is_read(other_label, monkeypatch):
    data = heif((RDF, packet(other_label)), (RDF, packet(other_label)))
    assert len(read(data)[0]) == 2
    monkeypatch.setattr("hegui.marking.candidates.LARGEST_IN_ALL", len(packet(other_label)))
    (labels, faults) = read(data)
    assert (len(labels), len(faults)) == (1, 1)
    assert Allowance().takes(1)


def test_a_number_that_is_free_is_taken_where_the_next_one_is_too_large(label):
    data = heif((b"hvc1\0", b""))
    largest = data.replace(struct.pack(">HHH", 2, 0, 1), struct.pack(">HHH", 0xFFFF, 0, 1))
    largest = largest.replace(b"\0\2\0\0hvc1", b"\xff\xff\0\0hvc1")
    assert largest != data
    relabelled(largest, label)


def test_lists_with_wide_numbers_get_one_more(label):
    items = full(b"iinf", b"\0\0\0\1" + full(b"infe", b"\0\0\0\1\0\0hvc1\0", version=3), version=1)
    references = full(b"iref", made(b"thmb", b"\0\0\0\1\0\1\0\0\0\1"), version=1)

    def meta(place: int) -> bytes:
        lists = (
            full(b"pitm", b"\0\0\0\1", version=1)
            + items
            + located(2, (4, 4, 0, 0), [(1, 0, 0, [(place, len(PICTURE))])])
        )
        return full(b"meta", lists + references)

    head = made(b"ftyp", b"heic\0\0\0\0mif1")
    place = len(head) + len(meta(0)) + 8
    relabelled(head + meta(place) + made(b"mdat", PICTURE), label)


def test_items_of_the_first_versions_are_understood(other_label):
    data = heif((RDF, packet(other_label)))
    old = full(b"infe", b"\0\2\0\0\0application/rdf+xml\0\0")
    new = named(2, RDF)
    changed = data.replace(new, old)
    # The list has shrunk: it says so, and so does the box around it, and what follows has moved.
    growth = len(old) - len(new)
    for kind in (b"meta", b"iinf"):
        place = changed.index(kind) - 4
        size = int.from_bytes(changed[place : place + 4], "big") + growth
        changed = changed[:place] + size.to_bytes(4, "big") + changed[place + 4 :]
    where = data.index(packet(other_label))
    changed = changed.replace(struct.pack(">I", where), struct.pack(">I", where + growth))
    assert extract(changed) == other_label


@pytest.mark.parametrize("widths", [(4, 4, 0, 0), (8, 8, 0, 0)])
def test_a_file_of_more_than_four_gibibytes_gets_wider_places(label, tmp_path, widths):
    maker = Maker([(b"hvc1\0", PICTURE)], widths=widths)
    path = tmp_path / "large.heic"
    data = maker.bytes()
    path.write_bytes(data + struct.pack(">I4sQ", 1, b"free", 1 << 32))
    with path.open("r+b") as file:
        file.truncate(len(data) + (1 << 32))  # a hole: it takes no room on the disk
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            head = spliced(data, [item for item in HEIF.write(mapped, label) if item.start < len(data)])
    assert head[head.index(b"iloc") + 8] >> 4 == 8
    assert extract(head) == label


def test_a_table_that_cannot_point_so_far_is_refused(label):
    box = full(b"stco", struct.pack(">II", 1, 0xFFFFFFFF))
    for outer in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        box = made(outer, box)
    with pytest.raises(NoRoom, match="HEIF file is too large"):
        embed(heif(behind=box), label)


@pytest.mark.parametrize("brand", [b"heic", b"avis", b"xxxx"])
def test_it_is_told_by_its_brands(brand):
    assert HEIF.recognises(heif(brand=brand))
    assert not HEIF.recognises(made(b"ftyp", b"isom\0\0\0\0isomiso2mp41") + bytes(50))
    assert not HEIF.recognises(b"\0\0\0\x10mdat")
