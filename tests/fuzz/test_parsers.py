"""Damaged and hostile files: whatever the bytes, reading ends soon, takes little memory and never fails.

How soon is told by how often functions are called, which no busy machine changes.

Twenty thousand files over all parsers in every run of the suite; ``targets.py`` beside this file goes on
from here for as long as one likes.
"""

import io
import json
import math
import resource
import sys
import zipfile
from collections.abc import Callable
from functools import partial

import pytest

from hegui.core import HeguiError
from hegui.marking import Carrier, ImplicitLabel, exif, reading, xmp
from hegui.marking.candidates import Allowance, Candidate
from hegui.marking.formats import FORMATS, Format
from hegui.marking.formats.ooxml import OOXML
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.protection import checks
from hegui.marking.splices import spliced
from simulators.mutation import mutations
from simulators.samples import SAMPLES, XMP

TOTAL = 20_000
LABEL = ImplicitLabel.first(
    producer="001191110102MACQD9K64010000",
    produce_id="A-17",
    reserved_code='{"SecurityData":{"Type":"TC260PG","PubSD":[{"Type":"DS","AlgID":"sm2"}]}}',
)
SIGNED = (
    b'{"SecurityData":{"Type":"TC260PG","Version":1,"PubSD":[{"Type":"DS","AlgID":"sm2","TBSData":{"Type":"Md"},'
    b'"Signature":"3006020101020101"},{"Type":"PubKey","AlgID":"sm2","KeyValue":"0432C4AE2C1F1981195F9904466A39C9948'
    b'FE30BBFF2660BE1715A4589334C74C7BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"}]}}'
)
PROPERTIES = "docProps/custom.xml"
EXIF = b'MM\0*\0\0\0\x08\0\x01\x01\x0e\0\x02\0\0\0\x14\0\0\0\x1a\0\0\0\0{"AIGC":{"Label":"1"}}'
MOST_CALLS = 1_000_000
MOST_KIBIBYTES = 256 << 10
LARGEST_SEED = 40_000


def calls(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls, those of C included."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def seeds(file_format: Format) -> list[bytes]:
    """Small sound files, without a label and with one."""
    plain = [data for data in SAMPLES[file_format.name]().values() if len(data) < LARGEST_SEED]
    assert plain, f"no sample of {file_format.name} is small enough"
    return plain + [spliced(data, file_format.write(data, LABEL)) for data in plain]


def handled(file_format: Format, data: bytes) -> bool:
    """Do with a file whatever is done with files of its format; return whether it took a label."""
    found = inspected(data)
    checks(found.labels, ())
    list(file_format.read(data))
    if not file_format.recognises(data):
        return False
    try:
        result = spliced(data, file_format.write(data, LABEL))
        prove(file_format, before=data, after=result, label=LABEL)
    except HeguiError:
        return False
    return True


def read_xmp(data: bytes) -> bool:
    list(xmp.candidates(data, offset=0))
    try:
        xmp.unlabelled_packet(data)
        xmp.updated_packet(data, LABEL.bare())
    except HeguiError:
        return False
    return True


def read_exif(data: bytes) -> bool:
    found = list(exif.candidates(data, 0, len(data), Allowance(), offset=0))
    spliced(data, exif.blanked(data, 0, len(data), Allowance()))
    return bool(found)


def read_json(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    return reading.found(Candidate(value=text, carrier=Carrier.PNG_TEXT, offset=0)).strict() is not None


def read_protection(data: bytes) -> bool:
    fields = {"Label": "1", "ReservedCode1": data.decode("utf-8", "replace")}
    label = reading.found(Candidate(value=json.dumps(fields), carrier=Carrier.PNG_TEXT, offset=0))
    return any(check.key for check in checks([label], ()))


def parts() -> dict[str, bytes]:
    """What an Office file cannot do without, and its properties, unpacked."""
    with zipfile.ZipFile(io.BytesIO(SAMPLES["OOXML"]()["xlsx with properties"])) as archive:
        return {name: archive.read(name) for name in ("[Content_Types].xml", "_rels/.rels", PROPERTIES)}


def read_properties(data: bytes) -> bool:
    """Damage within an archive that is sound: its checksums would give away any other."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in {**parts(), PROPERTIES: data}.items():
            archive.writestr(name, part)
    return handled(OOXML, file.getvalue())


PARSERS: dict[str, tuple[Callable[[bytes], bool], Callable[[], list[bytes]]]] = {
    **{item.name: (partial(handled, item), partial(seeds, item)) for item in FORMATS},
    "properties": (read_properties, lambda: [parts()[PROPERTIES]]),
    "xmp": (read_xmp, lambda: [xmp.new_packet(LABEL.bare()), XMP.encode()]),
    "exif": (read_exif, lambda: [EXIF]),
    "json": (read_json, lambda: [LABEL.bare().encode(), LABEL.wrapped().encode()]),
    "protection": (read_protection, lambda: [SIGNED]),
}
"""What is tried, and the sound files that damage begins from: the formats, and the parts they share."""

EACH = math.ceil(TOTAL / len(PARSERS))


def test_as_many_files_are_tried_as_is_said():
    assert EACH * len(PARSERS) >= TOTAL


@pytest.mark.parametrize("name", PARSERS)
def test_no_damage_makes_reading_or_writing_fail_otherwise_than_in_words(name):
    handle, sound = PARSERS[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    accepted: list[bool] = []
    for data in mutations(sound(), count=EACH, seed=list(PARSERS).index(name)):
        assert calls(lambda data=data: accepted.append(handle(data))) < MOST_CALLS
    assert 0 < sum(accepted) < EACH
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KIBIBYTES
