"""``/v1/moderations``: our own screen in OpenAI's shape. Pure."""

from hegui.gateway.passages import UnreadableRequest, contents
from hegui.gateway.surfaces import JsonObject
from hegui.screening import Action, Direction, Finding, Inquiry, Rulings, Screen

_OPENAI_CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
"""Clients' types ask for these. Only ``hate`` has risks of the same meaning; everything is told under its
own code beside them."""


def asked_of_moderation(body: JsonObject, screen: Screen) -> tuple[Inquiry, ...]:
    """What guard models have to be asked before :func:`moderate`."""
    return tuple(
        inquiry
        for value in _inputs(body)
        for passage in contents({"content": value}).passages
        for inquiry in screen.inquiries(passage.text, Direction.OUTPUT)
    )


def moderate(body: JsonObject, screen: Screen, *, answer_id: str, known: Rulings) -> JsonObject:
    """What the screen says of each input, as of an answer: what would be blocked there is flagged here.

    Args:
        body: the request.
        screen: what reads.
        answer_id: names the answer.
        known: what guard models said.

    Raises:
        UnreadableRequest: the input holds something that is no text.
    """
    return {
        "id": answer_id,
        "model": f"hegui-screen-{screen.digest.removeprefix('sha256:')[:16]}",
        "results": [_result(value, screen, known) for value in _inputs(body)],
    }


def _inputs(body: JsonObject) -> list[object]:
    """What is judged, each for itself."""
    given = body.get("input")
    return given if isinstance(given, list) and given and all(isinstance(x, str) for x in given) else [given]


def _result(value: object, screen: Screen, known: Rulings) -> JsonObject:
    if not value or not isinstance(value, str | list):
        raise UnreadableRequest(zh="input 应是文字或文字列表", en="input must be text or a list of texts")
    found = contents({"content": value})
    if found.media:
        raise UnreadableRequest(
            zh=f"input 中有非文字内容（{found.media[0].place}），无法审查",
            en=f"the input holds something that is no text ({found.media[0].place}) and cannot be screened",
        )
    findings: list[Finding] = []
    for passage in found.passages:
        findings.extend(screen.scan(passage.text, Direction.OUTPUT, known=known))
    categories = dict.fromkeys(_OPENAI_CATEGORIES, False)
    for finding in findings:
        categories[finding.risk] = True
        if finding.risk == "A.1.e" or finding.risk.startswith("A.2."):
            categories["hate"] = True
    return {
        "flagged": screen.severest(findings, Direction.OUTPUT) is Action.BLOCK,
        "categories": categories,
        "category_scores": {name: float(is_found) for name, is_found in categories.items()},
        "category_applied_input_types": {name: ["text"] for name in categories},
    }
