"""Reading a part of an Office file as far as it is sound."""

import pytest

from hegui.marking.formats.office_part import EndOfReading, local_name, read_part


class Heard:
    """Remembers what it takes."""

    def __init__(self, stop_at: str = "") -> None:
        self.events: list[str] = []
        self._stop_at = stop_at

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == self._stop_at:
            raise EndOfReading
        named = {local_name(key): value for key, value in attributes.items()}
        self.events.append(f"<{name} {named}>")

    def end(self, name: str) -> None:
        self.events.append(f"</{name}>")

    def characters(self, text: str) -> None:
        self.events.append(text)


PART = b'<w:p xmlns:w="urn:w" w:val="1">a&amp;b<w:r>c</w:r></w:p>'
WHOLE = ["<p {'val': '1'}>", "a&b", "<r {}>", "c", "</r>", "</p>"]


@pytest.mark.parametrize(
    ("xml", "stop_at", "heard"),
    [
        (PART, "", WHOLE),
        (PART[:-6], "", WHOLE[:-1]),
        (PART, "r", WHOLE[:2]),
        (b'<!DOCTYPE p [<!ENTITY x "y">]>' + PART, "", []),
        (b"no xml", "", []),
    ],
)
def test_what_stands_before_the_damage_is_read(xml, stop_at, heard):
    reader = Heard(stop_at)
    read_part(xml, reader)
    assert reader.events == heard
