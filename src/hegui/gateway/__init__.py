"""The moderated, labelled, recorded way to a model.

Pure inside: :mod:`hegui.gateway.exchange` decides what passes and what leaves, and knows of no socket.
At the skin: the service asks the models and keeps evidence, and a small web application speaks HTTP.

Every string of a request and of an answer is read, wherever it stands, unless it is a name; what is no
text does not pass unless the operator says so; an answer whose evidence cannot be written does not leave.
"""

from hegui.gateway.admission import ANYBODY, Admission
from hegui.gateway.declaration import (
    ANY_MODEL,
    DeclaredModel,
    DeclaredUpstream,
    GatewayDeclaration,
    Limits,
    Models,
    Upstream,
)
from hegui.gateway.exchange import Asked, Exchange
from hegui.gateway.listening import listen
from hegui.gateway.model import (
    AnswerPolicy,
    EvidenceTime,
    ExchangeRecord,
    ExplicitPlacement,
    Noticed,
    Outcome,
    Unread,
    Wording,
)
from hegui.gateway.passages import TooDeep, UnreadableRequest
from hegui.gateway.service import Gateway, Labels, ScreenFailed
from hegui.gateway.skin import gateway_routes
from hegui.gateway.surfaces import SURFACES, Interface, Manner, surface_at
from hegui.gateway.upstreams import UnknownModel, UpstreamFailed, Upstreams

__all__ = [
    "ANYBODY",
    "ANY_MODEL",
    "SURFACES",
    "Admission",
    "AnswerPolicy",
    "Asked",
    "DeclaredModel",
    "DeclaredUpstream",
    "EvidenceTime",
    "Exchange",
    "ExchangeRecord",
    "ExplicitPlacement",
    "Gateway",
    "GatewayDeclaration",
    "Interface",
    "Labels",
    "Limits",
    "Manner",
    "Models",
    "Noticed",
    "Outcome",
    "ScreenFailed",
    "TooDeep",
    "UnknownModel",
    "Unread",
    "UnreadableRequest",
    "Upstream",
    "UpstreamFailed",
    "Upstreams",
    "Wording",
    "gateway_routes",
    "listen",
    "surface_at",
]
