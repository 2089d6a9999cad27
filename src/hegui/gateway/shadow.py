"""Shadow: a screen that reads what the gateway heard and says what it would have done, and does nothing.

Whoever waits for an answer does not wait for it. While an exchange goes on, what is heard is noted; when it
has ended and its evidence stands, the shadow goes through it once more. It has a budget: what is too long,
too many or too slow is not measured, and counted as that.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from hegui.core import HeguiError, Record, to_json
from hegui.gateway.declaration import ShadowPolicy
from hegui.gateway.exchange import Exchange
from hegui.gateway.hearing import Overheard
from hegui.gateway.hindsight import Hindsight, once_more, rehear
from hegui.gateway.model import AnswerPolicy, ExchangeRecord, Outcome
from hegui.gateway.sight import Sight
from hegui.ledger import GroupWriter
from hegui.screening import Assembly, Rule

_LOG = logging.getLogger(__name__)

_UNMEASURED = {
    Outcome.CLOSED: "not_served",
    Outcome.UNREADABLE: "unreadable",
    # No screen decided: the operator's own words were due.
    Outcome.EXITED: "operator",
    Outcome.HELPED: "operator",
}
_BLOCKED = frozenset({Outcome.REFUSED, Outcome.STOPPED})
_WAYS = ("block", "mask", "allow", "fail")


class ShadowRecord(Record):
    """What evidence keeps of what a screen would have done that did not act.

    Attributes:
        exchange: names the exchange, whose own record says what was done.
        acting: the digest of the screen that acted.
        acted: what became of the exchange by its screen, as far as it went.
        agrees: whether the shadow would have ended it likewise.
        would: what the shadow would have done.
    """

    exchange: str
    acting: str
    acted: Outcome
    agrees: bool
    would: Hindsight


class _Case(NamedTuple):
    """An exchange that waits to be measured."""

    heard: Overheard
    again: Exchange
    exchange: str
    acting: str
    acted: Outcome
    size: int


class Shadow:
    """Measures a screen beside the one that acts."""

    def __init__(
        self,
        policy: ShadowPolicy,
        *,
        compose: Callable[[], Assembly],
        answers: AnswerPolicy,
        minor_rules: Sequence[Rule],
        writer: GroupWriter,
        is_alone: bool = False,
    ) -> None:
        """Prepare.

        Args:
            policy: how much is measured.
            compose: puts the screen together that is measured, of what is in use when it is called.
            answers: what passes unread.
            minor_rules: what holds for minors before the screen's own rules.
            writer: where evidence goes.
            is_alone: whether no other screen acts, so that **everything passes**.

        Raises:
            HeguiError: the screen cannot be put together.
        """
        self._policy = policy
        self._compose = compose
        self._answers = answers
        self._minor_rules = tuple(minor_rules)
        self._writer = writer
        self.is_alone = is_alone
        self.sight = Sight(compose(), minor_rules=self._minor_rules)
        """What measures."""
        self._waiting = asyncio.Queue[_Case]()
        self._held_bytes = 0
        """Of all that waits or is being measured."""
        self._would: Counter[str] = Counter(dict.fromkeys(_WAYS, 0))
        self._agrees: Counter[bool] = Counter({True: 0, False: 0})
        self._unmeasured: Counter[str] = Counter()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Measure for as long as the context lasts, and then what waits, as far as its time goes."""
        waiting = self._waiting = asyncio.Queue[_Case](self._policy.waiting)
        self._held_bytes = 0
        await self.sight.open()
        tasks = [asyncio.create_task(self._measure(waiting)) for _ in range(self._policy.at_once)]
        try:
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._policy.seconds):
                    await waiting.join()
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self.sight.close()

    async def take_up(self) -> Sight | None:
        """Measure with what is in use now; the sight that is not needed any more, or ``None``.

        A screen that cannot be put together is no reason not to act by another: the shadow stays as it was.
        """
        try:
            sight = Sight(await asyncio.to_thread(self._compose), minor_rules=self._minor_rules)
        except HeguiError as error:
            _LOG.warning("the shadow stays as it was: %s / %s", error.text.zh, error.text.en)
            return None
        await sight.open()
        before, self.sight = self.sight, sight
        return before

    @property
    def most_bytes(self) -> int:
        """The longest exchange that is measured."""
        return self._policy.most_bytes

    def wants(self, exchange: Exchange) -> bool:
        """Whether an exchange is among those that are measured."""
        return int(exchange.produce_id[-8:], 16) < self._policy.share * 0x100000000

    def offer(self, exchange: Exchange, record: ExchangeRecord) -> None:
        """Take an exchange that has ended, if there is room for it."""
        if not self.wants(exchange):
            return
        hearing = exchange.hearing
        if hearing is None:
            self._unmeasured["interface"] += 1
            return
        reason = _UNMEASURED.get(record.outcome)
        if record.media:
            reason = "media"
        elif hearing.size > self._policy.most_bytes:  # who keeps it may have listened for longer
            reason = "too_long"
        elif record.outcome is Outcome.REFUSED and hearing.was_asked:
            reason = "provider"  # the model's provider refused; no screen of ours did
        elif self._waiting.full() or 0 < self._held_bytes > self._policy.waiting_bytes - hearing.size:
            reason = "busy"
        if reason is not None:
            self._unmeasured[reason] += 1
            return
        ended = record.outcome in {Outcome.ANSWERED, Outcome.MASKED}
        heard = hearing.heard(exchange.surface.method, exchange.question.path, has_ended=ended)
        again = once_more(
            heard,
            self.sight.screen_for(exchange.admission.terms.age),
            policy=self._answers,
            line=self.sight.line,
            admission=exchange.admission,
        )
        again.learn(exchange.rulings_for(again.screen))
        self.sight.readers.add(again)
        acted = record.outcome
        if acted in {Outcome.ABANDONED, Outcome.UPSTREAM_FAILED}:
            acted = exchange.record(Outcome.ANSWERED).outcome  # as far as it went
        self._held_bytes += hearing.size
        self._waiting.put_nowait(_Case(heard, again, record.exchange, record.screen, acted, hearing.size))

    async def _measure(self, waiting: asyncio.Queue[_Case]) -> None:
        while True:
            case = await waiting.get()
            try:
                async with asyncio.timeout(self._policy.seconds):
                    would = await rehear(case.heard, case.again)
                await self._tell(case, would)
            except TimeoutError:
                self._unmeasured["slow"] += 1
            except asyncio.CancelledError:
                self._unmeasured["slow"] += 1
                raise
            except Exception as error:  # noqa: BLE001 - one exchange must not end the measuring of all others
                self._unmeasured["failed"] += 1
                _LOG.warning("an exchange was not measured", exc_info=error)
            finally:
                self._held_bytes -= case.size
                waiting.task_done()

    async def _tell(self, case: _Case, would: Hindsight) -> None:
        agrees = would.outcome is case.acted
        record = ShadowRecord(
            exchange=case.exchange, acting=case.acting, acted=case.acted, agrees=agrees, would=would
        )
        written = self._writer.append(kind="gateway.shadowed", content=to_json(record))
        await asyncio.wrap_future(written)
        self._agrees[agrees] += 1
        self._would[_way(would.outcome)] += 1

    def lines(self) -> Iterator[str]:
        """What was counted, in Prometheus' text format."""
        yield "# HELP hegui_gateway_shadow_would_total What the shadow would have done, by exchange."
        yield "# TYPE hegui_gateway_shadow_would_total counter"
        for way in _WAYS:
            yield f'hegui_gateway_shadow_would_total{{action="{way}"}} {self._would[way]}'
        yield "# HELP hegui_gateway_shadow_agreements_total Whether it would have done what was done."
        yield "# TYPE hegui_gateway_shadow_agreements_total counter"
        for agrees in (True, False):
            name = "true" if agrees else "false"
            yield f'hegui_gateway_shadow_agreements_total{{agrees="{name}"}} {self._agrees[agrees]}'
        yield "# HELP hegui_gateway_shadow_unmeasured_total Exchanges that were not measured, by reason."
        yield "# TYPE hegui_gateway_shadow_unmeasured_total counter"
        for reason, count in sorted(self._unmeasured.items()):
            yield f'hegui_gateway_shadow_unmeasured_total{{reason="{reason}"}} {count}'
        yield "# HELP hegui_gateway_shadow_screen The screen that is measured."
        yield "# TYPE hegui_gateway_shadow_screen gauge"
        yield f'hegui_gateway_shadow_screen{{digest="{self.sight.screen.digest}"}} 1'


def _way(outcome: Outcome) -> str:
    if outcome in _BLOCKED:
        return "block"
    if outcome is Outcome.MASKED:
        return "mask"
    return "allow" if outcome is Outcome.ANSWERED else "fail"
