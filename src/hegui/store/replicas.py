"""What several replicas of one service share through Redis or Valkey: quotas."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from hegui.core import InvalidInput
from hegui.store.quotas import AT_ONCE_WAIT_SECONDS, SLOTS, Draw, SharedStateLost, Taken

if TYPE_CHECKING:
    from redis.asyncio import Redis

_CONNECTIONS = 16
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


class Replicas:
    """One service's part of a Redis or Valkey server.

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
        self._take = self._client.register_script(_TAKE)
        self._turns = asyncio.Semaphore(_CONNECTIONS)
        self._lost_until = 0.0

    async def take(self, draws: Sequence[Draw], *, holder: str, at: float) -> Taken:
        """Take all of it, or nothing where one of the quotas does not give it.

        Raises:
            SharedStateLost: the server cannot be reached.
        """
        arguments: list[str | int] = [repr(at), holder, SLOTS, repr(AT_ONCE_WAIT_SECONDS)]
        for quota, amount in draws:
            arguments += [quota.most, repr(float(quota.seconds)), amount, int(quota.at_once)]
        async with self._reaching():
            refused, wait, left = await self._take(keys=self._keys(draws), args=arguments)
        return Taken(draws[refused - 1].quota if refused else None, float(wait), tuple(left))

    async def settle(self, draws: Sequence[Draw], *, holder: str, at: float) -> None:
        """Count what was used beyond what was taken, and give places back.

        Raises:
            SharedStateLost: the server cannot be reached.
        """
        async with self._reaching(), self._client.pipeline(transaction=False) as pipeline:
            for key, (quota, amount) in zip(self._keys(draws), draws, strict=True):
                if quota.at_once:
                    pipeline.zrem(key, holder)
                elif amount:
                    pipeline.hincrby(key, str(quota.slot(at)), amount)
                    pipeline.pexpire(key, int(quota.seconds * 1000 * (1 + 1 / SLOTS)) + 1)
            await pipeline.execute()

    async def close(self) -> None:
        """Give the connections back."""
        with suppress(TimeoutError):
            async with _patience():
                await self._client.aclose()

    def _keys(self, draws: Sequence[Draw]) -> list[str]:
        return [f"{self._prefix}:{draw.quota.key}" for draw in draws]

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[None]:
        """Waits for a turn, and translates what goes wrong.

        Whoever waits for a turn waits for others, which says nothing about the server. While that is gone,
        one request a second asks whether it is back, and the others do not wait.
        """
        from redis.exceptions import RedisError  # noqa: PLC0415 - as above

        clock = asyncio.get_running_loop().time
        async with self._turns:
            if clock() < self._lost_until:
                raise SharedStateLost(self.url)
            if self._lost_until:
                self._lost_until = clock() + _REST_SECONDS
            try:
                async with _patience():
                    yield
            except (RedisError, OSError) as error:
                self._lost_until = clock() + _REST_SECONDS
                await self._hang_up()
                raise SharedStateLost(self.url) from error
            self._lost_until = 0.0

    async def _hang_up(self) -> None:
        """Close the connections that nobody uses: what became of one may have become of them."""
        with suppress(TimeoutError):
            async with _patience():
                await self._client.connection_pool.disconnect(inuse_connections=False)


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
