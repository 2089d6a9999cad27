"""What several replicas of one service share through Redis or Valkey: quotas."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from hashlib import sha1
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from hegui.core import InvalidInput
from hegui.store.quotas import AT_ONCE_WAIT_SECONDS, SLOTS, Draw, SharedStateLost, Taken

if TYPE_CHECKING:
    from redis.asyncio import Redis

_MOST_AT_ONCE = 256
_MOST_OWED = 10_000
_TICK_SECONDS = 0.1
_TICKS = 10
_LATE_TICKS = 10
_REST_SECONDS = 1.0

# One script, so that nobody takes between the look and the taking. The same is done in
# LocalQuotas.take; a property holds both to the same answers.
_TAKE = """
local at, holder, slots = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local left, refused, wait = {}, 0, 0
for i, key in ipairs(KEYS) do
  local most, seconds = tonumber(ARGV[4 * i + 1]), tonumber(ARGV[4 * i + 2])
  local amount = tonumber(ARGV[4 * i + 3])
  local wanted, used, till = math.max(amount, 1), 0, 0
  if ARGV[4 * i + 4] == '1' then
    redis.call('ZREMRANGEBYSCORE', key, '-inf', ARGV[1])
    used = redis.call('ZCARD', key)
    till = tonumber(ARGV[4])
  else
    local width = seconds / slots
    local oldest = math.floor(at / width) - slots
    local flat, taken = redis.call('HGETALL', key), {}
    for j = 1, #flat, 2 do
      local slot, count = tonumber(flat[j]), tonumber(flat[j + 1])
      if slot < oldest then
        redis.call('HDEL', key, flat[j])
      else
        used = used + count
        taken[#taken + 1] = {slot, count}
      end
    end
    table.sort(taken, function(a, b) return a[1] < b[1] end)
    local rest = used
    for _, each in ipairs(taken) do
      if rest + wanted <= most then break end
      rest = rest - each[2]
      till = math.max((each[1] + slots + 1) * width - at, 0)
    end
  end
  left[i] = math.max(most - used - amount, 0)
  if used + wanted > most and (refused == 0 or till > wait) then
    refused, wait = i, till
  end
end
if refused == 0 then
  for i, key in ipairs(KEYS) do
    local seconds, amount = tonumber(ARGV[4 * i + 2]), tonumber(ARGV[4 * i + 3])
    if ARGV[4 * i + 4] == '1' then
      redis.call('ZADD', key, string.format('%.17g', at + seconds), holder)
      redis.call('PEXPIRE', key, math.ceil(seconds * 1000))
    elseif amount > 0 then
      redis.call('HINCRBY', key, string.format('%.0f', math.floor(at / (seconds / slots))), amount)
      redis.call('PEXPIRE', key, math.ceil(seconds * 1000 * (1 + 1 / slots)))
    end
  end
end
return {refused, string.format('%.17g', wait), left}
"""


_SETTLE = """
local at, holder, slots = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
for i, key in ipairs(KEYS) do
  local seconds, amount = tonumber(ARGV[4 * i + 2]), tonumber(ARGV[4 * i + 3])
  if ARGV[4 * i + 4] == '1' then
    redis.call('ZREM', key, holder)
  elseif amount > 0 then
    redis.call('HINCRBY', key, string.format('%.0f', math.floor(at / (seconds / slots))), amount)
    redis.call('PEXPIRE', key, math.ceil(seconds * 1000 * (1 + 1 / slots)))
  end
end
"""

_DIGESTS = {script: sha1(script.encode()).hexdigest() for script in (_TAKE, _SETTLE)}  # noqa: S324 - Redis names them so


class _Asked(NamedTuple):
    """A script to run, and who waits for its answer."""

    script: str
    draws: Sequence[Draw]
    holder: str
    at: float
    answer: asyncio.Future[Any]


class Replicas:
    """One service's part of a Redis or Valkey server.

    Whatever is asked while an answer is under way is asked together after it, over one connection: a question
    of many costs a third of one alone.

    The clocks of the replicas should agree to within a second, as time services keep them.
    """

    def __init__(self, url: str, *, name: str) -> None:
        """Prepare; nothing is connected yet.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``.
            name: names the service, so that several may use one server.

        Raises:
            InvalidInput: the URL cannot be used, or the client is not installed.
        """
        try:
            from redis import asyncio as redis  # noqa: PLC0415 - an optional extra, and slow to import
            from redis.asyncio.retry import Retry  # noqa: PLC0415 - as above
            from redis.backoff import NoBackoff  # noqa: PLC0415 - as above
        except ImportError as error:
            raise InvalidInput(
                zh="缺少 redis；请运行 pip install 'hegui[redis]'",
                en="redis is not installed; run pip install 'hegui[redis]'",
            ) from error
        try:
            self._client: Redis = redis.Redis.from_url(
                url,
                client_name=f"hegui-{name}",
                # How long to wait is said in one place, _patience.
                socket_timeout=None,
                socket_connect_timeout=None,
                # What is taken once more because the answer was lost is counted twice.
                retry=Retry(NoBackoff(), 0),
            )
        except ValueError as error:
            raise InvalidInput(
                zh="HEGUI_REDIS_URL 无法理解；例如 redis://host:6379/0",
                en="HEGUI_REDIS_URL is not understood; for example redis://host:6379/0",
            ) from error
        parts = urlsplit(url)
        self.url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        # In braces: a cluster keeps what one script asks for on one node.
        self._prefix = f"{{hegui:{name}}}"
        self._waiting: list[_Asked] = []
        self._owed: list[_Asked] = []
        self._courier: asyncio.Task[None] | None = None
        self._lost_until = 0.0

    async def take(self, draws: Sequence[Draw], *, holder: str, at: float) -> Taken:
        """Take all of it, or nothing where one of the quotas does not give it.

        Raises:
            SharedStateLost: the server cannot be reached.
        """
        refused, wait, left = await self._ask(_TAKE, draws, holder, at)
        return Taken(draws[refused - 1].quota if refused else None, float(wait), tuple(left))

    async def settle(self, draws: Sequence[Draw], *, holder: str, at: float) -> None:
        """Count what was used beyond what was taken, and give places back.

        Raises:
            SharedStateLost: the server cannot be reached; the places are given back when it is.
        """
        await self._ask(_SETTLE, draws, holder, at)

    async def close(self) -> None:
        """Give the connection back."""
        with suppress(TimeoutError):
            async with _patience():
                await self._client.aclose()

    def _ask(self, script: str, draws: Sequence[Draw], holder: str, at: float) -> asyncio.Future[Any]:
        """Have the courier ask the server, unless that is gone: then one a second asks whether it is back."""
        loop = asyncio.get_running_loop()
        asked = _Asked(script, draws, holder, at, loop.create_future())
        if loop.time() < self._lost_until:
            self._lose(asked, None)
            return asked.answer
        if self._lost_until:
            self._lost_until = loop.time() + _REST_SECONDS
        self._waiting.append(asked)
        if self._courier is None:
            self._courier = loop.create_task(self._carry())
        return asked.answer

    async def _carry(self) -> None:
        """Ask what is to be asked, until nothing is."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - as above

        asked: list[_Asked] = []
        try:
            while self._waiting:
                asked, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
                try:
                    async with _patience():
                        answers = await self._answers(asked)
                except (RedisError, OSError) as error:
                    # Whoever waits behind them would wait in vain.
                    asked, self._waiting = asked + self._waiting, []
                    answers = [error] * len(asked)
                await self._hand_out(asked, answers)
        finally:
            self._courier = None
            # Strand nobody, should a defect have ended this.
            for each in (*asked, *self._waiting):
                if not each.answer.done():
                    self._lose(each, None)
            self._waiting = []

    async def _hand_out(self, asked: Sequence[_Asked], answers: Sequence[Any]) -> None:
        if any(isinstance(answer, Exception) for answer in answers):
            self._lost_until = asyncio.get_running_loop().time() + _REST_SECONDS
            await self._hang_up()
        else:
            self._lost_until = 0.0
            self._waiting += self._owed
            self._owed = []
        for each, answer in zip(asked, answers, strict=True):
            if isinstance(answer, Exception):
                self._lose(each, answer)
            elif not each.answer.done():
                each.answer.set_result(answer)

    def _lose(self, asked: _Asked, cause: Exception | None) -> None:
        """Tell that the server is gone; places are owed to it, which may be given back twice."""
        lost = SharedStateLost(self.url)
        lost.__cause__ = cause
        if not asked.answer.done():
            asked.answer.set_exception(lost)
        places = [draw for draw in asked.draws if draw.quota.at_once]
        if asked.script is _SETTLE and places and len(self._owed) < _MOST_OWED:
            self._owed.append(asked._replace(draws=places))

    async def _answers(self, asked: Sequence[_Asked]) -> list[Any]:
        """What the server says to each, or why it does not."""
        from redis.exceptions import NoScriptError  # noqa: PLC0415 - as above

        answers = await self._run(asked)
        unknown = [position for position, each in enumerate(answers) if isinstance(each, NoScriptError)]
        if unknown:
            for script in _DIGESTS:
                await self._client.script_load(script)
            again = await self._run([asked[position] for position in unknown])
            for position, answer in zip(unknown, again, strict=True):
                answers[position] = answer
        return answers

    async def _run(self, asked: Sequence[_Asked]) -> list[Any]:
        async with self._client.pipeline(transaction=False) as pipeline:
            for each in asked:
                keys = [f"{self._prefix}:{draw.quota.key}" for draw in each.draws]
                pipeline.evalsha(_DIGESTS[each.script], len(keys), *keys, *_arguments(each))
            answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers

    async def _hang_up(self) -> None:
        """Close the connection: what was asked on it may still be answered there."""
        with suppress(TimeoutError):
            async with _patience():
                await self._client.connection_pool.disconnect()


def _arguments(asked: _Asked) -> list[str | int]:
    arguments: list[str | int] = [repr(asked.at), asked.holder, SLOTS, repr(AT_ONCE_WAIT_SECONDS)]
    for quota, amount in asked.draws:
        arguments += [quota.most, repr(float(quota.seconds)), amount, int(quota.at_once)]
    return arguments


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """Raises TimeoutError after a second of waiting, counted in tenths.

    A process that was paused, for however long, or that has more to do than it can, finds its timers due
    together with the answer that came meanwhile. So a tenth that ends late by as much says little about the
    server: ten of them count as one.
    """
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle
    async with asyncio.timeout(None) as limit:

        def tick(left: int) -> None:
            nonlocal timer
            left -= 1 if loop.time() - timer.when() >= _TICK_SECONDS else _LATE_TICKS
            if left > 0:
                timer = loop.call_later(_TICK_SECONDS, tick, left)
            else:
                limit.reschedule(loop.time())

        timer = loop.call_later(_TICK_SECONDS, tick, _TICKS * _LATE_TICKS)
        try:
            yield
        finally:
            timer.cancel()
