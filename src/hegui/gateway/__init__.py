"""The moderated, labelled, recorded way to a model.

Pure inside: :mod:`hegui.gateway.exchange` decides what passes and what leaves, and knows of no socket.
At the skin: the service asks the model and keeps evidence, and a small web application speaks HTTP.

What cannot be read does not pass: a request part that is not text is refused, an answer's field that is
not listed is left out, and an answer whose evidence cannot be written does not leave.
"""

from hegui.gateway.exchange import Exchange
from hegui.gateway.model import AnswerPolicy, ExchangeRecord, ExplicitPlacement, Noticed, Outcome, Wording
from hegui.gateway.service import Gateway, UpstreamFailed
from hegui.gateway.skin import gateway_routes
from hegui.gateway.surfaces import UnreadableRequest

__all__ = [
    "AnswerPolicy",
    "Exchange",
    "ExchangeRecord",
    "ExplicitPlacement",
    "Gateway",
    "Noticed",
    "Outcome",
    "UnreadableRequest",
    "UpstreamFailed",
    "Wording",
    "gateway_routes",
]
