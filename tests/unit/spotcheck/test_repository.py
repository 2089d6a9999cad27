"""Samples come back as they went in, on either database."""

import msgspec

from hegui.corpus import Lot
from hegui.spotcheck.model import KeptText, Sample, SampledDocument
from hegui.spotcheck.repository import SampleRepository
from hegui.spotcheck.reviewing import ItemReview, Opinion, ReviewOutcome, ReviewRoute


def sample(number, **changes):
    made = Sample(
        number=number,
        seed="种",
        sources={"wiki": "sha256:00"},
        left_out=(),
        size=5,
        per_source=0,
        begun="main/0",
    )
    return msgspec.structs.replace(made, **changes)


def item(number, rank=1, **changes):
    made = SampledDocument(
        lot=Lot(number=number, source="wiki", file="甲.jsonl", line=1, offset=0),
        rank=rank,
        text=KeptText(digest="sha256:00", blob="sha256:01", start=0, length=3, characters=1),
    )
    return msgspec.structs.replace(made, **changes)


def test_samples_come_back_newest_first_and_are_kept_in_place_of_what_was_known(database):
    with database.write() as connection:
        repository = SampleRepository(connection)
        repository.add(sample(1))
        repository.add(sample(2))
        repository.put(sample(1, size=9))
    with database.read() as connection:
        assert SampleRepository(connection).samples() == (sample(2), sample(1, size=9))


def test_documents_come_back_in_order_of_their_lots(database):
    with database.write() as connection:
        repository = SampleRepository(connection)
        repository.add(sample(1))
        repository.put_items(1, [item("0b"), item("0a"), item("f0", rank=None)])
        assert [each.lot.number for each in repository.items(1)] == ["0a", "0b", "f0"]
        repository.put_items(1, [item("0c", text=None)])
    with database.read() as connection:
        repository = SampleRepository(connection)
        assert repository.items(1) == (item("0c", text=None),)
        assert repository.items(2) == ()


def test_a_sample_without_documents_can_be_kept(database):
    with database.write() as connection:
        repository = SampleRepository(connection)
        repository.add(sample(1))
        repository.put_items(1, [])
        assert repository.items(1) == ()


def review(lot, reviewer, at, **changes):
    made = ItemReview(
        opinion=Opinion(lot=lot, outcome=ReviewOutcome.FAIL, risks=("A.1.f",), note="注"),
        reviewer=reviewer,
        reviewed_at=at,
        via=ReviewRoute.EXCEL,
    )
    return msgspec.structs.replace(made, **changes)


def test_reviews_come_back_in_the_order_they_were_given_an_adjudication_last(database):
    decided = review("0a", "王五", "1", adjudicates=True)
    with database.write() as connection:
        repository = SampleRepository(connection)
        repository.add(sample(1))
        repository.put_reviews(1, [decided, review("0a", "李四", "3"), review("0a", "张三", "2")])
        repository.put_reviews(1, [review("0a", "张三", "4"), review("0b", "张三", "4")])
    with database.read() as connection:
        repository = SampleRepository(connection)
        assert repository.reviews(1) == {
            "0a": (review("0a", "李四", "3"), review("0a", "张三", "4"), decided),
            "0b": (review("0b", "张三", "4"),),
        }
        assert repository.reviews(2) == {}
