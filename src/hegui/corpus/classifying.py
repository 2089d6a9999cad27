"""Which classifiers and guard models took part in a scan, for its evidence. Pure."""

from hegui.core import Record
from hegui.corpus.account import Tally
from hegui.corpus.profile import Profile
from hegui.screening import ClassifierJudge, Direction, GuardJudge, Screen


class ScanClassifier(Record):
    """A classifier or guard model that took part in a scan.

    Attributes:
        name: as findings name it.
        digest: of the model and how it is used.
        documents: how many it judged: a guard model may be asked about a share, and not always answers.
    """

    name: str
    digest: str
    documents: int


def classifiers_of(screen: Screen, tally: Tally, profile: Profile) -> tuple[ScanClassifier, ...]:
    """What judged whole passages of the documents that ``screen`` read, in order of the names.

    Basis:
        TC260-003 5.2a
    """
    judges = [
        each
        for each in screen.watch(Direction.CORPUS).judges
        if isinstance(each, ClassifierJudge | GuardJudge)
    ]
    return tuple(
        ScanClassifier(
            name=each.name,
            digest=each.digest,
            documents=profile.judged(each.name) if each.name in profile.asked else tally.scanned,
        )
        for each in sorted(judges, key=lambda each: each.name)
    )
