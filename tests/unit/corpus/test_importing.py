"""A source made from what others say and what is said here."""

import pytest

from hegui.core import BilingualText
from hegui.corpus.exchange.description import DatasetDescription
from hegui.corpus.importing import GivenFacts, source_of
from hegui.corpus.model import Modality, Origin
from hegui.corpus.provenance import DocumentKind, PersonalContent, SourceKind, SourceSize

ALL = GivenFacts(identifier="news", kind=SourceKind.COMMERCIAL, language="zh", origin=Origin.DOMESTIC)


def test_what_is_missing_is_named():
    assert source_of(DatasetDescription(), GivenFacts(), path="f") == (
        None,
        ("id", "kind", "language", "origin"),
    )


def test_what_is_given_goes_before_what_others_say():
    described = DatasetDescription(
        identifier="theirs",
        kind=SourceKind.OPEN_SOURCE,
        language="en",
        origin=Origin.FOREIGN,
        files=("theirs",),
    )
    source, missing = source_of(described, ALL, path="f")
    assert missing == ()
    assert (source.id, source.kind, source.language, source.origin) == (
        "news",
        SourceKind.COMMERCIAL,
        "zh",
        Origin.DOMESTIC,
    )
    assert (source.files, source.modality, source.rights, source.size) == (
        ("theirs",),
        Modality.TEXT,
        None,
        None,
    )
    assert source.name == BilingualText(zh="news", en="news")


@pytest.mark.parametrize(
    ("identifier", "name", "made"),
    [
        ("urn:x/News 2025!", None, "urn-x-news-2025"),
        (None, "News Corpus", "news-corpus"),
        (None, "新闻", None),
        ("--", "News", "news"),
        ("a" * 90, None, "a" * 63),
    ],
)
def test_an_id_is_made_of_what_there_is(identifier, name, made):
    given = GivenFacts(kind=SourceKind.COMMERCIAL, language="zh", origin=Origin.DOMESTIC)
    source, missing = source_of(DatasetDescription(identifier=identifier, name=name), given, path="f")
    assert (source.id if source else None) == made
    assert missing == (() if made else ("id",))


def test_names_sizes_and_personal_information_are_taken():
    described = DatasetDescription(name="News", name_zh="新闻", items=7, holds=PersonalContent.PERSONAL)
    source, _ = source_of(described, ALL, path="f")
    assert source.name == BilingualText(zh="新闻", en="News")
    assert source.size == SourceSize(items=7)
    assert source.personal_information.holds is PersonalContent.PERSONAL
    alone, _ = source_of(DatasetDescription(name_zh="新闻", size_bytes=9), ALL, path="f")
    assert (alone.name.en, alone.size) == ("新闻", SourceSize(size_bytes=9))


def test_whoever_vouches_has_the_licence_and_the_description_on_record():
    given = GivenFacts(
        **{
            **{name: getattr(ALL, name) for name in ALL.__struct_fields__},
            "vouched_by": "officer",
            "files": ("a",),
        }
    )
    source, _ = source_of(DatasetDescription(license="MIT", statement="s"), given, path="README.md")
    (document,) = source.rights.documents
    assert (document.kind, document.path) == (DocumentKind.DESCRIPTION, "README.md")
    assert (source.rights.license, source.rights.statement, source.files) == ("MIT", "s", ("a",))
    bare, _ = source_of(DatasetDescription(), given, path="README.md")
    assert bare.rights.statement == ""
