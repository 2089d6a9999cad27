"""What a shadow costs beside the screen that acts.

    python benchmarks/shadow.py [--words 50000] [--events 300]

A streamed answer of so many events of two characters is read event by event, as the screen that acts reads it
where events come one at a time, and once more from what was noted, as the shadow reads it. CPU time in one
process, best of several turns.
"""

import argparse
import asyncio
import platform
from collections import deque
from functools import partial

import msgspec
from screening import bank_of, cpu_of, letters, numbers, vocabulary

from hegui.gateway import AnswerPolicy, surface_at
from hegui.gateway.choices import Piece
from hegui.gateway.hearing import Hearing, Overheard
from hegui.gateway.hindsight import once_more, rehear
from hegui.screening import Screen

SURFACE = surface_at("POST", "chat/completions")
BODY = {"model": "m", "messages": [{"role": "user", "content": "问"}], "stream": True}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=50_000)
    parser.add_argument("--events", type=int, default=300)
    arguments = parser.parse_args()
    draw = numbers(1)
    screen = Screen(keywords=bank_of(vocabulary(draw, arguments.words)), personal_information=True)
    told = [event_of(letters(draw, 2)) for _ in range(arguments.events)]
    heard = noted(told).heard("POST", SURFACE.path, has_ended=True)
    with asyncio.Runner() as runner:
        found = cpu_of(
            {
                "noting an event": partial(noted, told),
                "acting": partial(act, heard, screen, told),
                "shadow": lambda: runner.run(rehear(heard, once_more(heard, screen, policy=AnswerPolicy()))),
            }
        )
    print(f"Python {platform.python_version()}, {arguments.words:,} words, µs an event")
    for name, seconds in found.items():
        print(f"{name:18}{seconds / arguments.events * 1e6:8.2f}")


def event_of(text: str) -> bytes:
    """An event of a streamed chat."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    event = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return msgspec.json.encode(event)


def noted(told: list[bytes]) -> Hearing:
    """What listens while an answer goes on."""
    hearing = Hearing(BODY, most_bytes=1 << 30)
    hearing.was_asked = True
    for data in told:
        hearing.event(data)
    return hearing


def act(heard: Overheard, screen: Screen, told: list[bytes]) -> None:
    """Read an answer event by event."""
    exchange = once_more(heard, screen, policy=AnswerPolicy())
    assert exchange.admits()
    for data in told:
        for part in exchange.together([data]):
            if isinstance(part, Piece):
                exchange.tell(part)
            else:
                deque(exchange.event(msgspec.json.decode(part)), maxlen=0)


if __name__ == "__main__":
    main()
