"""Which format a description is in."""

import contextlib
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import InvalidDocument, InvalidInput, NotFound
from hegui.corpus.exchange.hugging_face import read_card
from hegui.corpus.exchange.reading import DescriptionFormat, UnreadableDescription, read_descriptions
from hegui.corpus.importing import GivenFacts, source_of
from hegui.corpus.model import Origin, Source
from hegui.corpus.provenance import SourceKind

SPDX_3 = (
    '{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", '
    '"@graph": [{"type": "dataset_DatasetPackage"}]}'
)
ALL = GivenFacts(identifier="news", kind=SourceKind.COMMERCIAL, language="zh", origin=Origin.DOMESTIC)
FILES = [
    ("README.md", "---\npretty_name: n\n---\n", DescriptionFormat.HUGGING_FACE),
    ("table.csv", "name\nn\n", DescriptionFormat.TABLE),
    ("a.json", '{"@context": "https://schema.org", "@type": "Dataset"}', DescriptionFormat.CROISSANT),
    ("a.jsonld", '{"spdxVersion": "SPDX-2.3", "packages": [{"name": "n"}]}', DescriptionFormat.SPDX),
    ("a.json", SPDX_3, DescriptionFormat.SPDX),
    ("bom.json", '{"bomFormat": "CycloneDX", "components": [{"type": "data"}]}', DescriptionFormat.CYCLONEDX),
    ("meta.json", '{"source": {"title": "n"}, "provenance": {}}', DescriptionFormat.DATA_PROVENANCE),
]


@pytest.mark.parametrize(("name", "text", "form"), FILES)
def test_the_format_is_told_by_the_content(tmp_path, name, text, form):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    found, described = read_descriptions(path)
    assert (found, len(described)) == (form, 1)


FAULTS = [
    ("README.md", "# no front matter", "no YAML between"),
    ("README.md", "---\n[a\n---\n", "not YAML"),
    ("README.md", "---\n- a\n---\n", "no dataset"),
    ("table.csv", "name\n", "no dataset"),
    ("table.csv", f"name\n{'n' * 200_000}\n", "not CSV"),
    ("a.json", "{", "not JSON"),
    ("a.json", "[]", "known format"),
    ("a.json", '{"a": 1}', "known format"),
    ("bom.json", '{"bomFormat": "CycloneDX", "components": []}', "no dataset"),
]


@pytest.mark.parametrize(("name", "text", "says"), FAULTS)
def test_what_describes_no_dataset_is_refused(tmp_path, name, text, says):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableDescription, match=says) as caught:
        read_descriptions(path)
    assert caught.value.path == path
    assert "CycloneDX" in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path):
    with pytest.raises(NotFound):
        read_descriptions(tmp_path / "gone.json")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput):
        read_descriptions(tmp_path / "a.json")


WORDS = st.sampled_from(
    [
        *("@context", "@type", "@graph", "Dataset", "type", "name", "url", "contents", "data", "value"),
        *("bomFormat", "CycloneDX", "components", "licenses", "license", "properties", "externalReferences"),
        *(
            "spdxVersion",
            "packages",
            "dataset_DatasetPackage",
            "Relationship",
            "relationshipType",
            "to",
            "from",
        ),
        *(
            "hasDeclaredLicense",
            "https://spdx.org/rdf/3.0.1/",
            "extension",
            "extension_cdxProperty",
            "spdxId",
        ),
        *("source", "provenance", "title", "origin-geography", "country", "distribution", "contentUrl"),
        *("urn:hegui:register#kind", "urn:hegui:register#language", "description", "modelCard"),
        *("modelParameters", "datasets", "machine-learning-model", "dataset_datasetType", "contentSize"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS | st.just(""),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=5),
    max_leaves=25,
)
BEGINNINGS = st.sampled_from(
    [
        {"@context": "https://schema.org", "@type": "Dataset"},
        {"@context": "https://spdx.org/rdf/3.0.1/"},
        {"spdxVersion": "SPDX-2.3"},
        {"bomFormat": "CycloneDX"},
        {"source": {"title": "n"}, "provenance": {}},
    ]
)


def refused_or_kept(described):
    """What is made of a description can be kept, and is the same when it is read again."""
    source, _ = source_of(described, ALL, path="f")
    assert msgspec.json.decode(msgspec.json.encode(source), type=Source) == source


@settings(max_examples=300)
@given(beginning=BEGINNINGS, rest=st.dictionaries(WORDS, VALUES, max_size=6))
def test_whatever_strangers_write_is_read_or_refused(beginning, rest):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "described.json"
        path.write_bytes(msgspec.json.encode({**rest, **beginning}))
        with contextlib.suppress(UnreadableDescription):
            _, described = read_descriptions(path)
            for each in described:
                refused_or_kept(each)


@settings(max_examples=100)
@given(front=st.dictionaries(WORDS | st.sampled_from(["tags", "dataset_info", "splits"]), VALUES, max_size=6))
def test_whatever_stands_in_a_card_is_read(front):
    for each in read_card(front, ""):
        refused_or_kept(each)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"@type": ' * 100_000])
def test_what_is_nested_beyond_reason_is_refused(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableDescription):
        read_descriptions(path)


def test_a_table_may_be_in_the_encoding_of_chinese_spreadsheets(tmp_path):
    table = "编号,名称\nnews,新闻网页\n"
    for name in ("t.csv", "t.md"):
        (tmp_path / name).write_bytes(table.encode("gb18030"))
    _, (found,) = read_descriptions(tmp_path / "t.csv")
    assert (found.identifier, found.name_zh) == ("news", "新闻网页")
    (tmp_path / "odd.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("t.md", "odd.csv"):
        with pytest.raises(InvalidDocument, match="not UTF-8"):
            read_descriptions(tmp_path / name)
