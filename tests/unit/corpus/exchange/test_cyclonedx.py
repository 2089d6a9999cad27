"""Bills of materials."""

import pytest

from hegui.corpus.exchange.cyclonedx import is_cyclonedx, read_cyclonedx
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import SourceKind

DATA = {
    "type": "data",
    "bom-ref": "d",
    "name": "News",
    "description": "What was said.",
    "version": "3",
    "licenses": [{"license": {"id": "MIT"}}],
    "externalReferences": [
        {"type": "vcs", "url": "https://git.example"},
        {"type": "distribution", "url": "https://news.example"},
    ],
    "data": [
        {
            "type": "dataset",
            "name": "n",
            "contents": {"url": "https://other.example"},
            "sensitiveData": ["names"],
        }
    ],
    "properties": [
        {"name": "urn:hegui:register#kind", "value": "commercial"},
        {"name": "urn:hegui:register#origin", "value": "domestic"},
        {"name": "urn:hegui:register#modality", "value": "hologram"},
        {"name": "urn:hegui:register#language", "value": "zh"},
        {"name": "theirs", "value": "x"},
    ],
}
MODEL = {
    "type": "machine-learning-model",
    "name": "m",
    "modelCard": {
        "modelParameters": {
            "datasets": [
                {"ref": "d"},
                {
                    "type": "dataset",
                    "name": "Books",
                    "description": "b",
                    "contents": {"url": "https://b.example"},
                },
                {
                    "type": "dataset",
                    "name": "Inline",
                    "contents": {"attachment": {}},
                    "governance": {"owners": []},
                },
            ]
        }
    },
}


def bill(*components):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": list(components)}


def test_data_and_what_models_were_made_of_are_read():
    news, books, inline = read_cyclonedx(bill({"type": "library", "name": "l"}, DATA, MODEL))
    assert (news.name, news.statement, news.license) == ("News", "What was said.", "MIT")
    assert news.url == "https://news.example"
    assert (news.kind, news.origin, news.language) == (SourceKind.COMMERCIAL, Origin.DOMESTIC, "zh")
    assert set(news.left) == {
        "components[1].version",
        "components[1].data[0].sensitiveData",
        "components[1].properties.urn:hegui:register#modality",
        "components[1].properties.theirs",
    }
    assert (books.name, books.url) == ("Books", "https://b.example")
    assert (inline.name, inline.url) == ("Inline", None)
    place = "components[2].modelCard.modelParameters.datasets[2].governance"
    assert inline.left == (place,)


@pytest.mark.parametrize("model", [{}, {"modelCard": []}, {"modelCard": {"modelParameters": 7}}])
def test_a_model_that_tells_of_no_data_has_none(model):
    assert read_cyclonedx(bill({"type": "machine-learning-model", **model})) == ()


@pytest.mark.parametrize(
    ("licenses", "name", "left"),
    [
        ([{"expression": "MIT OR Apache-2.0"}], "MIT OR Apache-2.0", False),
        ([{"license": {"name": "our terms"}}], "our terms", False),
        ([{"license": {"id": "MIT"}}, {"license": {"id": "ISC"}}], "MIT", True),
        ([{"license": "MIT"}], None, False),
        (None, None, False),
    ],
)
def test_the_first_licence_is_taken(licenses, name, left):
    (found,) = read_cyclonedx(bill({"type": "data", "name": "n", "licenses": licenses}))
    assert found.license == name
    assert ("components[0].licenses[1:]" in found.left) is left


def test_data_without_an_address_say_none():
    data = {
        "type": "data",
        "data": [{"description": "d", "contents": 7}],
        "properties": [{"name": "urn:hegui:register#modality", "value": "text"}],
    }
    (found,) = read_cyclonedx(bill(data))
    assert (found.url, found.statement, found.modality) == (None, "d", Modality.TEXT)


@pytest.mark.parametrize(("document", "known"), [(bill(), True), ({"bomFormat": "SPDX"}, False)])
def test_a_bill_says_what_it_is(document, known):
    assert is_cyclonedx(document) is known
