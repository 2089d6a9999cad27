"""The JSON Schema of a profile."""

from pathlib import Path

import jsonschema
import pytest
import yaml

from hegui.rulebook import FactType
from hegui.scope.schema import profile_schema

EXAMPLE = Path(__file__).parents[3] / "examples" / "chat-service" / "service.yaml"
WORD = {"zh": "甲", "en": "A"}


@pytest.fixture(scope="module")
def validator():
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - once for the module

    schema = profile_schema(Rulebook.load())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_every_fact_is_there_with_its_question_in_both_languages(validator, rulebook):
    facts = validator.schema["properties"]["facts"]["properties"]
    assert facts.keys() == rulebook.facts.keys()
    for name, fact in rulebook.facts.items():
        assert fact.question.zh in facts[name]["description"]
        assert fact.question.en in facts[name]["description"]
        assert fact.type is not FactType.INTEGER or fact.unit.text.en in facts[name]["description"]


def test_the_example_is_a_profile(validator):
    validator.validate(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))


def test_the_example_names_the_schema_for_editors():
    first = EXAMPLE.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (EXAMPLE.parent / first.partition("=")[2]).resolve().exists()


@pytest.mark.parametrize(
    "facts",
    [
        {"role": "provider", "modalities": ["text"], "registered_users": 0, "web_crawling": True},
        {"role": None, "modalities": None, "registered_users": None, "web_crawling": None},
        {"modalities": []},
    ],
)
def test_what_the_program_accepts_the_schema_accepts(facts, validator):
    validator.validate({"name": WORD, "provider": WORD, "facts": facts})


@pytest.mark.parametrize(
    "facts",
    [
        {"rolle": "provider"},
        {"role": "vendor"},
        {"modalities": "text"},
        {"modalities": ["sound"]},
        {"registered_users": -1},
        {"registered_users": "many"},
        {"web_crawling": "yes"},
    ],
)
def test_what_the_program_refuses_the_schema_refuses(facts, validator):
    assert not validator.is_valid({"name": WORD, "provider": WORD, "facts": facts})
