"""Damaged and hostile files: whatever the bytes, reading ends soon, takes little memory and never fails.

Twenty thousand files over all parsers in every run of the suite; ``targets.py`` beside this file goes on
from here for as long as one likes.
"""

import math
import resource
import time

import pytest

from hegui.core import HeguiError
from hegui.marking import ImplicitLabel
from hegui.marking.formats import FORMATS, Format
from hegui.marking.inspection import inspected
from hegui.marking.proof import prove
from hegui.marking.protection import checks
from hegui.marking.splices import spliced
from simulators.mutation import mutations
from simulators.samples import SAMPLES

TOTAL = 20_000
EACH = math.ceil(TOTAL / len(FORMATS))
LABEL = ImplicitLabel.first(
    producer="001191110102MACQD9K64010000",
    produce_id="A-17",
    reserved_code='{"SecurityData":{"Type":"TC260PG","PubSD":[{"Type":"DS","AlgID":"sm2"}]}}',
)
LONGEST_SECONDS = 2.0
MOST_KIBIBYTES = 256 << 10
LARGEST_SEED = 40_000


def seeds(file_format: Format) -> list[bytes]:
    """Small sound files, without a label and with one."""
    plain = [data for data in SAMPLES[file_format.name]().values() if len(data) < LARGEST_SEED]
    assert plain, f"no sample of {file_format.name} is small enough"
    return plain + [spliced(data, file_format.write(data, LABEL)) for data in plain]


def test_as_many_files_are_tried_as_is_said():
    assert EACH * len(FORMATS) >= TOTAL


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


@pytest.mark.parametrize("file_format", FORMATS, ids=lambda item: item.name)
def test_no_damage_makes_reading_or_writing_fail_otherwise_than_in_words(file_format):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    accepted = 0
    for data in mutations(seeds(file_format), count=EACH, seed=FORMATS.index(file_format)):
        begin = time.process_time()
        accepted += handled(file_format, data)
        assert time.process_time() - begin < LONGEST_SECONDS
    assert 0 < accepted < EACH
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KIBIBYTES
