"""The screen as a plug-in of platforms that keep their own way to the models: Dify and LiteLLM. Pure.

A platform posts what was asked or answered and is told whether it may pass, and how it reads where something
is masked. What a platform shows before it asks, it has shown: each how-to says what can leak.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from hegui.core import Record
from hegui.gateway.model import AnswerPolicy, Noticed, Unread
from hegui.gateway.passages import UnreadableRequest, contents
from hegui.gateway.surfaces import JsonObject
from hegui.screening import Action, Direction, Finding, Inquiry, Rulings, Screen

_IDENTIFIER = re.compile(r"[A-Za-z0-9_.:-]{1,128}")


class Consultation(NamedTuple):
    """What a platform wants judged.

    Attributes:
        platform: which asks.
        call: what the platform calls it, for evidence.
        direction: whether it was asked or answered.
        writable: the texts that the platform takes back masked; they are masked in place.
        readonly: what it does not take back: where something in it has to be masked, nothing passes.
        unscreened: the places of what is no text.
        tell: makes the platform's answer from the judgement.
    """

    platform: str
    call: str | None
    direction: Direction
    writable: list[Any]
    readonly: list[Any]
    unscreened: tuple[str, ...]
    tell: Callable[["Counsel"], JsonObject]

    @property
    def characters(self) -> int:
        """How many characters are to be read."""
        parts = (self.writable, self.readonly)
        return sum(len(passage.text) for part in parts for passage in contents(part).passages)


class Counsel(NamedTuple):
    """What becomes of it.

    Attributes:
        action: the severest; masked in ``Consultation.writable`` where it says so.
        findings: everything that was found.
        held: for each text of an answer that may not be complete, how many of its last characters must not
            be shown yet.
        refusal: what people read where it is blocked.
    """

    action: Action
    findings: tuple[Finding, ...]
    held: tuple[int, ...]
    refusal: str


class ConsultationRecord(Record):
    """One judgement as evidence keeps it: what was found and said, no content.

    Attributes:
        platform: which asked.
        call: what the platform calls it.
        direction: whether it was asked or answered.
        tenant: whose key was presented.
        screen: the digest of the screen.
        action: what was said.
        found: what was found.
        unscreened: the places of what is no text.
    """

    platform: str
    call: str | None
    direction: Direction
    tenant: str | None
    screen: str
    action: Action
    found: tuple[Noticed, ...]
    unscreened: tuple[str, ...]


def inquiries(consultation: Consultation, screen: Screen) -> tuple[Inquiry, ...]:
    """What guard models have to be asked before :func:`judge`."""
    texts = (
        passage.text
        for part in (consultation.writable, consultation.readonly)
        for passage in contents(part).passages
    )
    return tuple(inquiry for text in texts for inquiry in screen.inquiries(text, consultation.direction))


def judge(consultation: Consultation, screen: Screen, policy: AnswerPolicy, *, known: Rulings) -> Counsel:
    """What becomes of what a platform asks about; what is to be masked in it is masked in place.

    Args:
        consultation: what it asks about.
        screen: what reads.
        policy: what passes unread, and what people read where something is blocked.
        known: what guard models said.
    """
    direction = consultation.direction
    texts = consultation.writable if direction is Direction.OUTPUT else ()
    held = tuple(_held(text, screen, known) for text in texts if isinstance(text, str))
    findings: list[Finding] = []
    action = Action.ALLOW
    for part, most in ((consultation.writable, Action.MASK), (consultation.readonly, Action.ALLOW)):
        for passage in contents(part).passages:
            screening = screen.examine(passage.text, direction, known=known)
            findings.extend(screening.findings)
            if screening.action.severity > most.severity:
                action = Action.BLOCK
            elif screening.action is Action.MASK and action is Action.ALLOW:
                action = Action.MASK
            if screening.action is Action.MASK:
                passage.replace(screening.masked)
    unread = policy.unread_input if direction is Direction.INPUT else policy.unread_output
    if consultation.unscreened and unread is Unread.REFUSE:
        action = Action.BLOCK
    refusal = policy.wording.refusal.in_language(policy.language)
    return Counsel(action=action, findings=tuple(findings), held=held, refusal=refusal)


def _held(text: str, screen: Screen, known: Rulings) -> int:
    """How much of what a text reads like is not decided yet, should it go on."""
    stream = screen.stream(Direction.OUTPUT, known=known)
    stream.feed(text)
    return 0 if stream.blocked else len(stream.finish().text)


def _identifier(value: object) -> str | None:
    """What looks like an identifier; anything else could be content."""
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else None


# --- Dify: https://docs.dify.ai/en/use-dify/workspace/api-extension/moderation-api-extension ---


def consult_for_dify(body: JsonObject) -> Consultation | JsonObject:
    """What Dify wants judged, or the answer to its question whether anybody is there.

    Raises:
        UnreadableRequest: it is of no form that Dify documents.
    """
    point, params = body.get("point"), body.get("params")
    if point == "ping":
        return {"result": "pong"}
    if point not in ("app.moderation.input", "app.moderation.output") or not isinstance(params, dict):
        raise UnreadableRequest(
            zh="point 应是 ping、app.moderation.input 或 app.moderation.output，并有 params",
            en="point must be ping, app.moderation.input or app.moderation.output, with params",
        )
    inputs = params.get("inputs") or {}
    is_input = point == "app.moderation.input"
    spoken = "query" if is_input else "text"
    if not isinstance(inputs, dict) or not isinstance(params.get(spoken), str | None):
        raise UnreadableRequest(
            zh=f"params.inputs 应是对象，params.{spoken} 应是文字",
            en=f"params.inputs must be an object, and params.{spoken} text",
        )
    # Variables are called as people like; only their values are read as what was said.
    values = [params.get(spoken) or "", *inputs.values()]

    def tell(judgement: Counsel) -> JsonObject:
        if judgement.action is Action.ALLOW:
            return {"flagged": False, "action": "direct_output"}
        if judgement.action is Action.BLOCK:
            return {"flagged": True, "action": "direct_output", "preset_response": judgement.refusal}
        masked = {"flagged": True, "action": "overridden", spoken: values[0]}
        return masked | ({"inputs": dict(zip(inputs, values[1:], strict=True))} if is_input else {})

    return Consultation(
        platform="dify",
        call=_identifier(params.get("app_id")),
        direction=Direction.INPUT if is_input else Direction.OUTPUT,
        writable=values,
        readonly=[],
        unscreened=tuple(medium.place for medium in contents(values).media),
        tell=tell,
    )


# --- LiteLLM: https://docs.litellm.ai/docs/adding_provider/generic_guardrail_api ---

_SIDES: Mapping[str, Direction] = MappingProxyType({"request": Direction.INPUT, "response": Direction.OUTPUT})


def consult_for_litellm(body: JsonObject) -> Consultation:
    """What LiteLLM wants judged.

    Raises:
        UnreadableRequest: it is of no form that LiteLLM documents.
    """
    direction = _SIDES.get(str(body.get("input_type")))
    texts, images = body.get("texts") or [], body.get("images") or []
    lists = isinstance(texts, list) and isinstance(images, list)
    if direction is None or not lists or not all(isinstance(text, str) for text in texts):
        raise UnreadableRequest(
            zh="input_type 应是 request 或 response，texts 应是文字列表，images 应是列表",
            en="input_type must be request or response, texts a list of texts, and images a list",
        )

    def tell(judgement: Counsel) -> JsonObject:
        if judgement.action is Action.BLOCK:
            return {"action": "BLOCKED", "blocked_reason": judgement.refusal}
        answer: JsonObject = {"action": "GUARDRAIL_INTERVENED", "texts": texts}
        if direction is Direction.OUTPUT:
            answer["stream_holdback_chars"] = list(judgement.held)
        elif judgement.action is Action.ALLOW:
            return {"action": "NONE"}
        return answer

    readonly = [body.get("tools") or [], body.get("tool_calls") or []]
    return Consultation(
        platform="litellm",
        call=_identifier(body.get("litellm_call_id")),
        direction=direction,
        writable=texts,
        readonly=readonly,
        unscreened=(
            *(f"images[{number}]" for number in range(len(images))),
            *(medium.place for medium in contents(readonly).media),
        ),
        tell=tell,
    )
