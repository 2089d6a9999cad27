"""What an operator declares of a gateway: its models, its limits, its words. Pure."""

from typing import Annotated

import msgspec

from hegui.conduct import LadderPolicy
from hegui.core import InvalidInput, Record
from hegui.endpoint import EndpointAddress
from hegui.gateway.model import AnswerPolicy

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
        answer_bytes: the largest answer, decompressed.
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


class GatewayDeclaration(Record):
    """A gateway, as its operator declares it in a file.

    Attributes:
        producer: the operator's provider code, for the implicit label.
        models: what can be asked for.
        pass_through: paths behind ``/v1/`` that are passed on unscreened and recorded as such; ``*`` at the
            end stands for any rest.
        limits: how long and how much.
        answers: how the gateway speaks in its own name, and what it lets pass.
        ladder: what is done about users who keep asking for illegal content.
    """

    producer: str
    models: Annotated[tuple[DeclaredModel, ...], msgspec.Meta(min_length=1)]
    pass_through: tuple[str, ...] = ()
    limits: Limits = Limits()
    answers: AnswerPolicy = AnswerPolicy()
    ladder: LadderPolicy = LadderPolicy()

    def __post_init__(self) -> None:
        """Refuse a model that is declared twice."""
        names = [model.name for model in self.models]
        for name in names:
            if names.count(name) > 1:
                raise InvalidInput(
                    zh=f"模型 {name!r} 声明了两次；请合并它的 upstreams",
                    en=f"model {name!r} is declared twice; put its upstreams together",
                )


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
