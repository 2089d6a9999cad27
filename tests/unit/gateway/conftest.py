"""A gateway in front of a simulated model."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from hegui.conduct import Conduct
from hegui.core import InvalidInput
from hegui.endpoint import EndpointAddress
from hegui.gateway import ANY_MODEL, AnswerPolicy, Gateway, Labels, Limits, Models, Upstream, Upstreams
from hegui.ledger import Ledger
from hegui.screening import Keyword, KeywordBank, Screen
from simulators.model_endpoint import ModelEndpoint

FORBIDDEN = "雷管制作方法"


@pytest.fixture
def model() -> Iterator[ModelEndpoint]:
    """A model that says what a test tells it to."""
    with ModelEndpoint() as model:
        yield model


def a_screen() -> Screen:
    """One forbidden word, and personal information."""
    word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
    return Screen(keywords=KeywordBank([word], name="test"), personal_information=True)


@pytest.fixture
def make_gateway(model: ModelEndpoint, ledger: Ledger, clock) -> Iterator[Callable[..., Gateway]]:
    """Makes a gateway in front of the model, or of other models."""
    with ledger.writer() as writer:

        def make(
            *urls: str,
            policy: AnswerPolicy | None = None,
            limits: Limits | None = None,
            models: Models | None = None,
            conduct: Conduct | None = None,
        ) -> Gateway:
            limits = limits or Limits(rest_seconds=0.01)
            group = tuple(
                Upstream(
                    address=EndpointAddress(url=url, model="simulated", api_key="upstream-secret"),
                    renames=False,
                )
                for url in urls or (model.url,)
            )
            return Gateway(
                upstreams=Upstreams(models or {ANY_MODEL: group}, limits=limits),
                screen=a_screen(),
                writer=writer,
                clock=clock,
                pseudonym_key=b"k" * 32,
                labels=Labels(lambda content: {"AIGC": {"Label": "1", "ProduceID": content}}, _label),
                policy=policy or AnswerPolicy(),
                conduct=conduct,
            )

        yield make


def _label(data: bytes, content: str) -> bytes:
    """A label for files that begin with FILE; others are of no known format."""
    if not data.startswith(b"FILE"):
        raise InvalidInput(zh="不认识的格式", en="not a format that can be labelled")
    return data + f"[label {content[:5]}]".encode()


@pytest.fixture
def gateway(make_gateway: Callable[..., Gateway]) -> Gateway:
    """The gateway in front of the model."""
    return make_gateway()
