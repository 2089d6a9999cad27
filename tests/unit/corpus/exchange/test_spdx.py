"""SPDX of both versions is read, and version 3 written as its own model demands."""

import io

import msgspec
import pytest
from spdx_python_model.bindings import v3_0_1 as spdx3

from hegui.corpus.exchange.spdx import is_spdx, read_spdx, write_spdx
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import (
    PersonalContent,
    PersonalInformationStatement,
    Rights,
    SourceKind,
    SourceSize,
)

DOCUMENT_2 = {
    "spdxVersion": "SPDX-2.3",
    "packages": [
        {
            "SPDXID": "SPDXRef-1",
            "name": "News",
            "summary": "What was said.",
            "downloadLocation": "https://news.example",
            "licenseConcluded": "NOASSERTION",
            "licenseDeclared": "MIT",
            "versionInfo": "3",
            "filesAnalyzed": False,
        },
        {"SPDXID": "SPDXRef-2", "name": "Bare", "downloadLocation": "NONE", "homepage": "https://b.example"},
    ],
}


def test_a_package_of_version_2_is_read():
    news, bare = read_spdx(DOCUMENT_2)
    assert (news.name, news.statement, news.license) == ("News", "What was said.", "MIT")
    assert (news.url, news.left) == ("https://news.example", ("packages[0].versionInfo",))
    assert (bare.license, bare.url) == (None, "https://b.example")


def dataset(**members):
    return {"type": "dataset_DatasetPackage", "spdxId": "urn:d", "name": "News", **members}


