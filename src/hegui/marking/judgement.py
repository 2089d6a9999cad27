"""What follows from everything found in one file. Pure."""

from collections.abc import Sequence

from hegui.core import BilingualText, Verdict
from hegui.marking.model import Deviation, ExplicitMark, Fault, FoundLabel, PlatformVerdict
from hegui.marking.reading import STANDARD, affirms


def platform_verdict(
    labels: Sequence[FoundLabel],
    marks: Sequence[ExplicitMark],
    faults: Sequence[Fault],
    *,
    watermark: bool = False,
) -> PlatformVerdict:
    """What a platform may conclude; the strongest statement decides.

    An AIGC field that does not say what it means, an explicit label without an implicit one, and a watermark
    of one's own alone are traces that make content suspected: nothing but metadata confirms. Where nothing
    was found but not everything could be read, nothing can be concluded.

    Args:
        labels: the labels in the file.
        marks: the labels that people notice.
        faults: what could not be read.
        watermark: whether a watermark was read.

    Basis:
        LABEL 6
    """
    if any(affirms(label) for label in labels):
        return PlatformVerdict.CONFIRMED
    if any(label.value("Label") == "2" for label in labels):
        return PlatformVerdict.POSSIBLE
    if labels or marks or watermark:
        return PlatformVerdict.SUSPECTED
    return PlatformVerdict.INCONCLUSIVE if faults else PlatformVerdict.NONE_FOUND


def conformity(labels: Sequence[FoundLabel], deviations: Sequence[Deviation]) -> Verdict:
    """Whether the metadata label is as the standard demands.

    A file without one is not assessed: nobody can tell from the file whether it should have one.

    Args:
        labels: the labels in the file.
        deviations: what is wrong with the file as a whole.
    """
    if not labels:
        return Verdict.NOT_ASSESSED
    everything = [*deviations, *(deviation for label in labels for deviation in label.deviations)]
    return Verdict.NOT_MET if any(deviation.binding for deviation in everything) else Verdict.MET


def file_deviations(labels: Sequence[FoundLabel]) -> tuple[Deviation, ...]:
    """What is wrong with a file that no single label shows.

    Basis:
        GB-45438 6.1
    """
    if len(labels) <= 1:
        return ()
    text = BilingualText(
        zh=f"一个文件只应有一个元数据标识，这里有 {len(labels)} 个",
        en=f"a file holds only one metadata label, and here are {len(labels)}",
    )
    return (Deviation(instrument=STANDARD, clause="6.1 c", binding=True, text=text),)
