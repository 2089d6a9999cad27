"""The rulebook as one JSON document."""

import json

import jsonschema
import msgspec
import pytest

from hegui.rulebook.export.document import RulebookDocument, rulebook_document, rulebook_schema


@pytest.fixture(scope="module")
def document():
    from hegui.rulebook import Rulebook  # noqa: PLC0415 - once for the module

    return rulebook_document(Rulebook.load())


def test_the_document_is_what_the_schema_says(document):
    schema = rulebook_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(document), schema, cls=jsonschema.Draft202012Validator)


def test_a_document_with_a_misspelt_field_is_none(document):
    broken = json.loads(document)
    broken["book"]["instruments"][0]["tittle"] = "x"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, rulebook_schema(), cls=jsonschema.Draft202012Validator)


def test_reading_it_back_gives_the_same_rulebook(document, rulebook):
    read = msgspec.json.decode(document, type=RulebookDocument)
    assert read.digest == rulebook.digest
    assert read.book.obligations == rulebook.obligations
    assert {fact.name: fact for fact in read.book.facts} == rulebook.facts


def test_the_same_rulebook_gives_the_same_bytes(document, rulebook):
    assert rulebook_document(rulebook) == document
