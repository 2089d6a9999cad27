"""The shape of a profile file as JSON Schema, so that editors complete and check it."""

from hegui.core import Json
from hegui.rulebook import FactDefinition, FactType, Rulebook


def profile_schema(rulebook: Rulebook) -> Json:
    """The JSON Schema (2020-12) of ``service.yaml``: every fact with its question, unit and choices."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hegui 服务概况 / service profile",
        "description": "没有回答的问题按未知处理，从不当作“否”。"
        "What is left out, or null, is unknown and never taken for no.",
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "provider", "facts"],
        "properties": {
            "name": _words("服务的名称", "the name of the service"),
            "provider": _words("提供者的名称", "the name of its provider"),
            "facts": {
                "title": "事实 / facts",
                "description": "关于服务的事实，由它们判定哪些义务适用。What obligations turn on.",
                "type": "object",
                "additionalProperties": False,
                "properties": {fact.name: _fact(fact) for fact in rulebook.facts.values()},
            },
        },
    }


def _words(zh: str, en: str) -> Json:
    return {
        "title": f"{zh} / {en}",
        "type": "object",
        "additionalProperties": False,
        "required": ["zh", "en"],
        "properties": {
            "zh": {"type": "string", "description": "中文 Chinese"},
            "en": {"type": "string", "description": "英文 English"},
        },
    }


def _fact(fact: FactDefinition) -> Json:
    title = {"title": f"{fact.label.zh} / {fact.label.en}"}
    asked = f"{fact.question.zh}\n{fact.question.en}"
    match fact.type:
        case FactType.BOOL:
            return {**title, "description": asked, "type": ["boolean", "null"]}
        case FactType.INTEGER:
            unit = "" if fact.unit is None else f"\n单位 {fact.unit.text.zh} / unit: {fact.unit.text.en}"
            return {**title, "description": asked + unit, "type": ["integer", "null"], "minimum": 0}
        case FactType.CHOICE:
            unknown: Json = {"const": None, "title": "未知 / unknown"}
            return {**title, "description": asked, "oneOf": [*_choices(fact), unknown]}
    items = {"oneOf": _choices(fact)}
    return {**title, "description": asked, "type": ["array", "null"], "items": items}


def _choices(fact: FactDefinition) -> list[Json]:
    return [{"const": c.value, "title": f"{c.text.zh} / {c.text.en}"} for c in fact.choices]
