"""Text in, findings out: keyword banks and personal information, exactly and fast.

The corpus scan, the evaluation's judge and the gateway read text through the same :class:`Screen`. It
folds the text (full width, case, traditional characters, what nobody sees), looks for everything that its
rules name, and answers with findings that point at the original text. ``Screen.stream`` does the same for
a text that arrives in pieces, and lets nothing forbidden out.
"""

from typing import TYPE_CHECKING

from hegui.core import front_door
from hegui.screening.fold import fold  # its module has the same name

if TYPE_CHECKING:
    from hegui.screening.adoption import Adoption, Part
    from hegui.screening.bank_difference import BankDifference, ChangedKeyword, difference
    from hegui.screening.bank_import import BankImport, GuessedColumn, UnusableLine, import_bank, load_bank
    from hegui.screening.bank_lint import BankCheck, BankLint, RepeatedWord, lint
    from hegui.screening.bank_sheet import filing_rows, write_csv, write_filing
    from hegui.screening.calibration import Calibration, FiringRate, FiringWord, calibrate
    from hegui.screening.canary import Canary, CanaryState
    from hegui.screening.classifier import Classifier, Clue, Target
    from hegui.screening.classifier_file import UnusableModel, decode_classifier, load_classifier
    from hegui.screening.classifier_judge import ClassifierJudge
    from hegui.screening.compiled_bank import CompiledBanks
    from hegui.screening.declaration import (
        ClassifierDeclaration,
        ScreenDeclaration,
        UnusableDeclaration,
        declaration_yaml,
        screen_schema,
    )
    from hegui.screening.examples import DataFile, Example, Examples, UnusableExample, read_examples
    from hegui.screening.guard_declaration import FailureMode, GuardDeclaration, OnFailure, failure_rules
    from hegui.screening.guard_format import GuardCategory, GuardFormat, load_format, packaged_formats
    from hegui.screening.guard_judge import GuardJudge
    from hegui.screening.guards import GuardModel, Guards, OpenGuards
    from hegui.screening.injection import InjectionKind
    from hegui.screening.judging import Failure, Inquiry, Judge, ReleaseMode, Ruling, Rulings
    from hegui.screening.keyword_bank import KeywordBank
    from hegui.screening.keywords import Keyword, Level, UnusableKeyword
    from hegui.screening.lexicon import Lexicon, MatchMode, Spelling
    from hegui.screening.local_model import LocalModel, TransformersMissing
    from hegui.screening.masking import Masking, NoMaskingKey, mask
    from hegui.screening.matcher import MatcherKind
    from hegui.screening.measurement import Told, evaluate_detector
    from hegui.screening.media import MediumForm, MediumKind, MediumPart, MediumScreening, medium_form
    from hegui.screening.media_declaration import MediaDeclaration, TranscriberDeclaration
    from hegui.screening.media_screen import MediaScreen, OpenMediaScreen
    from hegui.screening.model import (
        ANY,
        DEFAULT_RULES,
        INJECTION,
        MINORS,
        PERSONAL_INFORMATION,
        UNMAPPED,
        UNSCREENED,
        Action,
        Category,
        Cover,
        Direction,
        Explanation,
        Finding,
        MinorsClass,
        PersonalInformationKind,
        Released,
        Rule,
        Screening,
        concerns,
    )
    from hegui.screening.model_card import (
        ClassifierReport,
        ModelCard,
        TargetQuality,
        card_markdown,
        report_markdown,
    )
    from hegui.screening.passages import Passage, Passages, PassageUnit
    from hegui.screening.quality import Bin, GroupQuality, NothingToMeasure, Point, Quality
    from hegui.screening.recalibration import NotCalibratable, recalibrate
    from hegui.screening.recurrence import RECURRENCE, RecurrenceRule, Recurrences, UnusableRecurrence
    from hegui.screening.retraction import RetractableStream
    from hegui.screening.romanization import PinyinMissing, with_pinyin
    from hegui.screening.screen import NothingToLookFor, SameName, Screen
    from hegui.screening.screen_comparison import (
        ChangedDecision,
        ChangedDetector,
        ScreenDifference,
        screen_difference,
    )
    from hegui.screening.service import Assembly, CanaryAssembly, RecurrenceMissing, Screens
    from hegui.screening.stream import StreamFinished, StreamScreen
    from hegui.screening.thresholds import Threshold
    from hegui.screening.training import (
        TooFewTexts,
        TrainingMissing,
        TrainingRecipe,
        WhichRisk,
        train_classifier,
        training_steps,
    )
    from hegui.screening.wording import risk_wording
