"""Which classifiers the evidence of a scan names."""

from hegui.corpus.account import Tally
from hegui.corpus.classifying import ScanClassifier, classifiers_of
from hegui.corpus.profile import Profile
from hegui.screening import ClassifierJudge, Direction, GuardDeclaration, GuardJudge, Screen, load_format
from simulators.classifiers import classifier

GUARD = GuardJudge(
    GuardDeclaration(name="guard", url="http://127.0.0.1:1/v1", model="m", format="qwen3guard"),
    load_format("qwen3guard"),
)
TRAINED = ClassifierJudge(classifier())
ELSEWHERE = ClassifierJudge(classifier(), name="answers", directions=frozenset({Direction.OUTPUT}))


def test_a_scan_names_what_judged_its_documents_and_how_many():
    screen = Screen(keywords=None, judges=[GUARD, TRAINED, ELSEWHERE])
    profile = Profile(asked={"guard": 6}, unanswered={"guard": 2})
    found = classifiers_of(screen, Tally(read=9, scanned=9), profile)
    assert found == (
        ScanClassifier(name="classifier:insults", digest=TRAINED.digest, documents=9),
        ScanClassifier(name="guard", digest=GUARD.digest, documents=4),
    )


def test_without_judges_none_is_named():
    assert classifiers_of(Screen(keywords=None), Tally(read=9, scanned=9), Profile()) == ()
