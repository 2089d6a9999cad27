"""The moderated, labelled, recorded way to a model.

Pure inside: :mod:`hegui.gateway.exchange` decides what passes and what leaves, and knows of no socket.
At the skin: the service asks the models and keeps evidence, and a small web application speaks HTTP.

Every string of a request and of an answer is read, wherever it stands, unless it is a name; what is no
text does not pass unless the operator says so; an answer whose evidence cannot be written does not leave.
"""

from hegui.gateway.canary_comparison import CanaryComparison, CanarySide, SideRate, compare_sides
from hegui.gateway.conversations import Conversation, KeptConversations, conversations_in
from hegui.gateway.declaration import (
    ANY_MODEL,
    DeclaredModel,
    DeclaredUpstream,
    GatewayDeclaration,
    Limits,
    Models,
    ShadowPolicy,
    SignedMedia,
    SpeechLabel,
    Upstream,
)
from hegui.gateway.exchange import Asked, Exchange
from hegui.gateway.following import ScreenFollower
from hegui.gateway.hearing import Overheard
from hegui.gateway.hindsight import Hindsight, Said, once_more, rehear, said_in
from hegui.gateway.housekeeping import Housekeeping
from hegui.gateway.listening import listen
from hegui.gateway.log import LogForm, write_log
from hegui.gateway.model import (
    AnswerPolicy,
    EvidenceTime,
    ExchangeRecord,
    ExplicitPlacement,
    Mode,
    Noticed,
    Outcome,
    Trial,
    Unread,
    Wording,
)
from hegui.gateway.opening import IncidentTrigger, IncidentWatch
from hegui.gateway.passages import TooDeep, UnreadableRequest
from hegui.gateway.reception import Presented, Reception, Wish
from hegui.gateway.replay import (
    REPLAYED,
    CountedCause,
    Replay,
    ReplayCause,
    ReplayChange,
    Replayed,
    ReplayJournal,
    ReplayReport,
)
from hegui.gateway.saying import error_body
from hegui.gateway.service import Gateway, Labels, ScreenFailed
from hegui.gateway.shadow import Shadow, ShadowRecord
from hegui.gateway.skin import GatewaySkin, gateway_routes
from hegui.gateway.surfaces import SURFACES, Interface, Manner, surface_at
from hegui.gateway.takedown import ExampleExport, ExampleForTraining, NothingToExport, Takedown
from hegui.gateway.upstreams import ModelsBehind, UnknownModel, UpstreamFailed, Upstreams
from hegui.gateway.wrapped import WrappedApplication, current_scope

__all__ = [
    "ANY_MODEL",
    "REPLAYED",
    "SURFACES",
    "AnswerPolicy",
    "Asked",
    "CanaryComparison",
    "CanarySide",
    "Conversation",
    "CountedCause",
    "DeclaredModel",
    "DeclaredUpstream",
    "EvidenceTime",
    "ExampleExport",
    "ExampleForTraining",
    "Exchange",
    "ExchangeRecord",
    "ExplicitPlacement",
    "Gateway",
    "GatewayDeclaration",
    "GatewaySkin",
    "Hindsight",
    "Housekeeping",
    "IncidentTrigger",
    "IncidentWatch",
    "Interface",
    "KeptConversations",
    "Labels",
    "Limits",
    "LogForm",
    "Manner",
    "Mode",
    "Models",
    "ModelsBehind",
    "NothingToExport",
    "Noticed",
    "Outcome",
    "Overheard",
    "Presented",
    "Reception",
    "Replay",
    "ReplayCause",
    "ReplayChange",
    "ReplayJournal",
    "ReplayReport",
    "Replayed",
    "Said",
    "ScreenFailed",
    "ScreenFollower",
    "Shadow",
    "ShadowPolicy",
    "ShadowRecord",
    "SideRate",
    "SignedMedia",
    "SpeechLabel",
    "Takedown",
    "TooDeep",
    "Trial",
    "UnknownModel",
    "Unread",
    "UnreadableRequest",
    "Upstream",
    "UpstreamFailed",
    "Upstreams",
    "Wish",
    "Wording",
    "WrappedApplication",
    "compare_sides",
    "conversations_in",
    "current_scope",
    "error_body",
    "gateway_routes",
    "listen",
    "once_more",
    "rehear",
    "said_in",
    "surface_at",
    "write_log",
]
