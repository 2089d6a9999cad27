"""Labels and content credentials in one file, in every format that both can stand in."""

import datetime as dt
import io
from pathlib import Path

import pytest

from hegui.marking import ImplicitLabel, Prominence, ProvenanceStatus
from hegui.marking.certificates import Certificates
from hegui.marking.formats import FORMATS
from hegui.marking.inspection import inspected
from hegui.marking.production import Recipe, kind_of, labelled_data
from hegui.marking.provenance import ProvenanceRefused, holds_credentials, provenance, supports
from simulators.samples import SAMPLES

PRODUCER = "001191110102MACQD9K64010000"
FIRST = ImplicitLabel.first(producer=PRODUCER, produce_id="A-17")
SECOND = ImplicitLabel.first(producer=PRODUCER, produce_id="B-18")
# WAV whose sizes do not fit 32 bits, or were never filled in, and packed archives: c2pa-python reads none.
NOT_SIGNED = {
    "long.wav",
    "piped.wav",
    "docx",
    "xlsx",
    "xlsx, streamed",
    "xlsx with properties",
    "pptx",
}
BOTH = [item for item in FORMATS if supports(kind_of(item))]


@pytest.fixture(scope="module")
def signing(tmp_path_factory) -> Recipe:
    certificates = Certificates(tmp_path_factory.mktemp("c2pa"), clock=lambda: dt.datetime.now(dt.UTC))
    return Recipe(
        prominence=Prominence(height=0.05, seconds=2), credential=certificates.make_unsafe_test_certificate()
    )


@pytest.mark.parametrize("file_format", BOTH, ids=lambda item: item.name)
def test_label_and_credentials_stand_side_by_side_and_a_second_label_keeps_the_story(file_format, signing):
    name = Path(f"file{file_format.suffixes[0]}")
    for kind, data in SAMPLES[file_format.name]().items():
        if kind in NOT_SIGNED:
            with pytest.raises(ProvenanceRefused, match="no file was written"):
                labelled_data(data, name=name, label=FIRST, recipe=signing)
            continue
        once, product = labelled_data(data, name=name, label=FIRST, recipe=signing)
        assert product.provenance.status is ProvenanceStatus.UNTRUSTED, kind
        assert holds_credentials(once), kind
        twice, product = labelled_data(once, name=name, label=SECOND, recipe=signing)
        assert [item.strict() for item in product.replaced] == [FIRST], kind
        result = provenance(io.BytesIO(twice), kind=kind_of(file_format), anchors=signing.credential.chain)
        assert (result.status, result.manifests, result.generated) == (
            ProvenanceStatus.TRUSTED,
            2,
            True,
        ), kind
        assert [item.strict() for item in inspected(twice).labels] == [SECOND], kind
