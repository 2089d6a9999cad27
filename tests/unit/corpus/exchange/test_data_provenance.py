"""The Data Provenance Standards."""

import pytest

from hegui.corpus.exchange.data_provenance import (
    is_data_provenance,
    read_data_provenance,
    read_data_provenance_row,
)
from hegui.corpus.model import Modality, Origin

DOCUMENT = {
    "source": {
        "version": "1.0.0",
        "title": "News",
        "id": "b7c1",
        "location": "https://news.example/meta",
        "issuer": [{"name": "News Ltd."}],
        "description": "What was said.",
    },
    "provenance": {"origin-geography": [{"country": "CN"}], "date": "2026-01-01", "format": ["text/plain"]},
    "use": {"license": ["https://spdx.org/licenses/MIT"], "intended-purpose": [{"code": "x"}]},
}


def test_what_the_metadata_say_is_taken_and_the_rest_is_named():
    (found,) = read_data_provenance(DOCUMENT)
    assert (found.name, found.identifier, found.url) == ("News", "b7c1", "https://news.example/meta")
    assert (found.license, found.origin, found.modality) == ("MIT", Origin.DOMESTIC, Modality.TEXT)
    assert set(found.left) == {
        "source.version",
        "source.issuer",
        "provenance.date",
        "use.intended-purpose",
    }


@pytest.mark.parametrize(
    ("countries", "origin", "left"),
    [
        (["CN", "China"], Origin.DOMESTIC, False),
        (["US"], Origin.FOREIGN, False),
        (["CN", "US"], None, True),
        ([], None, False),
    ],
)
def test_countries_are_domestic_or_foreign_and_not_both(countries, origin, left):
    geography = [{"country": each} for each in countries]
    document = {"source": {"title": "n"}, "provenance": {"origin-geography": geography}, "note": "x"}
    (found,) = read_data_provenance(document)
    assert found.origin is origin
    assert ("provenance.origin-geography" in found.left) is left
    assert "note" in found.left


def test_a_row_of_the_form_is_read():
    row = {
        "Dataset title/name": "News",
        "Data origin geography country": "US; GB",
        "Data format": "spreadsheet",
        "License to use": "our terms",
        "Data issuer name": "News Ltd.",
        "Source name": "",
    }
    found = read_data_provenance_row(row, place="row 4")
    assert (found.name, found.origin, found.license) == ("News", Origin.FOREIGN, "our terms")
    assert found.left == ("row 4.Data format", "row 4.Data issuer name")


@pytest.mark.parametrize(
    ("document", "known"), [(DOCUMENT, True), ({"source": "x"}, False), ({"source": {"title": "n"}}, False)]
)
def test_metadata_are_known_by_their_groups(document, known):
    assert is_data_provenance(document) is known
