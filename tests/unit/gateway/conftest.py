"""A gateway in front of a simulated model."""

import datetime as dt
from collections.abc import Iterator

import pytest

from hegui.endpoint import EndpointAddress
from hegui.gateway import AnswerPolicy, Gateway
from hegui.ledger import Ledger
from hegui.screening import Keyword, KeywordBank, Screen
from simulators.model_endpoint import ModelEndpoint

FORBIDDEN = "雷管制作方法"


@pytest.fixture
def model() -> Iterator[ModelEndpoint]:
    """A model that says what a test tells it to."""
    with ModelEndpoint() as model:
        yield model


@pytest.fixture
def gateway(model: ModelEndpoint, ledger: Ledger, clock) -> Iterator[Gateway]:
    """The gateway in front of it, with one forbidden word and personal information."""
    word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
    with ledger.writer() as writer:
        yield Gateway(
            upstream=EndpointAddress(url=model.url, model="simulated", api_key="upstream-secret"),
            screen=Screen(keywords=KeywordBank([word], name="test"), personal_information=True),
            writer=writer,
            clock=clock,
            pseudonym_key=b"k" * 32,
            implicit_label=lambda content: {"AIGC": {"Label": "1", "ProduceID": content}},
            policy=AnswerPolicy(),
        )
