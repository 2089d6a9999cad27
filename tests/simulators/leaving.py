"""What leaves the gateway, as a client would read it."""

from collections.abc import Iterable, Iterator

import msgspec

from hegui.gateway.surfaces import Event, JsonObject


def read(events: Iterable[Event]) -> Iterator[JsonObject]:
    """Each event, taken apart where it is written as JSON already."""
    for event in events:
        yield msgspec.json.decode(event) if isinstance(event, bytes) else event
