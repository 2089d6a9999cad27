import dataclasses
import datetime as dt
import io
import mmap
import struct
import zlib

import pytest

from hegui.marking import LabelNotProven
from hegui.marking.certificates import Certificates
from hegui.marking.formats.png import PNG
from hegui.marking.proof import prove, prove_signed
from hegui.marking.provenance import sign
from hegui.marking.readback import ReadBack
from hegui.marking.splices import spliced


def test_what_was_written_well_stands_the_check(pngs, label, tmp_path):
    before = pngs["RGB"]
    after = spliced(before, PNG.write(before, label))
    prove(PNG, before=before, after=after, label=label)
    path = tmp_path / "after.png"
    path.write_bytes(after)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        prove(PNG, before=before, after=mapped, label=label)


def test_another_picture_does_not(pngs, label):
    after = spliced(pngs["L"], PNG.write(pngs["L"], label))
    with pytest.raises(LabelNotProven, match="other than the label changed"):
        prove(PNG, before=pngs["RGB"], after=after, label=label)


def test_another_label_does_not(pngs, label, other_label):
    before = pngs["RGB"]
    with pytest.raises(LabelNotProven, match="second parser reads 0 labels"):
        prove(PNG, before=before, after=before, label=label)
    after = spliced(before, PNG.write(before, other_label))
    with pytest.raises(LabelNotProven, match="second parser reads 1 labels, or another one"):
        prove(PNG, before=before, after=after, label=label)


def test_a_label_that_only_the_second_parser_sees_does_not(pngs, label):
    fooled = dataclasses.replace(PNG, read_back=lambda _: ReadBack(labels=(label.bare(),), coded=""))
    with pytest.raises(LabelNotProven, match="the reader reads 0 labels"):
        prove(fooled, before=pngs["RGB"], after=pngs["RGB"], label=label)


@pytest.mark.parametrize("error", [struct.error, zlib.error, ValueError, IndexError, RecursionError])
def test_a_file_that_the_second_parser_cannot_read_does_not(pngs, label, error):
    def fail(_):
        raise error("lost")

    with pytest.raises(LabelNotProven, match=r"to its end \(lost\)"):
        prove(dataclasses.replace(PNG, read_back=fail), before=pngs["RGB"], after=pngs["RGB"], label=label)


@pytest.fixture(scope="module")
def credential(tmp_path_factory):
    certificates = Certificates(tmp_path_factory.mktemp("c2pa"), clock=lambda: dt.datetime.now(dt.UTC))
    return certificates.make_unsafe_test_certificate()


def signed(data, credential) -> bytes:
    out = io.BytesIO()
    sign(io.BytesIO(data), out, kind="png", credential=credential, parent=None)
    return out.getvalue()


def test_a_signed_file_stands_the_check_while_label_and_signature_do(pngs, label, other_label, credential):
    data = signed(spliced(pngs["RGB"], PNG.write(pngs["RGB"], label)), credential)
    assert prove_signed(PNG, after=data, stream=io.BytesIO(data), label=label).generated
    with pytest.raises(LabelNotProven, match="no longer reads"):
        prove_signed(PNG, after=data, stream=io.BytesIO(data), label=other_label)
    broken = spliced(data, PNG.write(data, other_label))
    with pytest.raises(LabelNotProven, match=r"read back as invalid: .*assertion.dataHash.mismatch"):
        prove_signed(PNG, after=broken, stream=io.BytesIO(broken), label=other_label)
