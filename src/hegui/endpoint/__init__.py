"""A client for one OpenAI-compatible model endpoint.

The room knows how to ask, how long to wait, when to ask again and what a provider's answer means; it
knows nothing of what is asked, and judges nothing. A provider that blocks a question has answered it:
that is a reply with the finish reason ``content_filter``, never an error.
"""

from typing import TYPE_CHECKING

from hegui.core import front_door

if TYPE_CHECKING:
    from hegui.endpoint.blocks import CONTENT_FILTER, is_content_block
    from hegui.endpoint.events import EventStream, EventTooLong
    from hegui.endpoint.model import (
        Delta,
        EndpointAddress,
        InvalidAddress,
        Message,
        Patience,
        Reply,
        Timeouts,
    )
    from hegui.endpoint.service import Endpoint, EndpointRefused, EndpointUnavailable, MalformedReply
else:
    __getattr__, __dir__ = front_door(__name__)

__all__ = [
    "CONTENT_FILTER",
    "Delta",
    "Endpoint",
    "EndpointAddress",
    "EndpointRefused",
    "EndpointUnavailable",
    "EventStream",
    "EventTooLong",
    "InvalidAddress",
    "MalformedReply",
    "Message",
    "Patience",
    "Reply",
    "Timeouts",
    "is_content_block",
]
