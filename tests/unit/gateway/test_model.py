"""What evidence keeps."""

from hegui.core import canonical_json, to_json
from hegui.gateway import ExchangeRecord, Noticed, Outcome
from hegui.screening import Finding


def test_a_finding_is_kept_without_its_place_in_the_text():
    finding = Finding(risk="A.1.f", detector="keyword:1", kind="violence", start=3, end=5, level="high")

    assert Noticed.of(finding) == Noticed(risk="A.1.f", kind="violence", detector="keyword:1")


def test_a_record_can_be_evidence():
    record = ExchangeRecord(
        exchange="1", surface="chat", stream=True, model="m", user=None, screen="s",
        outcome=Outcome.ANSWERED, input=(), output=(), produce_id="1", characters_released=3,
    )  # fmt: skip

    assert canonical_json(to_json(record)).startswith(b'{"answer_digest":null,"attempts":0')
