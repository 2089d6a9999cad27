"""A small classifier made by hand, so that a test can compute its scores."""

from hegui.screening.classifier import Classifier, Parts, Target, Weights
from hegui.screening.classifier_file import decode_classifier, encode_classifier
from hegui.screening.examples import DataFile, Example, Examples
from hegui.screening.measurement import Told, report
from hegui.screening.model_card import ModelCard

PARTS = Parts(
    targets=[Target(risk="A.2", kind="insult", bias=-4.0)],
    grams=["坏", "好", "笨蛋", "大笨蛋"],
    rarity=[1.0, 2.0, 3.0],
    weights=[Weights([2.5, -0.5, 6.0, 0.25], [1.0, -1.0, 2.0])],
)
"""笨蛋 is very likely an insult, 坏 about as likely as not, and anything else is none."""


def data_file(name: str = "made-up.csv") -> DataFile:
    """A file that was never there."""
    return DataFile(
        name=name, digest="sha256:0", rows=2, unsafe=1, unusable=0, text_column="text", label_column="label"
    )


def labelled(*rows: tuple[str, str]) -> Examples:
    """Texts, each with the risk it shows (``*`` for any, empty for none)."""
    made = [Example(text, frozenset([risk] if risk else ()), {}) for text, risk in rows]
    return Examples(data_file(), made, [], [], None)


def card(name: str = "insults") -> ModelCard:
    """A card that says nothing of worth."""
    measured = report(
        [[0.9], [0.1]], [Told("A.2", "insult")], [labelled(("坏", "*"), ("好", ""))], threshold=0.5
    )
    return ModelCard(
        name=name,
        seed=1,
        folds=5,
        grams=4,
        grams_seen=4,
        licence="made up",
        versions={"Python": "3"},
        data=(data_file(),),
        cross_validation=measured,
    )


def model_file(name: str = "insults", parts: Parts = PARTS) -> bytes:
    """The bytes of its model file."""
    return encode_classifier(parts, card(name))


def classifier(name: str = "insults", parts: Parts = PARTS) -> Classifier:
    """The classifier."""
    return decode_classifier(model_file(name, parts), source=name)
