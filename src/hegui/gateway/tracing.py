"""Spans of OpenTelemetry around what the gateway does, where its interface is installed; without any content.

The gateway only opens spans. Where they go is set as for every other program, by
``opentelemetry-instrument`` and its variables.
"""

import importlib.util
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

IS_TRACED = importlib.util.find_spec("opentelemetry") is not None
"""Whether spans are opened: ``pip install hegui[otel]``."""

Attributes = Mapping[str, str | bool | int | float]

_NOTHING = nullcontext()


@cache
def _trace() -> Any:  # noqa: ANN401 - a module of an extra
    from opentelemetry import trace  # noqa: PLC0415 - an extra

    return trace


@cache
def _propagator() -> Any:  # noqa: ANN401 - a class of an extra
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - an extra
        TraceContextTextMapPropagator,
    )

    return TraceContextTextMapPropagator()


@cache
def is_collected() -> bool:
    """Whether anybody collects spans: looked up once, before the first, since every request would look."""
    return IS_TRACED and not isinstance(_trace().get_tracer_provider(), _trace().ProxyTracerProvider)


def span(name: str, *, traceparent: str = "") -> AbstractContextManager[None]:
    """A span around what the server does for one request; none where nobody collects any.

    Args:
        name: what is done, in a low number of values.
        traceparent: the caller's own place in a trace. Nothing else of what callers send along is taken over.
    """
    return _span(name, traceparent) if is_collected() else _NOTHING


@contextmanager
def _span(name: str, traceparent: str) -> Iterator[None]:
    trace = _trace()
    with trace.get_tracer("hegui.gateway").start_as_current_span(
        name,
        context=_propagator().extract({"traceparent": traceparent}),
        kind=trace.SpanKind.SERVER,
        # An error's message may quote what was said; its kind may not.
        record_exception=False,
        set_status_on_exception=False,
    ) as opened:
        try:
            yield
        except BaseException as error:
            opened.set_status(trace.StatusCode.ERROR, type(error).__name__)
            raise


def is_told() -> bool:
    """Whether there is a span that can be told something: ours, or one that somebody opened around us."""
    return IS_TRACED and _trace().get_current_span() is not _trace().INVALID_SPAN


def tell(attributes: Attributes) -> None:
    """Say of the span at hand what became of it."""
    if is_told():
        _trace().get_current_span().set_attributes(dict(attributes))


def pass_on(headers: MutableMapping[str, str]) -> None:
    """Tell an upstream which span asks."""
    if is_told():
        _propagator().inject(headers)
