"""Samples, their documents and what people say of them, as rows."""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from hegui.spotcheck.model import Sample, SampledDocument
from hegui.spotcheck.reviewing import ItemReview
from hegui.store import metadata

_samples = sa.Table(
    "spotcheck_sample",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sample", sa.Text, nullable=False),
)

_items = sa.Table(
    "spotcheck_item",
    metadata,
    sa.Column("sample", sa.Integer, sa.ForeignKey("spotcheck_sample.number"), primary_key=True),
    sa.Column("lot", sa.String(24), primary_key=True),
    sa.Column("item", sa.Text, nullable=False),
)

_reviews = sa.Table(
    "spotcheck_review",
    metadata,
    sa.Column("sample", sa.Integer, sa.ForeignKey("spotcheck_sample.number"), primary_key=True),
    sa.Column("lot", sa.String(24), primary_key=True),
    sa.Column("reviewer", sa.String(200), primary_key=True),
    sa.Column("review", sa.Text, nullable=False),
)


class SampleRepository:
    """Samples, within a caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        """Work within the transaction of ``connection``."""
        self._connection = connection

    def samples(self) -> tuple[Sample, ...]:
        """Every sample, the newest first."""
        rows = self._connection.execute(sa.select(_samples.c.sample).order_by(_samples.c.number.desc()))
        return tuple(msgspec.json.decode(row.sample, type=Sample) for row in rows)

    def add(self, sample: Sample) -> None:
        """Keep a sample that is new."""
        values = {"number": sample.number, "sample": msgspec.json.encode(sample).decode()}
        self._connection.execute(_samples.insert().values(values))

    def put(self, sample: Sample) -> None:
        """Keep a sample, in place of what was known of it before."""
        values = {"sample": msgspec.json.encode(sample).decode()}
        self._connection.execute(_samples.update().where(_samples.c.number == sample.number).values(values))

    def put_items(self, number: int, items: Iterable[SampledDocument]) -> None:
        """Keep the documents of a sample, in place of those known before."""
        self._connection.execute(_items.delete().where(_items.c.sample == number))
        rows = [
            {"sample": number, "lot": each.lot.number, "item": msgspec.json.encode(each).decode()}
            for each in items
        ]
        if rows:
            self._connection.execute(_items.insert(), rows)

    def items(self, number: int) -> tuple[SampledDocument, ...]:
        """The documents of a sample, in order of their lots."""
        rows = self._connection.execute(sa.select(_items.c.item).where(_items.c.sample == number))
        items = (msgspec.json.decode(row.item, type=SampledDocument) for row in rows)
        # Sorted here because databases order text by their own collations.
        return tuple(sorted(items, key=lambda each: each.lot.number))

    def put_reviews(self, number: int, reviews: Iterable[ItemReview]) -> None:
        """Keep reviews of a sample's documents, each in place of an earlier one by the same person."""
        for each in reviews:
            key = {"sample": number, "lot": each.opinion.lot, "reviewer": each.reviewer}
            mine = sa.and_(*(_reviews.c[name] == value for name, value in key.items()))
            values = {"review": msgspec.json.encode(each).decode()}
            if self._connection.execute(_reviews.update().where(mine).values(values)).rowcount == 0:
                self._connection.execute(_reviews.insert().values(**key, **values))

    def reviews(self, number: int) -> dict[str, tuple[ItemReview, ...]]:
        """What was said of a sample's documents, by lot, in the order in which it was said."""
        rows = self._connection.execute(sa.select(_reviews.c.review).where(_reviews.c.sample == number))
        said = [msgspec.json.decode(row.review, type=ItemReview) for row in rows]
        by_lot: dict[str, tuple[ItemReview, ...]] = {}
        for each in sorted(said, key=lambda each: (each.adjudicates, each.reviewed_at, each.reviewer)):
            by_lot[each.opinion.lot] = (*by_lot.get(each.opinion.lot, ()), each)
        return by_lot
