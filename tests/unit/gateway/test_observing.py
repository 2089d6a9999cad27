"""What metrics, traces and the log are told of an exchange."""

import logging

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from hegui.gateway import ExchangeRecord, Noticed, Outcome
from hegui.gateway.log import FIELDS
from hegui.gateway.metrics import Metrics
from hegui.gateway.observing import broke, exchanged

RECORD = ExchangeRecord(
    exchange="hegui-1",
    surface="chat/completions",
    stream=True,
    model="m" * 200,
    user="a-pseudonym",
    screen="sha256:0",
    outcome=Outcome.MASKED,
    input=(),
    output=(Noticed(risk="pii", kind="mobile_phone", detector="d"),),
    produce_id="hegui-1",
    characters_released=9,
    tenant="a-tenant",
)


def test_an_exchange_is_counted_logged_and_told_to_its_span_without_its_user(caplog):
    caplog.set_level(logging.INFO, "hegui.gateway")
    metrics = Metrics()
    with TracerProvider().get_tracer("t").start_as_current_span("gateway") as span:
        assert trace.get_current_span() is span
        exchanged(metrics, RECORD, seconds=0.12345)
    (line,) = caplog.records
    fields = getattr(line, FIELDS)
    assert line.getMessage() == "exchanged"
    assert (fields["outcome"], fields["seconds"], fields["findings"]) == ("masked", 0.123, 1)
    assert len(fields["model"]) == 100
    assert span.attributes["hegui.exchange"] == "hegui-1"
    told = f"{fields}{dict(span.attributes)}{metrics.text({})}"
    assert "a-pseudonym" not in told
    assert 'outcome="masked"' in told
    assert 'risk="pii"' in told


def test_an_error_that_nobody_foresaw_is_logged_with_its_exchange(caplog):
    error = ValueError("what a user said")
    broke(error, exchange="hegui-2")
    (line,) = caplog.records
    assert getattr(line, FIELDS) == {"exchange": "hegui-2"}
    assert line.exc_info[1] is error
