"""The training data: where each source comes from, why it may be used, and what is in it.

Registers sources with the documents that prove the right to them, screens every document of every source,
accounts for every line read, and says which sources may be trained on and which clause decides.
Original files are only ever read.
"""

from hegui.corpus.declaration import Declaration, UnusableSource, load_declaration
from hegui.corpus.kernel import scan_shard
from hegui.corpus.model import (
    Citation,
    CorpusReport,
    DocumentKind,
    FileScan,
    LineFault,
    Modality,
    Origin,
    Partial,
    RecommendedUse,
    RegisteredFile,
    RegisteredSource,
    Rights,
    RightsDocument,
    RightsVerdict,
    ScannedSource,
    ScanProgress,
    SetAside,
    Source,
    SourceKind,
    SourceReport,
    SourceScan,
    SourceVerdict,
    Tally,
    recommended_use,
)
from hegui.corpus.service import Corpus, NoSources, UnknownSource
from hegui.corpus.shard import Shard, shards
from hegui.corpus.source_pass import FileChanged, Progress, UnreadableFile

__all__ = [
    "Citation",
    "Corpus",
    "CorpusReport",
    "Declaration",
    "DocumentKind",
    "FileChanged",
    "FileScan",
    "LineFault",
    "Modality",
    "NoSources",
    "Origin",
    "Partial",
    "Progress",
    "RecommendedUse",
    "RegisteredFile",
    "RegisteredSource",
    "Rights",
    "RightsDocument",
    "RightsVerdict",
    "ScanProgress",
    "ScannedSource",
    "SetAside",
    "Shard",
    "Source",
    "SourceKind",
    "SourceReport",
    "SourceScan",
    "SourceVerdict",
    "Tally",
    "UnknownSource",
    "UnreadableFile",
    "UnusableSource",
    "load_declaration",
    "recommended_use",
    "scan_shard",
    "shards",
]