else:
    __getattr__, __dir__ = front_door(__name__)

__all__ = [
    "ANY",
    "DEFAULT_RULES",
    "INJECTION",
    "MINORS",
    "PERSONAL_INFORMATION",
    "RECURRENCE",
    "UNMAPPED",
    "UNSCREENED",
    "Action",
    "Adoption",
    "Assembly",
    "BankCheck",
    "BankDifference",
    "BankImport",
    "BankLint",
    "Bin",
    "Calibration",
    "Canary",
    "CanaryAssembly",
    "CanaryState",
    "Category",
    "ChangedDecision",
    "ChangedDetector",
    "ChangedKeyword",
    "Classifier",
    "ClassifierDeclaration",
    "ClassifierJudge",
    "ClassifierReport",
    "Clue",
    "CompiledBanks",
    "Cover",
    "DataFile",
    "Direction",
    "Example",
    "Examples",
    "Explanation",
    "Failure",
    "FailureMode",
    "Finding",
    "FiringRate",
    "FiringWord",
    "GroupQuality",
    "GuardCategory",
    "GuardDeclaration",
    "GuardFormat",
    "GuardJudge",
    "GuardModel",
    "Guards",
    "GuessedColumn",
    "InjectionKind",
    "Inquiry",
    "Judge",
    "Keyword",
    "KeywordBank",
    "Level",
    "Lexicon",
    "LocalModel",
    "Masking",
    "MatchMode",
    "MatcherKind",
    "MediaDeclaration",
    "MediaScreen",
    "MediumForm",
    "MediumKind",
    "MediumPart",
    "MediumScreening",
    "MinorsClass",
    "ModelCard",
    "NoMaskingKey",
    "NotCalibratable",
    "NothingToLookFor",
    "NothingToMeasure",
    "OnFailure",
    "OpenGuards",
    "OpenMediaScreen",
    "Part",
    "Passage",
    "PassageUnit",
    "Passages",
    "PersonalInformationKind",
    "PinyinMissing",
    "Point",
    "Quality",
    "RecurrenceMissing",
    "RecurrenceRule",
    "Recurrences",
    "ReleaseMode",
    "Released",
    "RepeatedWord",
    "RetractableStream",
    "Rule",
    "Ruling",
    "Rulings",
    "SameName",
    "Screen",
    "ScreenDeclaration",
    "ScreenDifference",
    "Screening",
    "Screens",
    "Spelling",
    "StreamFinished",
    "StreamScreen",
    "Target",
    "TargetQuality",
    "Threshold",
    "Told",
    "TooFewTexts",
    "TrainingMissing",
    "TrainingRecipe",
    "TranscriberDeclaration",
    "TransformersMissing",
    "UnusableDeclaration",
    "UnusableExample",
    "UnusableKeyword",
    "UnusableLine",
    "UnusableModel",
    "UnusableRecurrence",
    "WhichRisk",
    "calibrate",
    "card_markdown",
    "concerns",
    "declaration_yaml",
    "decode_classifier",
    "difference",
    "evaluate_detector",
    "failure_rules",
    "filing_rows",
    "fold",
    "import_bank",
    "lint",
    "load_bank",
    "load_classifier",
    "load_format",
    "mask",
    "medium_form",
    "packaged_formats",
    "read_examples",
    "recalibrate",
    "report_markdown",
    "risk_wording",
    "screen_difference",
    "screen_schema",
    "train_classifier",
    "training_steps",
    "with_pinyin",
    "write_csv",
    "write_filing",
]
