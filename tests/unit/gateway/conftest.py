"""A gateway in front of a simulated model."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from hegui.admission import AdmissionPolicy, Admissions, Due, Guesses, UserTokens
from hegui.archive import Conversations
from hegui.companion import Companion
from hegui.conduct import Conduct
from hegui.core import InvalidInput
from hegui.endpoint import EndpointAddress
from hegui.gateway import (
    ANY_MODEL,
    AnswerPolicy,
    Gateway,
    IncidentWatch,
    Labels,
    Limits,
    Models,
    Reception,
    Shadow,
    Upstream,
    Upstreams,
)
from hegui.ledger import Ledger
from hegui.screening import (
    DEFAULT_RULES,
    Assembly,
    Guards,
    Inquiry,
    Keyword,
    KeywordBank,
    MediaDeclaration,
    MediaScreen,
    Rulings,
    Screen,
)
from hegui.store import Database, LocalQuotas, Quotas
from simulators.model_endpoint import ModelEndpoint

NO_MEDIA = MediaDeclaration()
FORBIDDEN = "雷管制作方法"
NO_TOKENS = UserTokens({}, audience="hegui", longest_seconds=3600)


@pytest.fixture
def model() -> Iterator[ModelEndpoint]:
    """A model that says what a test tells it to."""
    with ModelEndpoint() as model:
        yield model


def a_screen(guards: Guards) -> Screen:
    """One forbidden word, personal information, and whatever guard models there are."""
    word = Keyword(text=FORBIDDEN, risk="A.1.h", kind="weapons", source="test", added_on=dt.date(2026, 1, 1))
    return Screen(
        keywords=KeywordBank([word], name="test"),
        personal_information=True,
        judges=guards.judges,
        rules=(*guards.rules, *DEFAULT_RULES),
        ask=_never,
    )


def assembled(screen: Screen, guards: Guards, media: MediaDeclaration = NO_MEDIA) -> Assembly:
    """A screen with guard models, and whatever is declared that judges media."""
    watching = MediaScreen.declared(
        media, screen=screen, guards=guards, folder=Path(), secret=lambda name: name
    )
    return Assembly(screen, guards, watching)


def _never(_inquiries: Sequence[Inquiry]) -> Rulings:
    """A gateway must not wait in place: it asks while others go on."""
    raise AssertionError


@pytest.fixture
def make_gateway(
    model: ModelEndpoint, ledger: Ledger, database: Database, rulebook, clock
) -> Iterator[Callable[..., Gateway]]:
    """Makes a gateway in front of the model, or of other models."""
    with ledger.writer() as writer:

        def make(  # noqa: PLR0913 - a test names what it is about, and leaves the rest
            *urls: str,
            policy: AnswerPolicy | None = None,
            limits: Limits | None = None,
            models: Models | None = None,
            conduct: Conduct | None = None,
            companion: Companion | None = None,
            guards: Guards | None = None,
            screen: Screen | None = None,
            archive: Conversations | None = None,
            media: MediaDeclaration = NO_MEDIA,
            keys: Mapping[str, str] | None = None,
            admission: AdmissionPolicy | None = None,
            tokens: UserTokens = NO_TOKENS,
            quotas: Quotas | None = None,
            real_name_due: Due = Due.UNKNOWN,
            shadow: Callable[..., Shadow] | None = None,
            keeps_originals: bool = False,
            incidents: IncidentWatch | None = None,
        ) -> Gateway:
            limits = limits or Limits(rest_seconds=0.01)
            quotas = quotas or LocalQuotas()
            group = tuple(
                Upstream(
                    address=EndpointAddress(url=url, model="simulated", api_key="upstream-secret"),
                    renames=False,
                )
                for url in urls or (model.url,)
            )
            return Gateway(
                upstreams=Upstreams(models or {ANY_MODEL: group}, limits=limits),
                assembly=assembled(screen or a_screen(guards or Guards(())), guards or Guards(()), media),
                writer=writer,
                clock=clock,
                digest_key=b"k" * 32,
                labels=Labels(lambda content: {"AIGC": {"Label": "1", "ProduceID": content}}, _label, _heard),
                policy=policy or AnswerPolicy(),
                reception=Reception(
                    admissions=Admissions(database=database, ledger=ledger, rulebook=rulebook, clock=clock),
                    policy=admission or AdmissionPolicy(),
                    keys=keys or {},
                    tokens=tokens,
                    guesses=Guesses(most=limits.wrong_keys, monotonic=time.monotonic),
                    quotas=quotas,
                    real_name_due=real_name_due,
                    pseudonym_key=b"k" * 32,
                    longest_answer_seconds=limits.total_seconds,
                    writer=writer,
                    clock=clock,
                ),
                quotas=quotas,
                conduct=conduct,
                companion=companion,
                archive=archive,
                keeps_originals=keeps_originals,
                incidents=incidents,
                shadow=shadow and shadow(answers=policy or AnswerPolicy(), writer=writer),
            )

        yield make


def _label(data: bytes, content: str) -> bytes:
    """A label for files that begin with FILE; others are of no known format."""
    if not data.startswith(b"FILE"):
        raise InvalidInput(zh="不认识的格式", en="not a format that can be labelled")
    return data + f"[label {content[:5]}]".encode()


def _heard(data: bytes, content: str) -> bytes:
    """The same for speech, with a label that is heard."""
    return _label(data, content).replace(b"label", b"heard label")


@pytest.fixture
def gateway(make_gateway: Callable[..., Gateway]) -> Gateway:
    """The gateway in front of the model."""
    return make_gateway()
