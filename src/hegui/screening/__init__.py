"""Text in, findings out: keyword banks and personal information, exactly and fast.

The corpus scan, the evaluation's judge and the gateway read text through the same :class:`Screen`. It
folds the text (full width, case, traditional characters, what nobody sees), looks for everything that its
rules name, and answers with findings that point at the original text. ``Screen.stream`` does the same for
a text that arrives in pieces, and lets nothing forbidden out.
"""

from hegui.screening.bank_difference import BankDifference, ChangedKeyword, difference
from hegui.screening.bank_import import BankImport, GuessedColumn, UnusableLine, import_bank, load_bank
from hegui.screening.bank_lint import BankCheck, BankLint, RepeatedWord, lint
from hegui.screening.bank_sheet import write_csv, write_filing
from hegui.screening.calibration import Calibration, FiringRate, FiringWord, calibrate
from hegui.screening.classifier import Classifier, Clue, Target
from hegui.screening.classifier_file import UnusableModel, decode_classifier, load_classifier
from hegui.screening.classifier_judge import ClassifierJudge
from hegui.screening.compiled_bank import CompiledBanks
from hegui.screening.examples import DataFile, Example, Examples, UnusableExample, read_examples
from hegui.screening.fold import fold
from hegui.screening.judging import Failure, Inquiry, Judge, ReleaseMode, Ruling, Rulings
from hegui.screening.keyword_bank import KeywordBank
from hegui.screening.keywords import Keyword, Level, UnusableKeyword
from hegui.screening.lexicon import MatchMode
from hegui.screening.masking import Masking, NoMaskingKey, mask
from hegui.screening.measurement import Told, evaluate_detector
from hegui.screening.model import (
    DEFAULT_RULES,
    PERSONAL_INFORMATION,
    UNSCREENED,
    Action,
    Category,
    Cover,
    Direction,
    Explanation,
    Finding,
    PersonalInformationKind,
    Released,
    Rule,
    Screening,
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
from hegui.screening.retraction import RetractableStream
from hegui.screening.romanization import PinyinMissing, with_pinyin
from hegui.screening.screen import NothingToLookFor, SameName, Screen
from hegui.screening.service import AdoptedBank, Banks
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

__all__ = [
    "DEFAULT_RULES",
    "PERSONAL_INFORMATION",
    "UNSCREENED",
    "Action",
    "AdoptedBank",
    "BankCheck",
    "BankDifference",
    "BankImport",
    "BankLint",
    "Banks",
    "Bin",
    "Calibration",
    "Category",
    "ChangedKeyword",
    "Classifier",
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
    "Finding",
    "FiringRate",
    "FiringWord",
    "GroupQuality",
    "GuessedColumn",
    "Inquiry",
    "Judge",
    "Keyword",
    "KeywordBank",
    "Level",
    "Masking",
    "MatchMode",
    "ModelCard",
    "NoMaskingKey",
    "NotCalibratable",
    "NothingToLookFor",
    "NothingToMeasure",
    "Passage",
    "PassageUnit",
    "Passages",
    "PersonalInformationKind",
    "PinyinMissing",
    "Point",
    "Quality",
    "ReleaseMode",
    "Released",
    "RepeatedWord",
    "RetractableStream",
    "Rule",
    "Ruling",
    "Rulings",
    "SameName",
    "Screen",
    "Screening",
    "StreamFinished",
    "StreamScreen",
    "Target",
    "TargetQuality",
    "Threshold",
    "Told",
    "TooFewTexts",
    "TrainingMissing",
    "TrainingRecipe",
    "UnusableExample",
    "UnusableKeyword",
    "UnusableLine",
    "UnusableModel",
    "WhichRisk",
    "calibrate",
    "card_markdown",
    "decode_classifier",
    "difference",
    "evaluate_detector",
    "fold",
    "import_bank",
    "lint",
    "load_bank",
    "load_classifier",
    "mask",
    "read_examples",
    "recalibrate",
    "report_markdown",
    "train_classifier",
    "training_steps",
    "with_pinyin",
    "write_csv",
    "write_filing",
]
