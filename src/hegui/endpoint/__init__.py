"""A client for one OpenAI-compatible model endpoint.

The room knows how to ask, how long to wait, when to ask again and what a provider's answer means; it
knows nothing of what is asked, and judges nothing. A provider that blocks a question has answered it:
that is a reply with the finish reason ``content_filter``, never an error.
"""

from hegui.endpoint.blocks import CONTENT_FILTER, is_content_block
from hegui.endpoint.events import EventStream, EventTooLong
from hegui.endpoint.model import Delta, EndpointAddress, InvalidAddress, Message, Patience, Reply, Timeouts
from hegui.endpoint.service import Endpoint, EndpointRefused, EndpointUnavailable, MalformedReply

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
