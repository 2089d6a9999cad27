import io
import zipfile

import pytest

from hegui.marking.formats.ooxml import OOXML
from hegui.marking.readback.ooxml import read_back
from hegui.marking.splices import spliced
from simulators.samples import ooxmls


def back(data: bytes):
    return read_back(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["xlsx", "xlsx with properties", "xlsx, stored"])
def test_it_reads_the_label_and_finds_the_rest_unchanged(label, kind):
    data = ooxmls()[kind]
    result = back(spliced(data, OOXML.write(data, label)))
    assert (result.labels, result.coded) == ((label.bare(),), back(data).coded)
    assert back(data).labels == ()


@pytest.mark.parametrize("kind", ["xlsx", "xlsx with properties"])
def test_it_notices_every_change_to_the_header_or_the_bytes_of_another_part(kind):
    data = ooxmls()[kind]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (part,) = (entry for entry in archive.infolist() if entry.filename == "xl/workbook.xml")
    for place in range(part.header_offset, part.header_offset + 30 + len(part.filename) + part.compress_size):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            coded = back(bytes(changed)).coded
        except Exception as error:  # noqa: BLE001 - a change of structure ends the second parser somehow
            coded = repr(error)
        assert coded != back(data).coded, place


def test_it_notices_changed_properties_types_and_relationships():
    data = ooxmls()["xlsx with properties"]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stored = {}
    for name, old, new in (
        ("docProps/custom.xml", b"kept", b"lost"),
        ("[Content_Types].xml", b"Default", b"Defekt!"),
        ("_rels/.rels", b"core", b"cord"),
        ("", b"", b""),
    ):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for path, part in parts.items():
                archive.writestr(zipfile.ZipInfo(path), part.replace(old, new) if path == name else part)
        stored[name] = back(file.getvalue()).coded
    assert len(set(stored.values())) == 4


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data.replace(b"PK\1\2\x14\3\x14", b"PK\1\2\x14\3\x99")]
)
def test_what_is_no_archive_for_the_standard_library_ends_in_a_value_error(damage):
    data = ooxmls()["xlsx"]
    assert damage(data) != data
    with pytest.raises(ValueError, match=r"."):
        back(damage(data))


def test_a_part_whose_checksum_is_wrong_ends_in_a_value_error():
    data = bytearray(ooxmls()["xlsx, stored"])
    data[data.index(b"<Types") + 1] ^= 1
    with pytest.raises(ValueError, match="Content_Types"):
        back(bytes(data))
