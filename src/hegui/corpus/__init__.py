"""The training data: where each source comes from, why it may be used, and what is in it.

Registers sources with the documents that prove the right to them, screens every document of every source,
accounts for every line read, and says which sources may be trained on and which clause decides.
Original files are only ever read.
"""

from typing import TYPE_CHECKING

from hegui.core import front_door

if TYPE_CHECKING:
    from hegui.corpus.account import LineFault, PartFault, PartFaultKind, SetAside, ShardResult, Tally
    from hegui.corpus.checking import CheckedDocument, DocumentState, RegisterCheck
    from hegui.corpus.cleaning import CleanedPart, CleaningPolicy, DocumentTreatment
    from hegui.corpus.cleaning_pass import (
        CannotMask,
        CleanedSource,
        NotOnlyTexts,
        PlaceTaken,
        WithinSource,
        WorkLost,
    )
    from hegui.corpus.comparing import CountChange, ScanComparison
    from hegui.corpus.declaration import Declaration, UnusableSource, load_declaration
    from hegui.corpus.exchange.description import DatasetDescription, TakenField
    from hegui.corpus.exchange.reading import DescriptionFormat, UnreadableDescription
    from hegui.corpus.executors import Executor, InProcess, LocalProcesses
    from hegui.corpus.explaining import ExplainedDocument, ExplainedFinding, UnknownDocument
    from hegui.corpus.exporting import ExportFormat, FilesNotRead, OneDatasetOnly
    from hegui.corpus.formats.document import Compression, DataFormat, FileReading
    from hegui.corpus.gate import joined, percent_text
    from hegui.corpus.importing import GivenFacts, Import, ImportedSource, SeveralDescribed
    from hegui.corpus.journal import AlreadyRunning
    from hegui.corpus.kernel import scan_shard, sort_findings
    from hegui.corpus.markers import Marker
    from hegui.corpus.model import (
        Citation,
        CorpusReport,
        Duplicates,
        FileScan,
        Modality,
        Origin,
        RecommendedUse,
        RegisteredFile,
        RegisteredSource,
        RightsVerdict,
        ScannedSource,
        ScanProgress,
        Source,
        SourceReport,
        SourceScan,
        SourceVerdict,
        recommended_use,
    )
    from hegui.corpus.profile import Profile, Sighting
    from hegui.corpus.provenance import (
        Crawl,
        DocumentKind,
        LawfulGround,
        PersonalContent,
        PersonalInformationStatement,
        PriorAssessment,
        ProofDocument,
        ProviderStatement,
        Rights,
        RobotsSnapshot,
        SourceKind,
        SourceSize,
    )
    from hegui.corpus.ray_cluster import RayCluster, RayMissing
    from hegui.corpus.rules import Measure, RegisterRule, RuleVerdict
    from hegui.corpus.sample_pass import DrawnSample, SamplePass
    from hegui.corpus.sampling import Lot, Population, PopulationFile
    from hegui.corpus.service import AlreadyRegistered, Corpus, NoSources, NothingToCompare, UnknownSource
    from hegui.corpus.shard import Shard
    from hegui.corpus.source_pass import Progress, ScanSettings, unwatched
    from hegui.corpus.source_rules import after_collection, before_collection
else:
    __getattr__, __dir__ = front_door(__name__)

__all__ = [
    "AlreadyRegistered",
    "AlreadyRunning",
    "CannotMask",
    "CheckedDocument",
    "Citation",
    "CleanedPart",
    "CleanedSource",
    "CleaningPolicy",
    "Compression",
    "Corpus",
    "CorpusReport",
    "CountChange",
    "Crawl",
    "DataFormat",
    "DatasetDescription",
    "Declaration",
    "DescriptionFormat",
    "DocumentKind",
    "DocumentState",
    "DocumentTreatment",
    "DrawnSample",
    "Duplicates",
    "Executor",
    "ExplainedDocument",
    "ExplainedFinding",
    "ExportFormat",
    "FileReading",
    "FileScan",
    "FilesNotRead",
    "GivenFacts",
    "Import",
    "ImportedSource",
    "InProcess",
    "LawfulGround",
    "LineFault",
    "LocalProcesses",
    "Lot",
    "Marker",
    "Measure",
    "Modality",
    "NoSources",
    "NotOnlyTexts",
    "NothingToCompare",
    "OneDatasetOnly",
    "Origin",
    "PartFault",
    "PartFaultKind",
    "PersonalContent",
    "PersonalInformationStatement",
    "PlaceTaken",
    "Population",
    "PopulationFile",
    "PriorAssessment",
    "Profile",
    "Progress",
    "ProofDocument",
    "ProviderStatement",
    "RayCluster",
    "RayMissing",
    "RecommendedUse",
    "RegisterCheck",
    "RegisterRule",
    "RegisteredFile",
    "RegisteredSource",
    "Rights",
    "RightsVerdict",
    "RobotsSnapshot",
    "RuleVerdict",
    "SamplePass",
    "ScanComparison",
    "ScanProgress",
    "ScanSettings",
    "ScannedSource",
    "SetAside",
    "SeveralDescribed",
    "Shard",
    "ShardResult",
    "Sighting",
    "Source",
    "SourceKind",
    "SourceReport",
    "SourceScan",
    "SourceSize",
    "SourceVerdict",
    "TakenField",
    "Tally",
    "UnknownDocument",
    "UnknownSource",
    "UnreadableDescription",
    "UnusableSource",
    "WithinSource",
    "WorkLost",
    "after_collection",
    "before_collection",
    "joined",
    "load_declaration",
    "percent_text",
    "recommended_use",
    "scan_shard",
    "sort_findings",
    "unwatched",
]
