"""Which sample is drawn, or drawn on, what evidence says of it, and what forbids to draw. Pure."""

from collections.abc import Mapping, Sequence

from hegui import __version__
from hegui.core import Conflict, Json, NotFound
from hegui.corpus import Population
from hegui.spotcheck.model import Sample, SampleDraw


class NoSample(NotFound):
    """Nothing was drawn."""

    def __init__(self) -> None:
        """Say how to draw."""
        super().__init__(
            zh="还没有抽样；先运行 hegui corpus sample draw",
            en="no sample was drawn yet; run hegui corpus sample draw first",
        )


class PopulationChanged(Conflict):
    """A sample cannot be made larger, because it was drawn from something else.

    Attributes:
        number: of the sample.
    """

    def __init__(self, number: int) -> None:
        """Say what can be done."""
        super().__init__(
            zh=f"第 {number} 次抽样之后，文件已改动，不能再扩大这次抽样；请恢复文件，或用 --new 重新抽样",
            en=f"the files are no longer those that sample {number} was drawn from, so it cannot be made "
            "larger; restore them, or draw a new one by --new",
        )
        self.number = number


class OtherSampleDrawn(Conflict):
    """There are samples, and none of what is to be drawn from or by that seed."""

    def __init__(self) -> None:
        """Say how another one is drawn."""
        super().__init__(
            zh="已有的抽样来源或种子与此不同；要另抽一次，请用 --new，此前的抽样仍在记录中",
            en="no sample was drawn of these sources by this seed, but others were; to draw another one use "
            "--new, and earlier ones stay on record",
        )


class DrawnMeanwhile(Conflict):
    """Somebody else drew the same sample while it was being drawn.

    Attributes:
        number: of the sample.
    """

    def __init__(self, number: int) -> None:
        """Ask to look at what is there now."""
        super().__init__(
            zh=f"第 {number} 次抽样在此期间已由他人抽取；请再运行一次",
            en=f"somebody else drew sample {number} meanwhile; run it again",
        )
        self.number = number


class SampleReviewed(Conflict):
    """A sample cannot be made larger, because people have begun to answer.

    Attributes:
        number: of the sample.
    """

    def __init__(self, number: int) -> None:
        """Say what can be done."""
        super().__init__(
            zh=f"第 {number} 次抽样已有人审核，不能再扩大，否则可以一直抽到满意为止；"
            "请用 --new 另抽一次，此前的抽样仍在记录中",
            en=f"somebody has reviewed sample {number} already, so it cannot be made larger, or one could "
            "draw until the result pleases; draw another one by --new, and this one stays on record",
        )
        self.number = number


def sample_to_draw_on(
    known: Sequence[Sample], contents: Mapping[str, str], *, seed: str | None, new: bool
) -> Sample | None:
    """The sample that is drawn, or drawn on; ``None`` where another one is begun.

    Args:
        known: every sample, the newest first.
        contents: what is drawn from: for each source's id the digest of what is declared of it.
        seed: the one that is wanted; ``None`` for any.
        new: whether another one is wanted in any case.

    Raises:
        OtherSampleDrawn: there are samples, but none of that, and nobody said that another one is wanted.
    """
    if new:
        return None
    fitting = [each for each in known if each.sources == contents and seed in {None, each.seed}]
    if not fitting and any(each.draw is not None for each in known):
        raise OtherSampleDrawn
    return fitting[0] if fitting else None


def is_larger(sample: Sample, *, size: int, per_source: int) -> bool:
    """Whether more are wanted than the sample is of."""
    return size > sample.size or per_source > sample.per_source


def check_population(sample: Sample, population: Population) -> None:
    """Let a sample grow only from the files that it was drawn from.

    Raises:
        PopulationChanged: they are others.
    """
    if sample.draw is not None and sample.draw.population != population.digest:
        raise PopulationChanged(sample.number)


def begun_evidence(sample: Sample) -> Json:
    """What the ledger holds of a sample that is begun."""
    return {
        "sample": sample.number,
        "seed": sample.seed,
        "sources": dict(sample.sources),
        "left_out": list(sample.left_out),
        "size": sample.size,
        "per_source": sample.per_source,
        "hegui": __version__,
    }


def drawn_evidence(sample: Sample, draw: SampleDraw) -> Json:
    """What the ledger holds of a draw, by which ``sample`` comes to be or grows."""
    return {
        "sample": sample.number,
        "begun": sample.begun,
        "before": None if sample.draw is None else sample.draw.entry,
        "seed": sample.seed,
        "size": sample.size,
        "per_source": sample.per_source,
        "documents": draw.documents,
        "by_source": dict(draw.by_source),
        "population": draw.population,
        "faults": draw.faults,
        "whole": draw.whole,
        "items": draw.items,
        "unreadable": draw.unreadable,
        "list": draw.list,
        "hegui": __version__,
    }
