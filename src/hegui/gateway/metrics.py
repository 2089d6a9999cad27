"""What the gateway counts, in Prometheus' text format. No name of a user and no content is in it."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, float("inf"))


class Metrics:
    """Counts of one process."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._exchanges: Counter[tuple[str, str, str]] = Counter()
        self._findings: Counter[tuple[str, str]] = Counter()
        self._attempts: Counter[tuple[str, str]] = Counter()
        self._buckets: Counter[tuple[str, float]] = Counter()
        self._seconds: Counter[str] = Counter()
        self._rejected: Counter[int] = Counter()
        self.in_flight = 0
        self.screen = ""
        """The digest of the screen that new exchanges are read with."""
        self.canary: tuple[str, str] | None = None
        """The digest of the screen that acts for a share of users, and that share."""
        self.screen_declined = False
        """Whether another one was adopted that cannot be used here."""
        self.acts = True
        """Whether anything is done about what is found."""
        self.sections: list[Callable[[], Iterator[str]]] = []
        """What others count, each in lines of its own."""

    def exchanged(self, *, surface: str, stream: bool, outcome: str, seconds: float) -> None:
        """Count one exchange that ended."""
        self._exchanges[surface, "true" if stream else "false", outcome] += 1
        self._seconds[surface] += seconds  # type: ignore[assignment]  # a counter counts fractions as well
        self._buckets[surface, _BOUNDS[bisect_left(_BOUNDS, seconds)]] += 1

    def found(self, *, direction: str, risk: str) -> None:
        """Count one finding."""
        self._findings[direction, risk] += 1

    def rejected(self, status: int) -> None:
        """Count one request that was refused before it was read."""
        self._rejected[status] += 1

    def text(self, health: Mapping[str, bool]) -> str:
        """Everything, for Prometheus to read.

        Args:
            health: whether each upstream is believed to answer.
        """
        return "\n".join(self._lines(health)) + "\n"

    def _lines(self, health: Mapping[str, bool]) -> Iterator[str]:
        yield "# HELP hegui_gateway_exchanges_total Exchanges by surface and outcome."
        yield "# TYPE hegui_gateway_exchanges_total counter"
        for (surface, stream, outcome), count in sorted(self._exchanges.items()):
            labels = f'surface="{surface}",stream="{stream}",outcome="{outcome}"'
            yield f"hegui_gateway_exchanges_total{{{labels}}} {count}"
        yield "# HELP hegui_gateway_findings_total Findings by direction and risk."
        yield "# TYPE hegui_gateway_findings_total counter"
        for (direction, risk), count in sorted(self._findings.items()):
            yield f'hegui_gateway_findings_total{{direction="{direction}",risk="{risk}"}} {count}'
        yield "# HELP hegui_gateway_rejected_total Requests refused unread, by HTTP status."
        yield "# TYPE hegui_gateway_rejected_total counter"
        for status, count in sorted(self._rejected.items()):
            yield f'hegui_gateway_rejected_total{{status="{status}"}} {count}'
        yield "# HELP hegui_gateway_exchange_seconds How long exchanges took."
        yield "# TYPE hegui_gateway_exchange_seconds histogram"
        for surface in sorted(self._seconds):
            count = 0
            for bound in _BOUNDS:
                name = "+Inf" if bound == float("inf") else f"{bound:g}"
                count += self._buckets[surface, bound]
                yield f'hegui_gateway_exchange_seconds_bucket{{surface="{surface}",le="{name}"}} {count}'
            yield f'hegui_gateway_exchange_seconds_sum{{surface="{surface}"}} {self._seconds[surface]:.6f}'
            yield f'hegui_gateway_exchange_seconds_count{{surface="{surface}"}} {count}'
        yield "# HELP hegui_gateway_in_flight Exchanges that have begun and not ended."
        yield "# TYPE hegui_gateway_in_flight gauge"
        yield f"hegui_gateway_in_flight {self.in_flight}"
        yield "# HELP hegui_gateway_screen The screen that new exchanges are read with."
        yield "# TYPE hegui_gateway_screen gauge"
        yield f'hegui_gateway_screen{{digest="{self.screen}"}} 1'
        if self.canary is not None:
            digest, share = self.canary
            yield "# HELP hegui_gateway_canary The share of users for whom another screen acts."
            yield "# TYPE hegui_gateway_canary gauge"
            yield f'hegui_gateway_canary{{digest="{digest}"}} {share}'
        yield "# HELP hegui_gateway_screen_declined Whether a screen was adopted that cannot be used here."
        yield "# TYPE hegui_gateway_screen_declined gauge"
        yield f"hegui_gateway_screen_declined {int(self.screen_declined)}"
        yield "# HELP hegui_gateway_acts Whether anything is done about what the screen finds."
        yield "# TYPE hegui_gateway_acts gauge"
        yield f"hegui_gateway_acts {int(self.acts)}"
        for section in self.sections:
            yield from section()
        yield "# HELP hegui_gateway_upstream_up Whether an upstream is believed to answer."
        yield "# TYPE hegui_gateway_upstream_up gauge"
        for name, is_up in sorted(health.items()):
            shown = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
            yield f'hegui_gateway_upstream_up{{upstream="{shown}"}} {int(is_up)}'
