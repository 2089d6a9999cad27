"""What an operator declares of a gateway: its models, its limits, its words. Pure."""

import ipaddress
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from hegui.admission import AdmissionPolicy
from hegui.archive import RetentionPolicy
from hegui.companion import CompanionPolicy
from hegui.conduct import LadderPolicy
from hegui.core import InvalidInput, Record
from hegui.endpoint import EndpointAddress
from hegui.gateway.model import AnswerPolicy, Mode
from hegui.gateway.opening import IncidentTrigger

ANY_MODEL = "*"

Seconds = Annotated[float, msgspec.Meta(gt=0)]
Count = Annotated[int, msgspec.Meta(ge=1)]


class DeclaredUpstream(Record):
    """One place where a model answers.

    Attributes:
        url: the base address, up to and with ``/v1``.
        model: the name it knows the model by; as the client named it where left out.
        key_file: a file with its API key.
        key_variable: an environment variable with its API key.
        weight: its share of the requests among the upstreams of one model.
    """

    url: str
    model: str | None = None
    key_file: str | None = None
    key_variable: str | None = None
    weight: Count = 1


class DeclaredModel(Record):
    """A model that clients can ask for.

    Attributes:
        name: as clients name it; ``*`` for every name that is not declared.
        upstreams: where it answers; the next one is asked where one fails.
    """

    name: str
    upstreams: Annotated[tuple[DeclaredUpstream, ...], msgspec.Meta(min_length=1)]


class Limits(Record):
    """How long the gateway waits, and how much it takes.

    Attributes:
        connect_seconds: until a connection to an upstream stands.
        first_byte_seconds: until an upstream begins to answer.
        silence_seconds: the longest pause within an answer.
        total_seconds: until an answer has to be complete.
        attempts: how often upstreams are asked before an exchange is given up.
        rest_seconds: how long a failing upstream is left alone; doubled at each further failure.
        request_bytes: the largest request.
        request_seconds: until a request has to be complete.
        answer_bytes: the largest answer.
        event_bytes: the largest event of a streamed answer.
        wrong_keys: how many wrong keys one address may present in a minute.
    """

    connect_seconds: Seconds = 5.0
    first_byte_seconds: Seconds = 120.0
    silence_seconds: Seconds = 120.0
    total_seconds: Seconds = 900.0
    attempts: Count = 2
    rest_seconds: Seconds = 1.0
    request_bytes: Count = 32 << 20
    request_seconds: Seconds = 30.0
    answer_bytes: Count = 64 << 20
    event_bytes: Count = 16 << 20
    wrong_keys: Count = 20


class SpeechLabel(Record):
    """A label that is heard in the speech that a model makes.

    Attributes:
        placement: where it is heard.
        recording: a file with the spoken words; the rhythm that the standard allows where left out.

    Basis:
        GB-45438 5.3
    """

    placement: Literal["start", "middle", "end"] = "start"
    recording: str | None = None


class ShadowPolicy(Record):
    """That a screen is measured which does not act, and how much that may cost.

    Attributes:
        screen: a file that declares the screen; the declaration in force where left out.
        keyword_bank: a file with the bank that it searches; the bank in use where left out.
        share: of the exchanges that are measured.
        at_once: how many are measured at a time.
        waiting: how many may wait for it; what comes then is not measured.
        waiting_bytes: how many bytes of requests and answers as JSON may wait or be measured together,
            likewise; a single one may always.
        seconds: how long one may take, with all its guard models.
        most_bytes: the longest that is measured, request and answer as JSON.
    """

    screen: str | None = None
    keyword_bank: str | None = None
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 1.0
    at_once: Count = 2
    waiting: Count = 256
    waiting_bytes: Count = 64 << 20
    seconds: Seconds = 30.0
    most_bytes: Count = 4 << 20

    @property
    def names_nothing(self) -> bool:
        """Whether it is the screen in force that would be measured."""
        return self.screen is None and self.keyword_bank is None


class SignedMedia(StrEnum):
    """What is done with a file that its maker has signed under C2PA: a label changes it."""

    REFUSE = "refuse"
    """It is treated as one that cannot be labelled."""
    BREAK = "break"
    """It is labelled, and its maker's signature is no longer valid."""
    RENEW = "renew"
    """It is labelled and signed by the operator, with what its maker signed as its parent."""


