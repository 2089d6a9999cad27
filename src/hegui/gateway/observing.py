"""Tells metrics, traces and the log what became of an exchange. No content and no user is in any of them."""

import logging

from hegui.gateway.log import FIELDS
from hegui.gateway.metrics import Metrics
from hegui.gateway.model import ExchangeRecord
from hegui.gateway.tracing import is_told, tell

_LOG = logging.getLogger("hegui.gateway")
_LONGEST_NAME = 100  # characters; clients name models as they like


def exchanged(metrics: Metrics, record: ExchangeRecord, *, seconds: float) -> None:
    """Tell of an exchange that ended.

    Args:
        metrics: count it.
        record: what evidence keeps of it.
        seconds: how long it took.
    """
    metrics.exchanged(surface=record.surface, stream=record.stream, outcome=record.outcome, seconds=seconds)
    for direction, noticed in (("input", record.input), ("output", record.output)):
        for each in noticed:
            metrics.found(direction=direction, risk=each.risk)
    if not (is_told() or _LOG.isEnabledFor(logging.INFO)):
        return
    fields: dict[str, str | bool | int] = {
        "exchange": record.exchange,
        "surface": record.surface,
        "stream": record.stream,
        "model": record.model[:_LONGEST_NAME],
        "upstream": record.upstream or "",
        "attempts": record.attempts,
        "outcome": str(record.outcome),
        "findings": len(record.input) + len(record.output),
    }
    tell({f"hegui.{name}": value for name, value in fields.items()})
    _LOG.info("exchanged", extra={FIELDS: fields | {"seconds": round(seconds, 3)}})


def broke(error: BaseException, *, exchange: str) -> None:
    """Tell of an error that nobody foresaw, and that closed an exchange."""
    _LOG.error("an exchange was closed by an error", exc_info=error, extra={FIELDS: {"exchange": exchange}})


def only_measures() -> None:
    """Tell that nothing is done about anything that is found."""
    _LOG.warning("UNSAFE: mode: shadow; everything passes and is only measured; not for the public")