def document_3(*elements):
    return {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": list(elements)}


def licensed(kind, to):
    return {"type": "Relationship", "from": "urn:d", "relationshipType": kind, "to": to}


LICENSES = (
    {
        "type": "simplelicensing_LicenseExpression",
        "spdxId": "urn:mit",
        "simplelicensing_licenseExpression": "mit",
    },
    {"type": "expandedlicensing_ListedLicense", "spdxId": "urn:isc", "name": "ISC"},
)


@pytest.mark.parametrize(
    ("relations", "name"),
    [
        ((), None),
        ((licensed("hasDeclaredLicense", ["urn:mit"]),), "MIT"),
        ((licensed("hasDeclaredLicense", "urn:isc"), licensed("hasConcludedLicense", ["urn:mit"])), "MIT"),
        ((licensed("hasDeclaredLicense", ["urn:else"]), licensed("describes", ["urn:mit"])), None),
    ],
)
def test_a_dataset_of_version_3_has_the_licence_that_is_related_to_it(relations, name):
    (found,) = read_spdx(document_3({"type": "Agent"}, dataset(), *LICENSES, *relations))
    assert found.license == name


@pytest.mark.parametrize(
    ("members", "field", "value", "left"),
    [
        ({"dataset_datasetType": ["image"]}, "modality", Modality.IMAGE, ()),
        ({"dataset_datasetType": ["image", "text"]}, "modality", None, ("dataset_datasetType",)),
        ({"dataset_datasetType": ["graph"]}, "modality", None, ("dataset_datasetType",)),
        ({"dataset_datasetType": "graph"}, "modality", None, ("dataset_datasetType",)),
        ({"dataset_datasetSize": 7}, "size_bytes", 7, ()),
        ({"summary": "s", "dataset_dataCollectionProcess": "c"}, "statement", "s", ()),
        ({"dataset_hasSensitivePersonalInformation": "yes"}, "holds", PersonalContent.SENSITIVE, ()),
        (
            {"dataset_hasSensitivePersonalInformation": "no"},
            "holds",
            None,
            ("dataset_hasSensitivePersonalInformation",),
        ),
        ({"dataset_hasSensitivePersonalInformation": "noAssertion"}, "holds", None, ()),
        ({"software_downloadLocation": "https://a.example"}, "url", "https://a.example", ()),
        ({"dataset_knownBias": ["b"]}, "url", None, ("dataset_knownBias",)),
    ],
)
def test_what_the_dataset_profile_says_is_taken_or_left(members, field, value, left):
    (found,) = read_spdx(document_3(dataset(**members)))
    assert getattr(found, field) == value
    assert found.left == tuple(f"@graph[0].{each}" for each in left)


def test_properties_of_others_are_left():
    entries = [
        {"extension_cdxPropName": "urn:hegui:register#kind", "extension_cdxPropValue": "stolen"},
        {"extension_cdxPropName": "urn:hegui:register#items", "extension_cdxPropValue": "many"},
        {"extension_cdxPropName": "theirs", "extension_cdxPropValue": "x"},
    ]
    (found,) = read_spdx(document_3(dataset(extension=[{"extension_cdxProperty": entries}])))
    assert found.kind is None
    assert len(found.left) == 3


@pytest.mark.parametrize(
    ("document", "known"),
    [(DOCUMENT_2, True), (document_3(), True), ({"@context": "https://schema.org"}, False)],
)
def test_a_document_says_what_it_is(document, known):
    assert is_spdx(document) is known


@pytest.fixture
def written(corpus, make_source, root, write_texts):
    write_texts(["风和日丽"])
    write_texts(["风和日丽"], "other.jsonl")
    sensitive = PersonalInformationStatement(holds=PersonalContent.SENSITIVE)
    none = PersonalInformationStatement(holds=PersonalContent.NONE)
    sources = [
        make_source(url="https://wiki.example", size=SourceSize(items=3), personal_information=sensitive),
        make_source(id="planned", files=(), rights=None),
        make_source(
            "other.jsonl",
            id="other",
            rights=Rights(vouched_by="a", license="our terms"),
            personal_information=none,
        ),
        make_source(id="told", files=(), rights=Rights(vouched_by="a"), size=SourceSize(size_bytes=9)),
    ]
    registered = [corpus.register_source(each, root=root) for each in sources]
    return write_spdx(registered, made_at="2026-11-22T04:00:00.000Z", by="Hegui")


def read_by_its_model(document):
    objects = spdx3.SHACLObjectSet()
    spdx3.JSONLDDeserializer().read(io.BytesIO(msgspec.json.encode(document)), objects)
    return objects


def test_its_own_model_reads_what_is_written(written):
    objects = read_by_its_model(written)
    packages = list(objects.foreach_type("dataset_DatasetPackage"))
    assert {each.name for each in packages} == {"encyclopaedia"}
    assert len(packages) == 4
    assert objects.missing_ids == set()
    # Writing asks for everything that the model makes mandatory.
    spdx3.JSONLDSerializer().write(objects, io.BytesIO())


@pytest.mark.parametrize(
    ("name", "value"),
    [("dataset_datasetType", ["song"]), ("dataset_datasetSize", -1), ("software_primaryPurpose", "fun")],
)
def test_its_own_model_refuses_what_is_wrong(written, name, value):
    for element in written["@graph"]:
        if element["type"] == "dataset_DatasetPackage":
            element[name] = value
    with pytest.raises((ValueError, TypeError, KeyError)):
        read_by_its_model(written)


def test_what_is_written_is_read_again(written):
    wiki, planned, other, told = read_spdx(written)
    assert (wiki.identifier, wiki.name_zh, wiki.language) == ("wiki", "百科", "zh")
    assert (wiki.kind, wiki.origin, wiki.modality) == (SourceKind.OPEN_SOURCE, Origin.DOMESTIC, Modality.TEXT)
    assert (wiki.license, wiki.url, wiki.items) == ("CC0-1.0", "https://wiki.example", 3)
    assert wiki.holds is PersonalContent.SENSITIVE
    assert (planned.license, planned.size_bytes, planned.holds) == (None, None, None)
    assert (other.license, other.holds) == (None, PersonalContent.NONE)
    assert told.size_bytes == 9
