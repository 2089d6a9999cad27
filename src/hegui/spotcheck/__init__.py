"""Spot checks of the training data: what is drawn, what people find in it, and whether the whole passes.

Draws documents at random in a way that anybody can repeat, has them looked at by people who do not see one
another's answers, and holds the shares against the rulebook's thresholds with exact bounds. Too small a
sample is never a pass.
"""

from hegui.spotcheck.agreement import Agreement, ReviewProgress
from hegui.spotcheck.correction import ErrorCorrection
from hegui.spotcheck.drawing import (
    DrawnMeanwhile,
    NoSample,
    OtherSampleDrawn,
    PopulationChanged,
    SampleReviewed,
)
from hegui.spotcheck.gates import JUDGED_BY, CorpusGate, GateKind, GateReport, gates_stand, thresholds
from hegui.spotcheck.model import ReviewPlan, Sample, SampledDocument, SampleDraw
from hegui.spotcheck.reviewing import (
    FlawedReviews,
    InvalidOpinion,
    ItemReview,
    ItemState,
    NoReviewPlan,
    NotDisputed,
    NotImpartial,
    NotInSample,
    Opinion,
    ReviewBegun,
    ReviewClosed,
    ReviewedItem,
    ReviewOutcome,
    ReviewReceipt,
    ReviewRoute,
    read_risks,
)
from hegui.spotcheck.service import GATES_JUDGED, SpotChecks
from hegui.spotcheck.sheet import NoReviewSheet, OtherSample

__all__ = [
    "GATES_JUDGED",
    "JUDGED_BY",
    "Agreement",
    "CorpusGate",
    "DrawnMeanwhile",
    "ErrorCorrection",
    "FlawedReviews",
    "GateKind",
    "GateReport",
    "InvalidOpinion",
    "ItemReview",
    "ItemState",
    "NoReviewPlan",
    "NoReviewSheet",
    "NoSample",
    "NotDisputed",
    "NotImpartial",
    "NotInSample",
    "Opinion",
    "OtherSample",
    "OtherSampleDrawn",
    "PopulationChanged",
    "ReviewBegun",
    "ReviewClosed",
    "ReviewOutcome",
    "ReviewPlan",
    "ReviewProgress",
    "ReviewReceipt",
    "ReviewRoute",
    "ReviewedItem",
    "Sample",
    "SampleDraw",
    "SampleReviewed",
    "SampledDocument",
    "SpotChecks",
    "gates_stand",
    "read_risks",
    "thresholds",
]
