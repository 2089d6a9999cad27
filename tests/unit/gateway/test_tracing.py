"""Spans, recorded by OpenTelemetry's own kit."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from hegui.gateway import tracing

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(autouse=True)
def unknown():
    """Nobody has looked yet whether spans are collected."""
    tracing.is_collected.cache_clear()
    yield
    tracing.is_collected.cache_clear()


@pytest.fixture(scope="module")
def provider():
    provider = TracerProvider()
    trace.set_tracer_provider(provider)
    return provider


@pytest.fixture
def spans(provider):
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider.add_span_processor(processor)
    yield exporter
    exporter.clear()
    provider._active_span_processor._span_processors = ()


def test_a_span_stands_in_its_callers_trace_says_what_became_of_it_and_is_passed_on(spans):
    headers = {}
    with tracing.span("chat/completions", traceparent=CALLER):
        tracing.pass_on(headers)
        tracing.tell({"hegui.outcome": "answered"})
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("chat/completions", trace.SpanKind.SERVER)
    assert span.parent.span_id == 0xB7AD6B7169203331
    assert dict(span.attributes) == {"hegui.outcome": "answered"}
    assert headers == {"traceparent": f"00-0af7651916cd43dd8448eb211c80319c-{span.context.span_id:016x}-01"}


@pytest.mark.parametrize("traceparent", ["", "nonsense", "00-0-0-0"])
def test_without_a_caller_that_makes_sense_a_trace_begins_here(spans, traceparent):
    with tracing.span("models", traceparent=traceparent):
        pass
    (span,) = spans.get_finished_spans()
    assert span.parent is None


def test_an_error_is_told_without_its_words(spans):
    with pytest.raises(ValueError, match="said"), tracing.span("models"):
        raise ValueError("what a user said")
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is trace.StatusCode.ERROR
    assert "user said" not in f"{span.status.description}{span.events}{span.attributes}"


def test_without_opentelemetry_nothing_is_told(monkeypatch):
    monkeypatch.setattr(tracing, "IS_TRACED", False)
    headers = {}
    with tracing.span("models"):
        tracing.tell({"a": 1})
        tracing.pass_on(headers)
    assert headers == {}


def test_where_nobody_collects_spans_none_is_opened(spans, monkeypatch):
    monkeypatch.setattr(trace, "get_tracer_provider", trace.ProxyTracerProvider)
    headers = {}
    with tracing.span("models"):
        tracing.tell({"a": 1})
        tracing.pass_on(headers)
    assert headers == {}
    assert spans.get_finished_spans() == ()
