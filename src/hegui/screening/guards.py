"""Asking guard models: bounded, with an end to waiting, and no failure taken for an answer."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

from hegui.core import read_text
from hegui.endpoint import (
    CONTENT_FILTER,
    Endpoint,
    EndpointAddress,
    EndpointRefused,
    EndpointUnavailable,
    MalformedReply,
    Patience,
    Timeouts,
)
from hegui.screening.guard_declaration import GuardDeclaration, failure_rules
from hegui.screening.guard_format import load_format
from hegui.screening.guard_judge import GuardJudge
from hegui.screening.judging import Failure, Inquiry, Ruling, Rulings, not_judged
from hegui.screening.model import Rule

_ONE_RETRY = Patience(attempts=2, first_delay_seconds=0.1, longest_delay_seconds=5.0)
_REMEMBERED = 4096


Answer = TypeVar("Answer")


async def or_failure(asking: Awaitable[Answer], *, seconds: float) -> Answer | Failure:
    """What an endpoint answers within ``seconds``, or why there is nothing."""
    try:
        async with asyncio.timeout(seconds):
            return await asking
    except TimeoutError:
        return Failure.TIMED_OUT
    except EndpointUnavailable:
        return Failure.UNAVAILABLE
    except MalformedReply:
        return Failure.UNPARSABLE
    except EndpointRefused:
        return Failure.REFUSED


def line_to(address: EndpointAddress, *, seconds: float) -> Endpoint:
    """A line to a model that is asked twice at most, and left to :func:`or_failure` to give up."""
    timeouts = Timeouts(connect_seconds=2 * seconds, answer_seconds=2 * seconds)
    return Endpoint(address, timeouts=timeouts, patience=_ONE_RETRY)


class GuardModel(NamedTuple):
    """A guard model: what is asked of it, and where."""

    judge: GuardJudge
    address: EndpointAddress


class Guards:
    """The guard models of a screen.

    They can be sent to other processes; nothing is connected before somebody asks. In a program that waits
    for many things at once, ``async with guards.open() as line`` and ``await line.ask(inquiries)``;
    elsewhere :meth:`ask_and_wait`, which is what a :class:`hegui.screening.Screen` takes as ``ask``.
    """

    def __init__(self, models: Iterable[GuardModel]) -> None:
        """Take guard models into use."""
        self.models = tuple(models)

    @classmethod
    def declared(
        cls, declarations: Iterable[GuardDeclaration], *, folder: Path, secret: Callable[[str], str]
    ) -> Self:
        """The guard models that an operator declares.

        Args:
            declarations: theirs.
            folder: where key files and files with formats are looked for.
            secret: the content of an environment variable.

        Raises:
            InvalidInput: an address, a key, a format or a declaration cannot be used.
            NotFound: there is no such key file or format.
        """

        def key(declaration: GuardDeclaration) -> str | None:
            if declaration.key_file is not None:
                return read_text(folder / declaration.key_file).strip()
            return None if declaration.key_variable is None else secret(declaration.key_variable)

        return cls(
            GuardModel(
                GuardJudge(declaration, load_format(declaration.format, folder=folder)),
                EndpointAddress(url=declaration.url, model=declaration.model, api_key=key(declaration)),
            )
            for declaration in declarations
        )

    @property
    def judges(self) -> tuple[GuardJudge, ...]:
        """What a screen takes as its judges."""
        return tuple(model.judge for model in self.models)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What a screen's rules say in addition: what passes although it could not be judged."""
        return failure_rules(judge.declaration for judge in self.judges)

    def open(self) -> "OpenGuards":
        """Lines to the guard models, for as long as the context lasts."""
        return OpenGuards(self.models)

    def ask_and_wait(self, inquiries: Sequence[Inquiry]) -> Rulings:
        """What they rule; whoever calls it waits, an event loop too."""

        async def asking() -> Rulings:
            async with self.open() as line:
                return await line.ask(inquiries, in_bulk=True)

        with ThreadPoolExecutor(1) as elsewhere:  # a loop of its own, whatever runs here
            return elsewhere.submit(asyncio.run, asking()).result()


