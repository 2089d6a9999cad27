"""Croissant is read, and what is written is read by its own reader."""

import logging

import mlcroissant
import msgspec
import pytest

from hegui.core import BilingualText, digest_file
from hegui.corpus.exchange.croissant import VERSIONS, is_croissant, read_croissant, write_croissant
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import (
    PersonalContent,
    PersonalInformationStatement,
    Rights,
    SourceKind,
    SourceSize,
)

# What mlcroissant stands on warns of itself.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

DOCUMENT = {
    "@context": {"@vocab": "https://schema.org/"},
    "@type": "sc:Dataset",
    "conformsTo": "http://mlcommons.org/croissant/1.0",
    "name": "Titanic",
    "alternateName": ["titanic", "ship"],
    "description": "Who was on board.",
    "license": {"@id": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "url": "https://data.example/titanic",
    "sc:inLanguage": ["en"],
    "creator": {"name": "Somebody"},
    "rai:personalSensitiveInformation": ["names"],
    "distribution": [
        {
            "@type": "cr:FileObject",
            "contentUrl": "data/t.csv",
            "contentSize": "117743 B",
            "encodingFormat": "text/csv",
        },
        {
            "@type": "cr:FileObject",
            "contentUrl": "https://data.example/g.csv",
            "contentSize": "10",
            "encodingFormat": "text/csv",
        },
    ],
}


def test_what_a_document_says_is_taken_and_the_rest_is_named():
    (found,) = read_croissant(DOCUMENT)
    assert (found.name, found.identifier, found.language) == ("Titanic", "titanic", "en")
    assert (found.license, found.url) == ("CC0-1.0", "https://data.example/titanic")
    assert (found.statement, found.modality, found.size_bytes) == ("Who was on board.", Modality.TEXT, 117753)
    assert found.files == ("data/t.csv",)
    assert set(found.left) == {
        "alternateName[1:]",
        "creator",
        "distribution",
        "rai:personalSensitiveInformation",
    }


@pytest.mark.parametrize(
    ("distribution", "size", "modality"),
    [
        ([], None, None),
        ([{"contentSize": "1.2 GB", "encodingFormat": "application/zip"}], None, None),
        ([{"contentSize": "7B", "encodingFormat": "image/png"}], 7, Modality.IMAGE),
        ([{"encodingFormat": "image/png"}, {"encodingFormat": "audio/wav"}], None, None),
    ],
)
def test_sizes_and_media_are_taken_where_all_files_agree(distribution, size, modality):
    (found,) = read_croissant({**DOCUMENT, "distribution": distribution})
    assert (found.size_bytes, found.modality) == (size, modality)


@pytest.mark.parametrize(
    ("document", "known"),
    [
        (DOCUMENT, True),
        ({"@context": "https://schema.org/", "@type": ["https://schema.org/Dataset"]}, True),
        ({"@type": "Dataset"}, False),
        ({"@context": "https://schema.org/", "@type": "Person"}, False),
    ],
)
def test_a_document_is_known_by_its_context_and_type(document, known):
    assert is_croissant(document) is known


NO_DIGEST = {"texts.jsonl": ""}


@pytest.fixture
def registered(corpus, make_source, root, write_texts):
    source = make_source(
        write_texts(["风和日丽"]),
        name=BilingualText(zh="百科", en="encyclopaedia"),
        url="https://wiki.example/",
        size=SourceSize(items=1, size_bytes=20),
        personal_information=PersonalInformationStatement(holds=PersonalContent.NONE),
    )
    return corpus.register_source(source, root=root)


@pytest.mark.parametrize("version", VERSIONS)
def test_its_own_reader_reads_what_is_written(registered, root, caplog, version):
    digests = {"texts.jsonl": digest_file(root / "texts.jsonl")}
    path = root / "croissant.json"
    path.write_bytes(msgspec.json.encode(write_croissant(registered, digests=digests, version=version)))
    with caplog.at_level(logging.WARNING):
        metadata = mlcroissant.Dataset(str(path)).metadata
    assert metadata.ctx.issues.errors == set()
    assert "not standard" not in caplog.text
    assert (metadata.name, metadata.in_language) == ("encyclopaedia", ["zh"])
    assert metadata.license == ["https://spdx.org/licenses/CC0-1.0"]
    assert [each.sha256 for each in metadata.distribution] == [digests["texts.jsonl"][7:]]


def test_its_own_reader_refuses_what_is_wrong(registered, root):
    document = write_croissant(registered, digests=NO_DIGEST)
    del document["distribution"][0]["sha256"]
    path = root / "croissant.json"
    path.write_bytes(msgspec.json.encode(document))
    with pytest.raises(mlcroissant.ValidationError, match="sha256"):
        mlcroissant.Dataset(str(path))


def test_what_is_written_is_read_again(registered):
    (found,) = read_croissant(write_croissant(registered, digests=NO_DIGEST))
    assert (found.identifier, found.name, found.name_zh) == ("wiki", "encyclopaedia", "百科")
    assert (found.kind, found.origin) == (SourceKind.OPEN_SOURCE, Origin.DOMESTIC)
    assert (found.license, found.holds, found.items) == ("CC0-1.0", PersonalContent.NONE, 1)
    assert found.files == ("texts.jsonl",)
    assert set(found.left) == {"datePublished", "hegui:proof", "hegui:vouchedBy"}


@pytest.mark.parametrize(
    ("rights", "license_name"),
    [
        (None, None),
        (Rights(vouched_by="a"), None),
        (Rights(vouched_by="a", license="MIT OR Apache-2.0"), "MIT OR Apache-2.0"),
        (Rights(vouched_by="a", license="LicenseRef-ours"), "LicenseRef-ours"),
        (Rights(vouched_by="a", license="our terms"), "our terms"),
    ],
)
def test_a_licence_without_a_page_is_written_by_its_name(
    corpus, make_source, root, write_texts, rights, license_name
):
    registered = corpus.register_source(make_source(write_texts(["a"]), rights=rights), root=root)
    assert write_croissant(registered, digests=NO_DIGEST).get("license") == license_name
