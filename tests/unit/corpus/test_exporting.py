"""The register in the forms in which others read it; what is written is read again."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hegui.core import BilingualText, Verdict
from hegui.corpus.exchange.reading import read_descriptions
from hegui.corpus.exporting import ExportFormat, FilesNotRead, OneDatasetOnly, write_register
from hegui.corpus.importing import GivenFacts, source_of
from hegui.corpus.model import (
    Citation,
    Modality,
    Origin,
    RecommendedUse,
    RegisteredSource,
    RightsVerdict,
    Source,
    SourceReport,
)
from hegui.corpus.provenance import (
    PersonalContent,
    PersonalInformationStatement,
    Rights,
    SourceKind,
    SourceSize,
)

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
TEXT = BilingualText(zh="原因", en="reason")


def report(source):
    citation = Citation(clause="TC260-003 5.1c1", same_as=(), verified=True)
    registered = RegisteredSource(
        source=source,
        root="/srv",
        files=(),
        content="",
        rights=RightsVerdict(verdict=Verdict.MET, missing=(), reason=TEXT, citation=citation),
        registered_at="2026-11-22T04:00:00.000Z",
        entry="main/0",
    )
    return SourceReport(
        registered=registered, scanned=None, verdict=Verdict.NOT_ASSESSED, use=RecommendedUse.HOLD
    )


# A name of several lines, or with spaces at its ends, is a name that nobody gives.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
SOURCES = st.builds(
    Source,
    id=st.from_regex("[a-z0-9]([a-z0-9]|-(?!-)){0,20}[a-z0-9]", fullmatch=True),
    name=st.builds(BilingualText, zh=TEXTS, en=TEXTS),
    kind=st.sampled_from(SourceKind),
    language=st.sampled_from(["zh", "en", "zh-Hant", "bo"]),
    origin=st.sampled_from(Origin),
    modality=st.sampled_from(Modality),
    url=st.none() | st.just("https://data.example/a?b=c"),
    size=st.none() | st.builds(SourceSize, items=st.integers(0, 10**9), size_bytes=st.integers(1, 10**12)),
    personal_information=st.none()
    | st.builds(PersonalInformationStatement, holds=st.sampled_from(PersonalContent)),
    rights=st.builds(
        Rights,
        vouched_by=st.just("officer"),
        license=st.none() | st.sampled_from(["MIT", "CC-BY-4.0", "MIT OR Apache-2.0", "LicenseRef-ours"]),
        statement=TEXTS,
    ),
)


@pytest.mark.parametrize(
    "form", [ExportFormat.CROISSANT, ExportFormat.CROISSANT_1_0, ExportFormat.SPDX, ExportFormat.CSV]
)
@settings(max_examples=60)
@given(source=SOURCES)
def test_what_is_written_is_read_again(form, source):
    data = write_register([report(source)], form=form, made_at=NOON, by="Hegui")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("table.csv" if form is ExportFormat.CSV else "described.json")
        path.write_bytes(data)
        _, (described,) = read_descriptions(path)
    again, missing = source_of(described, GivenFacts(vouched_by="officer"), path=path.name)
    assert missing == ()
    expected, found = (
        (
            *(each.id, each.name, each.kind, each.language, each.origin, each.modality, each.url, each.size),
            *(each.personal_information, each.rights.license, each.rights.statement),
        )
        for each in (source, again)
    )
    assert found == expected


def test_croissant_describes_one_dataset(make_source):
    reports = [report(make_source()), report(make_source(id="other"))]
    with pytest.raises(OneDatasetOnly, match="wiki, other"):
        write_register(reports, form=ExportFormat.CROISSANT, made_at=NOON, by="Hegui")


def test_croissant_waits_for_a_scan_of_every_file(corpus, make_source, root, write_texts):
    names = [write_texts(["风和日丽"], f"{number}.jsonl") for number in range(5)]
    corpus.register_source(make_source(*names[:3]), root=root)
    with pytest.raises(FilesNotRead, match=r"0\.jsonl, 1\.jsonl, 2\.jsonl; run"):
        write_register(corpus.report().sources, form=ExportFormat.CROISSANT, made_at=NOON, by="Hegui")
    corpus.register_source(make_source(*names), root=root)
    with pytest.raises(FilesNotRead, match=r"2\.jsonl …"):
        write_register(corpus.report().sources, form=ExportFormat.CROISSANT, made_at=NOON, by="Hegui")
    (root / "0.jsonl").unlink()
    corpus.scan()
    with pytest.raises(FilesNotRead, match=r"read 0\.jsonl; run"):
        write_register(corpus.report().sources, form=ExportFormat.CROISSANT, made_at=NOON, by="Hegui")


@pytest.mark.parametrize("form", ExportFormat)
def test_every_form_is_written(make_source, form):
    data = write_register([report(make_source())], form=form, made_at=NOON, by="Hegui")
    assert data.startswith({"csv": b"\xef\xbb\xbf", "xlsx": b"PK"}.get(form, b"{"))