class OpenGuards:
    """Lines to guard models, used as ``async with guards.open() as line``.

    Equal inquiries that are under way are one; what was answered is remembered for a while by its digest, so
    that a conversation is not judged anew at each turn. Failures are not remembered.
    """

    def __init__(self, models: Iterable[GuardModel]) -> None:
        """Prepare; nothing is connected before the first question."""
        self._models = {model.judge.name: model for model in models}
        self._turns = {
            name: asyncio.Semaphore(model.judge.declaration.concurrency)
            for name, model in self._models.items()
        }
        self._lines: dict[str, Endpoint] = {}
        self._stack = AsyncExitStack()
        self._under_way: dict[Inquiry, asyncio.Task[Sequence[Ruling]]] = {}
        self._remembered: OrderedDict[bytes, Sequence[Ruling]] = OrderedDict()

    async def __aenter__(self) -> Self:
        """Open the lines."""
        for name, model in self._models.items():
            line = line_to(model.address, seconds=model.judge.declaration.timeout_seconds)
            self._lines[name] = await self._stack.enter_async_context(line)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the lines; what is under way is given up."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._stack.aclose()

    async def ask(
        self, inquiries: Iterable[Inquiry], *, in_bulk: bool = False
    ) -> Mapping[Inquiry, Sequence[Ruling]]:
        """What the guard models rule.

        Every inquiry that concerns one of them has a ruling: harmless, an objection, or the reason why nobody
        knows. It takes no longer than the guards' ``timeout_seconds``. Who gives up waiting does not disturb
        others who wait for the same.

        Args:
            inquiries: what is asked.
            in_bulk: there is much to ask and nobody waits for the single answer: the time of each begins when
                it is its turn.
        """
        asked = [inquiry for inquiry in dict.fromkeys(inquiries) if inquiry.judge in self._models]
        known = {inquiry: self._recall(inquiry) for inquiry in asked}
        tasks = {
            inquiry: self._begun(inquiry, in_bulk=in_bulk)
            for inquiry, ruled in known.items()
            if ruled is None
        }
        ruled = await asyncio.gather(*(asyncio.shield(task) for task in tasks.values()))
        answered = dict(zip(tasks, ruled, strict=True))
        return {inquiry: answered[inquiry] if said is None else said for inquiry, said in known.items()}

    def _begun(self, inquiry: Inquiry, *, in_bulk: bool) -> asyncio.Task[Sequence[Ruling]]:
        task = self._under_way.get(inquiry)
        if task is None:
            task = self._under_way[inquiry] = asyncio.create_task(self._judge(inquiry, in_bulk=in_bulk))
            task.add_done_callback(lambda _: self._under_way.pop(inquiry))
        return task

    async def _judge(self, inquiry: Inquiry, *, in_bulk: bool) -> Sequence[Ruling]:
        judge = self._models[inquiry.judge].judge

        async def asked_in_turn() -> Sequence[Ruling] | Failure:
            async with self._turns[judge.name]:
                return await self._asked(judge, inquiry)

        seconds = judge.declaration.timeout_seconds
        if in_bulk:
            async with self._turns[judge.name]:
                said = await or_failure(self._asked(judge, inquiry), seconds=seconds)
        else:
            said = await or_failure(asked_in_turn(), seconds=seconds)
        if isinstance(said, Failure):
            return (not_judged(judge.name, said),)
        self._remember(inquiry, said)
        return said

    async def _asked(self, judge: GuardJudge, inquiry: Inquiry) -> Sequence[Ruling] | Failure:
        form = judge.form
        reply = await self._lines[judge.name].chat(
            form.ask(
                inquiry.text,
                direction=inquiry.direction,
                prompt=inquiry.prompt,
                pictures=(inquiry.picture,) if inquiry.picture else (),
            ),
            max_tokens=form.max_tokens,
        )
        if reply.finish_reason == CONTENT_FILTER:
            return Failure.REFUSED  # its provider blocked the question: whatever that means, it is no ruling
        objections = form.read(reply.text, judge.levels)
        return Failure.UNPARSABLE if objections is None else tuple(Ruling(each, None) for each in objections)

    def _recall(self, inquiry: Inquiry) -> Sequence[Ruling] | None:
        key = _key(inquiry)
        if key in self._remembered:
            self._remembered.move_to_end(key)
        return self._remembered.get(key)

    def _remember(self, inquiry: Inquiry, said: Sequence[Ruling]) -> None:
        self._remembered[_key(inquiry)] = said
        if len(self._remembered) > _REMEMBERED:
            self._remembered.popitem(last=False)


def _key(inquiry: Inquiry) -> bytes:
    told = repr((inquiry.judge, inquiry.direction.value, inquiry.text, inquiry.prompt, inquiry.picture))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest()
