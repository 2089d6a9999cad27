"""A sample of the corpus and the documents in it."""

from hegui.core import Json, Record, to_json
from hegui.corpus import Lot


class SampleDraw(Record):
    """What was drawn, and from what.

    Attributes:
        documents: how many there were to draw from: lines that hold something, readable or not.
        by_source: the same by source.
        population: the digest that names them all; the blob under it lists every file with its digest.
        faults: parts of files that could not be read: nobody knows how many documents they hold.
        whole: how many were drawn from the whole.
        items: how many were drawn in all, those for single sources included.
        list: the blob that lists them: JSON Lines, without their texts.
        drawn_at: instant, UTC.
        entry: the ledger entry that says so; it is older than any look at a document.
        unreadable: how many drawn from the whole cannot be read, and so not reviewed.
    """

    documents: int
    by_source: dict[str, int]
    population: str
    faults: int
    whole: int
    items: int
    list: str
    drawn_at: str
    entry: str
    unreadable: int = 0


class ReviewPlan(Record):
    """How a sample is looked at, on record before anybody looks.

    Attributes:
        double_share: about which share of it two people look at, as decimal text.
        entry: the ledger entry.
    """

    double_share: str
    entry: str


class Sample(Record):
    """A sample of the training data.

    Attributes:
        number: counted from 1 in the workspace: nobody can draw until it pleases and show the last one only.
        seed: decides which documents are drawn; on record before any was read.
        sources: what it is drawn from: for each source's id the digest of what was declared of it.
        left_out: registered sources that it is not drawn from.
        size: how many documents are wanted from the whole.
        per_source: how many are wanted of each source at least.
        begun: the ledger entry of the beginning.
        draw: what was drawn; ``None`` before.
        plan: how it is looked at; ``None`` before that is said.
    """

    number: int
    seed: str
    sources: dict[str, str]
    left_out: tuple[str, ...]
    size: int
    per_source: int
    begun: str
    draw: SampleDraw | None = None
    plan: ReviewPlan | None = None


class KeptText(Record):
    """Where the text of a document is kept.

    Attributes:
        digest: of the text itself, in UTF-8.
        blob: the one that holds it.
        start: of its first byte there.
        length: in bytes.
        characters: in the text.
    """

    digest: str
    blob: str
    start: int
    length: int
    characters: int


class SampledDocument(Record):
    """A document of a sample.

    Those of one source are a simple random sample of that source.

    Attributes:
        lot: which one it is.
        rank: its place in the sample of the whole, from 1; ``None`` where it was drawn for its source only.
        text: where its text is kept; ``None`` where it cannot be read.
    """

    lot: Lot
    rank: int | None
    text: KeptText | None

    @property
    def listed(self) -> Json:
        """What evidence says of it: the same whoever drew it, and wherever the text is kept."""
        digest = None if self.text is None else self.text.digest
        return {"lot": to_json(self.lot), "rank": self.rank, "text": digest}
