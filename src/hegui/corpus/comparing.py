"""What changed between two scans of a source. Pure."""

from collections.abc import Mapping

import numpy as np

from hegui.core import Record, Verdict
from hegui.corpus.duplicates import KEPT_HASHES, DuplicateSketch
from hegui.corpus.model import ScannedSource


class CountChange(Record):
    """A count in both scans.

    Attributes:
        before: in the earlier one.
        after: in the later one.
    """

    before: int
    after: int


class ScanComparison(Record):
    """Two scans of one source.

    Attributes:
        source: its id.
        before: the ledger entry of the earlier scan.
        after: of the later one.
        verdicts: of both.
        same_screen: whether the same screen read both; where not, counts differ for that reason too.
        added: files that only the later one has.
        removed: files that only the earlier one has.
        altered: files whose bytes differ.
        counts: what was counted, where it differs, by name.
        shared: the share of distinct documents that are in both, as decimal text; ``None`` where a sketch is
            missing. An estimate where there are many.
    """

    source: str
    before: str
    after: str
    verdicts: tuple[Verdict, Verdict]
    same_screen: bool
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    counts: dict[str, CountChange]
    shared: str | None


def compare_scans(before: ScannedSource, after: ScannedSource, *, shared: str | None) -> ScanComparison:
    """What changed from ``before`` to ``after``.

    Args:
        before: the earlier scan.
        after: the later one of the same source.
        shared: the share of documents in both, by :func:`shared_documents`.
    """
    old = {file.path: file.digest for file in before.scan.files}
    new = {file.path: file.digest for file in after.scan.files}
    counted = _counts(before), _counts(after)
    names = sorted(counted[0].keys() | counted[1].keys())
    changes = {
        name: CountChange(before=counted[0].get(name, 0), after=counted[1].get(name, 0)) for name in names
    }
    return ScanComparison(
        source=after.scan.source,
        before=before.entry,
        after=after.entry,
        verdicts=(before.verdict.verdict, after.verdict.verdict),
        same_screen=before.scan.screen == after.scan.screen,
        added=tuple(sorted(new.keys() - old.keys())),
        removed=tuple(sorted(old.keys() - new.keys())),
        altered=tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
        counts={name: change for name, change in changes.items() if change.before != change.after},
        shared=shared,
    )


def shared_documents(before: DuplicateSketch, after: DuplicateSketch) -> str:
    """The share of the distinct documents of both that are in each, as decimal text."""
    old, new = (np.frombuffer(sketch.hashes, np.uint64) for sketch in (before, after))
    least = np.union1d(old, new)[:KEPT_HASHES]
    both = np.intersect1d(old, new)
    shared = int(np.isin(least, both).sum())
    return f"{shared / max(1, len(least)):.6f}"


def _counts(scanned: ScannedSource) -> Mapping[str, int]:
    tally, profile = scanned.scan.tally, scanned.scan.profile
    totals = ("read", "scanned", "empty", "unparsable", "over_long", "unsafe", "unjudged", "noted")
    return {
        **{name: getattr(tally, name) for name in totals},
        "with_personal_information": tally.with_personal_information,
        "unread_parts": scanned.scan.faults,
        **tally.risks,
        **tally.personal_information,
        **{f"language {name}": count for name, count in profile.languages.items()},
        **profile.markers,
    }