class GatewayDeclaration(Record):
    """A gateway, as its operator declares it in a file.

    Attributes:
        producer: the operator's provider code, for the implicit label.
        models: what can be asked for; none where the gateway stands around an application.
        pass_through: paths behind ``/v1/`` that are passed on unscreened and recorded as such; ``*`` at the
            end stands for any rest.
        limits: how long and how much.
        answers: how the gateway speaks in its own name, and what it lets pass.
        speech_label: the label heard in generated speech; none where left out, as where the application
            that plays it shows one.
        picture_watermark: whether a picture gets a mark in its pixels, by the operator's key, where it can
            hold one.
        signed_media: what is done with files that their makers have signed.
        admission: who is let in, and on what terms.
        retention: that the texts of exchanges are kept, and for how long; they are not where left out.
        ladder: what is done about users who keep asking for illegal content.
        companion: how a service of sustained emotional interaction keeps its duties; none where it is none.
        incidents: upon which findings incidents are proposed, for a person to confirm; upon none where left
            out.
        trusted_proxies: addresses and networks of the proxies in front of the gateway, whose
            ``X-Forwarded-For`` says who the client is.
        mode: whether anything is done about what the screen finds. With ``shadow`` everything passes.
        shadow: a screen that is measured and does not act.
    """

    producer: str
    models: Annotated[tuple[DeclaredModel, ...], msgspec.Meta(min_length=1)] = ()
    pass_through: tuple[str, ...] = ()
    limits: Limits = Limits()
    answers: AnswerPolicy = AnswerPolicy()
    speech_label: SpeechLabel | None = None
    picture_watermark: bool = False
    signed_media: SignedMedia = SignedMedia.REFUSE
    admission: AdmissionPolicy = AdmissionPolicy()
    retention: RetentionPolicy | None = None
    ladder: LadderPolicy = LadderPolicy()
    companion: CompanionPolicy | None = None
    incidents: tuple[IncidentTrigger, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    mode: Mode = Mode.ACT
    shadow: ShadowPolicy | None = None

    def __post_init__(self) -> None:
        """Refuse a model that is declared twice, a proxy that is no address, a shadow of nothing."""
        if self.mode is Mode.ACT and self.shadow is not None and self.shadow.names_nothing:
            raise InvalidInput(
                zh="shadow 没有写明测量哪个方案：请写 screen 或 keyword_bank；"
                "若整个网关只测量、不处置，请写 mode: shadow",
                en="shadow names no screen to measure: give screen or keyword_bank; or mode: shadow, if the "
                "whole gateway is to measure and do nothing",
            )
        names = [model.name for model in self.models]
        for name in names:
            if names.count(name) > 1:
                raise InvalidInput(
                    zh=f"模型 {name!r} 声明了两次；请合并它的 upstreams",
                    en=f"model {name!r} is declared twice; put its upstreams together",
                )
        triggers = [trigger.name for trigger in self.incidents]
        for name in triggers:
            if triggers.count(name) > 1:
                raise InvalidInput(
                    zh=f"incidents：有两条都叫 {name!r}；请为其中一条另取名字",
                    en=f"incidents: two are called {name!r}; give one of them another name",
                )
        for proxy in self.trusted_proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError as error:
                raise InvalidInput(
                    zh=f"trusted_proxies：{proxy!r} 不是 IP 地址或网段，例如 10.0.0.0/8",
                    en=f"trusted_proxies: {proxy!r} is no address or network, such as 10.0.0.0/8",
                ) from error


class Upstream(Record):
    """One place where a model answers, with its key.

    Attributes:
        address: where; the key in it is shown nowhere.
        renames: whether the model is asked for under the address's own name.
        weight: its share of the requests.
    """

    address: EndpointAddress
    renames: bool = True
    weight: int = 1

    @property
    def name(self) -> str:
        """What evidence and metrics call it."""
        return self.address.url


Models = dict[str, tuple[Upstream, ...]]
"""Where each model answers, by the name that clients use."""
